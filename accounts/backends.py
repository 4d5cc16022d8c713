"""Which user a browser session may stand for."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.sessions.backends.base import SessionBase

from accounts import queries
from accounts.models import User
from accounts.services import staff

RIGHTS = "_rights_of_superuser"


class StaffBackend(ModelBackend):
    """Passwords are for staff only; families and tutors have none."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user and user.is_staff and super().user_can_authenticate(user))

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """A superuser has a few rights always, and all of them while a second one agrees.

        Looked up once for each request, so that the end of it counts from the next one on.
        """
        if not user_obj.is_superuser:
            return super().get_user_permissions(user_obj, obj)
        if not user_obj.is_active or obj is not None:
            return set()
        if not hasattr(user_obj, RIGHTS):
            setattr(user_obj, RIGHTS, staff.ALWAYS | queries.rights_now(user_obj))
        return set(getattr(user_obj, RIGHTS))

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if user_obj.is_superuser:
            return self.get_user_permissions(user_obj, obj)
        return super().get_group_permissions(user_obj, obj)

    async def aget_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return await sync_to_async(self.get_user_permissions)(user_obj, obj)

    async def aget_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return await sync_to_async(self.get_group_permissions)(user_obj, obj)


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
