"""Which user a browser session may stand for."""

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend

from accounts.models import User


class StaffBackend(ModelBackend):
    """Passwords are for staff only; families and tutors have none."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user and user.is_staff and super().user_can_authenticate(user))


class PhoneBackend(BaseBackend):
    """Sessions that began with a one-time code. It never yields staff, and checks no password."""

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()
