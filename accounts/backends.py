"""Which user a browser session may stand for."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User


class StaffBackend(ModelBackend):
    """Passwords are for staff only; families and tutors have none."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user and user.is_staff and super().user_can_authenticate(user))


class PhoneBackend(BaseBackend):
    """Sessions that began with a one-time code. It never yields staff, and checks no password."""

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()


def suspended_user(session: SessionBase) -> User | None:
    """Whom this browser was signed in as, if staff have shut that account since.

    For `request.user` it is nobody: no backend above yields an inactive user.
    """
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return None
    user = User.objects.filter(pk=user_id, is_active=False).first()
    return user if user is not None and user.is_suspended else None
