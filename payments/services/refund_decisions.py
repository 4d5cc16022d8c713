"""What finance and payers decide about refunds."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import messages, news
from payments.models import OrderRefund, Payment, PaymentOrder, Refund
from payments.policies import check_can_take_as_credit, check_is_finance
from payments.services import earnings, freezes, ledger, receivables, refunds
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict
from tutorhub.core.ids import uuid7

Status = Refund.Status
REASON = "finance"


class PassedOn(Conflict):
    code = "passed_on"
    message = _("The money of this class is no longer held. Take it from the tutor.")


class TwoNeeded(Conflict):
    code = "two_people_needed"
    message = _("A refund this large takes two people in finance.")


@transaction.atomic
def decide(
    order: PaymentOrder,
    *,
    by: User,
    asked_by: User | None = None,
    amount_paise: int | None = None,
    to_wallet: bool | None = None,
    from_tutor: bool = False,
) -> OrderRefund:
    """Finance gives money back: of a class out of its escrow, of a top-up out of the wallet.

    With `from_tutor` what the escrow lacks is first taken back from what the class earned. What
    Razorpay cannot send of a top-up any more stays in the wallet. `asked_by` is the first of two
    people, where it takes two. Raises NothingToRefund, RefundTooLarge, PassedOn when the tutor has
    the money already, freezes.Disputed or TwoNeeded, and what earnings.reverse raises.
    """
    check_is_finance(by)
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if from_tutor:
        _take_back(order, amount_paise, by)
    amount, source = _what_and_whence(order, amount_paise, to_wallet)
    if asked_by in (None, by):
        _check_alone(order, amount)
    outbox.announce(
        news.ORDER_REFUNDED,
        order_id=order.pk,
        purpose=order.purpose,
        purpose_id=order.purpose_id,
    )
    return refunds.refund_order(
        order, amount_paise=amount, to_wallet=to_wallet, reason=REASON, by=by, source=source
    )


def _what_and_whence(
    order: PaymentOrder, amount_paise: int | None, to_wallet: bool | None
) -> tuple[int, refunds.Source]:
    """How many paise can go back, and the account they are in. The order is locked."""
    parts = refunds.allocate(order, amount_paise)
    amount = parts.gateway_paise + parts.own_paise
    if order.purpose == PaymentOrder.Purpose.WALLET_TOPUP and not to_wallet:
        return _to_source(order, amount, is_all=amount_paise is None), (
            "student_wallet",
            order.payer_id,
        )
    if order.purpose != PaymentOrder.Purpose.SESSION:
        raise refunds.NothingToRefund
    source = ("session_escrow", order.purpose_id)
    if freezes.is_frozen(order.purpose_id):
        raise freezes.Disputed
    if ledger.balance(*source) < amount:
        raise PassedOn
    return amount, source


def _check_alone(order: PaymentOrder, paise: int) -> None:
    """Whether one person may give back so much more; parts of an order count together."""
    before = sum(each.amount_paise for each in order.order_refunds.filter(reason=REASON))
    if before + paise > settings.REFUND_ALONE_MAXIMUM_PAISE:
        raise TwoNeeded


def _to_source(order: PaymentOrder, paise: int, *, is_all: bool) -> int:
    """So much, or all, as Razorpay can still pay back: somebody may have done so there already."""
    payment = order.payments.locked().filter(place=Payment.Place.PURPOSE).first()
    sendable = refunds.sendable(payment) if payment else 0
    if not sendable:
        raise refunds.NothingToRefund
    if paise > sendable and not is_all:
        raise refunds.RefundTooLarge
    return min(paise, sendable)


def _take_back(order: PaymentOrder, amount_paise: int | None, by: User) -> None:
    """Reverse as much of the class's earning as its escrow lacks. The order is locked."""
    if order.purpose != PaymentOrder.Purpose.SESSION:
        raise refunds.NothingToRefund
    parts = refunds.allocate(order, amount_paise)
    amount = parts.gateway_paise + parts.own_paise
    missing = amount - ledger.balance("session_escrow", order.purpose_id)
    if missing > 0:
        earnings.reverse(
            session_id=order.purpose_id,
            gross_paise=missing,
            cause=f"refund:{uuid7()}",
            by=by,
        )


@transaction.atomic
def return_set_aside(payment: Payment, *, by: User) -> Refund:
    """An operator sends back money that fits no order (or came twice).

    Raises NothingToRefund or freezes.Disputed.
    """
    check_is_finance(by)
    payment = Payment.objects.locked().get(pk=payment.pk)
    if payment.place != Payment.Place.UNAPPLIED or payment.currency != "INR":
        raise refunds.NothingToRefund
    return refunds.return_unapplied(payment, reason="set aside", by=by)


@transaction.atomic
def retry(refund: Refund, *, by: User) -> Refund:
    """Try what is still owed of a refund that failed for good, as a new refund with a new key.

    Raises NothingToRefund or freezes.Disputed.
    """
    check_is_finance(by)
    freezes.check_undisputed(Payment.objects.locked().get(pk=refund.payment_id))
    return _again(_failed(refund), by=by)


def send_put_off(payment: Payment) -> None:
    """Send what the bank has left of refunds that were not sent because of it.

    The payment is locked by the caller.
    """
    if freezes.is_disputed(payment):
        return
    put_off = payment.refunds.filter(status=Status.FAILED, note=refunds.PUT_OFF, retried_by=None)
    for refund in put_off.order_by("pk"):
        if ledger.balance("refund_payable", refund.pk):
            _again(_failed(refund), by=None)


def _again(old: Refund, *, by: User | None) -> Refund:
    """A new refund, with a new key, of what is still owed of one that failed."""
    owed = _owed(old)
    new = Refund.objects.create(
        payment=old.payment, amount_paise=owed, reason=old.reason, retries=old
    )
    ledger.post(
        kind="refund_retried",
        key=f"refund:{new.pk}:initiate",
        legs=[
            debit("refund_payable", owed, old.pk),
            credit("refund_payable", owed, new.pk),
        ],
        actor=by,
        refs={"refund": new.pk, "retries": old.pk},
    )
    audit.record("refund.retried", new, by=by)
    refunds.queue(new)
    return new


@transaction.atomic
def to_wallet(refund: Refund, *, by: User) -> Refund:
    """Put what could not be sent back into the payer's wallet (kind 10). Once.

    The payer or finance. Raises NothingToRefund unless the refund failed for good, or
    freezes.Disputed.
    """
    order = PaymentOrder.objects.select_related("payer").get(payments__refunds=refund)
    check_can_take_as_credit(order, by)
    freezes.check_undisputed(Payment.objects.locked().get(pk=refund.payment_id))
    refund = _failed(refund)
    if refund.payment.external_refunds.filter(resolution="").exists():
        # Perhaps that is the very money; a person has to look first.
        raise refunds.NothingToRefund
    owed = _owed(refund)
    refund.move_to(Status.CREDITED, closed_at=clock.now())
    ledger.post(
        kind="refund_credited",
        key=f"refund:{refund.pk}:to_wallet",
        legs=[
            debit("refund_payable", owed, refund.pk),
            credit("student_wallet", owed, order.payer_id),
        ],
        actor=by,
        refs={"refund": refund.pk, "order": order.pk},
    )
    receivables.recover_from_family(
        order.payer_id, came_in_paise=refund.amount_paise, key=f"refund:{refund.pk}:recover"
    )
    audit.record("refund.credited", refund, by=by)
    messages.refund_credited(refund)
    return refund


def _owed(refund: Refund) -> int:
    """What a failed refund still owes in paise: less than it was for if some went back outside."""
    owed = ledger.balance("refund_payable", refund.pk)
    if owed <= 0:
        raise refunds.NothingToRefund
    return owed


def _failed(refund: Refund) -> Refund:
    """The refund under its lock, if it failed and nothing was done about it yet."""
    locked = Refund.objects.locked().select_related("payment").get(pk=refund.pk)
    if locked.status != Status.FAILED or hasattr(locked, "retried_by"):
        raise refunds.NothingToRefund
    return locked
