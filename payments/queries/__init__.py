"""What pages and API show of the money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import (
    CreditLot,
    CreditUse,
    Earning,
    GatewayDispute,
    Invoice,
    LedgerAccount,
    Payment,
    PaymentOrder,
    Payout,
    StatementLine,
    StatementMonth,
)
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent

MONTHS = 12
OF_CLASSES = (
    *("gross_paise", "commission_paise", "gst_paise"),
    *("tds_paise", "tcs_paise", "net_paise"),
)
UNDER_WAY = {"pending", "queued", "scheduled", "processing"}

# The pages of the things that are paid for; those of upper apps are known by path alone.
PAGES = {
    PaymentOrder.Purpose.SESSION: "/classes/{}/",
    PaymentOrder.Purpose.CREDIT_PACK: "/credits/",
    PaymentOrder.Purpose.WALLET_TOPUP: "/wallet/",
}


def checkout_of(order: PaymentOrder) -> dict[str, Any]:
    """What a client needs to open Razorpay's Checkout for an order."""
    return {
        "order": order.pk,
        "razorpay_order_id": order.razorpay_order_id,
        "key_id": settings.RAZORPAY_KEY_ID,
        "amount_paise": order.amount_paise,
        "method": order.method,
        "wallet_paise": order.wallet_paise,
        "promo_paise": order.promo_paise,
        "total_paise": order.total_paise,
        "currency": order.currency,
        "description": order.description,
        "expires_at": order.expires_at,
        "status": order.status,
        "checkout_path": reverse("payments:checkout-show", args=[order.pk]),
    }


def page_of(order: PaymentOrder) -> str:
    """The page of what the order pays for."""
    return PAGES[PaymentOrder.Purpose(order.purpose)].format(order.purpose_id)


def last_attempt(order: PaymentOrder) -> Payment | None:
    """The newest payment that somebody tried for this order."""
    return order.payments.order_by("-pk").first()


def recent_purchases(tutor: User, limit: int = 10) -> list[CreditLot]:
    """Lots of credits, newest first, each with `invoice_id` and `invoice_text` of its purchase."""
    invoice = Invoice.objects.filter(
        series=Invoice.Series.INVOICE, about="credit_pack", about_id=OuterRef("pk")
    )
    lots = CreditLot.objects.filter(tutor=tutor).select_related("order")
    with_invoice = lots.annotate(
        invoice_id=Subquery(invoice.values("pk")), invoice_text=Subquery(invoice.values("text"))
    )
    return list(with_invoice.order_by("-pk")[:limit])


def recent_uses(tutor: User, limit: int = 20) -> list[CreditUse]:
    """What credits were spent on and which came back, newest first."""
    return list(CreditUse.objects.filter(tutor=tutor).order_by("-pk")[:limit])


def recent_earnings(tutor: User, limit: int = 20) -> list[Earning]:
    """Newest first. Each says whether the tutor has chargebacks (`was_questioned`) or debts.

    So a page asks for those only where there are some.
    """
    mine = Earning.objects.filter(tutor=tutor)
    questioned = GatewayDispute.objects.filter(
        payment__place=Payment.Place.PURPOSE,
        payment__order__purpose=PaymentOrder.Purpose.SESSION,
        payment__order__purpose_id__in=mine.values("session_id"),
    )
    owed = LedgerAccount.objects.filter(code="tutor_receivable", owner_key=str(tutor.pk))
    said = mine.annotate(was_questioned=Exists(questioned), has_owed=Exists(owed))
    return list(said.order_by("-pk")[:limit])


@dataclass(frozen=True)
class Month:
    """What the classes that were completed in one month (in India) came to, in paise.

    `taken_back` is what was taken back from the tutor in that month, whenever the class was,
    `penalty` what a class cost that the tutor let down, and `left` the tutor's part without them.
    So no month changes once it is over, each says what the ledger says of it, and `left` may be
    below zero.
    """

    month: date
    classes: int = 0
    gross_paise: int = 0
    commission_paise: int = 0
    gst_paise: int = 0
    tds_paise: int = 0
    tcs_paise: int = 0
    net_paise: int = 0
    taken_back_paise: int = 0
    penalty_paise: int = 0

    @property
    def left_paise(self) -> int:
        return self.net_paise - self.taken_back_paise - self.penalty_paise

    @property
    def tax_paise(self) -> int:
        return self.tds_paise + self.tcs_paise


def earning_months(tutor: User, count: int = MONTHS) -> list[Month]:
    """This month and those before it, oldest first, empty ones too.

    Sums that PostgreSQL keeps are read, so it takes as long for many classes as for few.
    """
    months = list(_months_until(clock.today().replace(day=1), count))
    kinds: dict[date, list[StatementMonth]] = {month: [] for month in months}
    for row in StatementMonth.objects.filter(
        tutor=tutor, month__gte=months[0], month__lte=months[-1]
    ):
        kinds[row.month].append(row)
    return [_month(month, rows) for month, rows in kinds.items()]


def _month(month: date, kinds: list[StatementMonth]) -> Month:
    classes = [kind for kind in kinds if kind.kind in Earning.Kind]
    taken_back = [kind for kind in kinds if kind.kind == StatementLine.Kind.TAKEN_BACK]
    return Month(
        month=month,
        classes=sum(kind.lines for kind in classes),
        **{name: sum(getattr(kind, name) for kind in classes) for name in OF_CLASSES},
        taken_back_paise=-sum(kind.net_paise for kind in taken_back),
        penalty_paise=sum(kind.penalty_paise for kind in kinds),
    )


@dataclass(frozen=True)
class Step:
    """One step of a payout, as `components/steps.html` draws it."""

    state: str
    title: str
    at: datetime | None = None
    text: str = ""


def payout_steps(payout: Payout) -> list[Step]:
    """What happened to a payout, and what comes next. Needs its method."""
    events = AuditEvent.objects.filter(
        object_type=payout._meta.label_lower, object_id=str(payout.pk)
    ).order_by("at", "pk")
    done = [step for event in events for step in _past(payout, event)]
    return [*done, *_future(payout)]


def _past(payout: Payout, event: AuditEvent) -> Iterator[Step]:
    verb = event.action.removeprefix("payout.")
    titles = {
        "requested": _("Made by itself this week") if payout.week else _("You asked for it"),
        "approved": _("We approved it"),
        "sending": _("Sent to the bank"),
        "processed": _("In your account"),
        "cancelled": _("You took it back"),
    }
    bad = {
        "rejected": _("We rejected it"),
        "failed": _("It could not be paid; the money is back in your earnings"),
        "reversed": _("The bank sent it back; the money is in your earnings"),
    }
    status = event.data.get("gateway_status")
    if verb in titles:
        text = f"UTR {payout.utr}" if verb == "processed" and payout.utr else ""
        yield Step("done", titles[verb], event.at, text)
    elif verb in bad:
        yield Step("failed", bad[verb], event.at, payout.reason)
    elif verb == "reported" and status in UNDER_WAY:
        said = str(Payout.GatewayStatus(status).label)
        yield Step("done", _("At the bank"), event.at, said)


def _future(payout: Payout) -> Iterator[Step]:
    if payout.status not in Payout.IN_FLIGHT:
        return
    is_asked = payout.status == Payout.Status.REQUESTED
    if is_asked and not payout.method.is_valid:
        text = payout.method.validation_note or payout.method.get_validation_display()
        yield Step("now", _("The bank checks your account"), text=text)
    elif is_asked:
        yield Step("now", _("We check it"), text=_("Within a working day."))
    elif payout.status == Payout.Status.APPROVED:
        yield Step("now", _("Goes to the bank"))
    if payout.status == Payout.Status.SENDING:
        yield Step("now", _("In your account"), text=_("Mostly within minutes."))
    else:
        yield Step("", _("In your account"))


def _months_until(last: date, count: int) -> Iterator[date]:
    first = last.year * 12 + last.month - count
    for number in range(first, first + count):
        yield date(number // 12, number % 12 + 1, 1)
