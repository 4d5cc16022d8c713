"""What pages and API show of payments and refunds: where the money is, at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import GatewayDispute, OrderRefund, Payment, PaymentOrder, Refund
from payments.queries import chargebacks
from payments.queries.chargebacks import Chargeback
from tutorhub.core import clock

PAGE = 20
BANK_DAYS = 7
"""Working days that a bank may take for a refund."""

State = Refund.Status


@dataclass(frozen=True)
class Step:
    """One line of where a refund stands: `state` is done, now, failed or empty."""

    state: str
    title: str
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class RefundView:
    """Money on its way back to where it came from, as its owner sees it."""

    refund: Refund
    steps: list[Step]
    expected_by: date | None
    can_take_as_credit: bool
    waits: bool
    """For the payer's bank, which may take the payment back by itself."""


@dataclass(frozen=True)
class PaymentPage:
    """One order with its attempts, what was decided about refunds, and where each of them is."""

    order: PaymentOrder
    attempts: Sequence[Payment]
    decisions: list[OrderRefund]
    refunds: list[RefundView]
    outside_paise: int
    """Paid back by Razorpay without us."""
    chargebacks: list[Chargeback]
    unapplied: list[Payment]
    """Money that fits nothing and waits for our staff, not for the payer's bank."""


def payments_of(user: User) -> QuerySet[PaymentOrder]:
    """What somebody paid or may still pay; not what was given up without money."""
    money = Payment.objects.filter(order=OuterRef("pk"), captured_at__isnull=False)
    is_open = Q(status__in=PaymentOrder.LIVE, expires_at__gt=clock.now())
    is_paid = Q(status__in=[PaymentOrder.Status.PAID, PaymentOrder.Status.PAID_LATE])
    return PaymentOrder.objects.visible_to(user).filter(is_open | is_paid | Exists(money))


def payments_page(
    user: User, *, before: UUID | None = None
) -> tuple[list[PaymentOrder], UUID | None]:
    """A page of payments, newest first, and where the next one begins."""
    mine = payments_of(user).order_by("-pk")
    found = list((mine.filter(pk__lt=before) if before else mine)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def payment_page(order: PaymentOrder) -> PaymentPage:
    refunds = Refund.objects.select_related("retried_by").order_by("pk")
    attempts = list(
        order.payments.prefetch_related(Prefetch("refunds", queryset=refunds), "external_refunds")
        .annotate(
            was_questioned=Exists(GatewayDispute.objects.filter(payment=OuterRef("pk"))),
            is_questioned=Exists(GatewayDispute.objects.live().filter(payment=OuterRef("pk"))),
        )
        .order_by("pk")
    )
    return PaymentPage(
        order=order,
        attempts=attempts,
        decisions=list(order.order_refunds.order_by("pk")),
        refunds=[
            refund_view(refund, order) for payment in attempts for refund in payment.refunds.all()
        ],
        outside_paise=sum(
            outside.amount_paise
            for payment in attempts
            for outside in payment.external_refunds.all()
        ),
        chargebacks=(
            chargebacks.of_order(order)
            if any(payment.was_questioned for payment in attempts)
            else []
        ),
        unapplied=[
            payment
            for payment in attempts
            if payment.place == Payment.Place.UNAPPLIED and not payment.is_questioned
        ],
    )


def refund_view(refund: Refund, order: PaymentOrder) -> RefundView:
    was_retried = getattr(refund, "retried_by", None) is not None
    is_owed = refund.status == State.FAILED and Refund.objects.owed().filter(pk=refund.pk).exists()
    waits = is_owed and refund.payment.disputes.live().exists()
    return RefundView(
        refund=refund,
        steps=steps(refund, was_retried=was_retried, is_owed=is_owed, waits=waits),
        expected_by=expected_by(refund),
        can_take_as_credit=is_owed and not waits and order.payer.is_family,
        waits=waits,
    )


def expected_by(refund: Refund) -> date | None:
    """The last day on which the bank should have it; unknown until Razorpay has passed it on."""
    if refund.status != State.PROCESSED or refund.closed_at is None:
        return None
    return add_working_days(refund.closed_at.astimezone(clock.IST).date(), BANK_DAYS)


def add_working_days(day: date, count: int) -> date:
    """`count` days from Monday to Friday later; holidays are not known."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def steps(
    refund: Refund, *, was_retried: bool, is_owed: bool = True, waits: bool = False
) -> list[Step]:
    """Asked, with Razorpay, with the bank, in the account: what is done and what is now."""
    asked = Step("done", _("Refund decided"), at=refund.created_at)
    if refund.status in {State.FAILED, State.CREDITED}:
        return [asked, *_after_failure(refund, was_retried, is_owed, waits)]
    sent = {
        State.INITIATED: _("We are handing it over."),
        State.UNKNOWN: _("Razorpay has not answered yet. We keep asking; it is sent once only."),
        State.PENDING: _("Razorpay passes it on to your bank."),
    }
    title = _("With Razorpay")
    if refund.status in sent:
        now = Step("now", title, sent[State(refund.status)])
        return [asked, now, Step("", _("With your bank")), Step("", _("In your account"))]
    last_day = expected_by(refund)
    text = _("By %(day)s at the latest.") % {"day": _day(last_day)}
    if refund.bank_reference:
        text += " " + _("Your bank finds it by the reference %(reference)s.") % {
            "reference": refund.bank_reference
        }
    is_due = last_day is not None and clock.today() > last_day
    return [
        asked,
        Step("done", title),
        Step("done" if is_due else "now", _("With your bank"), at=refund.closed_at),
        Step("now" if is_due else "", _("In your account"), text),
    ]


def _after_failure(refund: Refund, was_retried: bool, is_owed: bool, waits: bool) -> list[Step]:
    if waits:
        text = _("Your bank questions this payment. Once it has decided, you get what it leaves.")
        return [Step("now", _("Safe with us"), text)]
    failed = Step("failed", _("Your bank did not take it back"), at=refund.closed_at)
    if refund.status == State.CREDITED:
        return [failed, Step("done", _("Put into your wallet"), at=refund.closed_at)]
    if was_retried:
        return [failed, Step("done", _("Sent again: see below"))]
    if not is_owed:
        return [failed, Step("done", _("You have had this money back another way"))]
    return [
        failed,
        Step("now", _("Safe with us"), _("Take it as wallet credit, or we try again.")),
    ]


def _day(day: date | None) -> str:
    return f"{day:%d %b %Y}".lstrip("0") if day else ""
