"""Moderators at their browsers, for tests."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.services import staff, staff_codes
from accounts.tests.factories import StaffFactory
from tutorhub.core import clock

DESK = "/admin/tutors/tutorprofile/"


def signed_in(user: Any) -> Client:
    """With the second factor."""
    client = Client()
    client.force_login(user, backend="accounts.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
    session.save()
    return client


def confirmed(client: Client) -> Client:
    """As if a code had just been entered once more."""
    session = client.session
    session[staff_codes.FRESH] = clock.now().timestamp()
    session.save()
    return client


def member(*groups: str) -> Any:
    staff.ensure_groups()
    user = StaffFactory()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user
