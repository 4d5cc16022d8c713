"""Who somebody is."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class Role(models.TextChoices):
    STUDENT = "student", _("family")
    TUTOR = "tutor", _("tutor")
    STAFF = "staff", _("staff")


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """Make a member of staff who may do everything (`manage.py createsuperuser`)."""
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

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
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

    @property
    def is_family(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_tutor(self) -> bool:
        return self.role == Role.TUTOR
