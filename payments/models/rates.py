from datetime import date

from django.db import models
from django.db.models import Q

from tutorhub.core.ids import uuid7


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    def in_force(self, on: date) -> "TaxRateQuerySet":
        """The row of each name that counts on that day."""
        return self.filter(from_on__lte=on).order_by("name", "-from_on").distinct("name")


class TaxRate(models.Model):
    """A commission or tax rate from a day on. A change of law is a new row, never a release."""

    class Name(models.TextChoices):
        COMMISSION_SESSION = "commission_session"
        COMMISSION_BATCH = "commission_batch"
        COMMISSION_COURSE = "commission_course"
        GST = "gst"
        TDS = "tds"
        TDS_NO_PAN = "tds_no_pan"
        TCS = "tcs"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=30, choices=Name.choices)
    label = models.CharField(max_length=120)
    bps = models.PositiveIntegerField(help_text="basis points: 1 is 0.01 %")
    threshold_paise = models.BigIntegerField(
        null=True, blank=True, help_text="nothing is due up to this gross in a financial year"
    )
    from_on = models.DateField()

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rate_one_a_day", fields=["name", "from_on"]),
            models.CheckConstraint(name="rate_at_most_all", condition=Q(bps__lte=10_000)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.bps} bps from {self.from_on}"
