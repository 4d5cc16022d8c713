"""Documents as PDF."""

from payments.services.papers.evidence import pdf as evidence_pdf
from payments.services.papers.invoices import pdf as invoice_pdf
from payments.services.papers.statements import earnings_pdf, payments_pdf

__all__ = ["earnings_pdf", "evidence_pdf", "invoice_pdf", "payments_pdf"]
