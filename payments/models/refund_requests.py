from django.db import models
from django.db.models import Q

from payments.models.orders import PaymentOrder
from payments.models.refunds import OrderRefund
from payments.models.two_people import TwoPersonDecision
from tutorhub.core.ids import uuid7


class RefundRequest(TwoPersonDecision):
    """A refund larger than one person in finance may decide (`REFUND_ALONE_MAXIMUM_PAISE`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, related_name="refund_requests"
    )
    amount_paise = models.BigIntegerField(null=True, help_text="empty for all that is left")
    is_to_wallet = models.BooleanField(null=True, help_text="empty for what the family has chosen")
    is_from_tutor = models.BooleanField(
        default=False, help_text="what the class no longer holds is taken back from the tutor"
    )
    decision = models.OneToOneField(
        OrderRefund, on_delete=models.PROTECT, null=True, related_name="request"
    )

    class Meta:
        verbose_name = "large refund"
        constraints = [
            *TwoPersonDecision.Meta.constraints,
            models.CheckConstraint(
                name="refund_request_some",
                condition=Q(amount_paise__isnull=True) | Q(amount_paise__gt=0),
            ),
            models.CheckConstraint(
                name="refund_request_given",
                condition=Q(status="APPROVED", decision__isnull=False)
                | ~Q(status="APPROVED") & Q(decision__isnull=True),
            ),
            models.UniqueConstraint(
                name="refund_request_once", fields=["order"], condition=Q(status="REQUESTED")
            ),
        ]

    def __str__(self) -> str:
        return f"large refund of {self.order_id}"
