"""What beat deletes, and what it must not."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.clients import Client as Device
from accounts.models import BrowserSession, EmailChange, KnownDevice, OtpChallenge
from accounts.services import clearing, codes, signin
from accounts.tests.cast import PHONE
from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import clock, retention

pytestmark = pytest.mark.django_db

HERE = Device("203.0.113.7", "test")


def cleared_out():
    """What the rules of accounts clear now."""
    return {rule.name: rule.clear(clock.now() - rule.after) for rule in clearing.RULES}


def test_expired_browser_sessions_go_and_living_ones_stay():
    alive, over = Client(), Client()
    for client in (alive, over):
        client.force_login(FamilyUserFactory(), backend="accounts.backends.PhoneBackend")
    BrowserSession.objects.filter(pk=over.session.session_key).update(
        expire_date=clock.now() - timedelta(seconds=1)
    )
    assert cleared_out()["sessions"] == 1
    assert BrowserSession.objects.get().pk == alive.session.session_key


def test_codes_go_after_two_days_and_count_until_then():
    start = clock.now()
    with clock.at(start - timedelta(hours=23)):
        signin.request_code(phone=PHONE, client=HERE)
        for _ in range(5):
            with pytest.raises(codes.CodeRefused):
                signin.verify_code(phone=PHONE, code="x", client=HERE)
    assert cleared_out()["codes"] == 0
    with clock.at(start + timedelta(hours=26)):
        assert cleared_out()["codes"] == 1
    assert not OtpChallenge.objects.exists()


def test_links_and_devices_go_when_nobody_can_need_them():
    user = FamilyUserFactory()
    long_ago = clock.now() - timedelta(days=401)
    KnownDevice.objects.create(user=user, kind="app", secret_hash="a", seen_at=long_ago)
    KnownDevice.objects.create(user=user, kind="app", secret_hash="b")
    EmailChange.objects.create(user=user, email="a@b.in", token_hash="a", expires_at=long_ago)
    EmailChange.objects.create(user=user, email="a@b.in", token_hash="b", expires_at=clock.now())
    cleared = cleared_out()
    assert (cleared["devices"], cleared["email_links"]) == (1, 1)
    assert KnownDevice.objects.get().secret_hash == "b"


def test_more_than_a_batch_goes_in_one_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    user = FamilyUserFactory()
    long_ago = clock.now() - timedelta(days=401)
    for n in range(5):
        KnownDevice.objects.create(user=user, kind="app", secret_hash=str(n), seen_at=long_ago)
    assert cleared_out()["devices"] == 5
