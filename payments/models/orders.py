from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    def locked(self) -> "PaymentOrderQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def visible_to(self, user: object) -> "PaymentOrderQuerySet":
        return self.filter(payer=user)

    def live(self) -> "PaymentOrderQuerySet":
        """Not paid yet, and not given up."""
        return self.filter(status__in=PaymentOrder.LIVE)

    def for_purpose(self, purpose: str, purpose_id: UUID) -> "PaymentOrderQuerySet":
        return self.filter(purpose=purpose, purpose_id=purpose_id)

    def to_reconcile(self, *, now: datetime) -> "PaymentOrderQuerySet":
        """Orders at the gateway whose webhook is overdue, those longest due first."""
        return self.filter(
            status__in=PaymentOrder.UNPAID, check_at__lte=now, razorpay_order_id__isnull=False
        ).order_by("check_at", "pk")


class PaymentOrder(StateMachine):
    """What somebody is asked to pay for one thing, at a price that is frozen here."""

    class Purpose(models.TextChoices):
        SESSION = "session", _("class")
        CREDIT_PACK = "credit_pack", _("lead credits")
        WALLET_TOPUP = "wallet_topup", _("wallet top-up")

    class Method(models.TextChoices):
        RAZORPAY = "razorpay", _("UPI, card or net banking")
        WALLET = "wallet", _("wallet")
        MIXED = "mixed", _("wallet, and the rest by UPI, card or net banking")

    class Hold(models.TextChoices):
        NONE = "", _("nothing held")
        HELD = "held", _("held")
        USED = "used", _("used")
        RELEASED = "released", _("given back")

    class Status(models.TextChoices):
        CREATING = "CREATING", _("preparing")
        OPEN = "OPEN", _("to be paid")
        PAID = "PAID", _("paid")
        EXPIRED = "EXPIRED", _("expired")
        CANCELLED = "CANCELLED", _("cancelled")
        PAID_LATE = "PAID_LATE", _("paid late")

    LIVE = (Status.CREATING, Status.OPEN)
    UNPAID = (*LIVE, Status.EXPIRED, Status.CANCELLED)
    TRANSITIONS = {
        Status.CREATING: {Status.OPEN, Status.PAID, Status.EXPIRED, Status.CANCELLED},
        Status.OPEN: {Status.PAID, Status.EXPIRED, Status.CANCELLED},
        Status.PAID: set(),
        Status.EXPIRED: {Status.PAID_LATE},
        Status.CANCELLED: {Status.PAID_LATE},
        Status.PAID_LATE: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    purpose_id = models.UUIDField()
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payment_orders"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATING)
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.RAZORPAY)
    amount_paise = models.BigIntegerField(help_text="what Razorpay is to collect")
    wallet_paise = models.BigIntegerField(default=0, help_text="paid from the wallet")
    promo_paise = models.BigIntegerField(default=0, help_text="paid from promotional balance")
    hold = models.CharField(max_length=8, choices=Hold.choices, default=Hold.NONE, blank=True)
    refunded_gateway_paise = models.BigIntegerField(default=0)
    refunded_wallet_paise = models.BigIntegerField(default=0)
    refunded_promo_paise = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="INR")
    description = models.CharField(max_length=120)
    terms = models.JSONField(default=dict, help_text="what was sold, as it was on that day")
    receipt = models.CharField(max_length=40, unique=True)
    razorpay_order_id = models.CharField(max_length=40, null=True, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)

    objects = PaymentOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "payment order"
        constraints = [
            models.CheckConstraint(
                name="order_status_valid",
                condition=Q(
                    status__in=["CREATING", "OPEN", "PAID", "EXPIRED", "CANCELLED", "PAID_LATE"]
                ),
            ),
            models.CheckConstraint(
                name="order_purpose_valid",
                condition=Q(purpose__in=["session", "credit_pack", "wallet_topup"]),
            ),
            models.CheckConstraint(
                name="order_method_valid",
                condition=Q(method="razorpay", amount_paise__gte=100, wallet_paise=0, promo_paise=0)
                | Q(method="mixed", amount_paise__gte=100) & ~Q(wallet_paise=0, promo_paise=0)
                | Q(method="wallet", amount_paise=0) & ~Q(wallet_paise=0, promo_paise=0),
            ),
            models.CheckConstraint(
                name="order_hold_valid",
                condition=Q(method="razorpay", hold="")
                | ~Q(method="razorpay") & Q(hold__in=["held", "used", "released"]),
            ),
            models.CheckConstraint(
                name="order_refunds_covered",
                condition=Q(
                    wallet_paise__gte=0,
                    promo_paise__gte=0,
                    refunded_gateway_paise__gte=0,
                    refunded_wallet_paise__gte=0,
                    refunded_promo_paise__gte=0,
                    refunded_gateway_paise__lte=F("amount_paise"),
                    refunded_wallet_paise__lte=F("wallet_paise"),
                    refunded_promo_paise__lte=F("promo_paise"),
                ),
            ),
            models.CheckConstraint(name="order_in_rupees", condition=Q(currency="INR")),
            models.CheckConstraint(
                name="order_paid_at",
                condition=Q(status__in=["PAID", "PAID_LATE"], paid_at__isnull=False)
                | Q(status__in=["CREATING", "OPEN", "EXPIRED", "CANCELLED"], paid_at__isnull=True),
            ),
            models.CheckConstraint(
                name="order_open_at_gateway",
                condition=~Q(status="OPEN") | Q(razorpay_order_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="order_one_live",
                fields=["purpose", "purpose_id", "payer"],
                condition=Q(status__in=["CREATING", "OPEN"]),
            ),
            models.UniqueConstraint(
                name="order_one_live_session",
                fields=["purpose_id"],
                condition=Q(status__in=["CREATING", "OPEN"], purpose="session"),
            ),
        ]
        indexes = [
            models.Index(name="order_purpose", fields=["purpose", "purpose_id"]),
            models.Index(name="order_held", fields=["id"], condition=Q(hold="held")),
            models.Index(
                name="order_check",
                fields=["check_at"],
                condition=Q(status__in=["CREATING", "OPEN", "EXPIRED", "CANCELLED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def total_paise(self) -> int:
        """The price: what Razorpay collects and what the wallet pays."""
        return self.amount_paise + self.wallet_paise + self.promo_paise

    @property
    def own_paise(self) -> int:
        """What the wallet pays of it, promotional balance and all."""
        return self.wallet_paise + self.promo_paise

    @property
    def refunded_paise(self) -> int:
        return self.refunded_gateway_paise + self.refunded_wallet_paise + self.refunded_promo_paise

    @property
    def is_given_back(self) -> bool:
        """Whether it was decided to give all of it back; it may still be on its way."""
        return self.refunded_paise >= self.total_paise

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def is_paid(self) -> bool:
        return self.status in {self.Status.PAID, self.Status.PAID_LATE}


class PaymentQuerySet(models.QuerySet["Payment"]):
    def locked(self) -> "PaymentQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Payment(StateMachine):
    """One attempt to pay an order, as Razorpay tells it, and where its money went."""

    class Status(models.TextChoices):
        CREATED = "created", _("started")
        AUTHORIZED = "authorized", _("authorised")
        CAPTURED = "captured", _("received")
        REFUNDED = "refunded", _("paid back")
        FAILED = "failed", _("failed")

    TRANSITIONS = {
        Status.CREATED: {Status.AUTHORIZED, Status.CAPTURED, Status.FAILED},
        Status.AUTHORIZED: {Status.CAPTURED, Status.FAILED},
        # A late authorisation, or a second try inside the same UPI app.
        Status.FAILED: {Status.AUTHORIZED, Status.CAPTURED},
        Status.CAPTURED: {Status.REFUNDED},
        Status.REFUNDED: set(),
    }

    class Place(models.TextChoices):
        NOWHERE = "", _("not received")
        PURPOSE = "purpose", _("paid for the thing")
        UNAPPLIED = "unapplied", _("set aside")
        RETURNED = "returned", _("on its way back")

    class Alarm(models.TextChoices):
        NONE = ""
        MISMATCH = "mismatch"
        DUPLICATE = "duplicate"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="payments")
    razorpay_payment_id = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATED)
    amount_paise = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20, blank=True)
    place = models.CharField(
        max_length=10, choices=Place.choices, default=Place.NOWHERE, blank=True
    )
    alarm = models.CharField(max_length=10, choices=Alarm.choices, default=Alarm.NONE, blank=True)
    note = models.CharField(max_length=300, blank=True)
    fee_paise = models.BigIntegerField(null=True)
    tax_paise = models.BigIntegerField(null=True)
    refund_reserved_paise = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    captured_at = models.DateTimeField(null=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payment_status_valid",
                condition=Q(status__in=["created", "authorized", "captured", "refunded", "failed"]),
            ),
            models.CheckConstraint(
                name="payment_place_valid",
                condition=Q(place__in=["", "purpose", "unapplied", "returned"]),
            ),
            models.CheckConstraint(
                name="payment_refunds_covered",
                condition=Q(
                    refund_reserved_paise__gte=0, refund_reserved_paise__lte=F("amount_paise")
                ),
            ),
            models.CheckConstraint(
                name="payment_captured_at",
                condition=Q(status__in=["captured", "refunded"], captured_at__isnull=False)
                | Q(status__in=["created", "authorized", "failed"], captured_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="payment_one_for_purpose", fields=["order"], condition=Q(place="purpose")
            ),
        ]
        indexes = [
            models.Index(name="payment_captured", fields=["captured_at"]),
            models.Index(
                name="payment_no_fee",
                fields=["captured_at"],
                condition=Q(fee_paise__isnull=True, captured_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.razorpay_payment_id
