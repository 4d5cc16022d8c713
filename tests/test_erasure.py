"""Somebody asks to be forgotten: what has to be settled first, and what is left afterwards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Consent, DataRequest, KnownDevice, LoginAttempt, OtpChallenge, User
from accounts.services import erasures, leaving
from accounts.tests.cast import PHONE, last_code, sign_in, step_up, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from marketplace.models import Review
from marketplace.services import reviews
from marketplace.tests.factories import make_completed, make_released, make_scheduled
from notifications.models import Message
from payments.models import Invoice, PayoutMethod, TaxProfile
from payments.services import ledger, tax_profiles
from payments.services.papers import invoices as invoice_papers
from payments.tests import factories as money
from students.models import Guardian
from students.tests.factories import LearnerFactory, add_guardian
from tutorhub.core import clock, outbox, storage, vault
from tutorhub.core.models import OutboxRow, SealedRecord
from tutorhub.core.tests.storages import World
from tutors.models import Offering, TutorDocument, TutorPhoto, TutorProfile
from tutors.services import desk, verification
from tutors.tests.factories import PhotoFactory, TutorFactory, TutorSuspendedFactory
from tutors.tests.uploading import received

pytestmark = pytest.mark.django_db

# The other half of the vault's key in development; in production nobody here would have it.
PRIVATE = "2EzW14geYo22oUpCyHBYOHoKlqNycxWCdCZuZwV+g0g="


def bearer(pair):
    return {"Authorization": f"Bearer {pair['access']}"}


def reasons(user):
    return {each.code for each in leaving.hindrances(user)}


def forget(user, at=None):
    """Erase, let every app do its part, and look a second time."""
    at = at or clock.now()
    with clock.at(at):
        erasures.erase(user, by=user)
        outbox.drain()
    with clock.at(at + timedelta(hours=1, minutes=1)):
        outbox.drain()


class TestHindrances:
    def test_nothing_stands_in_the_way_of_a_new_account(self):
        for user in (FamilyUserFactory(), TutorUserFactory()):
            assert leaving.hindrances(user) == []
            assert not erasures.leave(user, by=user).is_active

    def test_money_in_the_wallet(self):
        family = FamilyUserFactory()
        money.fund_wallet(family)
        assert reasons(family) == {"wallet_balance"}
        with pytest.raises(leaving.CannotLeaveYet, match="300") as refusal:
            erasures.leave(family, by=family)
        assert [each["code"] for each in refusal.value.extra["reasons"]] == ["wallet_balance"]
        assert User.objects.get(pk=family.pk).is_active

    def test_a_gift_alone_is_no_reason_to_stay(self):
        family = FamilyUserFactory()
        money.fund_wallet(family, 0, promo_paise=5_000)
        assert reasons(family) == set()

    def test_a_payment_and_a_refund_under_way(self):
        family = FamilyUserFactory()
        money.failed_refund(family)
        assert reasons(family) == {"refund_under_way"}
        money.make_order(payer=family)
        assert reasons(family) == {"refund_under_way", "payment_under_way"}

    def test_earnings_and_a_payout(self):
        tutor = TutorUserFactory()
        money.earn(tutor, is_released=False)
        assert reasons(tutor) == {"held_earnings"}
        rich = money.rich_tutor()
        assert reasons(rich) == {"payable_earnings"}
        with clock.at(clock.now() + timedelta(days=8)):
            money.payouts_request(rich)
        assert reasons(rich) == {"payable_earnings", "payout_under_way"}

    def test_a_paid_class_that_is_to_come_for_both_sides(self):
        session = make_scheduled()
        assert reasons(session.learner.family.user) == {"coming_class"}
        assert reasons(session.tutor.user) == {"coming_class"}

    def test_a_class_that_is_not_settled(self):
        session = make_completed()
        assert reasons(session.learner.family.user) == {"unsettled_class"}
        assert reasons(session.tutor.user) == {"held_earnings", "unsettled_class"}

    def test_a_debt(self):
        tutor = TutorUserFactory()
        ledger.post(
            kind="write_off",
            key="test:debt",
            legs=[
                ledger.debit("tutor_receivable", 500, tutor.pk),
                ledger.credit("write_off", 500),
            ],
        )
        assert reasons(tutor) == {"debt"}


class TestApi:
    @pytest.fixture
    def token(self, client: Client):
        return sign_in(client, PHONE)

    def test_it_takes_a_step_up_and_shuts_the_account_at_once(self, client: Client, token):
        header = bearer(token)
        refused = client.delete("/api/v1/me", headers=header)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
            403,
            "step_up_required",
        )
        user = User.objects.get()
        step_up(user, user.app_sessions.get().pk)
        assert client.delete("/api/v1/me", headers=header).status_code == 204
        assert client.get("/api/v1/me", headers=header).status_code == 401
        refresh = {"refresh": token["refresh"]}
        again = client.post("/api/v1/auth/token/refresh", refresh, content_type="application/json")
        assert again.status_code == 401

    def test_the_reasons_are_in_the_answer(self, client: Client, token):
        user = User.objects.get()
        money.fund_wallet(user)
        step_up(user, user.app_sessions.get().pk)
        refused = client.delete("/api/v1/me", headers=bearer(token))
        body = refused.json()
        assert refused.status_code == 409
        assert body["errors"][0]["code"] == "cannot_leave_yet"
        assert [each["code"] for each in body["reasons"]] == ["wallet_balance"]
        assert User.objects.get().phone == PHONE


class TestPage:
    ADDRESS = "/account/data/erase/"

    def test_it_says_what_happens_and_asks_for_a_code_first(self, client: Client):
        user = FamilyUserFactory()
        client.force_login(user, backend="accounts.backends.PhoneBackend")
        page = client.get(self.ADDRESS)
        assert page.status_code == 200
        assert b"Erase my account" not in page.content
        assert client.post(self.ADDRESS, {"is_sure": "on"}).url.startswith("/account/confirm/")
        assert User.objects.get(pk=user.pk).is_active

    def test_a_tick_and_a_code_erase_the_account(self):
        user = FamilyUserFactory()
        browser = trusted_browser(user)
        assert b"Erase my account" in browser.get(self.ADDRESS).content
        assert browser.post(self.ADDRESS, {}).status_code == 400
        assert User.objects.get(pk=user.pk).is_active
        done = browser.post(self.ADDRESS, {"is_sure": "on"}, follow=True)
        assert done.redirect_chain[-1][0] == "/"
        assert not User.objects.get(pk=user.pk).is_active
        assert browser.get("/account/").status_code == 302

    def test_what_stands_in_the_way_is_there_with_the_way_to_it(self):
        user = FamilyUserFactory()
        money.fund_wallet(user)
        browser = trusted_browser(user)
        page = browser.get(self.ADDRESS).content.decode()
        assert "₹\u00a0300 in your wallet" in page
        assert 'href="/wallet/"' in page
        assert browser.post(self.ADDRESS, {"is_sure": "on"}).status_code == 409
        assert User.objects.get(pk=user.pk).is_active

    def test_the_holder_reads_that_the_family_ends_for_both(self):
        family = LearnerFactory().family
        words = "The family ends for the other guardian too"
        assert words not in str(leaving.consequences(family.user))
        second = add_guardian(family).user
        assert words in str(leaving.consequences(family.user))
        assert "stays with the other guardian" in str(leaving.consequences(second))

    def test_a_suspended_tutor_does_not_slip_away(self):
        tutor = TutorSuspendedFactory()
        assert reasons(tutor.user) == {"suspended"}


class TestAccount:
    def test_log_codes_devices_and_messages_keep_nobody(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        last_code(PHONE)
        assert LoginAttempt.objects.exclude(phone="").exists()
        forget(user)
        assert not LoginAttempt.objects.exclude(phone="", user_agent="", ip="0.0.0.0").exists()
        assert not OtpChallenge.objects.exists()
        assert not KnownDevice.objects.exists()
        assert not Message.objects.exclude(to="", body="", phone="").exists()
        request = DataRequest.objects.get()
        assert (request.kind, request.status, request.traces) == ("erasure", "DONE", "")

    def test_a_year_of_sign_ins_is_in_the_vault(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        forget(user)
        record = SealedRecord.objects.get(kind="sign_ins", about=user.pk)
        assert PHONE not in record.sealed
        kept = vault.unseal(record.sealed, PRIVATE)
        assert {row["phone"] for row in kept} == {PHONE}
        assert record.until - clock.today() >= timedelta(days=365)

    def test_twice_is_once(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        forget(user)
        forget(user)
        assert DataRequest.objects.count() == SealedRecord.objects.count() == 1
        for row in OutboxRow.objects.filter(kind="accounts.user_erased"):
            outbox.handlers[row.handler].run(row.payload)
        assert SealedRecord.objects.count() == 1

    def test_whoever_has_the_number_next_keeps_what_is_theirs(self, client: Client):
        sign_in(client, PHONE)
        first = User.objects.get()
        erasures.erase(first, by=first)
        outbox.drain()
        with clock.at(clock.now() + timedelta(minutes=30)):
            sign_in(client, PHONE)
        second = User.objects.get(phone=PHONE)
        with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
            outbox.drain()
        assert DataRequest.objects.get().status == "DONE"
        assert LoginAttempt.objects.filter(phone=PHONE, user=second).exists()
        assert OtpChallenge.objects.filter(phone=PHONE).exists()
        assert Message.objects.filter(phone=PHONE).exists()

    def test_the_second_look_waits_for_every_app(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        with transaction.atomic():
            erasures.erase(user, by=user)
        request = DataRequest.objects.get()
        row = OutboxRow.objects.filter(kind="accounts.user_erased").first()
        OutboxRow.objects.filter(pk=row.pk).update(done_at=None, dead_at=clock.now())
        erasures.finish(request.pk)
        assert DataRequest.objects.get().status == "ASKED"
        OutboxRow.objects.filter(pk=row.pk).update(done_at=clock.now(), dead_at=None)
        outbox.drain()
        erasures.finish(request.pk)
        assert DataRequest.objects.get().status == "DONE"

    def test_staff_hear_of_an_erasure_that_is_late(self, client: Client, caplog):
        sign_in(client, PHONE)
        user = User.objects.get()
        erasures.erase(user, by=user)
        assert erasures.watch() == 0
        with clock.at(clock.now() + timedelta(days=16)):
            assert erasures.watch() == 1
            assert OutboxRow.objects.filter(kind="accounts.ring_alarm").exists()


class TestFamily:
    def test_what_was_said_to_the_tutor_about_the_child_goes_too(self):
        session = make_released()
        family = session.learner.family.user
        outbox.drain()
        told = Message.objects.filter(user_id=session.tutor.user_id)
        Message.objects.create(
            user_id=session.tutor.user_id,
            to="+910000000000",
            channel="sms",
            template="test",
            body="Aarav waits",
            status="sent",
            sent_at=clock.now(),
        )
        kept = Message.objects.create(
            user_id=session.tutor.user_id,
            to="+910000000000",
            channel="sms",
            template="test",
            body="Aaravindan waits",
            status="sent",
            sent_at=clock.now(),
        )
        forget(family, at=session.end_at + timedelta(hours=2))
        assert not told.filter(body__contains="Aarav ").exists()
        kept.refresh_from_db()
        assert kept.body == "Aaravindan waits"
        assert not Guardian.objects.exclude(name="").exists()
        assert not Consent.objects.exclude(guardian_name="").exists()

    def test_reviews_keep_their_stars_and_no_words(self):
        session = make_released()
        family = session.learner.family.user
        reviews.write(session, by=family, stars=4, text="Aarav likes it")
        forget(family)
        review = Review.objects.get()
        assert (review.stars, review.text) == (4, "")


class TestInvoices:
    def test_the_names_are_sealed_and_the_figures_stay(self):
        family = FamilyUserFactory(name="Asha Rao")
        money.fund_wallet(family)
        before = Invoice.objects.get()
        forget(family)
        after = Invoice.objects.get()
        assert (before.buyer["name"], after.buyer["name"]) == ("Asha Rao", "")
        assert (after.total_paise, after.lines) == (before.total_paise, before.lines)
        record = SealedRecord.objects.get(kind="invoice", about=after.pk)
        assert vault.unseal(record.sealed, PRIVATE)["party"]["name"] == "Asha Rao"
        assert b"%PDF" in invoice_papers.pdf(after)

    def test_postgresql_empties_no_invoice_that_is_not_in_the_vault(self):
        money.fund_wallet(FamilyUserFactory(name="Asha Rao"))
        emptied = 'UPDATE payments_invoice SET buyer = buyer || \'{"name": ""}\''
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(emptied)

    @pytest.mark.parametrize(
        "change",
        [
            """buyer = buyer || '{"name": "Somebody else"}'""",
            """buyer = '{}'""",
            "total_paise = total_paise + 1, base_paise = base_paise + 1",
            "recipient_id = recipient_id, lines = '[]'",
        ],
    )
    def test_nor_changes_it_otherwise_when_it_is(self, change):
        family = FamilyUserFactory(name="Asha Rao")
        money.fund_wallet(family)
        forget(family)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(f"UPDATE payments_invoice SET {change}")

    @pytest.mark.parametrize(
        "statement", ["UPDATE core_sealedrecord SET until = now()", "DELETE FROM core_sealedrecord"]
    )
    def test_the_vault_is_neither_changed_nor_emptied_early(self, statement):
        vault.keep("tax", clock_id(), {}, for_=timedelta(days=1))
        with pytest.raises(DatabaseError, match="wants kept"), transaction.atomic():
            connection.cursor().execute(statement)

    def test_a_record_whose_time_is_over_may_go(self):
        vault.keep("tax", clock_id(), {}, for_=timedelta(days=-2))
        assert SealedRecord.objects.all().delete()[0] == 1


def clock_id():
    return FamilyUserFactory().pk


class TestTutor:
    @pytest.fixture
    def tutor(self, disk: World):
        tutor = TutorFactory(bio="I am Ravi", headline="Physics with Ravi")
        User.objects.filter(pk=tutor.user_id).update(name="Ravi Kumar")
        return TutorProfile.objects.select_related("user").get(pk=tutor.pk)

    def test_the_profile_is_empty_and_found_by_nobody(self, tutor, client: Client):
        slug = tutor.slug
        assert client.get(f"/tutors/{slug}/").status_code == 200
        forget(tutor.user)
        tutor.refresh_from_db()
        assert (tutor.bio, tutor.headline, tutor.place, tutor.city) == ("", "", None, "")
        assert "ravi" not in tutor.slug
        assert TutorProfile.objects.get(pk=tutor.pk).name == "A tutor who has left"
        assert not Offering.objects.filter(tutor=tutor).exists()
        for name in (slug, tutor.slug):
            assert client.get(f"/tutors/{name}/").status_code == 404

    def test_files_go_and_papers_that_were_decided_on_leave_an_empty_row(self, tutor, disk: World):
        decided, undecided = received(disk, tutor), received(disk, tutor)
        decide_on(decided)
        photo = PhotoFactory(tutor=tutor)
        storage.put(photo.stored_key, b"face", content_type="image/jpeg")
        keys = [decided.stored_key, undecided.stored_key, photo.stored_key]
        forget(tutor.user)
        for key in keys:
            with pytest.raises(storage.MissingFile):
                storage.read(key)
        left = TutorDocument.objects.get(decisions__isnull=False)
        assert (left.status, left.filename, left.sha256, left.stored_key) == ("ERASED", "", "", "")
        assert not TutorDocument.objects.filter(pk=undecided.pk).exists()
        assert not TutorPhoto.objects.exists()
        assert left.decisions.get().notes == ""

    def test_what_a_moderator_wrote_is_emptied_and_never_replaced(self, tutor, disk: World):
        decided = received(disk, tutor)
        decide_on(decided)
        for change in ("notes = 'better'", "notes = '', verdict = 'refused'"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(f"UPDATE tutors_decision SET {change}")

    def test_bank_details_and_tax_profile_go_and_the_pan_is_sealed(self):
        user = money.rich_tutor(name="Ravi Kumar")
        OutboxRow.objects.all().delete()  # the class that was paid is made up
        tax_profiles.save(
            user=user, legal_name="Ravi Kumar", address="1 Road, Pune", state="Karnataka"
        )
        forget(user)
        method = PayoutMethod.objects.get()
        left = [method.holder_name, method.account_number, method.pan, method.ifsc, method.hint]
        assert left == [""] * 5
        assert not PayoutMethod.objects.current().exists()
        assert not TaxProfile.objects.exists()
        sealed = SealedRecord.objects.get(kind="tax", about=user.pk)
        kept = vault.unseal(sealed.sealed, PRIVATE)
        assert kept["pans"] == [{"pan": "ABCDE1234F", "name": "Ravi Kumar"}]
        assert "ABCDE1234F" not in sealed.sealed


def moderators():
    return StaffFactory(is_superuser=True)


def decide_on(document):
    """A moderator takes the case and says that the paper is genuine."""
    moderator = moderators()
    desk.claim(document.tutor, by=moderator)
    verification.review_document(document, by=moderator, is_genuine=True, notes="Ravi's")
