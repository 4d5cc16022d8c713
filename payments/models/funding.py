from django.db import models
from django.db.models import Q

from payments.models.two_people import TwoPersonDecision
from tutorhub.core.ids import uuid7


class Funding(TwoPersonDecision):
    """A bank transfer into the account that payouts are sent from."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    amount_paise = models.BigIntegerField()
    reference = models.CharField(max_length=60, help_text="of the bank (UTR)")

    class Meta:
        verbose_name = "funding of payouts"
        verbose_name_plural = "fundings of payouts"
        constraints = [
            *TwoPersonDecision.Meta.constraints,
            models.CheckConstraint(name="funding_some", condition=Q(amount_paise__gte=100)),
            models.UniqueConstraint(
                name="funding_reference",
                fields=["reference"],
                condition=~Q(status="REJECTED"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
