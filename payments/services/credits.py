"""Lead credits: bought in packs, spent one a lead, first in first out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import (
    CreditLot,
    CreditPack,
    CreditUse,
    OrderRefund,
    Payment,
    PaymentOrder,
    TaxProfile,
)
from payments.policies import check_is_finance
from payments.services import invoices, ledger, orders, rates, refunds
from payments.services.ledger import Leg, credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, PaymentRequired
from tutorhub.core.money import pct

PAY_WITHIN = timedelta(hours=24)
GST_PARTS = ("cgst", "sgst", "igst")


class OutOfCredits(PaymentRequired):
    """The tutor has no credit left; `extra` holds the packs on sale."""

    code = "out_of_credits"
    message = _("You have no credits left. Buy a pack to answer this lead.")


class PackNotOnSale(DomainError):
    code = "pack_not_on_sale"
    message = _("This pack is not on sale.")


class NothingUnused(Conflict):
    code = "nothing_unused"
    message = _("Every credit of this purchase is used or was paid back.")


def balance(user: User) -> int:
    """How many credits the tutor has."""
    return ledger.balance("lead_credits", user.pk)


def packs() -> list[CreditPack]:
    return list(CreditPack.objects.on_sale())


def price(pack: CreditPack, *, state: str) -> dict[str, int]:
    """The pack's price today in paise for a buyer in that state: base, parts of GST, sum."""
    return _price(pack, rates.in_force(clock.today())["gst"].bps, state)


def offers(buyer: User) -> list[dict[str, Any]]:
    """The packs on sale as pages and API show them to this buyer."""
    bps, state = rates.in_force(clock.today())["gst"].bps, state_of(buyer)
    return [
        {
            "id": str(pack.pk),
            "code": pack.code,
            "credits": pack.credits,
            **_price(pack, bps, state),
        }
        for pack in packs()
    ]


def state_of(buyer: User) -> str:
    """Where the credits are supplied: the buyer's state on record.

    Of a buyer without an address on record it is our own (IGST Act, section 12(2)(b)).
    """
    state = TaxProfile.objects.filter(user=buyer).values_list("state", flat=True).first()
    return state or settings.COMPANY_STATE


@transaction.atomic
def start_topup(*, pack: CreditPack, by: User) -> PaymentOrder:
    """Ask for the price of a pack. The caller then opens the order at the gateway."""
    if not pack.is_on_sale:
        raise PackNotOnSale
    state = state_of(by)
    cost = price(pack, state=state)
    return orders.create(
        purpose=PaymentOrder.Purpose.CREDIT_PACK,
        purpose_id=pack.pk,
        payer=by,
        amount_paise=cost["price_paise"],
        expires_at=clock.now() + PAY_WITHIN,
        description=ngettext("%(n)s lead credit", "%(n)s lead credits", pack.credits)
        % {"n": pack.credits},
        terms={"credits": pack.credits, "pack": pack.code, "state": state, **cost},
    )


@transaction.atomic
def claim(*, tutor: User, lead_id: UUID) -> CreditUse:
    """Spend one credit on a lead; the same lead again costs nothing. Raises OutOfCredits."""
    lots = list(CreditLot.objects.open_of(tutor.pk).locked())
    use = CreditUse.objects.filter(tutor=tutor, lead_id=lead_id).first()
    if use is not None:
        if use.refunded_at:
            raise Conflict(gettext("The credit for this lead was given back."))
        return use
    if not lots:
        raise OutOfCredits(packs=offers(tutor), credits=0)
    lot = lots[0]
    use = CreditUse(lot=lot, tutor=tutor, lead_id=lead_id, cost_paise=lot.next_cost_paise)
    use.save(force_insert=True)
    lot.used += 1
    lot.earned_paise += use.cost_paise
    lot.save(update_fields=["used", "earned_paise"])
    ledger.post(
        kind="lead_claim",
        key=f"lead:{lead_id}:tutor:{tutor.pk}:claim",
        legs=[
            debit("lead_credits", 1, tutor.pk),
            credit("lead_issued", 1),
            debit("lead_deferred", use.cost_paise, tutor.pk),
            credit("lead_revenue", use.cost_paise),
        ],
        actor=tutor,
        refs={"lead": lead_id, "lot": lot.pk},
    )
    return use


@transaction.atomic
def refund(*, tutor: User, lead_id: UUID, by: User | None = None) -> CreditUse:
    """Give the credit of a lead back, once."""
    lot = CreditLot.objects.locked().get(uses__tutor=tutor, uses__lead_id=lead_id)
    use = CreditUse.objects.get(tutor=tutor, lead_id=lead_id)
    if use.refunded_at:
        return use
    use.refunded_at = clock.now()
    use.save(update_fields=["refunded_at"])
    lot.used -= 1
    lot.earned_paise -= use.cost_paise
    lot.save(update_fields=["used", "earned_paise"])
    ledger.post(
        kind="lead_refund",
        key=f"lead:{lead_id}:tutor:{tutor.pk}:refund",
        legs=[
            debit("lead_issued", 1),
            credit("lead_credits", 1, tutor.pk),
            debit("lead_revenue", use.cost_paise),
            credit("lead_deferred", use.cost_paise, tutor.pk),
        ],
        actor=by,
        refs={"lead": lead_id, "lot": lot.pk},
        reverses=ledger.id_of(f"lead:{lead_id}:tutor:{tutor.pk}:claim"),
    )
    audit.record("credits.refunded", use, by=by)
    return use


@transaction.atomic
def refund_unused(lot: CreditLot, *, by: User, reason: str = "unused credits") -> OrderRefund:
    """Pay back every unused credit of a purchase, with its GST (kind 20); finance decides.

    The money goes back to where it came from, and a credit note is issued. Raises NothingUnused,
    freezes.Disputed, or refunds.NothingToRefund when Razorpay cannot send so much any more.
    """
    check_is_finance(by)
    order = PaymentOrder.objects.locked().get(pk=lot.order_id)
    payment = order.payments.locked().filter(place=Payment.Place.PURPOSE).first()
    lot = CreditLot.objects.locked().select_related("tutor", "order").get(pk=lot.pk)
    if not lot.left:
        raise NothingUnused
    count, value = lot.left, worth(lot, lot.left)
    if payment is None or refunds.sendable(payment) < value.total:
        raise refunds.NothingToRefund

    def debits(decision: OrderRefund) -> list[Leg]:
        invoices.issue_pack_credit_note(lot, refund=decision, sums=value)
        return unused_legs(lot, count, value)

    take_back(lot, count, value)
    decision = refunds.refund_order(
        order, amount_paise=value.total, reason=reason, by=by, debits=debits
    )
    audit.record("credits.unused_refunded", lot, by=by, credits=count, paise=value.total)
    return decision


def worth(lot: CreditLot, count: int) -> invoices.Sums:
    """What so many unused credits of a lot were paid with: revenue to come, and GST (paise)."""
    is_rest = count == lot.left > 0
    rest = lot.base_paise - lot.earned_paise - lot.returned_paise
    gst = {part: lot.order.terms[f"{part}_paise"] * count // lot.credits for part in GST_PARTS}
    return invoices.Sums(rest if is_rest else count * (lot.base_paise // lot.credits), **gst)


def take_back(lot: CreditLot, count: int, value: invoices.Sums) -> None:
    """Note on a locked lot that so many unused credits are gone; `unused_legs` books it."""
    lot.returned += count
    lot.returned_paise += value.base
    lot.save(update_fields=["returned", "returned_paise"])


def unused_legs(lot: CreditLot, count: int, value: invoices.Sums) -> list[Leg]:
    """The sides of unused credits, their revenue and their GST; another leg takes the money."""
    return [
        debit("lead_credits", count, lot.tutor_id),
        credit("lead_issued", count),
        debit("lead_deferred", value.base, lot.tutor_id),
        debit("gst_output_cgst", value.cgst),
        debit("gst_output_sgst", value.sgst),
        debit("gst_output_igst", value.igst),
    ]


def grant_bought(order: PaymentOrder, *, razorpay_payment_id: str) -> CreditLot:
    """Hand over a paid pack (kind 17); called under the order's lock, once."""
    terms = order.terms
    lot = CreditLot.objects.create(
        tutor=order.payer, order=order, credits=terms["credits"], base_paise=terms["base_paise"]
    )
    invoices.issue_pack(lot)
    ledger.post(
        kind="lead_pack_sale",
        key=f"rzp:capture:{razorpay_payment_id}",
        legs=[
            debit("rzp_clearing", order.amount_paise),
            credit("lead_deferred", lot.base_paise, order.payer_id),
            *(credit(f"gst_output_{part}", terms[f"{part}_paise"]) for part in GST_PARTS),
            debit("lead_issued", lot.credits),
            credit("lead_credits", lot.credits, order.payer_id),
        ],
        refs={"order": order.pk, "payment": razorpay_payment_id},
    )
    return lot


def _price(pack: CreditPack, gst_bps: int, state: str) -> dict[str, int]:
    """GST in two equal halves within our own state, in one part for any other (payments.md 5.4)."""
    half = pct(pack.base_paise, gst_bps // 2) if state == settings.COMPANY_STATE else 0
    igst = 0 if state == settings.COMPANY_STATE else pct(pack.base_paise, gst_bps)
    gst = 2 * half + igst
    return {
        "base_paise": pack.base_paise,
        "gst_bps": gst_bps,
        "cgst_paise": half,
        "sgst_paise": half,
        "igst_paise": igst,
        "gst_paise": gst,
        "price_paise": pack.base_paise + gst,
    }
