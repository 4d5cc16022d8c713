from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class CreditPackQuerySet(models.QuerySet["CreditPack"]):
    def on_sale(self) -> "CreditPackQuerySet":
        return self.filter(is_on_sale=True).order_by("credits")


class CreditPack(models.Model):
    """A number of lead credits at a price before tax."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=30, unique=True)
    credits = models.PositiveIntegerField()
    base_paise = models.BigIntegerField(help_text="before GST")
    is_on_sale = models.BooleanField(default=True)

    objects = CreditPackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pack_gives_credits", condition=Q(credits__gt=0)),
            models.CheckConstraint(name="pack_has_price", condition=Q(base_paise__gte=100)),
        ]

    def __str__(self) -> str:
        return self.code


class CreditLotQuerySet(models.QuerySet["CreditLot"]):
    def open_of(self, tutor_id: object) -> "CreditLotQuerySet":
        """Lots with credits left, oldest first."""
        return self.filter(tutor_id=tutor_id, used__lt=F("credits") - F("returned")).order_by("pk")

    def locked(self) -> "CreditLotQuerySet":
        return self.select_for_update(of=("self",), no_key=True)


class CreditLot(models.Model):
    """The credits of one purchase and the revenue they carry, used up first in, first out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credit_lots"
    )
    order = models.OneToOneField("payments.PaymentOrder", on_delete=models.PROTECT)
    credits = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0, help_text="unused, and paid back")
    base_paise = models.BigIntegerField()
    earned_paise = models.BigIntegerField(default=0)
    returned_paise = models.BigIntegerField(default=0, help_text="before GST")
    created_at = models.DateTimeField(default=clock.now)

    objects = CreditLotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lot_not_overused", condition=Q(used__lte=F("credits") - F("returned"))
            ),
            models.CheckConstraint(
                name="lot_not_overearned",
                condition=Q(
                    earned_paise__gte=0,
                    returned_paise__gte=0,
                    earned_paise__lte=F("base_paise") - F("returned_paise"),
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="lot_open",
                fields=["tutor", "id"],
                condition=Q(used__lt=F("credits") - F("returned")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.used} of {self.credits}"

    @property
    def left(self) -> int:
        return self.credits - self.used - self.returned

    @property
    def next_cost_paise(self) -> int:
        """What the next credit earns; the last one takes what integer division left over."""
        if self.left == 1:
            return self.base_paise - self.earned_paise - self.returned_paise
        return self.base_paise // self.credits


class CreditUse(models.Model):
    """One credit spent on one lead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lot = models.ForeignKey(CreditLot, on_delete=models.PROTECT, related_name="uses")
    tutor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead_id = models.UUIDField()
    cost_paise = models.BigIntegerField()
    claimed_at = models.DateTimeField(default=clock.now)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="use_once_a_lead", fields=["tutor", "lead_id"])]
        indexes = [models.Index(name="use_tutor", fields=["tutor", "-id"])]

    def __str__(self) -> str:
        return f"lead {self.lead_id}"
