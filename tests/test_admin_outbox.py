"""Staff see what was given up, and only a superuser brings it back."""

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.tests.factories import StaffFactory
from tutorhub.core import clock
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db


def signed_in(**values):
    user = StaffFactory(**values)
    client = Client()
    client.force_login(user, backend="accounts.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
    session.save()
    return client


def test_a_superuser_tries_a_dead_row_again():
    row = OutboxRow.objects.create(
        kind="x", handler="notifications.send", tries=12, dead_at=clock.now(), last_error="away"
    )
    client = signed_in(is_superuser=True)
    page = client.get("/admin/core/outboxrow/?state=dead").content.decode()
    assert "away" in page
    assert "away" not in client.get("/admin/core/outboxrow/?state=done").content.decode()
    client.post("/admin/core/outboxrow/", {"action": "revive", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert row.dead_at is None
    assert "outbox.revived" in client.get("/admin/core/auditevent/").content.decode()


def test_other_staff_see_neither():
    client = signed_in()
    assert client.get("/admin/core/outboxrow/").status_code == 403
    assert client.get("/admin/core/auditevent/").status_code == 403
