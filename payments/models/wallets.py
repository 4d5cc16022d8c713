from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.models.two_people import TwoPersonDecision
from tutorhub.core.ids import uuid7
from tutorhub.core.money import rupees_exact


class PromoGrant(TwoPersonDecision):
    """Promotional balance for a family, once approved: to be spent on classes, never paid out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="promo_grants"
    )
    amount_paise = models.BigIntegerField()
    reason = models.CharField(max_length=120, help_text="the family sees it")

    class Meta:
        verbose_name = "promotional balance"
        verbose_name_plural = "promotional balances"
        constraints = [
            *TwoPersonDecision.Meta.constraints,
            models.CheckConstraint(name="promo_grant_some", condition=Q(amount_paise__gt=0)),
            # A form that is sent twice asks once. Grants of an erased family have no reason left.
            models.UniqueConstraint(
                name="promo_grant_waits_once",
                fields=["user", "amount_paise", "reason"],
                condition=Q(status="REQUESTED") & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{rupees_exact(self.amount_paise)} of promotional balance"
