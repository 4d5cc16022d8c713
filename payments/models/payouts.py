from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.crypto import EncryptedTextField
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class PayoutMethodQuerySet(models.QuerySet["PayoutMethod"]):
    def current(self) -> "PayoutMethodQuerySet":
        return self.filter(replaced_at__isnull=True)

    def locked(self) -> "PayoutMethodQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def to_check(self) -> "PayoutMethodQuerySet":
        """In use, and the bank has not said yet whether they exist."""
        return self.current().filter(validation__in=["", PayoutMethod.Validation.PENDING])

    def weekly(self) -> "PayoutMethodQuerySet":
        return self.current().filter(is_weekly=True)


class PayoutMethod(models.Model):
    """Where a tutor is paid. A change is a new row, so a payout keeps the one it was made for."""

    class Kind(models.TextChoices):
        BANK = "bank", _("bank account")
        UPI = "upi", _("UPI")

    class Validation(models.TextChoices):
        NONE = "", _("not checked yet")
        PENDING = "pending", _("being checked")
        VALID = "valid", _("checked")
        FAILED = "failed", _("refused by the bank")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payout_methods"
    )
    kind = models.CharField(max_length=4, choices=Kind.choices)
    holder_name = models.CharField(max_length=120)
    account_number = EncryptedTextField(blank=True)
    ifsc = models.CharField(max_length=11, blank=True)
    vpa = EncryptedTextField(blank=True)
    pan = EncryptedTextField()
    hint = models.CharField(max_length=40, help_text="what may be shown of it")
    razorpay_contact_id = models.CharField(max_length=40, blank=True)
    razorpay_fund_account_id = models.CharField(max_length=40, blank=True)
    razorpay_validation_id = models.CharField(max_length=40, blank=True)
    validation = models.CharField(
        max_length=8, choices=Validation.choices, default=Validation.NONE, blank=True
    )
    validation_note = models.CharField(max_length=200, blank=True)
    validation_tries = models.PositiveSmallIntegerField(default=0)
    registered_name = models.CharField(max_length=120, blank=True, help_text="as the bank has it")
    validated_at = models.DateTimeField(null=True)
    is_weekly = models.BooleanField(default=False, help_text="pay out every week without asking")
    created_at = models.DateTimeField(default=clock.now)
    usable_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)

    objects = PayoutMethodQuerySet.as_manager()

    class Meta:
        verbose_name = "payout method"
        constraints = [
            models.UniqueConstraint(
                name="method_one_current", fields=["tutor"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(
                name="method_complete",
                condition=(Q(kind="bank", vpa="") & ~Q(ifsc="") & ~Q(account_number=""))
                | (Q(kind="upi", ifsc="", account_number="") & ~Q(vpa=""))
                # Of a tutor who was erased nothing is left of it.
                | Q(holder_name="", hint="", vpa="", ifsc="", account_number="")
                & Q(replaced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="method_validation_valid",
                condition=Q(validation__in=["", "pending"], validated_at__isnull=True)
                | Q(validation__in=["valid", "failed"], validated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.hint

    @property
    def is_valid(self) -> bool:
        return self.validation == self.Validation.VALID

    @property
    def pan_hint(self) -> str:
        return f"••••••{self.pan[-4:]}"


class PayoutQuerySet(models.QuerySet["Payout"]):
    def locked(self) -> "PayoutQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def visible_to(self, user: object) -> "PayoutQuerySet":
        return self.filter(tutor=user)

    def in_flight(self) -> "PayoutQuerySet":
        return self.filter(status__in=Payout.IN_FLIGHT)

    def unsettled(self, before: datetime) -> "PayoutQuerySet":
        """Approved before then and still without an answer."""
        return self.filter(
            status__in=[Payout.Status.APPROVED, Payout.Status.SENDING], decided_at__lt=before
        )


class Payout(StateMachine):
    """Earnings that a tutor asked to have paid out."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("asked for")
        APPROVED = "APPROVED", _("approved")
        SENDING = "SENDING", _("on its way")
        PROCESSED = "PROCESSED", _("paid out")
        FAILED = "FAILED", _("failed")
        REVERSED = "REVERSED", _("sent back by the bank")
        REJECTED = "REJECTED", _("rejected")
        CANCELLED = "CANCELLED", _("cancelled")

    class Rail(models.TextChoices):
        """Who carries the money. What each does is in `payments/rails.py`."""

        RAZORPAYX = "razorpayx", "RazorpayX"

    class GatewayStatus(models.TextChoices):
        """What RazorpayX says; kept beside our own status, which decides about money."""

        PENDING = "pending", _("waits for a second look")
        QUEUED = "queued", _("waits for money in our account")
        SCHEDULED = "scheduled", _("is planned")
        PROCESSING = "processing", _("the bank is working on it")
        PROCESSED = "processed", _("the bank has paid")
        CANCELLED = "cancelled", _("called off")
        FAILED = "failed", _("the bank could not pay")
        REJECTED = "rejected", _("refused before it was sent")
        REVERSED = "reversed", _("came back from the bank")

    IN_FLIGHT = (Status.REQUESTED, Status.APPROVED, Status.SENDING)
    TRANSITIONS = {
        Status.REQUESTED: {Status.APPROVED, Status.REJECTED, Status.CANCELLED},
        Status.APPROVED: {Status.SENDING},
        Status.SENDING: {Status.PROCESSED, Status.FAILED, Status.REVERSED},
        Status.PROCESSED: {Status.REVERSED},
        # The money went back to the tutor's earnings when it failed, so this edge moves none.
        Status.FAILED: {Status.REVERSED},
        Status.REVERSED: set(),
        Status.REJECTED: set(),
        Status.CANCELLED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts"
    )
    method = models.ForeignKey(PayoutMethod, on_delete=models.PROTECT, related_name="payouts")
    amount_paise = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    rail = models.CharField(max_length=10, choices=Rail.choices, default=Rail.RAZORPAYX)
    week = models.DateField(null=True, help_text="the Monday of a payout that nobody asked for")
    gateway_status = models.CharField(
        max_length=20, choices=GatewayStatus.choices, blank=True, help_text="as the bank has it"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    razorpay_payout_id = models.CharField(max_length=40, null=True, unique=True)
    utr = models.CharField(max_length=40, blank=True)
    fees_paise = models.BigIntegerField(default=0)
    tax_paise = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payout_status_valid",
                condition=Q(
                    status__in=[
                        *("REQUESTED", "APPROVED", "SENDING", "PROCESSED"),
                        *("FAILED", "REVERSED", "REJECTED", "CANCELLED"),
                    ]
                ),
            ),
            models.CheckConstraint(name="payout_some", condition=Q(amount_paise__gte=100)),
            models.CheckConstraint(
                name="payout_maker_not_checker",
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("requested_by")) & ~Q(approved_by=F("tutor"))),
            ),
            models.CheckConstraint(
                name="payout_approved_by_somebody",
                condition=Q(status__in=["REQUESTED", "REJECTED", "CANCELLED"])
                | Q(approved_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(name="payout_once_a_week", fields=["tutor", "week"]),
        ]
        indexes = [
            models.Index(name="payout_tutor", fields=["tutor", "-id"]),
            models.Index(
                name="payout_in_flight",
                fields=["tutor"],
                condition=Q(status__in=["REQUESTED", "APPROVED", "SENDING"]),
            ),
            models.Index(
                name="payout_unsettled",
                fields=["decided_at"],
                condition=Q(status__in=["APPROVED", "SENDING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What Razorpay knows this payout by; at most 40 characters."""
        return f"po-{self.pk.hex}"
