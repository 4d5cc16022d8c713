from rest_framework import serializers

from payments.api.chargeback_serializers import DebtOutput, TutorChargebackOutput
from payments.models import PaymentOrder, Payout, PayoutMethod
from tutorhub.core.strict import Strict


class PackOutput(serializers.Serializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    credits = serializers.IntegerField()
    base_paise = serializers.IntegerField(help_text="before GST")
    gst_paise = serializers.IntegerField()
    price_paise = serializers.IntegerField(help_text="what is paid, GST included")


class WalletOutput(serializers.Serializer):
    credits = serializers.IntegerField()
    packs = PackOutput(many=True)


class TopupInput(Strict):
    pack = serializers.CharField(max_length=40, help_text="code or id of a pack on sale")


class CheckoutOutput(serializers.Serializer):
    """What a client needs to open Razorpay's Checkout; filled by `queries.checkout_of`."""

    order = serializers.UUIDField()
    razorpay_order_id = serializers.CharField(allow_null=True)
    key_id = serializers.CharField()
    amount_paise = serializers.IntegerField(help_text="what Razorpay collects; may be nothing")
    method = serializers.ChoiceField(choices=PaymentOrder.Method.choices)
    wallet_paise = serializers.IntegerField(help_text="paid from the wallet")
    promo_paise = serializers.IntegerField(help_text="paid from promotional balance")
    total_paise = serializers.IntegerField(help_text="the price: all three together")
    currency = serializers.CharField()
    description = serializers.CharField()
    expires_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=PaymentOrder.Status.choices)
    checkout_path = serializers.CharField(help_text="the same as a page")


class VerifyInput(Strict):
    razorpay_order_id = serializers.CharField(max_length=40)
    razorpay_payment_id = serializers.CharField(max_length=40)
    razorpay_signature = serializers.CharField(max_length=128)


class VerifyOutput(serializers.Serializer):
    status = serializers.ChoiceField(choices=PaymentOrder.Status.choices)
    order = serializers.UUIDField(source="id")
    purpose = serializers.ChoiceField(choices=PaymentOrder.Purpose.choices)
    purpose_id = serializers.UUIDField()


class EarningsOutput(serializers.Serializer):
    available_paise = serializers.IntegerField(help_text="released to you")
    withdrawable_paise = serializers.IntegerField(help_text="the part whose first wait is over")
    held_paise = serializers.IntegerField(help_text="waits for the family's word")
    pending_paise = serializers.IntegerField(help_text="on its way out")
    paid_paise = serializers.IntegerField()
    receivable_paise = serializers.IntegerField(
        help_text="taken back after it was paid out; comes off later earnings"
    )


class MonthOutput(serializers.Serializer):
    month = serializers.DateField(format="%Y-%m", help_text="like 2026-11, in India")
    classes = serializers.IntegerField(help_text="completed in that month")
    gross_paise = serializers.IntegerField()
    commission_paise = serializers.IntegerField()
    gst_paise = serializers.IntegerField()
    tds_paise = serializers.IntegerField()
    tcs_paise = serializers.IntegerField()
    net_paise = serializers.IntegerField()
    taken_back_paise = serializers.IntegerField(
        help_text="of net, in that month, of whichever class"
    )
    penalty_paise = serializers.IntegerField(help_text="for classes that the tutor let down")
    left_paise = serializers.IntegerField(help_text="net less what was taken back and penalties")


class EarningsPageOutput(EarningsOutput):
    months = MonthOutput(many=True, help_text="this month and the eleven before it, oldest first")
    chargebacks = TutorChargebackOutput(
        many=True, help_text="what families' banks question, the newest ten"
    )
    debts = DebtOutput(many=True, help_text="what was owed and how it came in, newest first")


class PayoutInput(Strict):
    amount_paise = serializers.IntegerField(min_value=1, max_value=10**12)


class PayoutOutput(serializers.ModelSerializer):
    account = serializers.CharField(source="method.hint")

    class Meta:
        model = Payout
        fields = [
            *("id", "status", "amount_paise", "account", "reason", "utr"),
            *("gateway_status", "week", "requested_at", "decided_at", "closed_at"),
        ]
        read_only_fields = fields


class StepOutput(serializers.Serializer):
    state = serializers.ChoiceField(
        choices=["done", "now", "failed", ""], help_text="empty: still to come"
    )
    title = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    text = serializers.CharField(allow_blank=True)


class PayoutDetailOutput(PayoutOutput):
    timeline = StepOutput(many=True)

    class Meta(PayoutOutput.Meta):
        fields = [*PayoutOutput.Meta.fields, "timeline"]
        read_only_fields = fields


class PayoutMethodInput(Strict):
    kind = serializers.ChoiceField(choices=PayoutMethod.Kind.choices)
    holder_name = serializers.CharField(min_length=3, max_length=120)
    pan = serializers.CharField(max_length=14)
    account_number = serializers.CharField(max_length=24, required=False, default="")
    ifsc = serializers.CharField(max_length=14, required=False, default="")
    vpa = serializers.CharField(max_length=130, required=False, default="")


class PayoutMethodOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=PayoutMethod.Kind.choices)
    holder_name = serializers.CharField()
    account = serializers.CharField(source="hint")
    pan = serializers.CharField(source="pan_hint")
    usable_at = serializers.DateTimeField()
    validation = serializers.ChoiceField(
        choices=PayoutMethod.Validation.choices, help_text="empty: not checked yet"
    )
    validation_note = serializers.CharField()
    registered_name = serializers.CharField(help_text="the holder, as the bank has it")
    is_weekly = serializers.BooleanField(help_text="paid out every Monday without asking")


class PayoutMethodChange(Strict):
    is_weekly = serializers.BooleanField()


class TaxProfileInput(Strict):
    legal_name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    state = serializers.CharField(max_length=60)
    gstin = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    pan = serializers.CharField(
        max_length=14,
        required=False,
        allow_blank=True,
        help_text="left out, it stays; empty, it is taken out",
    )


class TaxProfileOutput(serializers.Serializer):
    legal_name = serializers.CharField()
    address = serializers.CharField()
    state = serializers.CharField()
    gstin = serializers.CharField()
    pan_hint = serializers.CharField()
