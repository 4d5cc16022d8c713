"""What this app tells people, in their language."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notifications.services.messages import tell
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


def refund_started(refund: Refund) -> None:
    order = refund.payment.order
    with translation.override(order.payer.language):
        body = _(
            "We are sending %(amount)s back to where you paid from (%(what)s). "
            "Banks take up to 7 working days."
        ) % {"amount": rupees(refund.amount_paise), "what": order.description}
        _send(order.payer, "refund_started", _("Your refund"), body)


def refund_decided(decision: OrderRefund, *, sent_paise: int) -> None:
    """How much of a refund goes to the bank, and how much is in the wallet already."""
    order = decision.order
    with translation.override(order.payer.language):
        parts = []
        if sent_paise:
            parts.append(
                _("We are sending %(amount)s back to where you paid from.")
                % {"amount": rupees(sent_paise)}
            )
        if credited := decision.amount_paise - sent_paise:
            parts.append(_("%(amount)s is back in your wallet.") % {"amount": rupees(credited)})
        parts.append(_("It is for: %(what)s.") % {"what": order.description})
        if sent_paise:
            parts.append(_("Banks take up to 7 working days."))
        _send(order.payer, "refund_started", _("Your refund"), " ".join(parts))


def refund_failed(refund: Refund) -> None:
    order = refund.payment.order
    with translation.override(order.payer.language):
        body = _(
            "Your bank did not take back %(amount)s (%(what)s). Nothing is lost: take it as wallet "
            "credit on the page of this payment, or wait until we have tried again."
        ) % {"amount": rupees(refund.amount_paise), "what": order.description}
        _send(order.payer, "refund_failed", _("Your refund needs you"), body)


def refund_credited(refund: Refund) -> None:
    order = refund.payment.order
    with translation.override(order.payer.language):
        body = _("%(amount)s is in your wallet (%(what)s).") % {
            "amount": rupees(refund.amount_paise),
            "what": order.description,
        }
        _send(order.payer, "refund_credited", _("Your refund"), body)


def payment_given_back(payment: Payment) -> None:
    """Of a payment that was authorised and never captured; we never had that money."""
    order = payment.order
    with translation.override(order.payer.language):
        body = _(
            "Your payment of %(amount)s (%(what)s) was not completed. Razorpay gives it back by "
            "itself; banks take up to 7 working days."
        ) % {"amount": rupees(payment.amount_paise), "what": order.description}
        _send(order.payer, "payment_given_back", _("Your payment"), body)


def wallet_topped_up(order: PaymentOrder) -> None:
    with translation.override(order.payer.language):
        body = _("%(amount)s was added to your wallet.") % {"amount": rupees(order.amount_paise)}
        _send(order.payer, "wallet_topped_up", _("Your wallet"), body)


def promo_granted(grant: PromoGrant) -> None:
    with translation.override(grant.user.language):
        body = _("We gave you %(amount)s for classes: %(reason)s") % {
            "amount": rupees(grant.amount_paise),
            "reason": grant.reason,
        }
        _send(grant.user, "promo_granted", _("A gift for your wallet"), body)


def credits_bought(lot: CreditLot) -> None:
    with translation.override(lot.tutor.language):
        body = ngettext(
            "%(n)s lead credit was added to your account.",
            "%(n)s lead credits were added to your account.",
            lot.credits,
        ) % {"n": lot.credits}
        _send(lot.tutor, "credits_bought", _("Your credits"), body)


def payout_changed(payout: Payout) -> None:
    with translation.override(payout.tutor.language):
        body = _("Your payout of %(amount)s: %(status)s.") % {
            "amount": rupees(payout.amount_paise),
            "status": payout.get_status_display(),
        }
        if payout.reason:
            body += " " + payout.reason
        _send(payout.tutor, "payout_changed", _("Your payout"), body)


def payout_method_changed(method: PayoutMethod) -> None:
    """A notice that also reaches the owner of an account that was taken over."""
    with translation.override(method.tutor.language):
        body = _(
            "Your TutorHub earnings will now be paid to %(account)s. "
            "If this was not you, write to us at once."
        ) % {"account": method.hint}
        _send(method.tutor, "payout_method_changed", _("Your payout account"), body)


def dispute_changed(dispute: GatewayDispute) -> None:
    """The payer hears what came of the complaint at the bank; a tutor hears it from above."""
    if dispute.status == GatewayDispute.Status.UNDER_REVIEW:
        return
    order = dispute.payment.order
    words = {"amount": rupees(dispute.amount_paise), "what": order.description}
    with translation.override(order.payer.language):
        if dispute.is_live:
            body = _(
                "Your bank says that you dispute the payment of %(amount)s (%(what)s). "
                "The money waits until the bank has decided. If this is a mistake, tell your bank."
            )
        elif dispute.deducted_paise:
            words["amount"] = rupees(dispute.deducted_paise)
            body = _("Your bank took %(amount)s (%(what)s) back from us and gives it to you.")
        else:
            body = _(
                "The dispute about your payment of %(amount)s (%(what)s) is over; it stays paid."
            )
        _send(order.payer, "dispute_changed", _("Your payment"), body % words)


def payout_method_refused(method: PayoutMethod) -> None:
    with translation.override(method.tutor.language):
        body = _("We cannot pay to %(account)s: %(reason)s Please give us another account.") % {
            "account": method.hint,
            "reason": method.validation_note,
        }
        _send(method.tutor, "payout_method_refused", _("Your payout account"), body)


def _send(user: User, template: str, subject: str, body: str) -> None:
    tell(
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        template=template,
        subject=subject,
        body=body,
        language=user.language,
        channels=("whatsapp", "sms", "email"),
    )
