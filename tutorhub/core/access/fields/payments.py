"""Fields of payments."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import FAMILIES, PEOPLE, STAFF, TUTORS

WRITES: dict[str, Fields] = {
    "payments.TopupInput": Fields(TUTORS, "pack"),
    "payments.VerifyInput": Fields(
        PEOPLE, "razorpay_order_id razorpay_payment_id razorpay_signature"
    ),
    "payments.PayoutInput": Fields(TUTORS, "amount_paise"),
    "payments.PayoutMethodInput": Fields(TUTORS, "kind holder_name pan account_number ifsc vpa"),
    "payments.PayoutMethodChange": Fields(TUTORS, "is_weekly"),
    "payments.TaxProfileInput": Fields(TUTORS, "legal_name address state gstin pan"),
    "payments.FamilyWalletInput": Fields(FAMILIES, "refunds_to_wallet"),
    "payments.WalletTopupInput": Fields(FAMILIES, "amount_paise"),
    "payments.admin.orders.RefundForm": Fields(
        STAFF, "action select_across rupees idempotency_key"
    ),
    "payments.admin.payouts.ReasonForm": Fields(STAFF, "action select_across reason"),
    "payments.admin.payouts.ProofForm": Fields(STAFF, "action select_across reason"),
    "payments.TopupForm": Fields(FAMILIES, "amount"),
    "payments.RefundChoiceForm": Fields(FAMILIES, "goes_to"),
    "payments.PayoutForm": Fields(TUTORS, "amount"),
    "payments.PayoutMethodForm": Fields(TUTORS, "kind holder_name account_number ifsc vpa pan"),
    "payments.TaxProfileForm": Fields(TUTORS, "legal_name address state gstin pan forget_pan"),
    "payments.admin.funding.FundingForm": Fields(STAFF, "rupees reference"),
    "payments.admin.wallets.PromoGrantForm": Fields(STAFF, "user rupees reason"),
    "payments.admin.rates.TaxRateForm": Fields(STAFF, ""),
}

READS: dict[str, Fields] = {
    "payments.PayoutOutput": Fields(
        TUTORS,
        "id status amount_paise account reason utr gateway_status week requested_at "
        "decided_at closed_at",
    ),
    "payments.PayoutDetailOutput": Fields(
        TUTORS,
        "id status amount_paise account reason utr gateway_status week requested_at "
        "decided_at closed_at timeline",
    ),
    "payments.PaymentOutput": Fields(
        PEOPLE,
        "id purpose purpose_id description status method total_paise amount_paise "
        "wallet_paise promo_paise refunded_paise created_at expires_at paid_at",
    ),
    "payments.AttemptOutput": Fields(
        PEOPLE, "razorpay_payment_id status method amount_paise place created_at captured_at"
    ),
    "payments.InvoiceOutput": Fields(
        PEOPLE,
        "id number series issued_on about about_id corrects base_paise cgst_paise sgst_paise "
        "igst_paise total_paise",
    ),
    "payments.ChargebackStepOutput": Fields(PEOPLE, "state title text at"),
    "payments.ChargebackRow": Fields(PEOPLE, "what paise"),
    "payments.ChargebackOutput": Fields(
        PEOPLE,
        "id status amount_paise deducted_paise reason reason_text title texts todo steps "
        "money opened_at closed_at takes_evidence",
    ),
    "payments.TutorChargebackOutput": Fields(
        TUTORS,
        "id status amount_paise deducted_paise reason reason_text title texts todo steps "
        "money opened_at closed_at takes_evidence session",
    ),
    "payments.DebtOutput": Fields(TUTORS, "at title paise left_paise session"),
    "payments.PackOutput": Fields(TUTORS, "id code credits base_paise gst_paise price_paise"),
    "payments.WalletOutput": Fields(TUTORS, "credits packs"),
    "payments.CheckoutOutput": Fields(
        PEOPLE,
        "order razorpay_order_id key_id amount_paise method wallet_paise promo_paise "
        "total_paise currency description expires_at status checkout_path",
    ),
    "payments.VerifyOutput": Fields(PEOPLE, "status order purpose purpose_id"),
    "payments.EarningsOutput": Fields(
        TUTORS,
        "available_paise withdrawable_paise held_paise pending_paise paid_paise receivable_paise",
    ),
    "payments.EarningsPageOutput": Fields(
        TUTORS,
        "available_paise withdrawable_paise held_paise pending_paise paid_paise "
        "receivable_paise months chargebacks debts",
    ),
    "payments.MonthOutput": Fields(
        TUTORS,
        "month classes gross_paise commission_paise gst_paise tds_paise tcs_paise net_paise "
        "taken_back_paise penalty_paise left_paise",
    ),
    "payments.StepOutput": Fields(TUTORS, "state title at text"),
    "payments.PayoutMethodOutput": Fields(
        TUTORS,
        "kind holder_name account pan usable_at validation validation_note registered_name "
        "is_weekly",
    ),
    "payments.TaxProfileOutput": Fields(TUTORS, "legal_name address state gstin pan_hint"),
    "payments.WalletHoldOutput": Fields(
        FAMILIES, "order description held_paise can_be_paid expires_at"
    ),
    "payments.FamilyWalletOutput": Fields(
        FAMILIES,
        "balance_paise cash_paise promo_paise held_paise holds topup_min_paise "
        "topup_max_paise refunds_to_wallet",
    ),
    "payments.WalletEntryOutput": Fields(
        FAMILIES, "id at title description order cash_paise promo_paise balance_paise"
    ),
    "payments.RefundStepOutput": Fields(PEOPLE, "state title text at"),
    "payments.RefundOutput": Fields(
        PEOPLE,
        "id status amount_paise bank_reference expected_by can_take_as_credit created_at "
        "closed_at steps",
    ),
    "payments.DecisionOutput": Fields(
        PEOPLE, "gateway_paise wallet_paise promo_paise is_to_wallet created_at"
    ),
    "payments.PaymentDetailOutput": Fields(
        PEOPLE, "payment attempts decisions refunds outside_paise chargebacks"
    ),
    "payments.EarnedOutput": Fields(
        TUTORS,
        "gross_paise commission_paise gst_paise tds_paise tcs_paise penalty_paise net_paise "
        "paid_out_paise",
    ),
    "payments.EarnedMonthOutput": Fields(
        TUTORS,
        "gross_paise commission_paise gst_paise tds_paise tcs_paise penalty_paise net_paise "
        "paid_out_paise month",
    ),
    "payments.EarnedLineOutput": Fields(
        TUTORS,
        "gross_paise commission_paise gst_paise tds_paise tcs_paise penalty_paise net_paise "
        "paid_out_paise at kind about session",
    ),
    "payments.EarningsStatementOutput": Fields(
        TUTORS, "period opening_paise months total closing_paise"
    ),
    "payments.PaidOutput": Fields(
        PEOPLE, "paid_paise from_wallet_paise refunded_paise to_wallet_paise"
    ),
    "payments.PaidMonthOutput": Fields(
        PEOPLE, "paid_paise from_wallet_paise refunded_paise to_wallet_paise month"
    ),
    "payments.PaidLineOutput": Fields(
        PEOPLE, "paid_paise from_wallet_paise refunded_paise to_wallet_paise at kind order what"
    ),
    "payments.PaymentsStatementOutput": Fields(
        PEOPLE, "period opening_paise months total closing_paise lines"
    ),
}
