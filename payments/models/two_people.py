from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.states import StateMachine


class TwoPersonQuerySet(models.QuerySet[Any]):
    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TwoPersonDecision(StateMachine):
    """What one person in finance asks for and another one approves; the database says so too.

    Whoever asked may take it back, which is a rejection.
    """

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("waits for a second person")
        APPROVED = "APPROVED", _("approved")
        REJECTED = "REJECTED", _("rejected")

    TRANSITIONS = {
        Status.REQUESTED: {Status.APPROVED, Status.REJECTED},
        Status.APPROVED: set(),
        Status.REJECTED: set(),
    }

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = TwoPersonQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_status_valid",
                condition=Q(status="REQUESTED", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=["APPROVED", "REJECTED"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_maker_not_checker",
                condition=Q(decided_by__isnull=True)
                | ~Q(status="APPROVED")
                | ~Q(decided_by=F("requested_by")),
            ),
        ]
