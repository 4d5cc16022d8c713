"""Every right for a superuser, for a while, because a second one agrees."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

EVERY_RIGHT = "accounts.hold_every_right"
"""No group has it: only a superuser has, and only while the glass is broken."""


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open(self) -> "BreakGlassQuerySet":
        """Agreed to, neither run out nor ended, and whoever agreed is still who they were."""
        stands = Q(is_by_operator=True) | Q(agreed_by__is_active=True, agreed_by__is_superuser=True)
        return self.filter(stands, ended_at=None, ends_at__gt=clock.now())

    def waiting(self) -> "BreakGlassQuerySet":
        """Asked for a moment ago, and not answered. What nobody answered in time is void."""
        since = clock.now() - settings.BREAK_GLASS_WAITS
        return self.filter(ended_at=None, agreed_at=None, asked_at__gt=since)


class BreakGlass(models.Model):
    """One request of a superuser for every right, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_by_operator = models.BooleanField(default=False)
    """Opened on the server's command line, where there is nobody to agree."""
    agreed_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("break-glass")
        verbose_name_plural = _("break-glass")
        permissions = [("hold_every_right", "Has every right, while a second superuser agrees")]
        indexes = [models.Index(fields=["asked_by", "ends_at"], name="break_glass_of_whom")]
        constraints = [
            models.CheckConstraint(
                name="break_glass_two_people", condition=~Q(agreed_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="break_glass_agreed",
                condition=Q(agreed_at=None, ends_at=None, agreed_by=None, is_by_operator=False)
                | Q(agreed_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("agreed_at"))
                & (
                    Q(agreed_by__isnull=False, is_by_operator=False)
                    | Q(agreed_by=None, is_by_operator=True)
                ),
            ),
            models.CheckConstraint(name="break_glass_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at.astimezone(clock.IST):%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.ends_at is not None and self.ends_at > clock.now()

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None and self.agreed_at is None and self.void_at > clock.now()

    @property
    def void_at(self) -> datetime:
        """When it is too late to agree."""
        return self.asked_at + settings.BREAK_GLASS_WAITS
