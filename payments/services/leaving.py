"""What of somebody's money has to be settled before their account can be erased."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services.leaving import Hindrance
from payments.models import (
    GatewayDispute,
    LedgerAccount,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
)
from tutorhub.core.money import rupees


def hindrances(user: User) -> Iterator[Hindrance]:
    """Balances, payments and payouts under way, debts, open disputes."""
    balances = dict(
        LedgerAccount.objects.filter(owner_key=str(user.pk)).values_list("code", "balance")
    )
    yield from _of_family(user, balances) if user.is_family else _of_tutor(user, balances)
    if _payments(user).exists():
        text = _(
            "A payment was begun. Finish it or give it up; it ends by itself when its time is over."
        )
        yield Hindrance("payment_under_way", text, "payments:payment-list")
    if _refunds(user).exists():
        text = _("Money is on its way back to you. Wait until it has arrived.")
        yield Hindrance("refund_under_way", text, "payments:payment-list")
    if _disputes(user).exists():
        text = _("A bank disputes a payment. Wait until that is decided.")
        yield Hindrance("open_dispute", text)


def consequences(user: User) -> Iterator[str]:
    """What becomes of the records of money, and what is lost with them."""
    if user.is_tutor:
        yield _("Your bank account, PAN and tax profile are deleted.")
    yield _(
        "Payments and invoices stay, as the law asks, without your name. The name on invoices is"
        " kept under seal for the tax office; nobody here can read it."
    )
    lost = dict(
        LedgerAccount.objects.filter(
            owner_key=str(user.pk), code__in=["student_promo", "lead_credits"], balance__gt=0
        ).values_list("code", "balance")
    )
    if promo := lost.get("student_promo"):
        yield _("A gift of %(amount)s in your wallet is lost.") % {"amount": rupees(promo)}
    if number := lost.get("lead_credits"):
        text = ngettext(
            "%(n)d lead credit that you have not used is lost.",
            "%(n)d lead credits that you have not used are lost.",
            number,
        )
        yield text % {"n": number}


def _of_family(user: User, balances: dict[str, int]) -> Iterator[Hindrance]:
    wallet, debt = balances.get("student_wallet", 0), balances.get("student_receivable", 0)
    if wallet:
        text = _(
            "There is %(amount)s in your wallet. Spend it on classes, or write to us and we send it"
            " back to where you paid from."
        )
        yield Hindrance("wallet_balance", text % {"amount": rupees(wallet)}, "payments:wallet-show")
    if debt:
        text = _("%(amount)s is owed to TutorHub. Pay it by adding it to your wallet.")
        yield Hindrance("debt", text % {"amount": rupees(debt)}, "payments:wallet-show")


def _of_tutor(user: User, balances: dict[str, int]) -> Iterator[Hindrance]:
    page = "payments:earnings-show"
    held, earned = balances.get("tutor_held", 0), balances.get("tutor_earnings", 0)
    if held:
        text = _("%(amount)s of your classes waits for the families' word.")
        yield Hindrance("held_earnings", text % {"amount": rupees(held)}, page)
    if earned:
        text = _("You have earned %(amount)s. Have it paid out first.")
        yield Hindrance("payable_earnings", text % {"amount": rupees(earned)}, page)
    if Payout.objects.in_flight().filter(tutor=user).exists():
        text = _("A payout is on its way to you. Wait until it has arrived.")
        yield Hindrance("payout_under_way", text, "payments:payout-list")
    if debt := balances.get("tutor_receivable", 0):
        text = _("%(amount)s that you were paid was taken back, and is owed. Write to us.")
        yield Hindrance("debt", text % {"amount": rupees(debt)}, page)


def _payments(user: User) -> QuerySet[PaymentOrder]:
    """Payments that were begun, or ended without our knowing yet whether money was taken, or
    brought money that is set aside."""
    is_open = Q(status__in=PaymentOrder.LIVE) | Q(hold=PaymentOrder.Hold.HELD)
    is_aside = Q(payments__place=Payment.Place.UNAPPLIED)
    return PaymentOrder.objects.filter(is_open | is_aside, payer=user)


def _refunds(user: User) -> QuerySet[Refund]:
    theirs = Refund.objects.filter(payment__order__payer=user)
    return theirs.filter(status__in=Refund.UNSETTLED) | theirs.owed()


def _disputes(user: User) -> QuerySet[GatewayDispute]:
    theirs = Q(payment__order__payer=user) | Q(payment__order__terms__tutor=str(user.pk))
    return GatewayDispute.objects.live().filter(theirs)
