"""SEC-12: a superuser has every right only while a second one agrees."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import EVERY_RIGHT, BreakGlass, User
from accounts.policies import GlassClosed, NobodyAgreesToThemselves, NotSuperuser, has_every_right
from accounts.services import break_glass, reveals, staff, users
from accounts.services.users import ReasonMissing
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from accounts.tests.test_sec_11_staff import enter
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db

NOW = reverse("admin:accounts_breakglass_now")
ASK = reverse("admin:accounts_breakglass_ask")
LEARNERS = "/admin/students/learner/"
LATER = settings.BREAK_GLASS_LIFE + timedelta(seconds=1)


def again(user: User) -> User:
    """As the next request reads them: what they may is looked up once for each."""
    return User.objects.get(pk=user.pk)


def pair() -> list[User]:
    return [StaffFactory(is_superuser=True, name=name) for name in ("Asha", "Bina")]


def rights(user: User) -> set[str]:
    return again(user).get_all_permissions()


def agreed(first: User, second: User) -> BreakGlass:
    return break_glass.agree(break_glass.ask(first, reason="case 7"), by=second)


def address(glass: BreakGlass, verb: str) -> str:
    return reverse(f"admin:accounts_breakglass_{verb}", args=[glass.pk])


def desk(user: User) -> Client:
    client = Client()
    assert enter(client, user).status_code == 302
    return client


class TestAlone:
    def test_sec_12_a_superuser_alone_has_the_few_rights_and_no_more(self):
        user = StaffFactory(is_superuser=True)
        assert rights(user) == staff.ALWAYS
        assert not has_every_right(again(user))
        for right in ("accounts.reveal_user", "tutors.verify_tutor", "students.view_learner"):
            assert not again(user).has_perm(right), right
        assert not again(user).has_perms(["accounts.view_user", "accounts.reveal_user"])
        assert again(user).has_module_perms("accounts")
        assert not again(user).has_module_perms("students")

    @pytest.mark.django_db(transaction=True)
    def test_sec_12_what_is_asked_in_the_asynchronous_way_is_answered_the_same(self):
        user = StaffFactory(is_superuser=True)
        assert async_to_sync(again(user).ahas_perm)("accounts.view_user")
        assert not async_to_sync(again(user).ahas_perm)("students.view_learner")
        assert async_to_sync(again(user).ahas_module_perms)("accounts")
        assert not async_to_sync(again(user).ahas_module_perms)("students")

    def test_sec_12_those_rights_exist(self):
        names = Permission.objects.values_list("content_type__app_label", "codename")
        assert {f"{app_label}.{codename}" for app_label, codename in names} >= staff.ALWAYS

    def test_sec_12_the_groups_of_a_superuser_count_without_anybody(self):
        user = StaffFactory(is_superuser=True, group="moderator")
        assert "tutors.verify_tutor" in rights(user)
        assert "students.view_learner" not in rights(user)

    def test_sec_12_no_group_has_every_right(self):
        staff.ensure_groups()
        assert not any(EVERY_RIGHT in rights(StaffFactory(group=name)) for name in staff.GROUPS)

    def test_sec_12_numbers_of_people_stay_masked(self):
        with pytest.raises(NotAllowed):
            reveals.reveal(
                FamilyUserFactory(), by=StaffFactory(is_superuser=True), reason="curious"
            )

    def test_sec_12_a_colleague_is_shut_alone_and_opened_by_two(self):
        boss, colleague = StaffFactory(is_superuser=True), StaffFactory()
        users.suspend(colleague, by=boss, reason="stolen")
        with pytest.raises(NotAllowed):
            users.restore(colleague, by=boss, reason="found")
        agreed(boss, StaffFactory(is_superuser=True))
        assert users.restore(colleague, by=again(boss), reason="found").is_active

    def test_sec_12_a_shut_superuser_has_nothing(self):
        user = StaffFactory(glass=True)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert rights(user) == set()


class TestTwo:
    def test_sec_12_a_second_one_gives_every_right_to_the_first_and_not_to_themselves(self):
        first, second = pair()
        agreed(first, second)
        everything = Permission.objects.count()
        assert len(rights(first)) == everything > 100
        assert has_every_right(again(first))
        assert rights(second) == staff.ALWAYS

    def test_sec_12_it_ends_with_the_account_of_whoever_agreed(self):
        first, second = pair()
        agreed(first, second)
        users.suspend(second, by=first, reason="stolen")
        assert rights(first) == staff.ALWAYS

    def test_sec_12_nobody_agrees_to_themselves(self):
        first = StaffFactory(is_superuser=True)
        glass = break_glass.ask(first, reason="case 7")
        with pytest.raises(NobodyAgreesToThemselves):
            break_glass.agree(glass, by=first)
        assert rights(first) == staff.ALWAYS

    def test_sec_12_not_even_in_the_database(self):
        first = StaffFactory(is_superuser=True)
        glass = break_glass.ask(first, reason="case 7")
        now = clock.now()
        with pytest.raises(IntegrityError, match="break_glass_two_people"), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(
                agreed_by=first, agreed_at=now, ends_at=now + timedelta(hours=1)
            )

    @pytest.mark.parametrize("missing", ["agreed_by", "agreed_at", "ends_at", "all"])
    def test_sec_12_half_an_agreement_is_none_in_the_database(self, missing: str):
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        now = clock.now()
        ends_at = now + timedelta(hours=1)
        values: dict[str, Any] = {"agreed_by": second, "agreed_at": now, "ends_at": ends_at}
        values = {name: None if name == missing else value for name, value in values.items()}
        if missing == "all":
            values = {"is_by_operator": True}
        with pytest.raises(IntegrityError, match="break_glass_agreed"), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(**values)

    def test_sec_12_only_superusers_ask_agree_and_end(self):
        first, _second = pair()
        glass = break_glass.ask(first, reason="case 7")
        moderator = StaffFactory(group="moderator")
        for act in (break_glass.agree, break_glass.end):
            with pytest.raises(NotSuperuser):
                act(glass, by=moderator)
        with pytest.raises(NotSuperuser):
            break_glass.ask(moderator, reason="me too")
        with pytest.raises(ReasonMissing):
            break_glass.ask(_second, reason="  ")

    def test_sec_12_who_was_shut_since_counts_no_more(self):
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        User.objects.filter(pk=second.pk).update(is_active=False)
        with pytest.raises(NotSuperuser):
            break_glass.agree(glass, by=second)
        User.objects.filter(pk=second.pk).update(is_active=True)
        User.objects.filter(pk=first.pk).update(is_superuser=False)
        with pytest.raises(NotSuperuser):
            break_glass.agree(glass, by=second)

    def test_sec_12_a_superuser_asks_once_at_a_time(self):
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        with pytest.raises(break_glass.AskedAlready):
            break_glass.ask(first, reason="case 8")
        break_glass.agree(glass, by=second)
        with pytest.raises(break_glass.AskedAlready):
            break_glass.ask(first, reason="case 8")
        break_glass.end(glass, by=first)
        assert break_glass.ask(first, reason="case 8").is_waiting


class TestTheEnd:
    def test_sec_12_it_ends_by_itself(self):
        first, second = pair()
        agreed(first, second)
        with clock.at(clock.now() + settings.BREAK_GLASS_LIFE - timedelta(minutes=1)):
            assert has_every_right(again(first))
        with clock.at(clock.now() + LATER):
            assert rights(first) == staff.ALWAYS

    def test_sec_12_a_request_that_nobody_answered_is_void(self):
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        with clock.at(clock.now() + settings.BREAK_GLASS_WAITS + timedelta(seconds=1)):
            with pytest.raises(GlassClosed):
                break_glass.agree(glass, by=second)
            assert break_glass.ask(first, reason="case 8").is_waiting

    @pytest.mark.parametrize("who", [0, 1])
    def test_sec_12_either_ends_it_early_and_the_next_request_knows(self, who: int):
        both = pair()
        glass = agreed(*both)
        client = desk(both[0])
        assert client.get(LEARNERS).status_code == 200
        break_glass.end(glass, by=both[who])
        assert client.get(LEARNERS).status_code == 403
        with pytest.raises(GlassClosed):
            break_glass.end(glass, by=both[who])

    def test_sec_12_what_was_refused_cannot_be_agreed_to(self):
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        break_glass.end(glass, by=second)
        with pytest.raises(GlassClosed):
            break_glass.agree(glass, by=second)
        assert rights(first) == staff.ALWAYS


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_sec_12_of_two_who_agree_at_once_one_does(self):
        first, second = pair()
        third = StaffFactory(is_superuser=True)
        glass, others = break_glass.ask(first, reason="case 7"), [second, third]
        results = run_together(2, lambda n: break_glass.agree(glass, by=others[n]))
        assert sorted(type(one).__name__ for one in results) == ["BreakGlass", "GlassClosed"]
        assert AuditEvent.objects.filter(action="break_glass.agreed").count() == 1

    def test_sec_12_the_control_without_the_lock_both_do(self, monkeypatch):
        both_have_looked = threading.Barrier(2, timeout=10)
        check = break_glass.check_can_agree

        def slow_check(glass: BreakGlass, by: User) -> None:
            check(glass, by)
            both_have_looked.wait()

        monkeypatch.setattr(break_glass, "check_can_agree", slow_check)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        first, second = pair()
        glass = break_glass.ask(first, reason="case 7")
        others = [second, StaffFactory(is_superuser=True)]
        results = run_together(2, lambda n: break_glass.agree(glass, by=others[n]))
        assert [type(one) for one in results] == [BreakGlass, BreakGlass]

    def test_sec_12_of_two_requests_at_once_one_is_made(self):
        first, _second = pair()
        results = run_together(4, lambda n: break_glass.ask(first, reason=f"case {n}"))
        kinds = sorted(type(one).__name__ for one in results)
        assert kinds == [*["AskedAlready"] * 3, "BreakGlass"]


class TestWhatStays:
    def test_sec_12_each_step_is_in_the_audit_trail(self):
        first, second = pair()
        glass = agreed(first, second)
        break_glass.end(glass, by=second)
        refused = break_glass.ask(first, reason="case 8")
        break_glass.end(refused, by=second)
        events = AuditEvent.objects.filter(action__startswith="break_glass.").order_by("pk")
        assert [(event.action, event.actor_id) for event in events] == [
            ("break_glass.asked", first.pk),
            ("break_glass.agreed", second.pk),
            ("break_glass.ended", second.pk),
            ("break_glass.asked", first.pk),
            ("break_glass.refused", second.pk),
        ]
        assert events[0].data == {"reason": "case 7"}
        assert events[1].data == {"ends_at": glass.ends_at.isoformat()}

    def test_sec_12_what_is_opened_with_it_is_in_the_audit_trail(self):
        first, second = pair()
        client, family = desk(first), FamilyUserFactory()
        client.get(LEARNERS)
        assert not AuditEvent.objects.filter(action="break_glass.used").exists()
        glass = agreed(first, second)
        page = f"/admin/accounts/user/{family.pk}/change/"
        for path, query in ((LEARNERS, {"q": "9800012345"}), (page, {})):
            assert client.get(path, query).status_code == 200
        assert client.get("/admin/accounts/user/nobody/change/").status_code in {302, 404}
        rows = AuditEvent.objects.filter(action="break_glass.used", actor_id=first.pk)
        said = [row.data for row in rows.order_by("pk")]
        assert said[:2] == [{"method": "GET", "path": path} for path in (LEARNERS, page)]
        assert {row.object_id for row in rows} == {str(glass.pk)}
        assert "9800012345" not in str(said)

    def test_sec_12_every_superuser_and_who_watches_get_a_mail(self, settings):
        settings.ALARM_EMAIL = "watch@example.com"
        first, second = pair()
        StaffFactory(is_superuser=True, is_active=False)
        StaffFactory(group="moderator")
        glass = break_glass.ask(first, reason="case 7")
        addresses = {first.email, second.email, "watch@example.com"}
        for act, word in ((break_glass.agree, "agreed"), (break_glass.end, "ended")):
            Message.objects.all().delete()
            act(glass, by=second)
            sent = Message.objects.filter(template="break_glass")
            assert {message.to for message in sent} == addresses
            assert all(word in message.text and "Bina" in message.text for message in sent)


class TestCommandLine:
    def test_sec_12_a_team_of_one_opens_it_with_a_shell(self, settings, capsys):
        settings.ALARM_EMAIL = "watch@example.com"
        user = StaffFactory(is_superuser=True)
        call_command("break_glass", user.email, "--reason", "alone at night")
        assert has_every_right(again(user))
        event = AuditEvent.objects.get(action="break_glass.opened_by_operator")
        assert (event.actor_id, event.actor_role) == (None, "system")
        assert event.data["reason"] == "alone at night"
        sent = Message.objects.filter(template="break_glass")
        assert {message.to for message in sent} == {user.email, "watch@example.com"}
        assert "has every right until" in capsys.readouterr().out
        with clock.at(clock.now() + LATER):
            assert not has_every_right(again(user))

    def test_sec_12_for_superusers_only_and_with_a_reason(self):
        for email in (StaffFactory(group="moderator").email, "nobody@example.com"):
            with pytest.raises(CommandError):
                call_command("break_glass", email, "--reason", "x")
        with pytest.raises(CommandError, match="Say why"):
            call_command("break_glass", StaffFactory(is_superuser=True).email, "--reason", " ")
        assert not BreakGlass.objects.exists()


class TestPages:
    def test_sec_12_from_the_request_to_the_end(self):
        first, second = pair()
        hers, his = desk(first), desk(second)
        assert hers.get(LEARNERS).status_code == 403
        hers.post(ASK, {"reason": "case 7"})
        glass = BreakGlass.objects.get()
        assert "Take it back" in hers.get(NOW).text
        assert "I agree" not in hers.get(NOW).text
        assert "case 7" in his.get(NOW).text
        assert "I agree" in his.get(NOW).text
        hers.post(address(glass, "agree"))
        assert hers.get(LEARNERS).status_code == 403
        his.post(address(glass, "agree"))
        assert hers.get(LEARNERS).status_code == 200
        assert his.get(LEARNERS).status_code == 403
        his.post(address(glass, "end"))
        assert hers.get(LEARNERS).status_code == 403
        assert "case 7" in his.get("/admin/accounts/breakglass/").text

    def test_sec_12_asking_and_agreeing_take_a_fresh_code_and_ending_does_not(self):
        first, second = pair()
        hers, his = desk(first), desk(second)
        glass = break_glass.ask(first, reason="case 7")
        with clock.at(clock.now() + timedelta(minutes=6)):
            for client, url in ((his, address(glass, "agree")), (his, ASK)):
                response = client.post(url, {"reason": "x"})
                assert response["Location"].startswith("/admin/confirm/"), url
            assert "I agree" not in his.get(NOW).text
            assert f"/admin/confirm/?next={NOW}" in his.get(NOW).text
            glass.refresh_from_db()
            assert glass.agreed_at is None
            assert hers.post(address(glass, "end"))["Location"] == NOW
            glass.refresh_from_db()
            assert glass.ended_by == first

    def test_sec_12_a_request_without_a_reason_is_not_made(self):
        client = desk(StaffFactory(is_superuser=True))
        assert client.post(ASK, {"reason": " "}).status_code == 422
        assert not BreakGlass.objects.exists()

    def test_sec_12_the_pages_of_the_second_factor_are_open_alone(self):
        client = desk(StaffFactory(is_superuser=True))
        for name in ("security", "authenticator", "confirm", "index", "accounts_breakglass_now"):
            assert client.get(reverse(f"admin:{name}")).status_code == 200, name


class TestCost:
    @pytest.mark.parametrize("glass", [False, True])
    def test_sec_12_all_rights_of_a_superuser_are_one_query(self, glass: bool):
        user = again(StaffFactory(is_superuser=True, glass=glass))
        with CaptureQueriesContext(connection) as queries:
            for right in ("accounts.view_user", "tutors.verify_tutor", EVERY_RIGHT):
                assert user.has_perm(right) in {True, False}
            assert user.get_user_permissions() == user.get_group_permissions()
        assert len(queries) == 1
