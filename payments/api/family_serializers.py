"""The shapes of a family's wallet, payments and refunds."""

from rest_framework import serializers

from payments.api.chargeback_serializers import ChargebackOutput
from payments.models import Payment, PaymentOrder, Refund
from tutorhub.core.strict import Strict


class WalletHoldOutput(serializers.Serializer):
    """What one order holds of the wallet."""

    order = serializers.UUIDField(source="pk")
    description = serializers.CharField()
    held_paise = serializers.IntegerField(source="own_paise")
    can_be_paid = serializers.BooleanField(
        source="is_live",
        help_text="false: it comes back when the bank has confirmed that nothing was paid",
    )
    expires_at = serializers.DateTimeField()


class FamilyWalletOutput(serializers.Serializer):
    balance_paise = serializers.IntegerField(
        source="balance.total_paise", help_text="what can be spent: both below together"
    )
    cash_paise = serializers.IntegerField(
        source="balance.cash_paise", help_text="topped up or paid back"
    )
    promo_paise = serializers.IntegerField(
        source="balance.promo_paise", help_text="given by TutorHub; spent first, never paid out"
    )
    held_paise = serializers.IntegerField(help_text="set aside for payments; all below together")
    holds = WalletHoldOutput(source="held", many=True)
    topup_min_paise = serializers.IntegerField(help_text="0 when nothing can be added now")
    topup_max_paise = serializers.IntegerField(help_text="0 when nothing can be added now")
    refunds_to_wallet = serializers.BooleanField(
        help_text="where refunds of classes go; false: back to where it was paid from"
    )


class FamilyWalletInput(Strict):
    refunds_to_wallet = serializers.BooleanField()


class WalletEntryOutput(serializers.Serializer):
    """One transaction of the ledger, as the family sees it."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    title = serializers.CharField()
    description = serializers.CharField()
    order = serializers.UUIDField(source="order_id", allow_null=True)
    cash_paise = serializers.IntegerField(help_text="below zero when money goes")
    promo_paise = serializers.IntegerField(help_text="below zero when money goes")
    balance_paise = serializers.IntegerField(
        source="balance.total_paise", help_text="what could be spent after it"
    )


class WalletTopupInput(Strict):
    amount_paise = serializers.IntegerField(min_value=1, max_value=10**9)


class PaymentOutput(serializers.ModelSerializer):
    total_paise = serializers.IntegerField(help_text="the price")
    refunded_paise = serializers.IntegerField(help_text="decided to be given back, all tenders")

    class Meta:
        model = PaymentOrder
        fields = [
            *("id", "purpose", "purpose_id", "description", "status", "method", "total_paise"),
            *("amount_paise", "wallet_paise", "promo_paise", "refunded_paise"),
            *("created_at", "expires_at", "paid_at"),
        ]
        read_only_fields = fields


class AttemptOutput(serializers.ModelSerializer):
    place = serializers.ChoiceField(choices=Payment.Place.choices, help_text="where the money is")

    class Meta:
        model = Payment
        fields = [
            *("razorpay_payment_id", "status", "method", "amount_paise", "place"),
            *("created_at", "captured_at"),
        ]
        read_only_fields = fields


class RefundStepOutput(serializers.Serializer):
    state = serializers.ChoiceField(choices=["done", "now", "failed", ""])
    title = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class RefundOutput(serializers.Serializer):
    """Money on its way back through Razorpay."""

    id = serializers.UUIDField(source="refund.pk")
    status = serializers.ChoiceField(choices=Refund.Status.choices, source="refund.status")
    amount_paise = serializers.IntegerField(source="refund.amount_paise")
    bank_reference = serializers.CharField(
        source="refund.bank_reference", help_text="ARN, RRN or UTR once it is known"
    )
    expected_by = serializers.DateField(allow_null=True)
    can_take_as_credit = serializers.BooleanField(
        help_text="the bank did not take it: POST /payments/refunds/{id}/to-wallet"
    )
    created_at = serializers.DateTimeField(source="refund.created_at")
    closed_at = serializers.DateTimeField(source="refund.closed_at", allow_null=True)
    steps = RefundStepOutput(many=True)


class DecisionOutput(serializers.Serializer):
    """How one refund was divided; with `is_to_wallet` all of it is in the wallet."""

    gateway_paise = serializers.IntegerField()
    wallet_paise = serializers.IntegerField()
    promo_paise = serializers.IntegerField()
    is_to_wallet = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class PaymentDetailOutput(serializers.Serializer):
    payment = PaymentOutput(source="order")
    attempts = AttemptOutput(many=True)
    decisions = DecisionOutput(many=True)
    refunds = RefundOutput(many=True)
    outside_paise = serializers.IntegerField(help_text="paid back by Razorpay without us")
    chargebacks = ChargebackOutput(many=True, help_text="what the payer's bank questions")
