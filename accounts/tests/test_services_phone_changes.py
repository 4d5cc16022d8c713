"""A new phone number: both codes, one winner, everybody else signed out."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import policies
from accounts.clients import Client
from accounts.models import AppSession, FormerAddress, KnownDevice, LoginAttempt, OtpChallenge, User
from accounts.services import codes, locks, phone_changes, signin, stepup, tokens
from accounts.tests.cast import PHONE, last_code, step_up, together
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tests.forgetting import forget
from tutorhub.core import clock
from tutorhub.core.errors import TooMany
from tutorhub.core.models import AuditEvent

db = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)

HERE = Client("203.0.113.7", "test")
NEW = "+919876500055"


def signed_in(**values: Any) -> tuple[User, UUID]:
    """A family on a device known for a week, that has just entered a code."""
    user = FamilyUserFactory(**values)
    device = KnownDevice.objects.create(
        user=user, kind="app", secret_hash="x", first_seen_at=clock.now() - timedelta(days=7)
    )
    tokens.issue(user=user, client=HERE, device=device)
    sign_in_id = user.app_sessions.get().pk
    step_up(user, sign_in_id)
    return user, sign_in_id


def ask(user: User, sign_in_id: UUID, phone: str = NEW) -> codes.CodeSent:
    return phone_changes.request(user, sign_in_id, phone=phone, client=HERE)


def confirm(user: User, sign_in_id: UUID, code: str) -> User:
    return phone_changes.confirm(user, sign_in_id, code=code, client=HERE)


def new_code(phone: str = NEW) -> str:
    return last_code(phone, "new_phone_code")


@db
def test_both_codes_change_the_number_and_tell_everywhere():
    user, sign_in_id = signed_in(phone=PHONE, email="asha@example.com")
    tokens.issue(user=user, client=HERE)
    ask(user, sign_in_id)
    changed = confirm(user, sign_in_id, new_code())
    assert changed.phone == User.objects.get(pk=user.pk).phone == NEW
    alive = AppSession.objects.filter(user=user, ended_at__isnull=True)
    assert alive.get().pk == sign_in_id
    told = Message.objects.filter(template="phone_changed").values_list("channel", "to")
    assert sorted(told) == [("email", "asha@example.com"), ("whatsapp", PHONE), ("whatsapp", NEW)]
    assert AuditEvent.objects.filter(action="user.phone_changed").exists()


@db
def test_an_erasure_finds_what_is_left_at_the_number_of_before():
    user, sign_in_id = signed_in(phone=PHONE, email="asha@example.com")
    signin.request_code(phone=PHONE, client=HERE)
    LoginAttempt.objects.create(kind="code", phone=PHONE, ip="203.0.113.9", reason="code_invalid")
    ask(user, sign_in_id)
    user = confirm(user, sign_in_id, new_code())
    assert FormerAddress.objects.get().address == PHONE
    # Whoever gets the number then, with and without an account, keeps what is theirs.
    with clock.at(clock.now() + timedelta(days=1)):
        signin.request_code(phone=PHONE, client=HERE)
        LoginAttempt.objects.create(kind="code", phone=PHONE, ip="203.0.113.9", at=clock.now())
    with clock.at(clock.now() + timedelta(days=2)):
        forget(user)
    left = OtpChallenge.objects.get()
    logged = LoginAttempt.objects.exclude(phone="").values_list("kind", "phone", "at")
    expected = [("code", PHONE, left.created_at), ("code_request", PHONE, left.created_at)]
    assert sorted(logged) == expected
    assert Message.objects.exclude(to="").get().created_at == left.created_at
    assert not FormerAddress.objects.exists()


@db
def test_an_erasure_leaves_the_log_of_whoever_had_the_number_before_to_them():
    user, sign_in_id = signed_in(phone=PHONE)
    other = FamilyUserFactory()
    LoginAttempt.objects.create(kind="code", phone=PHONE, user=other, ip="203.0.113.9")
    ask(user, sign_in_id)
    forget(confirm(user, sign_in_id, new_code()))
    assert LoginAttempt.objects.get(user=other).phone == PHONE


@db
def test_without_the_code_to_the_old_number_none_goes_to_the_new_one():
    user, sign_in_id = signed_in(phone=PHONE)
    late = clock.now() + timedelta(minutes=5, seconds=1)
    with clock.at(late), pytest.raises(stepup.StepUpNeeded):
        ask(user, sign_in_id)
    tokens.issue(user=user, client=HERE)
    elsewhere = user.app_sessions.exclude(pk=sign_in_id).get().pk
    KnownDevice.objects.update(is_original=True)
    AppSession.objects.filter(pk=elsewhere).update(known_device=KnownDevice.objects.get())
    with pytest.raises(stepup.StepUpNeeded):
        ask(user, elsewhere)
    assert not Message.objects.exists()


@db
def test_a_new_device_waits_a_day():
    user, sign_in_id = signed_in(phone=PHONE)
    KnownDevice.objects.update(first_seen_at=clock.now() - timedelta(hours=23))
    with pytest.raises(policies.DeviceTooNew):
        ask(user, sign_in_id)


@db
def test_the_code_works_in_the_sign_in_that_asked_and_nowhere_else():
    user, sign_in_id = signed_in(phone=PHONE)
    ask(user, sign_in_id)
    thief, elsewhere = signed_in(phone="+919876500088")
    for wrong in ("000000", "111111"):
        if wrong != new_code():
            with pytest.raises(codes.CodeRefused):
                confirm(user, sign_in_id, wrong)
    with pytest.raises(codes.CodeRefused):
        confirm(thief, elsewhere, new_code())
    with clock.at(clock.now() + timedelta(minutes=5)), pytest.raises(codes.CodeRefused):
        confirm(user, sign_in_id, new_code())
    assert User.objects.get(pk=user.pk).phone == PHONE


@db
def test_a_sign_in_code_of_the_new_number_does_not_do():
    user, sign_in_id = signed_in(phone=PHONE)
    ask(user, sign_in_id)
    with clock.at(clock.now() + timedelta(minutes=2)):
        signin.request_code(phone=NEW, client=HERE)
        if last_code(NEW) != new_code():
            with pytest.raises(codes.CodeRefused):
                confirm(user, sign_in_id, last_code(NEW))
        with pytest.raises(codes.CodeRefused):
            signin.verify_code(phone=NEW, code=new_code(), role="student", client=HERE)


@db
def test_a_number_of_another_account_is_refused_to_who_holds_it_only():
    FamilyUserFactory(phone=NEW)
    user, sign_in_id = signed_in(phone=PHONE)
    ask(user, sign_in_id)
    with pytest.raises(phone_changes.PhoneTaken):
        confirm(user, sign_in_id, new_code())
    assert User.objects.get(pk=user.pk).phone == PHONE


@db
def test_five_new_numbers_a_day(settings):
    settings.STEP_UP_LIFE = timedelta(hours=1)
    user, sign_in_id = signed_in(phone=PHONE)
    for n in range(5):
        ask(user, sign_in_id, f"+919{n:06d}000")
    with pytest.raises(TooMany):
        ask(user, sign_in_id)


def two_with_a_code() -> list[tuple[User, UUID, str]]:
    """Two accounts that each hold a good code of the same number."""
    people = []
    start = clock.now()
    for n in range(2):
        with clock.at(start + timedelta(seconds=61 * n)):
            user, sign_in_id = signed_in(phone=f"+91987650006{n}")
            ask(user, sign_in_id)
            people.append((user, sign_in_id, new_code()))
    return people


@race
def test_of_two_at_once_one_gets_the_number():
    people = two_with_a_code()
    results = together(2, lambda n: confirm(*people[n]))
    assert sorted(type(result).__name__ for result in results) == ["PhoneTaken", "User"]
    assert User.objects.filter(phone=NEW).count() == 1


@race
def test_negative_control_without_the_lock_only_the_database_stops_the_second(
    monkeypatch: pytest.MonkeyPatch,
):
    people = two_with_a_code()
    monkeypatch.setattr(locks, "hold", lambda kind, name: None)
    exists, both_have_looked = type(User.objects.all()).exists, threading.Barrier(2, timeout=10)

    def slow_exists(self: Any) -> bool:
        answer = exists(self)
        if self.model is User:
            both_have_looked.wait()
        return bool(answer)

    monkeypatch.setattr(type(User.objects.all()), "exists", slow_exists)
    results = together(2, lambda n: confirm(*people[n]))
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "User"]


def ten_new_numbers(user: User, sign_in_id: UUID) -> list[Any]:
    def one(n: int) -> codes.CodeSent:
        client = Client(f"10.{n}.1.1", "test")
        return phone_changes.request(user, sign_in_id, phone=f"+919{n:06d}000", client=client)

    return together(10, one, threads=10)


@race
def test_of_ten_new_numbers_at_once_five_are_sent():
    results = ten_new_numbers(*signed_in(phone=PHONE))
    assert sum(isinstance(result, codes.CodeSent) for result in results) == 5
    assert sum(isinstance(result, TooMany) for result in results) == 5


@race
def test_negative_control_without_the_lock_of_the_person_more_are_sent(
    monkeypatch: pytest.MonkeyPatch,
):
    check, all_have_looked = phone_changes._check_not_too_often, threading.Barrier(10, timeout=10)

    def slowly(sign_in_id: UUID | None) -> None:
        check(sign_in_id)
        all_have_looked.wait()

    monkeypatch.setattr(phone_changes, "_check_not_too_often", slowly)
    queryset = type(User.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **options: self)
    results = ten_new_numbers(*signed_in(phone=PHONE))
    assert sum(isinstance(result, codes.CodeSent) for result in results) == 10
