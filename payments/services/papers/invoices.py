"""An invoice, a credit note or a receipt as a PDF.

Always in English, whoever reads it, because a document that the tax office may ask for is one
document. Names and addresses are as their owner writes them.
"""

from typing import Any

from payments.models import Invoice
from payments.services.papers.page import Column, Paper
from tutorhub.core.money import percent, rupees_exact

TITLES = {
    Invoice.Series.INVOICE: "Tax invoice",
    Invoice.Series.CREDIT_NOTE: "Credit note",
    Invoice.Series.RECEIPT: "Receipt voucher",
}
TENDERS = {
    "razorpay": "UPI, card or net banking",
    "wallet": "TutorHub wallet",
    "promo": "TutorHub promotional balance",
}
ERASED = "Name erased at the person's request; kept under seal for the tax office"
UNSIGNED = "Issued electronically by TutorHub and valid without a signature."


def pdf(invoice: Invoice) -> bytes:
    """The same bytes for the same invoice, every time."""
    paper = Paper(
        title=f"{TITLES[Invoice.Series(invoice.series)]} {invoice.text}",
        dated=invoice.created_at,
        foot=f"{invoice.text} · {invoice.seller['name']}",
        page_foot="Page {page} of {pages}",
    )
    paper.heading(TITLES[Invoice.Series(invoice.series)])
    paper.ln(3)
    paper.side_by_side(
        [_party("Supplier" if _is_receipt(invoice) else "From", invoice.seller)],
        [_party("Received from" if _is_receipt(invoice) else "To", invoice.buyer)],
        list(_particulars(invoice)),
    )
    if _is_receipt(invoice):
        _receipt(paper, invoice)
    else:
        _tax(paper, invoice)
    paper.note(UNSIGNED)
    return bytes(paper.output())


def _is_receipt(invoice: Invoice) -> bool:
    return invoice.series == Invoice.Series.RECEIPT


def _party(label: str, party: dict[str, str]) -> tuple[str, str]:
    state = f"{party['state']} ({party['state_code']})" if party["state_code"] else party["state"]
    gstin = f"GSTIN {party['gstin']}" if party["gstin"] else ""
    lines = [party["name"] or ERASED, party["address"], state, gstin, party["email"]]
    return label, "\n".join(line for line in lines if line)


def _particulars(invoice: Invoice) -> Any:
    yield "Number", invoice.text
    yield "Date", f"{invoice.issued_on:%d.%m.%Y}"
    if invoice.corrects is not None:
        yield "Corrects", f"{invoice.corrects.text} of {invoice.corrects.issued_on:%d.%m.%Y}"
    if not _is_receipt(invoice):
        state = invoice.buyer["state"]
        code = invoice.buyer["state_code"]
        yield "Place of supply", f"{state} ({code})" if code else state or "not on record"


def _tax(paper: Paper, invoice: Invoice) -> None:
    line = invoice.lines[0]
    half, whole = percent(line["gst_bps"] // 2), percent(line["gst_bps"])
    columns = [
        Column("Description", 34, is_figure=False),
        Column("SAC", 11, is_figure=False),
        Column("Taxable value", 17),
        Column(f"CGST {half}", 15),
        Column(f"SGST {half}", 15),
        Column(f"IGST {whole}", 15),
        Column("Total", 17),
    ]
    amounts = [
        *(invoice.base_paise, invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise),
        invoice.total_paise,
    ]
    figures = [rupees_exact(amount) for amount in amounts]
    paper.figures(columns, [[line["text"], line["sac"], *figures]], ["Total", "", *figures])
    paper.note("Tax is not payable on reverse charge.")


def _receipt(paper: Paper, invoice: Invoice) -> None:
    line = invoice.lines[0]
    columns = [Column("For", 50, is_figure=False), Column("Paid by", 40, is_figure=False)]
    rows = [
        [line["text"], TENDERS[tender], rupees_exact(paise)]
        for tender, paise in line["paid"].items()
    ]
    total = ["Received", "", rupees_exact(invoice.total_paise)]
    paper.figures([*columns, Column("Amount", 25)], rows, total)
    for text in _receipt_notes(invoice):
        paper.note(text)


def _receipt_notes(invoice: Invoice) -> list[str]:
    if invoice.about == "wallet_topup":
        return ["Money in the wallet pays for classes on TutorHub. It is not paid out in cash."]
    collector = invoice.lines[0].get("collector") or invoice.seller
    return [
        "This is a receipt for a payment in advance. The supplier of the class is the tutor named "
        "above, and not TutorHub.",
        f"Received on the tutor's behalf by {collector['name']}, {collector['address']}"
        f"{', GSTIN ' + collector['gstin'] if collector['gstin'] else ''}. The money is held until "
        "the class has taken place.",
        "No GST is charged on this receipt. If the tutor is registered for GST, the price "
        "includes it and the tax invoice is the tutor's.",
    ]
