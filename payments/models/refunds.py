from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from payments.models.ledger import LedgerAccount
from payments.models.orders import Payment, PaymentOrder
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class RefundPreference(models.Model):
    """Where a family wants its refunds; without a row they go back to where it paid from."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="refund_preference",
    )
    is_to_wallet = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "refund preference"

    def __str__(self) -> str:
        return "wallet" if self.is_to_wallet else "source"


class OrderRefund(models.Model):
    """One decision to give money of a paid order back, split over what it was paid with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="order_refunds")
    gateway_paise = models.BigIntegerField(default=0)
    wallet_paise = models.BigIntegerField(default=0)
    promo_paise = models.BigIntegerField(default=0)
    is_to_wallet = models.BooleanField(
        default=False, help_text="what Razorpay collected goes into the wallet, as the family chose"
    )
    reason = models.CharField(max_length=60)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "refund decision"
        constraints = [
            models.CheckConstraint(
                name="order_refund_some",
                condition=Q(gateway_paise__gte=0, wallet_paise__gte=0, promo_paise__gte=0)
                & ~Q(gateway_paise=0, wallet_paise=0, promo_paise=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_paise} of {self.order_id}"

    @property
    def amount_paise(self) -> int:
        return self.gateway_paise + self.wallet_paise + self.promo_paise


class RefundQuerySet(models.QuerySet["Refund"]):
    def locked(self) -> "RefundQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def unsettled(self, before: datetime) -> "RefundQuerySet":
        """Asked for before then and still neither done nor refused."""
        return self.filter(status__in=Refund.UNSETTLED, created_at__lt=before)

    def owed(self) -> "RefundQuerySet":
        """Failed for good, and not tried again; something of them is left for the payer.

        The rest has gone back another way: outside, or by the payer's bank.
        """
        payable = LedgerAccount.objects.filter(
            code="refund_payable", owner_key=Cast(OuterRef("pk"), TextField()), balance__gt=0
        )
        failed = self.filter(status=Refund.Status.FAILED, retried_by__isnull=True)
        return failed.filter(Exists(payable))


class Refund(StateMachine):
    """Money on its way back to where it came from."""

    class Status(models.TextChoices):
        INITIATED = "INITIATED", _("being sent")
        UNKNOWN = "UNKNOWN", _("being looked into")
        PENDING = "PENDING", _("on its way")
        PROCESSED = "PROCESSED", _("paid back")
        FAILED = "FAILED", _("failed")
        CREDITED = "CREDITED", _("put into the wallet")

    UNSETTLED = (Status.INITIATED, Status.UNKNOWN, Status.PENDING)
    TRANSITIONS = {
        Status.INITIATED: {Status.UNKNOWN, Status.PENDING, Status.PROCESSED, Status.FAILED},
        # Razorpay did not answer: only its own word ends this.
        Status.UNKNOWN: {Status.PENDING, Status.PROCESSED, Status.FAILED},
        Status.PENDING: {Status.PROCESSED, Status.FAILED},
        Status.PROCESSED: set(),
        # The family takes what could not be sent as wallet credit.
        Status.FAILED: {Status.CREDITED},
        Status.CREDITED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    decision = models.OneToOneField(
        OrderRefund, on_delete=models.PROTECT, null=True, related_name="gateway_refund"
    )
    retries = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="retried_by"
    )
    amount_paise = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INITIATED)
    razorpay_refund_id = models.CharField(max_length=40, null=True, unique=True)
    bank_reference = models.CharField(
        max_length=60, blank=True, help_text="ARN, RRN or UTR, by which a bank finds the money"
    )
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refund_status_valid",
                condition=Q(
                    status__in=[
                        *("INITIATED", "UNKNOWN", "PENDING", "PROCESSED", "FAILED", "CREDITED"),
                    ]
                ),
            ),
            models.CheckConstraint(name="refund_some", condition=Q(amount_paise__gt=0)),
        ]
        indexes = [
            models.Index(
                name="refund_unsettled",
                fields=["created_at"],
                condition=Q(status__in=["INITIATED", "UNKNOWN", "PENDING"]),
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"

    @property
    def receipt(self) -> str:
        return f"rf-{self.pk.hex}"


class ExternalRefund(models.Model):
    """A refund that was started at Razorpay and not here; its money waits in suspense."""

    class Resolution(models.TextChoices):
        OPEN = "", _("to be decided")
        ORDER = "order", _("taken from what the order paid for")
        TUTOR = "tutor", _("taken from the tutor")
        WALLET = "wallet", _("taken from the family's wallet")
        LOSS = "loss", _("our loss")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="external_refunds")
    razorpay_refund_id = models.CharField(max_length=40, unique=True)
    amount_paise = models.BigIntegerField()
    seen_at = models.DateTimeField(default=clock.now)
    resolution = models.CharField(
        max_length=8, choices=Resolution.choices, default=Resolution.OPEN, blank=True
    )
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "refund from outside"
        verbose_name_plural = "refunds from outside"
        constraints = [
            models.CheckConstraint(name="external_refund_some", condition=Q(amount_paise__gt=0)),
            models.CheckConstraint(
                name="external_refund_resolved",
                condition=Q(resolution="", resolved_at__isnull=True, resolved_by__isnull=True)
                | ~Q(resolution="") & Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.razorpay_refund_id


class GatewayDisputeQuerySet(models.QuerySet["GatewayDispute"]):
    def locked(self) -> "GatewayDisputeQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def live(self) -> "GatewayDisputeQuerySet":
        """Not decided yet."""
        return self.filter(status__in=GatewayDispute.LIVE)

    def about(self, purpose: str, purpose_id: UUID) -> "GatewayDisputeQuerySet":
        """Those of the payment that paid for this thing."""
        return self.filter(
            payment__place=Payment.Place.PURPOSE,
            payment__order__purpose=purpose,
            payment__order__purpose_id=purpose_id,
        )


class GatewayDispute(StateMachine):
    """A payment that the payer's bank disputes (a chargeback), as Razorpay tells it."""

    class Status(models.TextChoices):
        OPEN = "open", _("to be answered")
        UNDER_REVIEW = "under_review", _("with the bank")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        CLOSED = "closed", _("closed")

    class Answer(models.TextChoices):
        NONE = "", _("none yet")
        ACCEPT = "accept", _("accepted")
        CONTEST = "contest", _("contested")

    LIVE = (Status.OPEN, Status.UNDER_REVIEW)
    TRANSITIONS = {
        Status.OPEN: {Status.UNDER_REVIEW, Status.WON, Status.LOST, Status.CLOSED},
        # `action_required` sends a dispute back to us.
        Status.UNDER_REVIEW: {Status.OPEN, Status.WON, Status.LOST, Status.CLOSED},
        Status.WON: set(),
        Status.LOST: set(),
        Status.CLOSED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    razorpay_dispute_id = models.CharField(max_length=40, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    phase = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=80, blank=True)
    amount_paise = models.BigIntegerField()
    deducted_paise = models.BigIntegerField(default=0)
    escrow_paise = models.BigIntegerField(
        default=0, help_text="of what was deducted, taken from money that nobody had earned yet"
    )
    payer_paise = models.BigIntegerField(
        default=0, help_text="of what was deducted, taken from the payer's wallet, or owed"
    )
    loss_paise = models.BigIntegerField(default=0, help_text="of what was deducted, our own loss")
    respond_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=7, choices=Answer.choices, default=Answer.NONE, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True, help_text="what we tell the bank")
    note = models.CharField(max_length=300, blank=True)
    statement = models.TextField(blank=True, help_text="what the tutor says about it")
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stated_at = models.DateTimeField(null=True)

    objects = GatewayDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = "chargeback"
        constraints = [
            models.CheckConstraint(
                name="dispute_status_valid",
                condition=Q(status__in=["open", "under_review", "won", "lost", "closed"]),
            ),
            models.CheckConstraint(
                name="dispute_deducted_when_lost",
                condition=Q(deducted_paise=0)
                | Q(status="lost", deducted_paise__gt=0, deducted_paise__lte=F("amount_paise")),
            ),
            models.CheckConstraint(
                name="dispute_taken_from",
                condition=Q(
                    escrow_paise__gte=0,
                    payer_paise__gte=0,
                    loss_paise__gte=0,
                    deducted_paise__gte=F("escrow_paise") + F("payer_paise") + F("loss_paise"),
                ),
            ),
            models.CheckConstraint(
                name="dispute_answered_by",
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_stated_by",
                condition=Q(statement="", stated_at__isnull=True, stated_by__isnull=True)
                | ~Q(statement="") & Q(stated_at__isnull=False, stated_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_closed_at",
                condition=Q(status__in=["open", "under_review"], closed_at__isnull=True)
                | Q(status__in=["won", "lost", "closed"], closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="dispute_live",
                fields=["payment"],
                condition=Q(status__in=["open", "under_review"]),
            )
        ]

    def __str__(self) -> str:
        return self.razorpay_dispute_id

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def evidence_until(self) -> datetime | None:
        """Until when a tutor may hand something in, so that finance can still read and send it.

        Where the bank leaves little time, half of it. None if the bank names no day.
        """
        if self.respond_by is None:
            return None
        lead = min(settings.EVIDENCE_LEAD, (self.respond_by - self.opened_at) / 2)
        return self.respond_by - lead

    @property
    def takes_evidence(self) -> bool:
        """Whether our answer is still to be given, and a tutor may add to it."""
        if self.status != self.Status.OPEN or self.answer:
            return False
        return self.evidence_until is None or clock.now() < self.evidence_until
