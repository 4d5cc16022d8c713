"""Codes and numbers are in no log, and in no outbox row."""

import logging

import pytest
from django.test import Client

from accounts.services import consents, erasures, notices
from accounts.tests.cast import PHONE, last_code, sign_in, wrong_code
from accounts.tests.factories import ConsentFactory, FamilyUserFactory
from tutorhub.core.ids import uuid7
from tutorhub.core.models import AuditEvent, OutboxRow

pytestmark = pytest.mark.django_db


def test_nothing_personal_is_logged_or_queued(client: Client, caplog, drain):
    caplog.set_level(logging.DEBUG)
    body = sign_in(client, PHONE)
    code = last_code(PHONE)
    client.post(
        "/api/v1/auth/otp/verify",
        {"phone": PHONE, "code": wrong_code(PHONE)},
        content_type="application/json",
    )
    client.post(
        "/api/v1/auth/token/refresh", {"refresh": body["refresh"]}, content_type="application/json"
    )
    drain()
    secrets = [code, PHONE, PHONE[3:], body["refresh"], body["access"]]
    queued = str(list(OutboxRow.objects.values("payload", "last_error", "key")))
    audited = str(list(AuditEvent.objects.values("data")))
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in queued
        assert secret not in audited


def test_a_consent_is_given_and_withdrawn_once():
    family = FamilyUserFactory()
    child = uuid7()
    given = consents.give(
        by=family,
        subject_id=child,
        purposes=["learner_profile"],
        notice=notices.find("2026-11-01", "hi"),
        guardian_name=" Meera ",
        guardian_phone="98765 43210",
        relation="mother",
    )
    consent = given["learner_profile"]
    assert (consent.guardian_name, consent.guardian_phone) == ("Meera", "+919876543210")
    assert (consent.notice.language, consent.method) == ("hi", "checkbox")
    assert consents.live(child) == {"learner_profile": consent}
    (withdrawn,) = consents.withdraw(child, by=family)
    assert consents.withdraw(child, by=family) == []
    assert not withdrawn.is_live
    assert consents.live(child) == {}
    assert list(AuditEvent.objects.order_by("at").values_list("action", flat=True)) == [
        "consent.given",
        "consent.withdrawn",
    ]


def test_an_erased_account_keeps_no_name_and_no_number():
    consent = ConsentFactory()
    user = erasures.erase(consent.given_by, by=consent.given_by)
    assert (user.name, user.phone, user.email, user.is_active) == ("", None, None, False)
