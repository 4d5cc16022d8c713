"""Who somebody is."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class Role(models.TextChoices):
    STUDENT = "student", _("family")
    TUTOR = "tutor", _("tutor")
    STAFF = "staff", _("staff")


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """Make a superuser (`manage.py createsuperuser`)."""
        user = self.model(
            email=self.normalize_email(email),
            role=Role.STAFF,
            is_staff=True,
            is_superuser=True,
            **fields,
        )
        user.set_password(password)
        user.save()
        return user

    def create_person(self, *, phone: str, role: str, name: str = "", **fields: Any) -> "User":
        """Make a family or a tutor, who have no password. `phone` is in E.164."""
        user = self.model(phone=phone, role=role, name=name, **fields)
        user.set_unusable_password()
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in: families and tutors by phone, staff by e-mail and password."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    phone = models.CharField(max_length=16, null=True, blank=True, unique=True)
    email = models.EmailField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, editable=False)
    """The last sign of life, to the hour: an account that was silent for long is not opened to a
    new device by a code alone."""
    new_device_at = models.DateTimeField(null=True, editable=False)
    """When a device signed in that was not known: sign-ins from before it are shown a notice."""

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        permissions = [
            ("suspend_user", "Can suspend and restore users"),
            ("reveal_user", "Can see numbers and addresses, with a reason"),
        ]
        constraints = [
            models.CheckConstraint(
                name="user_role_valid", condition=Q(role__in=["student", "tutor", "staff"])
            ),
            models.CheckConstraint(
                name="user_staff_by_email",
                condition=Q(role="staff", phone__isnull=True, email__isnull=False)
                | Q(role__in=["student", "tutor"], is_staff=False, is_superuser=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a backend says so. To be a superuser is no right by itself: `StaffBackend`."""
        return perm in self.get_all_permissions(obj)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions())

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        return perm in await self.aget_all_permissions(obj)

    async def ahas_module_perms(self, app_label: str) -> bool:
        rights = await self.aget_all_permissions()
        return any(perm.startswith(f"{app_label}.") for perm in rights)

    def get_session_auth_hash(self) -> str:
        """What a browser session must match: a new epoch ends every session at once."""
        return self._hash_for_sessions(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._hash_for_sessions(secret)

    def _hash_for_sessions(self, secret: str | bytes) -> str:
        value = f"{self.password}|{self.session_epoch}"
        salt = "accounts.User.session"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_suspended(self) -> bool:
        """Shut by staff. Who was erased on request is inactive too, and has no address left."""
        return not self.is_active and bool(self.phone or self.email)

    @property
    def is_family(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_tutor(self) -> bool:
        return self.role == Role.TUTOR
