"""What we hold about somebody: the page, the API, and the copy that they take along."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from accounts.models import DataRequest, OtpChallenge
from accounts.services import data_requests, erasures, exports, holdings, staff
from accounts.tests.cast import trusted_api, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from marketplace.tests.factories import make_released
from notifications.models import Message
from payments.tests import factories as money
from students.tests.factories import LearnerFactory, add_guardian
from tutorhub.core import clock, datamap, outbox, storage
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent, OutboxRow
from tutorhub.core.tests.storages import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return LearnerFactory(family__user__name="Asha Rao", goals="Wants to pass").family.user


def staff_of(group):
    staff.ensure_groups()
    member = StaffFactory()
    member.groups.add(Group.objects.get(name=group))
    return member


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def made(user):
    request = exports.ask(user)
    OutboxRow.objects.exclude(handler=exports.MAKE).delete()
    outbox.drain()
    return DataRequest.objects.get(pk=request.pk)


class TestPage:
    @pytest.mark.usefixtures("still_clock")
    def test_it_says_what_for_since_when_and_until_when(self, family):
        page = trusted_browser(family).get("/account/data/").content.decode()
        assert "To find the right tutor, and to hold classes." in page
        assert f"Since {clock.today().day} " in page
        assert "Kept: as long as you have the account." in page
        assert "Bank accounts" not in page

    def test_a_tutor_sees_other_sections(self):
        tutor = money.rich_tutor()
        titles = [section.name for section in holdings.of(tutor)]
        assert "earnings" in titles
        assert "family" not in titles

    def test_a_second_guardian_sees_the_family_and_not_the_holders_money(self, family):
        money.fund_wallet(family)
        second = add_guardian(family.family).user
        names = {section.name for section in holdings.of(second)}
        assert "family" in names
        assert "payments" not in names

    def test_one_counts_for_one(self, family):
        add_guardian(family.family)
        things = {thing.title: thing.number for s in holdings.of(family) for thing in s.things}
        assert (things["Children"], things["Guardians with an account"]) == (1, 2)


class TestCopy:
    def test_it_has_every_column_that_its_owner_may_see(self, family, disk: World):
        copy = made(family)
        assert copy.status == "READY"
        files = unpacked(storage.read(copy.file_key))
        assert set(files) == {"index.html", *(f"{name}.json" for name in datamap.SECTIONS)}
        for name, tables in datamap.sections():
            section = json.loads(files[f"{name}.json"])
            read = {each["table"]: each["rows"] for each in section["tables"]}
            assert set(read) == {table.label for table in tables}
            for table in tables:
                for row in read[table.label]:
                    assert set(row) == set(table.shown)
        child = json.loads(files["family.json"])["tables"][-1]["rows"][0]
        assert (child["goals"], child["subjects"]) == ("Wants to pass", ["maths", "physics"])
        assert "Asha Rao" in files["index.html"]
        assert "₹\u00a0800" in files["index.html"]

    def test_nothing_hidden_and_nobody_else_is_in_it(self, disk: World):
        session = make_released()
        user = session.learner.family.user
        other = LearnerFactory(name="Somebody Else")
        text = "".join(unpacked(exports.archive(user)).values())
        assert session.learner.name in text
        assert other.name not in text
        for hidden in ("password", "session_data", "code_hash", "secret_hash", "stored_key"):
            assert f'"{hidden}"' not in text

    def test_bank_details_are_readable_in_it(self):
        tutor = money.rich_tutor()
        text = unpacked(exports.archive(tutor))["earnings.json"]
        assert "ABCDE1234F" in text

    def test_it_is_in_the_persons_language(self, family):
        family.language = "hi"
        assert 'lang="hi"' in unpacked(exports.archive(family))["index.html"]

    def test_asked_twice_in_a_day_it_is_one(self, family, disk: World):
        first = made(family)
        assert exports.ask(family) == first
        with clock.at(clock.now() + timedelta(days=2)):
            assert exports.ask(family) != first

    def test_nobody_is_left_to_fetch_it(self, family, disk: World):
        request = exports.ask(family)
        type(family).objects.filter(pk=family.pk).update(is_active=False)
        OutboxRow.objects.exclude(handler=exports.MAKE).delete()
        outbox.drain()
        assert DataRequest.objects.get(pk=request.pk).file_key == ""

    def test_the_page_leads_to_a_link_that_dies(self, family, disk: World):
        browser = trusted_browser(family)
        assert browser.post("/account/data/export/").url == "/account/data/"
        OutboxRow.objects.exclude(handler=exports.MAKE).delete()
        outbox.drain()
        copy = DataRequest.objects.get()
        told = Message.objects.get(template="copy_ready")
        assert told.user_id == family.pk
        assert "/account/data/ " in told.body
        address = f"/account/data/export/{copy.pk}/"
        page = browser.get("/account/data/").content.decode()
        assert address in page
        assert copy.file_key not in page
        link = browser.get(address).url
        assert disk.get(link).status == 200
        with clock.at(clock.now() + timedelta(seconds=61)):
            assert disk.get(link).status == 403
        assert AuditEvent.objects.filter(action="export.fetched").exists()

    def test_it_takes_a_code(self, family, client: Client, disk: World):
        copy = made(family)
        client.force_login(family, backend="accounts.backends.PhoneBackend")
        for answer in (
            client.post("/account/data/export/"),
            client.get(f"/account/data/export/{copy.pk}/"),
        ):
            assert answer.url.startswith("/account/confirm/")


class TestApi:
    def test_sections_a_copy_and_its_link(self, family, disk: World):
        api = trusted_api(family)
        sections = api.get("/api/v1/me/data").json()
        assert {"account", "family"} <= {section["name"] for section in sections}
        asked = api.post("/api/v1/me/export")
        assert (asked.status_code, asked.json()["status"]) == (202, "ASKED")
        address = f"/api/v1/me/export/{asked.json()['id']}"
        assert api.get(address).json()["url"] is None
        OutboxRow.objects.exclude(handler=exports.MAKE).delete()
        outbox.drain()
        ready = api.get(address).json()
        assert ready["status"] == "READY"
        assert disk.get(ready["url"]).status == 200
        assert trusted_api(FamilyUserFactory()).get(address).status_code == 404

    def test_the_link_takes_a_code_of_a_moment_ago(self, disk: World):
        user = TutorUserFactory()
        api = trusted_api(user)
        copy = made(user)
        assert api.get(f"/api/v1/me/export/{copy.pk}").status_code == 200
        OtpChallenge.objects.all().delete()
        refused = api.get(f"/api/v1/me/export/{copy.pk}")
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
            403,
            "step_up_required",
        )


class TestRequests:
    def test_a_complaint_is_answered_by_staff_and_read_by_whoever_asked(self, family):
        browser = trusted_browser(family)
        address = "/account/data/ask/"
        assert browser.post(address, {"kind": "grievance", "words": " "}).status_code == 400
        asked = browser.post(address, {"kind": "grievance", "words": "Too many messages"})
        assert asked.status_code == 302
        request = DataRequest.objects.get()
        assert abs(request.due_at - request.asked_at - timedelta(days=15)) < timedelta(seconds=1)
        moderator = staff_of("moderator")
        data_requests.close(request, by=moderator, answer="We send fewer now")
        assert b"We send fewer now" in browser.get(address).content
        with pytest.raises(data_requests.AlreadyAnswered):
            data_requests.close(request, by=moderator, answer="Again")

    def test_nobody_closes_their_own_and_nobody_without_the_right(self, family):
        request = data_requests.ask(family, kind="correction", words="My name")
        finance = staff_of("finance")
        boss = StaffFactory(glass=True)
        DataRequest.objects.filter(pk=request.pk).update(user=boss)
        for by in (finance, boss):
            with pytest.raises(NotAllowed):
                data_requests.close(request, by=by, answer="no")

    def test_a_person_has_five_open_at_most(self, family):
        for number in range(5):
            data_requests.ask(family, kind="correction", words=f"My name {number}")
        with pytest.raises(data_requests.TooManyOpen):
            data_requests.ask(family, kind="correction", words="My name 5")
        again = data_requests.ask(family, kind="correction", words=" My name 4 ")
        assert again == DataRequest.objects.order_by("-pk").first()
        assert DataRequest.objects.count() == 5

    def test_staff_hear_of_an_overdue_one(self, family):
        data_requests.ask(family, kind="correction", words="My name")
        with clock.at(clock.now() + timedelta(days=15, minutes=1)):
            assert erasures.watch() == 1

    def test_they_are_sealed_in_the_database(self, family):
        data_requests.ask(family, kind="correction", words="My name is wrong")
        with connection.cursor() as cursor:
            cursor.execute("SELECT words FROM accounts_datarequest")
            assert "wrong" not in cursor.fetchone()[0]
