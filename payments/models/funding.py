from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class FundingQuerySet(models.QuerySet["Funding"]):
    def locked(self) -> "FundingQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Funding(StateMachine):
    """A bank transfer into the account that payouts are sent from; two people book it."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("entered")
        APPROVED = "APPROVED", _("booked")
        REJECTED = "REJECTED", _("rejected")

    TRANSITIONS = {
        Status.REQUESTED: {Status.APPROVED, Status.REJECTED},
        Status.APPROVED: set(),
        Status.REJECTED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    amount_paise = models.BigIntegerField()
    reference = models.CharField(max_length=60, help_text="of the bank (UTR)")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = FundingQuerySet.as_manager()

    class Meta:
        verbose_name = "funding of payouts"
        verbose_name_plural = "fundings of payouts"
        constraints = [
            models.CheckConstraint(
                name="funding_status_valid",
                condition=Q(status="REQUESTED", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=["APPROVED", "REJECTED"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(name="funding_some", condition=Q(amount_paise__gte=100)),
            models.CheckConstraint(
                name="funding_maker_not_checker",
                condition=Q(decided_by__isnull=True)
                | ~Q(status="APPROVED")
                | ~Q(decided_by=F("requested_by")),
            ),
            models.UniqueConstraint(
                name="funding_reference",
                fields=["reference"],
                condition=~Q(status="REJECTED"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
