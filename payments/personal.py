"""The data map of money: figures stay for good, and names leave them with an erasure."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models import (
    CreditLot,
    CreditUse,
    Earning,
    EvidenceFile,
    GatewayDispute,
    Invoice,
    LedgerAccount,
    LedgerEntry,
    OrderRefund,
    Payment,
    PaymentOrder,
    Payout,
    PayoutMethod,
    PromoGrant,
    Refund,
    RefundPreference,
    RefundRequest,
    StatementLine,
    StatementMonth,
    TaxProfile,
    YearlyGross,
)
from tutorhub.core.datamap import Erased, Table

FIGURES = (
    " gross_paise commission_paise gst_paise tds_paise tcs_paise penalty_paise net_paise"
    " paid_out_paise"
)
BOOKS = _("To keep the books that the law asks for")


def _disputes(user: Any) -> Any:
    return GatewayDispute.objects.filter(
        Q(payment__order__payer=user.pk) | Q(payment__order__terms__tutor=str(user.pk))
    )


FAMILIES = [
    Table(
        "payments.PaymentOrder",
        plain="id purpose purpose_id payer status method amount_paise wallet_paise promo_paise hold"
        " refunded_gateway_paise refunded_wallet_paise refunded_promo_paise currency description"
        " terms receipt razorpay_order_id expires_at created_at paid_at check_at checks",
        section="payments",
        title=_("Orders"),
        purpose=_("To take and return money"),
        of=lambda user: PaymentOrder.objects.filter(payer=user.pk),
    ),
    Table(
        "payments.Payment",
        plain="id order razorpay_payment_id status amount_paise currency method place alarm note"
        " fee_paise tax_paise refund_reserved_paise created_at captured_at",
        section="payments",
        title=_("Payments"),
        purpose=_("To take and return money"),
        of=lambda user: Payment.objects.filter(order__payer=user.pk),
    ),
    Table(
        "payments.OrderRefund",
        plain="id order gateway_paise wallet_paise promo_paise is_to_wallet reason decided_by"
        " created_at",
        section="payments",
        title=_("Decisions to pay back"),
        purpose=_("To take and return money"),
        of=lambda user: OrderRefund.objects.filter(order__payer=user.pk),
    ),
    Table(
        "payments.RefundRequest",
        plain="id order amount_paise is_to_wallet is_from_tutor status decision requested_by"
        " requested_at decided_by decided_at",
        section="payments",
        title=_("Refunds that two people decide"),
        purpose=_("To take and return money"),
        of=lambda user: RefundRequest.objects.filter(order__payer=user.pk),
        since="requested_at",
    ),
    Table(
        "payments.Refund",
        plain="id payment decision retries amount_paise reason status razorpay_refund_id"
        " bank_reference note created_at closed_at",
        section="payments",
        title=_("Refunds"),
        purpose=_("To take and return money"),
        of=lambda user: Refund.objects.filter(payment__order__payer=user.pk),
    ),
    Table(
        "payments.RefundPreference",
        plain="user is_to_wallet changed_at",
        section="payments",
        title=_("Where refunds go"),
        purpose=_("To take and return money"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: RefundPreference.objects.filter(user=user.pk),
        since="changed_at",
    ),
    Table(
        "payments.PromoGrant",
        plain="id user amount_paise status requested_by requested_at decided_by decided_at",
        personal="reason",
        section="payments",
        title=_("Gifts"),
        purpose=BOOKS,
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: PromoGrant.objects.filter(user=user.pk),
        since="requested_at",
    ),
    Table(
        "payments.Invoice",
        plain="id series year number text recipient about about_id corrects issued_on lines"
        " base_paise cgst_paise sgst_paise igst_paise total_paise created_at",
        personal="seller buyer",
        section="payments",
        title=_("Invoices and receipts"),
        purpose=_("To account for tax"),
        kept="tax",
        erased=Erased.SEALED,
        of=lambda user: Invoice.objects.filter(recipient=user.pk),
    ),
    Table(
        "payments.LedgerAccount",
        plain="id code owner_key unit normal track_balance allow_negative balance version"
        " closed_at",
        section="payments",
        title=_("Your balances"),
        purpose=BOOKS,
        of=lambda user: LedgerAccount.objects.filter(owner_key=str(user.pk)),
        since="",
    ),
    Table(
        "payments.LedgerEntry",
        plain="id txn account seq unit debit credit balance_after account_version",
        section="payments",
        title=_("What moved your balances"),
        purpose=BOOKS,
        of=lambda user: LedgerEntry.objects.filter(account__owner_key=str(user.pk)),
        since="txn__effective_at",
    ),
    Table(
        "payments.GatewayDispute",
        plain="id razorpay_dispute_id payment status phase reason_code amount_paise deducted_paise"
        " escrow_paise payer_paise loss_paise respond_by opened_at closed_at answer answered_by"
        " answered_at stated_by stated_at",
        personal="summary note statement",
        section="payments",
        title=_("Payments that a bank disputed"),
        purpose=_("To answer the bank"),
        kept="records",
        erased=Erased.EMPTIED,
        of=_disputes,
        since="opened_at",
    ),
    Table(
        "payments.EvidenceFile",
        plain="id dispute kind status giver content_type size upload_key invoice is_chosen"
        " razorpay_document_id created_at received_at sent_at",
        personal="filename sha256 content",
        hidden="stored_key",
        section="payments",
        title=_("Files for a bank"),
        purpose=_("To answer the bank"),
        kept="evidence",
        erased=Erased.DELETED,
        of=lambda user: EvidenceFile.objects.filter(giver=user.pk),
    ),
]

TUTORS = [
    Table(
        "payments.PayoutMethod",
        plain="id tutor kind validation validation_tries validated_at is_weekly created_at"
        " usable_at replaced_at",
        personal="holder_name account_number ifsc vpa pan hint razorpay_contact_id"
        " razorpay_fund_account_id razorpay_validation_id validation_note registered_name",
        section="earnings",
        title=_("Bank accounts and UPI IDs"),
        purpose=_("To pay you, and to withhold tax under the right PAN"),
        kept="tax",
        erased=Erased.SEALED,
        of=lambda user: PayoutMethod.objects.filter(tutor=user.pk),
    ),
    Table(
        "payments.TaxProfile",
        plain="id user changed_at",
        personal="legal_name address state gstin pan",
        section="earnings",
        title=_("Tax profile"),
        purpose=_("To account for tax"),
        kept="tax",
        erased=Erased.SEALED,
        of=lambda user: TaxProfile.objects.filter(user=user.pk),
        since="changed_at",
    ),
    Table(
        "payments.Payout",
        plain="id tutor method amount_paise status rail week gateway_status requested_by"
        " requested_at approved_by decided_at razorpay_payout_id utr fees_paise tax_paise"
        " closed_at",
        personal="reason",
        section="earnings",
        title=_("Payouts"),
        purpose=_("To pay you"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: Payout.objects.filter(tutor=user.pk),
        since="requested_at",
    ),
    Table(
        "payments.Earning",
        plain="id session_id kind tutor status gross_paise commission_bps commission_paise"
        " cgst_paise sgst_paise igst_paise gst_bps tds_bps tds_paise tcs_bps tcs_paise net_paise"
        " reversed_net_paise frozen_paise held_at released_at",
        section="earnings",
        title=_("Earnings"),
        purpose=BOOKS,
        of=lambda user: Earning.objects.filter(tutor=user.pk),
        since="held_at",
    ),
    Table(
        "payments.CreditLot",
        plain="id tutor order credits used returned base_paise earned_paise returned_paise"
        " created_at",
        section="earnings",
        title=_("Lead credits"),
        purpose=BOOKS,
        of=lambda user: CreditLot.objects.filter(tutor=user.pk),
    ),
    Table(
        "payments.CreditUse",
        plain="id lot tutor lead_id cost_paise claimed_at refunded_at",
        section="earnings",
        title=_("Lead credits used"),
        purpose=BOOKS,
        of=lambda user: CreditUse.objects.filter(tutor=user.pk),
        since="claimed_at",
    ),
    Table(
        "payments.YearlyGross",
        plain="id tutor year gross_paise",
        section="earnings",
        title=_("What you earned in a year"),
        purpose=_("To account for tax"),
        of=lambda user: YearlyGross.objects.filter(tutor=user.pk),
        since="",
    ),
    Table(
        "payments.StatementLine",
        plain=f"id tutor at kind about_id session_id{FIGURES}",
        section="earnings",
        title=_("Lines of your statements"),
        purpose=BOOKS,
        of=lambda user: StatementLine.objects.filter(tutor=user.pk),
        since="at",
    ),
    Table(
        "payments.StatementMonth",
        plain=f"id tutor month kind lines{FIGURES}",
        section="earnings",
        title=_("Months of your statements"),
        purpose=BOOKS,
        of=lambda user: StatementMonth.objects.filter(tutor=user.pk),
        since="month",
    ),
]

# Nobody's own: what the company's books, its bank and its gateway need.
COMPANY = [
    Table(
        "payments.GatewayEvent",
        plain="id event_key sha256 name status tries try_at note received_at closed_at",
        personal="body",
        hidden="found_by",
        kept="gateway_bodies",
        erased=Erased.EMPTIED,
    ),
    Table("payments.RefusedWebhooks", plain="id hour count last_at"),
    Table("payments.CreditPack", plain="id code credits base_paise is_on_sale"),
    Table("payments.EarningFreeze", plain="id session_id cause frozen_at lifted_at"),
    Table(
        "payments.EarningReversal",
        plain="id earning cause gross_paise commission_paise cgst_paise sgst_paise igst_paise"
        " tds_paise tcs_paise net_paise from_held_paise from_available_paise receivable_paise"
        " created_at",
    ),
    Table("payments.InvoiceCounter", plain="id series year last"),
    Table(
        "payments.ExternalRefund",
        plain="id payment razorpay_refund_id amount_paise seen_at resolution resolved_at"
        " resolved_by note",
    ),
    Table(
        "payments.Funding",
        plain="id amount_paise reference status requested_by requested_at decided_by decided_at",
    ),
    Table(
        "payments.LedgerTxn",
        plain="id kind idem_key fingerprint effective_at created_at xact_id reverses actor_id refs",
    ),
    Table("payments.TaxRate", plain="id name label bps threshold_paise from_on"),
    Table(
        "payments.Settlement",
        plain="id razorpay_settlement_id amount_paise utr settled_at booked_at",
    ),
    Table(
        "payments.SettlementRow",
        plain="id settlement razorpay_settlement_id entity_id kind credit_paise debit_paise"
        " fee_paise tax_paise settled_on",
    ),
    Table(
        "payments.ReconRun",
        plain="id kind status cursor result lease leased_until looked mended found note started_at"
        " finished_at",
    ),
    Table(
        "payments.ReconItem",
        plain="id kind run ref problem ours_paise theirs_paise note found_at seen_at resolved_at"
        " resolved_by",
    ),
]

TABLES = [*FAMILIES, *TUTORS, *COMPANY]
