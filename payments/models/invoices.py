from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class InvoiceCounter(models.Model):
    """The last number of one series in one financial year; its lock leaves no gap (Rule 46)."""

    series = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField(help_text="in which the year begins, on 1 April")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="counter_one_row", fields=["series", "year"]),
            models.CheckConstraint(name="counter_fits", condition=Q(last__lte=9_999_999)),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class Invoice(models.Model):
    """A numbered document about money, with everything on it as it was on that day."""

    class Series(models.TextChoices):
        INVOICE = "TH", _("tax invoice")
        CREDIT_NOTE = "CN", _("credit note")
        RECEIPT = "RV", _("receipt")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.CharField(max_length=2, choices=Series.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=16, unique=True, help_text="as printed")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invoices"
    )
    about = models.CharField(max_length=20, help_text="commission, credit_pack, session, …")
    about_id = models.UUIDField()
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    issued_on = models.DateField(help_text="in India")
    seller = models.JSONField()
    buyer = models.JSONField()
    lines = models.JSONField()
    base_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField(default=0)
    sgst_paise = models.BigIntegerField(default=0)
    igst_paise = models.BigIntegerField(default=0)
    total_paise = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="invoice_number", fields=["series", "year", "number"]),
            models.UniqueConstraint(
                name="invoice_once", fields=["series", "about", "about_id", "recipient"]
            ),
            models.CheckConstraint(
                name="invoice_adds_up",
                condition=Q(
                    total_paise=F("base_paise")
                    + F("cgst_paise")
                    + F("sgst_paise")
                    + F("igst_paise")
                ),
            ),
            models.CheckConstraint(
                name="invoice_corrects_something",
                condition=~Q(series="CN") | Q(corrects__isnull=False),
            ),
        ]
        indexes = [models.Index(name="invoice_recipient", fields=["recipient", "-id"])]

    def __str__(self) -> str:
        return self.text

    @property
    def gst_paise(self) -> int:
        return self.cgst_paise + self.sgst_paise + self.igst_paise
