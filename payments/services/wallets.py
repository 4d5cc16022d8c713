"""A family's wallet: money that was topped up or paid back, and promotional balance.

Promotional balance is spent first and only ever paid back as promotional balance. Nothing leaves a
wallet except for a class, and nothing goes from one person's wallet to another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import messages
from payments.models import LedgerAccount, Payment, PaymentOrder, RefundPreference
from payments.queries.wallets import ACCOUNTS, WalletBalance
from payments.services import ledger, receivables
from payments.services.ledger import Leg, credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError, NotAllowed
from tutorhub.core.money import rupees

RELEASE = "payments.release_hold"
PAY_WITHIN = timedelta(hours=24)
SMALLEST_AT_GATEWAY = 100
"""Paise; Razorpay takes no less."""

Hold = PaymentOrder.Hold


class TopupsClosed(DomainError):
    code = "topups_closed"
    message = _("Money cannot be added to wallets at present.")


class BadAmount(DomainError):
    """The amount is too small, or would fill the wallet beyond its limit."""

    code = "topup_amount"


class WalletShort(Conflict):
    code = "wallet_short"
    message = _("There is not enough in the wallet to pay this.")


class HoldInUse(Conflict):
    """The order may still be paid, so what it holds stays held."""

    code = "hold_in_use"


@dataclass(frozen=True)
class Split:
    """How a price is paid, in paise: by Razorpay, from the wallet, from promotional balance."""

    gateway_paise: int
    wallet_paise: int
    promo_paise: int

    @property
    def own_paise(self) -> int:
        """What does not go through Razorpay."""
        return self.wallet_paise + self.promo_paise

    @property
    def is_whole(self) -> bool:
        """Whether the wallet pays all of it."""
        return self.gateway_paise == 0


def balance(user: User) -> WalletBalance:
    found = LedgerAccount.objects.filter(code__in=ACCOUNTS, owner_key=str(user.pk))
    paise = dict(found.values_list("code", "balance"))
    return WalletBalance(*(paise.get(code, 0) for code in ACCOUNTS))


def split(price_paise: int, funds: WalletBalance) -> Split:
    """Spend promotional balance first, then the wallet; the rest is Razorpay's to collect.

    The rest is never less than Razorpay takes, so the wallet gives a few paise less for it.
    """
    promo = min(funds.promo_paise, price_paise)
    cash = min(funds.cash_paise, price_paise - promo)
    rest = price_paise - promo - cash
    if 0 < rest < SMALLEST_AT_GATEWAY <= price_paise:
        missing = SMALLEST_AT_GATEWAY - rest
        from_cash = min(cash, missing)
        cash, promo = cash - from_cash, promo - (missing - from_cash)
        rest = SMALLEST_AT_GATEWAY
    return Split(rest, cash, promo)


def check_topup(user: User, amount_paise: int) -> None:
    """Raise TopupsClosed or BadAmount unless so much may be added to this wallet."""
    if not user.is_family:
        raise NotAllowed
    if not settings.WALLET_TOPUPS:
        raise TopupsClosed
    if amount_paise < settings.WALLET_TOPUP_MINIMUM_PAISE:
        least = rupees(settings.WALLET_TOPUP_MINIMUM_PAISE)
        raise BadAmount(_("The smallest top-up is %(least)s.") % {"least": least})
    if not has_room(user, amount_paise):
        most = rupees(settings.WALLET_MAXIMUM_PAISE)
        raise BadAmount(_("A wallet holds up to %(most)s.") % {"most": most})


def has_room(user: User, amount_paise: int) -> bool:
    """Whether so much can be added without passing the limit; refunds are not asked this."""
    held = PaymentOrder.objects.filter(payer=user, hold=Hold.HELD).aggregate(
        paise=Sum("wallet_paise")
    )
    used = balance(user).cash_paise + int(held["paise"] or 0)
    return used + amount_paise <= int(settings.WALLET_MAXIMUM_PAISE)


def topped_up(order: PaymentOrder, *, payment_id: str, refs: Mapping[str, object]) -> None:
    """Book a captured top-up (kind 1). The order is locked by the caller."""
    ledger.post(
        kind="wallet_topped_up",
        key=f"rzp:capture:{payment_id}",
        legs=[
            debit("rzp_clearing", order.amount_paise),
            credit("student_wallet", order.amount_paise, order.payer_id),
        ],
        refs=refs,
    )
    receivables.recover_from_family(
        order.payer_id, came_in_paise=order.amount_paise, key=f"order:{order.pk}:recover"
    )
    messages.wallet_topped_up(order)


def pay(order: PaymentOrder) -> None:
    """Pay a new order for a class from the wallet alone (kind 4). Raises ledger.Overdraft."""
    ledger.post(
        kind="session_paid",
        key=f"booking:{order.purpose_id}:pay:{order.pk}",
        legs=[
            *spend_legs(order),
            credit("session_escrow", order.total_paise, order.purpose_id),
        ],
        actor=order.payer,
        refs={"order": order.pk},
    )


def hold(order: PaymentOrder) -> None:
    """Set the wallet's part of a new order aside (kind 5a). Raises ledger.Overdraft."""
    ledger.post(
        kind="wallet_held",
        key=f"order:{order.pk}:hold",
        legs=[
            *spend_legs(order),
            credit("wallet_hold", order.wallet_paise, order.pk),
            credit("promo_hold", order.promo_paise, order.pk),
        ],
        actor=order.payer,
        refs={"order": order.pk},
    )


def spend_legs(order: PaymentOrder) -> list[Leg]:
    """The order's part of the wallet, taken from what can be spent."""
    return [
        debit("student_wallet", order.wallet_paise, order.payer_id),
        debit("student_promo", order.promo_paise, order.payer_id),
    ]


def held_legs(order: PaymentOrder) -> list[Leg]:
    """The order's part of the wallet, taken from what is held for it."""
    return [
        debit("wallet_hold", order.wallet_paise, order.pk),
        debit("promo_hold", order.promo_paise, order.pk),
    ]


def take_again(order: PaymentOrder) -> list[Leg]:
    """Legs that take a locked order's part once late money is used: the hold, or the wallet."""
    legs = held_legs(order) if order.hold == Hold.HELD else spend_legs(order)
    if order.hold:
        order.hold = Hold.USED
        order.save(update_fields=["hold"])
    return legs


def give_back_later(order: PaymentOrder) -> None:
    """Have what an ended order holds given back, once Razorpay has said that nothing was paid."""
    if order.hold == Hold.HELD:
        since = {"order": order.pk, "since": clock.now()}
        outbox.later(RELEASE, since, key=f"{RELEASE}:{order.pk}")


def give_back(order: PaymentOrder) -> None:
    """Release what a locked order holds (kind 5c). Does nothing if it holds nothing any more.

    The caller knows from Razorpay that nothing was paid for the order, or what was goes back.
    """
    if order.hold != Hold.HELD:
        return
    order.hold = Hold.RELEASED
    order.save(update_fields=["hold"])
    ledger.post(
        kind="wallet_released",
        key=f"order:{order.pk}:release",
        legs=[
            *held_legs(order),
            credit("student_wallet", order.wallet_paise, order.payer_id),
            credit("student_promo", order.promo_paise, order.payer_id),
        ],
        refs={"order": order.pk},
    )
    receivables.recover_from_family(
        order.payer_id, came_in_paise=order.wallet_paise, key=f"order:{order.pk}:release:recover"
    )
    audit.record("order.hold_released", order)


@transaction.atomic
def release_hold(order: PaymentOrder) -> PaymentOrder:
    """Close an order whose time is over and give its hold back. Safe to repeat.

    The caller has asked Razorpay and found it unpaid; money that comes all the same is late money.
    Raises HoldInUse while the order may still be paid, or money that came late may use the hold.
    """
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if order.hold != Hold.HELD:
        return order
    _check_over(order)
    if order.is_live:
        order.move_to(PaymentOrder.Status.EXPIRED)
        audit.record("order.expired", order)
    give_back(order)
    return order


@transaction.atomic
def choose_refunds(user: User, *, is_to_wallet: bool, by: User) -> RefundPreference:
    """Say where refunds of classes go from now on. Raises NotAllowed for anybody but the family."""
    if by.pk != user.pk or not user.is_family:
        raise NotAllowed
    chosen, _is_new = RefundPreference.objects.update_or_create(
        user=user, defaults={"is_to_wallet": is_to_wallet, "changed_at": clock.now()}
    )
    audit.record("refunds.chosen", chosen, by=by, is_to_wallet=is_to_wallet)
    return chosen


def _check_over(order: PaymentOrder) -> None:
    is_in_time = order.is_live and order.expires_at > clock.now()
    if is_in_time or (order.is_paid and _has_late_money(order)):
        raise HoldInUse


def _has_late_money(order: PaymentOrder) -> bool:
    """Whether money is set aside that may be used together with the hold, or go back with it."""
    late = order.payments.filter(place=Payment.Place.UNAPPLIED, alarm=Payment.Alarm.NONE)
    return any(ledger.balance("unapplied", pk) for pk in late.values_list("pk", flat=True))
