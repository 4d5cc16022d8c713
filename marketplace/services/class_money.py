"""Money of a class that does not take place: back to its payer, once no bank disputes it."""

from accounts.models import User
from marketplace import messages
from marketplace.models import SessionEvent, TutoringSession
from payments.models import PaymentOrder
from payments.services import freezes, orders
from tutorhub.core import audit


def give_back(order: PaymentOrder) -> bool:
    """Return what an order paid; False if it waits, because the payer's bank disputes it.

    What that leaves is given back by `sessions.heed_dispute`.
    """
    try:
        orders.return_paid(order)
    except freezes.Disputed:
        return False
    return True


def tell_payer(session: TutoringSession, order: PaymentOrder, *, waits: bool) -> None:
    """Say that the money bought no class: it is on its way back, or waits for the payer's bank."""
    payer = User.objects.get(pk=order.payer_id)
    if waits:
        audit.record("session.money_waits", session, order=str(order.pk))
        messages.money_waits(session, payer)
        return
    SessionEvent.objects.create(
        session=session,
        kind=SessionEvent.Kind.MONEY_RETURNED,
        data={"amount_paise": session.price_paise},
    )
    audit.record("session.money_returned", session, order=str(order.pk))
    messages.money_returned(session, payer)
