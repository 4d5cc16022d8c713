"""SEC-03: a code of an app install works in that install alone."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.cast import PHONE, last_code

pytestmark = pytest.mark.django_db

MINE, THEIRS = "install-of-the-victim-0001", "install-of-the-attacker-01"


def post(path: str, **body: str) -> Any:
    return Client().post(f"/api/v1/auth/otp/{path}", body, "application/json")


def test_sec_03_a_code_asked_for_by_one_install_is_refused_to_another():
    assert post("request", phone=PHONE, install_id=MINE).status_code == 202
    code = last_code(PHONE)
    for other in ({"install_id": THEIRS}, {}):
        refused = post("verify", phone=PHONE, code=code, role="student", **other)
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["code"] == "code_invalid"
    assert not User.objects.exists()
    entered = post("verify", phone=PHONE, code=code, role="student", install_id=MINE)
    assert entered.status_code == 200


def test_sec_03_an_attackers_challenge_does_not_take_the_victims_code(settings):
    settings.OTP_RESEND_AFTER = (0,)
    post("request", phone=PHONE, install_id=THEIRS)
    post("request", phone=PHONE, install_id=MINE)
    code = last_code(PHONE)
    refused = post("verify", phone=PHONE, code=code, role="student", install_id=THEIRS)
    assert refused.status_code == 400


def test_sec_03_a_code_without_an_install_is_not_for_one_that_names_itself():
    post("request", phone=PHONE)
    code = last_code(PHONE)
    refused = post("verify", phone=PHONE, code=code, role="student", install_id=THEIRS)
    assert refused.status_code == 400
    assert post("verify", phone=PHONE, code=code, role="student").status_code == 200


@pytest.mark.parametrize("install_id", ["short", "x" * 101, "with a space in its middle"])
def test_sec_03_an_install_that_could_be_guessed_is_refused(install_id: str):
    answer = post("request", phone=PHONE, install_id=install_id)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "install_id"
