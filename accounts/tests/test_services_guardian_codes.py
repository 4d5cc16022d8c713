"""The guardian's code proves a number and does nothing else."""

import re

import pytest

from accounts.clients import Client
from accounts.models import OtpChallenge
from accounts.services import codes, guardian_codes, send_limits, signin
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db

PHONE = "+919876500077"
HERE = Client("203.0.113.9")


@pytest.fixture
def by():
    return FamilyUserFactory()


def send(by, guardian, phone=PHONE):
    return guardian_codes.send(phone=phone, subject_id=guardian, client=HERE, language="en")


def code_to(phone, template="guardian_code"):
    message = Message.objects.filter(to=phone, template=template).order_by("-pk")[0]
    return re.search(r"\b\d{6}\b", message.text).group()


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_comes_back_once(by):
    guardian = uuid7()
    send(by, guardian)
    code = code_to(PHONE)
    guardian_codes.check(phone=PHONE, subject_id=guardian, code=f" {code[:3]} {code[3:]} ")
    with pytest.raises(codes.CodeRefused):
        guardian_codes.check(phone=PHONE, subject_id=guardian, code=code)


def test_it_counts_for_the_guardian_it_was_sent_about(by):
    send(by, uuid7())
    with pytest.raises(codes.CodeRefused):
        guardian_codes.check(phone=PHONE, subject_id=uuid7(), code=code_to(PHONE))


def test_after_five_guesses_the_right_one_is_refused_too(by):
    guardian = uuid7()
    send(by, guardian)
    code = code_to(PHONE)
    for _ in range(5):
        with pytest.raises(codes.CodeRefused):
            guardian_codes.check(phone=PHONE, subject_id=guardian, code=other_than(code))
    with pytest.raises(codes.CodeRefused):
        guardian_codes.check(phone=PHONE, subject_id=guardian, code=code)
    assert OtpChallenge.objects.get().attempts == 5


def test_it_is_good_for_five_minutes(by):
    guardian = uuid7()
    send(by, guardian)
    with clock.at(OtpChallenge.objects.get().expires_at), pytest.raises(codes.CodeRefused):
        guardian_codes.check(phone=PHONE, subject_id=guardian, code=code_to(PHONE))


def test_it_signs_nobody_in(by):
    send(by, uuid7())
    challenge = OtpChallenge.objects.get()
    for ids in (None, [challenge.pk]):
        with pytest.raises(codes.CodeRefused):
            signin.verify_code(
                phone=PHONE, code=code_to(PHONE), client=HERE, role="student", challenge_ids=ids
            )


def test_a_sign_in_code_proves_nothing(by):
    signin.request_code(phone=PHONE, client=HERE, is_bound=True)
    with pytest.raises(codes.CodeRefused):
        guardian_codes.check(phone=PHONE, subject_id=uuid7(), code=code_to(PHONE, "signin_code"))


def test_guessing_at_it_locks_nobody_out(by):
    for hour in range(2):
        with clock.at(clock.now() + hour * send_limits.HOUR):
            guardian = uuid7()
            send(by, guardian)
            wrong = other_than(code_to(PHONE))
            for _ in range(5):
                with pytest.raises(codes.CodeRefused):
                    guardian_codes.check(phone=PHONE, subject_id=guardian, code=wrong)
    later = clock.now() + 4 * send_limits.HOUR
    with clock.at(later):
        signin.request_code(phone=PHONE, client=HERE)
        code = code_to(PHONE, "signin_code")
        signed_in = signin.verify_code(phone=PHONE, code=code, client=HERE, role="student")
    assert signed_in.is_new


def test_it_counts_in_the_limits_of_all_codes(by):
    signin.request_code(phone=PHONE, client=HERE)
    with pytest.raises(send_limits.SentTooOften):
        send(by, uuid7())


def test_the_message_names_no_child_and_no_family(by):
    send(by, uuid7())
    assert by.name not in Message.objects.get(template="guardian_code").text
