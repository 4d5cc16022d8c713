from rest_framework import serializers

from payments.models import PaymentOrder, Payout, PayoutMethod


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


class TopupInput(serializers.Serializer):
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


class VerifyInput(serializers.Serializer):
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


class PayoutInput(serializers.Serializer):
    amount_paise = serializers.IntegerField(min_value=1, max_value=10**12)


class PayoutOutput(serializers.ModelSerializer):
    account = serializers.CharField(source="method.hint")

    class Meta:
        model = Payout
        fields = [
            *("id", "status", "amount_paise", "account", "reason", "utr"),
            *("requested_at", "decided_at", "closed_at"),
        ]
        read_only_fields = fields


class PayoutMethodInput(serializers.Serializer):
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
