"""Numbered documents: tax invoices, credit notes and receipts.

Each is issued in the transaction of its fact, after every business row is locked and before the
ledger is (docs/invoices.md), and exists once: a second one of the same fact breaks `invoice_once`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.models import User
from payments.models import (
    CreditLot,
    Earning,
    EarningReversal,
    GatewayDispute,
    Invoice,
    OrderRefund,
    PaymentOrder,
    TaxProfile,
)
from payments.models.gst import STATE_CODES
from payments.services import rates
from tutorhub.core import audit, clock

COMMISSION = {
    Earning.Kind.CLASS: "TutorHub's commission on a class",
    Earning.Kind.CANCELLATION: "TutorHub's fee on a class that the family cancelled late",
    Earning.Kind.NO_SHOW: "TutorHub's commission on a class that the learner missed",
}


@dataclass(frozen=True)
class Sums:
    """What a document comes to, in paise."""

    base: int
    cgst: int = 0
    sgst: int = 0
    igst: int = 0

    @property
    def total(self) -> int:
        return self.base + self.cgst + self.sgst + self.igst


@dataclass(frozen=True)
class Party:
    """Somebody on a document, as they were on its day."""

    name: str
    address: str = ""
    state: str = ""
    state_code: str = ""
    gstin: str = ""
    email: str = field(default="", kw_only=True)


def issue_commission(earning: Earning, *, state: str = "") -> Invoice | None:
    """The tax invoice to the tutor for our commission on one class; none for a commission of zero.

    `state` is the place of supply by which the tax was split.
    """
    sums = _sums(earning)
    if not sums.total:
        return None
    on_class = f"{COMMISSION[Earning.Kind(earning.kind)]} ({_short(earning.session_id)})"
    return _issue(
        Invoice.Series.INVOICE,
        recipient=earning.tutor,
        about=("commission", earning.pk),
        seller=company(),
        buyer=_party(earning.tutor, state or _state_by_tax(sums)),
        line={"text": on_class, "sac": settings.SAC_COMMISSION, "gst_bps": _gst_bps()},
        sums=sums,
    )


def issue_credit_note(reversal: EarningReversal) -> Invoice | None:
    """Takes back commission that was invoiced, in part or whole."""
    sums = _sums(reversal)
    if not sums.total:
        return None
    invoice = Invoice.objects.get(
        series=Invoice.Series.INVOICE, about="commission", about_id=reversal.earning_id
    )
    return _correct(invoice, about=("reversal", reversal.pk), sums=sums)


def issue_pack(lot: CreditLot) -> Invoice:
    """The tax invoice to the tutor for a pack of lead credits."""
    terms = lot.order.terms
    sums = Sums(lot.base_paise, terms["cgst_paise"], terms["sgst_paise"], terms["igst_paise"])
    return _issue(
        Invoice.Series.INVOICE,
        recipient=lot.tutor,
        about=("credit_pack", lot.pk),
        seller=company(),
        buyer=_party(lot.tutor, terms["state"]),
        line={
            "text": f"{lot.credits} lead credits on TutorHub",
            "sac": settings.SAC_CREDITS,
            "gst_bps": terms["gst_bps"],
        },
        sums=sums,
    )


def issue_pack_credit_note(
    lot: CreditLot, *, refund: OrderRefund | GatewayDispute, sums: Sums
) -> Invoice:
    """Takes back the price of unused credits that are paid back, by us or by the tutor's bank."""
    invoice = Invoice.objects.get(
        series=Invoice.Series.INVOICE, about="credit_pack", about_id=lot.pk
    )
    return _correct(invoice, about=("pack_refund", refund.pk), sums=sums)


def issue_receipt(order: PaymentOrder) -> Invoice:
    """The receipt to the family for a payment in advance.

    The supplier of a class is its tutor (`order.terms["tutor"]`), for whom TutorHub takes the
    money; a top-up is TutorHub's own receipt.
    """
    tutor = User.objects.filter(pk=order.terms.get("tutor")).first()
    is_topup = order.purpose == PaymentOrder.Purpose.WALLET_TOPUP
    text = "Added to the family wallet, to be spent on classes" if is_topup else order.description
    return _issue(
        Invoice.Series.RECEIPT,
        recipient=order.payer,
        about=(order.purpose, order.pk),
        seller=company() if is_topup else _supplier(tutor),
        buyer=_party(order.payer, ""),
        line={"text": text, "paid": _tenders(order), "collector": asdict(company())},
        sums=Sums(order.total_paise),
    )


def company() -> Party:
    """Who TutorHub is to the tax office."""
    return Party(
        name=settings.COMPANY_NAME,
        address=settings.COMPANY_ADDRESS,
        state=settings.COMPANY_STATE,
        state_code=STATE_CODES.get(settings.COMPANY_STATE, ""),
        gstin=settings.COMPANY_GSTIN,
        email=settings.COMPANY_EMAIL,
    )


def number_text(series: str, year: int, number: int) -> str:
    """As printed: 16 characters, the most that Rule 46 allows."""
    return f"{series}/{year % 100:02d}-{(year + 1) % 100:02d}/{number:07d}"


def _correct(invoice: Invoice, *, about: tuple[str, UUID], sums: Sums) -> Invoice:
    line = invoice.lines[0]
    return _issue(
        Invoice.Series.CREDIT_NOTE,
        recipient=invoice.recipient,
        about=about,
        seller=invoice.seller,
        buyer=invoice.buyer,
        line={**line, "text": f"Taken back: {line['text']}"},
        sums=sums,
        corrects=invoice,
    )


def _issue(
    series: Invoice.Series,
    *,
    recipient: User,
    about: tuple[str, UUID],
    seller: Party | Mapping[str, str],
    buyer: Party | Mapping[str, str],
    line: dict[str, Any],
    sums: Sums,
    corrects: Invoice | None = None,
) -> Invoice:
    on, year, number = _take_number(series)
    invoice = Invoice.objects.create(
        series=series,
        year=year,
        number=number,
        text=number_text(series, year, number),
        recipient=recipient,
        about=about[0],
        about_id=about[1],
        corrects=corrects,
        issued_on=on,
        seller=asdict(seller) if isinstance(seller, Party) else seller,
        buyer=asdict(buyer) if isinstance(buyer, Party) else buyer,
        lines=[{**line, "base_paise": sums.base}],
        base_paise=sums.base,
        cgst_paise=sums.cgst,
        sgst_paise=sums.sgst,
        igst_paise=sums.igst,
        total_paise=sums.total,
        created_at=clock.now(),
    )
    audit.record("invoice.issued", invoice, number=invoice.text)
    return invoice


def _take_number(series: str) -> tuple[date, int, int]:
    """The day in India, the financial year and the next number of the series in it.

    The counter's row stays locked until the caller's transaction ends: a number is used, or it goes
    to the next. The day is read again under the lock, so that later numbers carry no earlier days.
    """
    asked_on = clock.today()
    year = rates.financial_year(asked_on)
    number = _count(series, year)
    on = clock.today()
    return on if rates.financial_year(on) == year else asked_on, year, number


def _count(series: str, year: int) -> int:
    with connection.cursor() as cursor:
        for _try in range(2):
            cursor.execute(
                """
                UPDATE payments_invoicecounter SET last = last + 1
                 WHERE series = %s AND year = %s RETURNING last
                """,
                [series, year],
            )
            if row := cursor.fetchone():
                return int(row[0])
            cursor.execute(
                """
                INSERT INTO payments_invoicecounter (series, year, last) VALUES (%s, %s, 0)
                ON CONFLICT (series, year) DO NOTHING
                """,
                [series, year],
            )
    raise AssertionError("unreachable")


def _supplier(tutor: User | None) -> Party:
    return _party(tutor, "") if tutor else Party(name="The tutor named on the page of the class")


def _party(user: User, state: str) -> Party:
    """A person by their tax profile, or by name alone; `state` overrides what they say of it."""
    profile = TaxProfile.objects.filter(user=user).first()
    if profile is None:
        return Party(name=user.name, state=state, state_code=STATE_CODES.get(state, ""))
    state = state or profile.state
    return Party(
        name=profile.legal_name,
        address=profile.address,
        state=state,
        state_code=STATE_CODES.get(state, ""),
        gstin=profile.gstin,
    )


def _sums(booked: Earning | EarningReversal) -> Sums:
    return Sums(booked.commission_paise, booked.cgst_paise, booked.sgst_paise, booked.igst_paise)


def _state_by_tax(sums: Sums) -> str:
    """What the split alone tells of the place of supply: CGST and SGST are our own state's."""
    return settings.COMPANY_STATE if sums.cgst or sums.sgst else ""


def _gst_bps() -> int:
    return rates.in_force(clock.today())["gst"].bps


def _tenders(order: PaymentOrder) -> dict[str, int]:
    parts = {
        "razorpay": order.amount_paise,
        "wallet": order.wallet_paise,
        "promo": order.promo_paise,
    }
    return {name: paise for name, paise in parts.items() if paise}


def _short(ident: UUID) -> str:
    """The end of an id, which is the part that differs, as pages print it."""
    return ident.hex[-8:].upper()
