"""What somebody paid and what came back, whatever the money was for and whichever way it took."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import ExternalRefund, OrderRefund, Payment, PaymentOrder, Refund
from payments.services.statements import sheets
from payments.services.statements.periods import Period
from tutorhub.core import clock

AMOUNTS = ("paid_paise", "from_wallet_paise", "refunded_paise", "to_wallet_paise")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One payment or one refund, in paise.

    `paid` went through Razorpay and `from_wallet` did not; `refunded` goes back to where it came
    from and `to_wallet` stays with us for the family.
    """

    at: datetime
    kind: str
    order_id: str
    what: str
    paid_paise: int = 0
    from_wallet_paise: int = 0
    refunded_paise: int = 0
    to_wallet_paise: int = 0

    @property
    def is_refund(self) -> bool:
        return self.kind == "refund"

    @property
    def amount_paise(self) -> int:
        return self.paid_paise + self.from_wallet_paise - self.refunded_paise - self.to_wallet_paise


@dataclass(frozen=True)
class Sums:
    paid_paise: int
    from_wallet_paise: int
    refunded_paise: int
    to_wallet_paise: int


@dataclass(frozen=True)
class Summary:
    """Sums of the months that have lines, by the first day of each, oldest first; and of all."""

    months: dict[date, Sums]
    total: Sums


def lines(user: User, period: Period) -> list[Line]:
    """Everything of a period, newest first."""
    found = [
        *_payments(user, period),
        *_from_wallet(user, period),
        *_refunds(user, period),
        *_returned(user, period),
        *_from_outside(user, period),
    ]
    return sorted(found, key=lambda line: (line.at, line.kind, line.order_id), reverse=True)


def summary(found: Sequence[Line]) -> Summary:
    by_month: dict[date, list[Line]] = defaultdict(list)
    for line in found:
        by_month[line.at.astimezone(clock.IST).date().replace(day=1)].append(line)
    return Summary(
        months={month: _sums(by_month[month]) for month in sorted(by_month)}, total=_sums(found)
    )


def csv(user: User, period: Period) -> Iterator[str]:
    """The lines as a spreadsheet, in rupees, oldest first."""
    return sheets.csv(heads(), [_cells(line) for line in reversed(lines(user, period))])


def heads() -> Sequence[str]:
    return [
        *(_("Date"), _("What"), _("Payment or refund"), _("Order")),
        *(_("Paid by UPI, card or bank"), _("Paid from the wallet")),
        *(_("Sent back to you"), _("Put into the wallet")),
    ]


def kind_text(line: Line) -> str:
    return _("Refund") if line.is_refund else _("Payment")


def _payments(user: User, period: Period) -> Iterator[Line]:
    """Money that Razorpay received, used or not."""
    rows = Payment.objects.filter(
        order__payer=user,
        currency="INR",
        captured_at__gte=period.start_at,
        captured_at__lt=period.end_at,
    ).values_list("captured_at", "order_id", "order__description", "amount_paise")
    for at, order, what, paise in rows:
        assert at is not None
        yield Line(at=at, kind="payment", order_id=str(order), what=what, paid_paise=paise)


def _from_wallet(user: User, period: Period) -> Iterator[Line]:
    orders = PaymentOrder.objects.filter(
        payer=user,
        hold=PaymentOrder.Hold.USED,
        paid_at__gte=period.start_at,
        paid_at__lt=period.end_at,
    )
    rows = orders.values_list("paid_at", "pk", "description", F("wallet_paise") + F("promo_paise"))
    for at, order, what, paise in rows:
        assert at is not None
        yield Line(at=at, kind="payment", order_id=str(order), what=what, from_wallet_paise=paise)


def _refunds(user: User, period: Period) -> Iterator[Line]:
    """Decisions to pay back, whichever way the money takes."""
    for refund in OrderRefund.objects.filter(
        order__payer=user, created_at__gte=period.start_at, created_at__lt=period.end_at
    ).select_related("order"):
        stays = refund.wallet_paise + refund.promo_paise
        goes = 0 if refund.is_to_wallet else refund.gateway_paise
        yield Line(
            at=refund.created_at,
            kind="refund",
            order_id=str(refund.order_id),
            what=refund.order.description,
            refunded_paise=goes,
            to_wallet_paise=stays + refund.gateway_paise - goes,
        )


def _returned(user: User, period: Period) -> Iterator[Line]:
    """Money that paid for nothing and goes back: it came late, twice or in another amount."""
    rows = Refund.objects.filter(
        payment__order__payer=user,
        decision__isnull=True,
        retries__isnull=True,
        created_at__gte=period.start_at,
        created_at__lt=period.end_at,
    ).values_list("created_at", "payment__order_id", "payment__order__description", "amount_paise")
    for at, order, what, paise in rows:
        yield Line(at=at, kind="refund", order_id=str(order), what=what, refunded_paise=paise)


def _from_outside(user: User, period: Period) -> Iterator[Line]:
    """Refunds that were started at Razorpay by hand."""
    rows = ExternalRefund.objects.filter(
        payment__order__payer=user,
        seen_at__gte=period.start_at,
        seen_at__lt=period.end_at,
    ).values_list("seen_at", "payment__order_id", "payment__order__description", "amount_paise")
    for at, order, what, paise in rows:
        yield Line(at=at, kind="refund", order_id=str(order), what=what, refunded_paise=paise)


def _sums(found: Sequence[Line]) -> Sums:
    return Sums(**{name: sum(getattr(line, name) for line in found) for name in AMOUNTS})


def _cells(line: Line) -> list[str]:
    return [
        f"{line.at.astimezone(clock.IST):%Y-%m-%d}",
        sheets.text(line.what),
        sheets.text(kind_text(line)),
        line.order_id,
        *(sheets.rupees(getattr(line, name)) for name in AMOUNTS),
    ]
