"""The shapes of a chargeback, as payer or tutor sees it, and of what a tutor came to owe."""

from rest_framework import serializers

from payments.models import GatewayDispute
from payments.queries.reasons import SENTENCES


class ChargebackStepOutput(serializers.Serializer):
    state = serializers.ChoiceField(choices=["done", "now", "failed", ""])
    title = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class ChargebackRow(serializers.Serializer):
    what = serializers.CharField(source="label")
    paise = serializers.IntegerField()


class ChargebackOutput(serializers.Serializer):
    """What the caller's side has to know; the words are in the caller's language."""

    id = serializers.UUIDField(source="dispute.pk")
    status = serializers.ChoiceField(choices=GatewayDispute.Status.choices, source="dispute.status")
    amount_paise = serializers.IntegerField(source="dispute.amount_paise", help_text="questioned")
    deducted_paise = serializers.IntegerField(
        source="dispute.deducted_paise", help_text="what the bank took; 0 unless lost"
    )
    reason = serializers.ChoiceField(choices=tuple(SENTENCES), source="meaning")
    reason_text = serializers.CharField(source="reason", help_text="the reason as a sentence")
    title = serializers.CharField()
    texts = serializers.ListField(child=serializers.CharField(), help_text="what it means")
    todo = serializers.ListField(child=serializers.CharField(), help_text="what can be done")
    steps = ChargebackStepOutput(many=True)
    money = ChargebackRow(many=True, source="rows", help_text="where the tutor's money is")
    opened_at = serializers.DateTimeField(source="dispute.opened_at")
    closed_at = serializers.DateTimeField(source="dispute.closed_at", allow_null=True)
    takes_evidence = serializers.BooleanField(help_text="whether the tutor may hand something in")


class TutorChargebackOutput(ChargebackOutput):
    session = serializers.UUIDField(source="dispute.payment.order.purpose_id")


class DebtOutput(serializers.Serializer):
    """One step: what was added to the debt, or came off it."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    paise = serializers.IntegerField(help_text="below zero when it came off")
    left_paise = serializers.IntegerField(help_text="what was owed after it")
    session = serializers.UUIDField(source="session_id", allow_null=True)
