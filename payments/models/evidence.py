from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models.invoices import Invoice
from payments.models.refunds import GatewayDispute
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def locked(self) -> "EvidenceFileQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def given_by(self, user: User) -> "EvidenceFileQuerySet":
        return self.filter(giver=user)

    def from_tutors(self) -> "EvidenceFileQuerySet":
        return self.filter(kind=EvidenceFile.Kind.TUTOR)

    def received(self) -> "EvidenceFileQuerySet":
        return self.filter(status=EvidenceFile.Status.RECEIVED)

    def chosen(self) -> "EvidenceFileQuerySet":
        """What goes to the bank with our answer, or went with it."""
        return self.filter(is_chosen=True)


class EvidenceFile(StateMachine):
    """A paper for the payer's bank: a tutor's file in private storage, or one that we make."""

    class Kind(models.TextChoices):
        TUTOR = "tutor", _("file from the tutor")
        STATEMENT = "statement", _("the tutor's words")
        CLASS = "class", _("what we know")
        RECEIPT = "receipt", _("receipt")

    class Status(models.TextChoices):
        UPLOADING = "UPLOADING", _("not uploaded yet")
        RECEIVED = "RECEIVED", _("with us")

    TRANSITIONS = {
        Status.UPLOADING: {Status.RECEIVED},
        Status.RECEIVED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(GatewayDispute, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADING)
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the tutor, or the member of finance who chose it",
    )
    filename = models.CharField(max_length=100)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    upload_key = models.CharField(max_length=100, null=True, unique=True)
    stored_key = models.CharField(max_length=100, blank=True)
    content = models.JSONField(default=dict, help_text="of a paper that we make: what it says")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    is_chosen = models.BooleanField(default=False)
    razorpay_document_id = models.CharField(max_length=40, null=True, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    received_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="when the bank got it")

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        verbose_name = "evidence"
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_status_valid", condition=Q(status__in=["UPLOADING", "RECEIVED"])
            ),
            models.CheckConstraint(
                name="evidence_kind_valid",
                condition=Q(kind__in=["tutor", "statement", "class", "receipt"]),
            ),
            models.CheckConstraint(
                name="evidence_received_whole",
                condition=Q(status="UPLOADING", stored_key="", received_at__isnull=True)
                | Q(status="RECEIVED", received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_file_is_somewhere",
                condition=Q(kind="tutor", upload_key__isnull=False)
                & (Q(status="UPLOADING") | ~Q(stored_key=""))
                | ~Q(kind="tutor") & Q(status="RECEIVED", upload_key__isnull=True, stored_key=""),
            ),
            models.CheckConstraint(
                name="evidence_receipt_has_invoice",
                condition=Q(kind="receipt", invoice__isnull=False)
                | ~Q(kind="receipt") & Q(invoice__isnull=True),
            ),
            models.CheckConstraint(
                name="evidence_chosen_when_received",
                condition=Q(is_chosen=False) | Q(status="RECEIVED"),
            ),
        ]

    def __str__(self) -> str:
        return self.filename
