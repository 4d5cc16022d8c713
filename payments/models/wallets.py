from django.conf import settings
from django.db import models
from django.db.models import Q

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class PromoGrant(models.Model):
    """Promotional balance that finance gave a family: to be spent on classes, never paid out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="promo_grants"
    )
    amount_paise = models.BigIntegerField()
    reason = models.CharField(max_length=120, help_text="the family sees it")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "promotional balance"
        verbose_name_plural = "promotional balances"
        constraints = [
            models.CheckConstraint(name="promo_grant_some", condition=Q(amount_paise__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_paise} for {self.user_id}"
