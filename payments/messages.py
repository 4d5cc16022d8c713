"""What this app tells people, in their language."""

from django.utils import translation
from django.utils.translation import gettext_noop as _

from notifications.catalogue import define
from notifications.services.messages import tell_user
from payments.models import (
    CreditLot,
    GatewayDispute,
    OrderRefund,
    Payment,
    PaymentOrder,
    Payout,
    PayoutMethod,
    PromoGrant,
    Refund,
)
from tutorhub.core.money import rupees

REFUND_STARTED = define(
    "refund_started",
    _(
        "We are sending %(amount)s back to where you paid from (%(what)s). "
        "Banks take up to 7 working days."
    ),
    subject=_("Your refund"),
)
REFUND_TO_WALLET = define(
    "refund_to_wallet",
    _("%(amount)s is back in your wallet. It is for: %(what)s."),
    subject=_("Your refund"),
)
REFUND_SPLIT = define(
    "refund_split",
    _(
        "We are sending %(sent)s back to where you paid from, and %(credited)s is back in your "
        "wallet. It is for: %(what)s. Banks take up to 7 working days."
    ),
    subject=_("Your refund"),
)
REFUND_FAILED = define(
    "refund_failed",
    _(
        "Your bank did not take back %(amount)s (%(what)s). Nothing is lost: take it as wallet "
        "credit on the page of this payment, or wait until we have tried again."
    ),
    subject=_("Your refund needs you"),
)
REFUND_CREDITED = define(
    "refund_credited",
    _("%(amount)s is in your wallet (%(what)s)."),
    subject=_("Your refund"),
)
PAYMENT_GIVEN_BACK = define(
    "payment_given_back",
    _(
        "Your payment of %(amount)s (%(what)s) was not completed. Razorpay gives it back by "
        "itself; banks take up to 7 working days."
    ),
    subject=_("Your payment"),
)
WALLET_TOPPED_UP = define(
    "wallet_topped_up",
    _("%(amount)s was added to your wallet."),
    subject=_("Your wallet"),
)
PROMO_GRANTED = define(
    "promo_granted",
    _("We gave you %(amount)s for classes: %(reason)s"),
    subject=_("A gift for your wallet"),
)
CREDITS_BOUGHT = define(
    "credits_bought",
    _("Lead credits added to your account: %(n)s."),
    subject=_("Your credits"),
)
PAYOUT_CHANGED = define(
    "payout_changed",
    _("Your payout of %(amount)s: %(status)s."),
    subject=_("Your payout"),
)
PAYOUT_EXPLAINED = define(
    "payout_explained",
    _("Your payout of %(amount)s: %(status)s. The reason: %(reason)s"),
    subject=_("Your payout"),
)
# Also by e-mail, so that it reaches the owner of an account whose phone somebody else holds.
PAYOUT_METHOD_CHANGED = define(
    "payout_method_changed",
    _(
        "Your TutorHub earnings will now be paid to %(account)s. "
        "If this was not you, write to us at once."
    ),
    subject=_("Your payout account"),
    also_by_email=True,
)
DISPUTE_CHANGED = define(
    "dispute_changed",
    _(
        "Your bank says that you dispute the payment of %(amount)s (%(what)s). "
        "The money waits until the bank has decided. If this is a mistake, tell your bank."
    ),
    subject=_("Your payment"),
)
DISPUTE_WON_BY_PAYER = define(
    "dispute_won_by_payer",
    _("Your bank took %(amount)s (%(what)s) back from us and gives it to you."),
    subject=_("Your payment"),
)
DISPUTE_OVER = define(
    "dispute_over",
    _("The dispute about your payment of %(amount)s (%(what)s) is over; it stays paid."),
    subject=_("Your payment"),
)
PAYOUT_METHOD_REFUSED = define(
    "payout_method_refused",
    _("We cannot pay to %(account)s: %(reason)s Please give us another account."),
    subject=_("Your payout account"),
)


def refund_started(refund: Refund) -> None:
    order = refund.payment.order
    tell_user(order.payer, REFUND_STARTED, _money(order, refund.amount_paise))


def refund_decided(decision: OrderRefund, *, sent_paise: int) -> None:
    """How much of a refund goes to the bank, and how much is in the wallet already."""
    order = decision.order
    credited_paise = decision.amount_paise - sent_paise
    if not credited_paise:
        tell_user(order.payer, REFUND_STARTED, _money(order, sent_paise))
    elif not sent_paise:
        tell_user(order.payer, REFUND_TO_WALLET, _money(order, credited_paise))
    else:
        with translation.override(order.payer.language):
            values = {
                "sent": rupees(sent_paise),
                "credited": rupees(credited_paise),
                "what": order.description,
            }
        tell_user(order.payer, REFUND_SPLIT, values)


def refund_failed(refund: Refund) -> None:
    order = refund.payment.order
    tell_user(order.payer, REFUND_FAILED, _money(order, refund.amount_paise))


def refund_credited(refund: Refund) -> None:
    order = refund.payment.order
    tell_user(order.payer, REFUND_CREDITED, _money(order, refund.amount_paise))


def payment_given_back(payment: Payment) -> None:
    """Of a payment that was authorised and never captured; we never had that money."""
    order = payment.order
    tell_user(order.payer, PAYMENT_GIVEN_BACK, _money(order, payment.amount_paise))


def wallet_topped_up(order: PaymentOrder) -> None:
    tell_user(order.payer, WALLET_TOPPED_UP, _money(order, order.amount_paise))


def promo_granted(grant: PromoGrant) -> None:
    with translation.override(grant.user.language):
        values = {"amount": rupees(grant.amount_paise), "reason": grant.reason}
    tell_user(grant.user, PROMO_GRANTED, values)


def credits_bought(lot: CreditLot) -> None:
    tell_user(lot.tutor, CREDITS_BOUGHT, {"n": lot.credits})


def payout_changed(payout: Payout) -> None:
    with translation.override(payout.tutor.language):
        values = {
            "amount": rupees(payout.amount_paise),
            "status": str(payout.get_status_display()),
            "reason": payout.reason,
        }
    tell_user(payout.tutor, PAYOUT_EXPLAINED if payout.reason else PAYOUT_CHANGED, values)


def payout_method_changed(method: PayoutMethod) -> None:
    tell_user(method.tutor, PAYOUT_METHOD_CHANGED, {"account": method.hint})


def dispute_changed(dispute: GatewayDispute) -> None:
    """The payer hears what came of the complaint at the bank; a tutor hears it from above."""
    if dispute.status == GatewayDispute.Status.UNDER_REVIEW:
        return
    order = dispute.payment.order
    if dispute.is_live:
        tell_user(order.payer, DISPUTE_CHANGED, _money(order, dispute.amount_paise))
    elif dispute.deducted_paise:
        tell_user(order.payer, DISPUTE_WON_BY_PAYER, _money(order, dispute.deducted_paise))
    else:
        tell_user(order.payer, DISPUTE_OVER, _money(order, dispute.amount_paise))


def payout_method_refused(method: PayoutMethod) -> None:
    values = {"account": method.hint, "reason": method.validation_note}
    tell_user(method.tutor, PAYOUT_METHOD_REFUSED, values)


def _money(order: PaymentOrder, amount_paise: int) -> dict[str, object]:
    """An amount of this order, in the words of the one who paid."""
    with translation.override(order.payer.language):
        return {"amount": rupees(amount_paise), "what": order.description}
