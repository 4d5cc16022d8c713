"""Orders: what is to be paid, opened at the gateway, and money that came at the wrong time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway, news
from payments.models import OrderRefund, PaymentOrder
from payments.services import covers, invoices, refunds, wallets
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, Unavailable
from tutorhub.core.rules import broken_rule

FIRST_CHECK = timedelta(minutes=15)
"""How long a webhook may take before we ask (reconciler R1)."""


class GatewayAway(Unavailable):
    code = "gateway_unavailable"
    message = _("The payment service does not answer. Please try again in a minute.")


class OrderClosed(Conflict):
    code = "order_closed"
    message = _("This payment is no longer open.")


class AnotherPays(Conflict):
    code = "another_pays"
    message = _(
        "The other guardian is paying. If they leave it, you can pay 15 minutes after they began."
    )


ONE_LIVE = {"order_one_live", "order_one_live_session"}
Method = PaymentOrder.Method
Status = PaymentOrder.Status


@transaction.atomic
def create(
    *,
    purpose: str,
    purpose_id: UUID,
    payer: User,
    amount_paise: int,
    expires_at: datetime,
    description: str,
    terms: dict[str, Any] | None = None,
    method: str = Method.RAZORPAY,
    unpaid: PaymentOrder | None = None,
) -> PaymentOrder:
    """Ask `payer` for a price for one thing, or return the order that asks for it already.

    From the wallet it is paid at once, and `mixed` holds what the wallet has until Razorpay has
    collected the rest; if the wallet has enough, or nothing, that is simply one of the others.
    `unpaid` is the order to be replaced, if Razorpay has just said that nothing was paid for it
    (holds.found_unpaid): what it holds can then be spent at once. Raises AnotherPays,
    wallets.WalletShort, or ledger.Overdraft when the wallet was spent at the same moment.
    """
    live = PaymentOrder.objects.live().for_purpose(purpose, purpose_id).filter(payer=payer).locked()
    known = live.first()
    if known is not None and _asks_for(known, amount_paise, method):
        return known
    # A second click on "pay from the wallet" must not pay twice.
    paid = _paid_for(purpose, purpose_id, payer)
    if paid is not None:
        return paid
    if known is not None:
        _replace(known, is_unpaid=known == unpaid)
    order = _priced(
        PaymentOrder(
            purpose=purpose,
            purpose_id=purpose_id,
            payer=payer,
            description=description,
            terms=terms or {},
            expires_at=expires_at,
        ),
        price_paise=amount_paise,
        method=method,
    )
    return _begun(order)


@transaction.atomic
def change_method(
    order: PaymentOrder, *, method: str, by: User, unpaid: PaymentOrder | None = None
) -> PaymentOrder:
    """Pay the same thing in another way: a new order, and what the old one held is given back.

    Only for classes. What is held is given back at once if the order is `unpaid` (see `create`).
    Raises OrderClosed when there is nothing left to pay. Asked twice at once, the second gets what
    the first has made.
    """
    old = PaymentOrder.objects.visible_to(by).locked().get(pk=order.pk)
    if old.purpose != PaymentOrder.Purpose.SESSION:
        raise OrderClosed
    if not old.is_live:
        newer = PaymentOrder.objects.visible_to(by).for_purpose(old.purpose, old.purpose_id)
        found = newer.filter(status__in=[*PaymentOrder.LIVE, Status.PAID]).order_by("-pk").first()
        if found is None:
            raise OrderClosed
        return found
    if old.expires_at <= clock.now():
        raise OrderClosed
    return create(
        purpose=old.purpose,
        purpose_id=old.purpose_id,
        payer=by,
        amount_paise=old.total_paise,
        expires_at=old.expires_at,
        description=old.description,
        terms=old.terms,
        method=method,
        unpaid=unpaid,
    )


@transaction.atomic
def start_topup(*, amount_paise: int, by: User) -> PaymentOrder:
    """Ask for money for the family's wallet. The caller then opens the order at the gateway.

    Raises wallets.TopupsClosed or wallets.BadAmount.
    """
    wallets.check_topup(by, amount_paise)
    return create(
        purpose=PaymentOrder.Purpose.WALLET_TOPUP,
        purpose_id=by.pk,
        payer=by,
        amount_paise=amount_paise,
        expires_at=clock.now() + wallets.PAY_WITHIN,
        description=gettext("Money for your wallet"),
    )


@transaction.atomic
def give_up(order: PaymentOrder, *, by: User) -> PaymentOrder:
    """The payer does not want to pay this now. Repeatable; what it holds comes back (`holds`)."""
    order = PaymentOrder.objects.visible_to(by).locked().get(pk=order.pk)
    if order.is_live:
        _close(order, Status.CANCELLED)
    return order


@transaction.atomic
def end_left(order: PaymentOrder) -> bool:
    """End what its payer left alone and Razorpay has no payment for; whether the way is free."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if order.is_live:
        _replace(order, is_unpaid=True)
    return not order.is_paid


def open_at_gateway(order: PaymentOrder) -> PaymentOrder:
    """Create the order at Razorpay and remember its id; safe to repeat. Speaks to the network.

    One that has ended meanwhile stays as it is: nobody is to pay it. Raises GatewayAway when nobody
    knows what happened: a repeat finds the order by its receipt.
    """
    # Durable: refuses to run inside another transaction, which would stay open over the network.
    with transaction.atomic(durable=True):
        order = PaymentOrder.objects.get(pk=order.pk)
    if order.razorpay_order_id or not order.is_live:
        return order
    minutes = int((order.expires_at - clock.now()).total_seconds() // 60)
    try:
        entity = gateway.client().create_order(
            amount_paise=order.amount_paise,
            receipt=order.receipt,
            notes={"tutorhub_order": str(order.pk)},
            expiry_minutes=max(0, minutes),
        )
    except gateway.GatewayError as error:
        raise GatewayAway from error
    return note_opened(order, entity)


@transaction.atomic
def cancel_for(*, purpose: str, purpose_id: UUID) -> None:
    """Nobody is to pay for this any more. Money that still comes is handled as late."""
    _close_all(purpose, purpose_id, Status.CANCELLED)


@transaction.atomic
def expire_for(*, purpose: str, purpose_id: UUID) -> None:
    """The time to pay for this is over. Money that still comes is handled as late."""
    _close_all(purpose, purpose_id, Status.EXPIRED)


@transaction.atomic
def return_paid(order: PaymentOrder, *, by: User | None = None) -> OrderRefund | None:
    """Give everything back that was paid for a class that cannot be held. Once.

    Returns the last refund that was decided on; None where all went back without us. Raises
    OrderClosed, or freezes.Disputed while the payer's bank may take it back by itself.
    """
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if order.purpose != PaymentOrder.Purpose.SESSION or not order.is_paid:
        raise OrderClosed
    if order.is_given_back:
        last = order.order_refunds.order_by("-pk").first()
    else:
        last = refunds.refund_order(order, reason="cancelled", by=by)
    covers.by_class_called_off(order)
    return last


@transaction.atomic(durable=True)
def note_opened(order: PaymentOrder, entity: gateway.Entity) -> PaymentOrder:
    """Remember what Razorpay calls this order; open it if it has not ended."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if order.razorpay_order_id:
        return order
    order.razorpay_order_id = entity["id"]
    order.check_at = clock.now() + FIRST_CHECK
    order.save(update_fields=["razorpay_order_id", "check_at"])
    if order.status == Status.CREATING:
        order.move_to(Status.OPEN)
    return order


def lock_live(*, purpose: str, purpose_ids: list[UUID]) -> None:
    """Lock what may still be paid for these things, before anything else here is locked."""
    live = PaymentOrder.objects.live().filter(purpose=purpose, purpose_id__in=purpose_ids)
    list(live.locked())


def _close_all(purpose: str, purpose_id: UUID, status: str) -> None:
    for order in PaymentOrder.objects.live().for_purpose(purpose, purpose_id).locked():
        _close(order, status)


def _close(order: PaymentOrder, status: str) -> None:
    order.move_to(status)
    audit.record(f"order.{status.lower()}", order)
    wallets.give_back_later(order)


def _replace(order: PaymentOrder, *, is_unpaid: bool) -> None:
    """End a locked order because another is to take its place."""
    if is_unpaid:
        wallets.give_back(order)
    _close(order, Status.EXPIRED)


def _begun(order: PaymentOrder) -> PaymentOrder:
    """Save a new order and take the wallet's part, unless another was quicker: theirs then.

    Raises AnotherPays where the live order is the other guardian's.
    """
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if broken_rule(error) not in ONE_LIVE:
            raise
        live = PaymentOrder.objects.live().for_purpose(order.purpose, order.purpose_id)
        quicker = live.filter(payer=order.payer).first()
        if quicker is None:
            raise AnotherPays from error
        return quicker
    audit.record(
        *("order.created", order),
        by=order.payer,
        purpose=order.purpose,
        amount_paise=order.total_paise,
        method=order.method,
    )
    _spend(order)
    return order


def _asks_for(order: PaymentOrder, price_paise: int, method: str) -> bool:
    is_same = order.total_paise == price_paise and order.method == method
    return is_same and order.expires_at > clock.now()


def _paid_for(purpose: str, purpose_id: UUID, payer: User) -> PaymentOrder | None:
    """The order by which this class is paid already, unless its money went back."""
    if purpose != PaymentOrder.Purpose.SESSION:
        return None
    paid = PaymentOrder.objects.for_purpose(purpose, purpose_id).filter(
        payer=payer, status=Status.PAID
    )
    return next((order for order in paid if not order.order_refunds.exists()), None)


def _priced(order: PaymentOrder, *, price_paise: int, method: str) -> PaymentOrder:
    """Divide the price of a new order between Razorpay and the wallet."""
    parts = wallets.Split(price_paise, 0, 0)
    if method != Method.RAZORPAY:
        parts = wallets.split(price_paise, wallets.balance(order.payer))
    if method == Method.WALLET and not parts.is_whole:
        raise wallets.WalletShort
    order.method = (
        Method.RAZORPAY
        if not parts.own_paise
        else Method.WALLET
        if parts.is_whole
        else Method.MIXED
    )
    order.amount_paise = parts.gateway_paise
    order.wallet_paise, order.promo_paise = parts.wallet_paise, parts.promo_paise
    order.hold = {
        Method.RAZORPAY: PaymentOrder.Hold.NONE,
        Method.MIXED: PaymentOrder.Hold.HELD,
        Method.WALLET: PaymentOrder.Hold.USED,
    }[order.method]
    order.receipt = f"or-{order.pk.hex}"
    return order


def _spend(order: PaymentOrder) -> None:
    """Hold the wallet's part of a new order, or pay it with it."""
    if order.method == Method.MIXED:
        wallets.hold(order)
    elif order.method == Method.WALLET:
        order.move_to(Status.PAID, paid_at=clock.now())
        invoices.issue_receipt(order)
        wallets.pay(order)
        audit.record("order.paid", order, by=order.payer)
        outbox.announce(
            news.ORDER_PAID,
            order_id=order.pk,
            purpose=order.purpose,
            purpose_id=order.purpose_id,
        )
