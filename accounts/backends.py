from typing import Any

from django.contrib.auth.backends import ModelBackend


class StaffBackend(ModelBackend):
    """Passwords are for staff only; families and tutors have none."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user and user.is_staff and super().user_can_authenticate(user))
