"""What orders hold of a wallet: given back once Razorpay has said that nothing was paid.

An order that ends keeps its hold, because money may have been taken whose news is on its way. So
Razorpay is asked, outside any transaction: at once by the outbox, and by reconciler R5 until
there is an answer. No answer releases nothing, and neither does a payment that may still end well.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from payments import gateway
from payments.models import PaymentOrder
from payments.services import captures, orders, wallets
from tutorhub.core import clock

log = logging.getLogger(__name__)

UNDECIDED = {"created", "authorized"}
"""Statuses of payments that may still be captured."""
TURNS_APART = timedelta(hours=1)
"""Whoever comes back to pay after so long has a turn of 15 minutes again."""
LEFT_TO_R5 = timedelta(minutes=5)
"""How long the outbox insists; after that R5, which comes round as often, is enough."""

Hold = PaymentOrder.Hold


def settle_at_once(order_id: UUID, *, since: datetime, done: Callable[[], None]) -> None:
    """What the outbox does about the hold of an order that has ended. Speaks to the network."""
    try:
        settle(order_id)
    except gateway.GatewayError as error:
        if clock.now() < since + LEFT_TO_R5:
            raise
        log.warning("the hold of order %s is left to R5: %s", order_id, error)
    with transaction.atomic():
        done()


def settle(order_id: UUID) -> bool:
    """Find out whether the order was paid; use its hold, or give it back. Whether that ended it.

    Any number of times, by several at once: the order is looked at again under its lock. Speaks to
    the network; raises gateway.GatewayError when there is no answer, and then nothing has changed.
    """
    order = PaymentOrder.objects.get(pk=order_id)
    if order.hold != Hold.HELD or not _is_decided(order):
        return False
    try:
        return wallets.release_hold(order).hold != Hold.HELD
    except wallets.HoldInUse:
        # Money that came late has been found, and whoever is told of it decides what it buys.
        return False


def found_unpaid(
    *, purpose: str, purpose_id: UUID, payer: User, method: str
) -> PaymentOrder | None:
    """The live order that paying by `method` would replace, if it holds money and is unpaid.

    Hand it to `orders`, which then gives the hold back at once, so that the new order can spend it.
    Speaks to the network. None also when Razorpay does not answer: then the hold comes back later.
    """
    live = PaymentOrder.objects.live().for_purpose(purpose, purpose_id).filter(payer=payer)
    order = live.filter(hold=Hold.HELD).exclude(method=method).first()
    try:
        return order if order is not None and _is_decided(order) else None
    except gateway.GatewayError as error:
        log.warning("order %s is replaced without its hold: %s", order, error)
        return None


def make_way(*, purpose: str, purpose_id: UUID, payer: User) -> bool:
    """End an order that somebody else left alone, so that `payer` can pay; whether they can now.

    Only after its payer's turn (`PAY_TURN`), and once Razorpay says that nothing was paid for it;
    money that comes all the same is handled as late. To choose another way to pay makes a new order
    and no new turn. Speaks to the network.
    """
    live = PaymentOrder.objects.live().for_purpose(purpose, purpose_id)
    left = live.exclude(payer=payer).first()
    if left is None:
        # It has ended in this very moment.
        return True
    if _turn_began(left) > clock.now() - settings.PAY_TURN:
        return False
    try:
        return _is_decided(left) and orders.end_left(left)
    except gateway.GatewayError as error:
        log.warning("order %s does not make way: %s", left, error)
        return False


def _turn_began(order: PaymentOrder) -> datetime:
    theirs = PaymentOrder.objects.for_purpose(order.purpose, order.purpose_id).filter(
        payer=order.payer_id
    )
    tries = theirs.filter(Q(pk=order.pk) | Q(created_at__gt=clock.now() - TURNS_APART))
    return tries.earliest("created_at").created_at


def _is_decided(order: PaymentOrder) -> bool:
    """Ask for every payment of the order and apply it; whether none is still under way."""
    if not order.razorpay_order_id:
        # The answer to our opening it may have been lost.
        entity = gateway.client().find_order_by_receipt(order.receipt)
        if entity is None:
            return True
        order = orders.note_opened(order, entity)
    return not captures.ask_about(order) & UNDECIDED
