from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class Settlement(models.Model):
    """One transfer from Razorpay to our bank (its rows are the settlement report)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    razorpay_settlement_id = models.CharField(max_length=40, unique=True)
    amount_paise = models.BigIntegerField()
    utr = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField()
    booked_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.razorpay_settlement_id


class SettlementRow(models.Model):
    """One line of Razorpay's settlement report: what it settled, and in which transfer."""

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="rows"
    )
    razorpay_settlement_id = models.CharField(max_length=40, blank=True)
    entity_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, help_text="payment, refund, adjustment, …")
    credit_paise = models.BigIntegerField()
    debit_paise = models.BigIntegerField()
    fee_paise = models.BigIntegerField(default=0)
    tax_paise = models.BigIntegerField(default=0)
    settled_on = models.DateField(help_text="in India")

    class Meta:
        verbose_name = "settlement row"
        constraints = [
            models.UniqueConstraint(
                name="settlement_row_once", fields=["entity_id", "razorpay_settlement_id"]
            )
        ]

    def __str__(self) -> str:
        return self.entity_id


class ReconRun(StateMachine):
    """One pass of a reconciler; one that stopped half-way goes on from its cursor."""

    class Kind(models.TextChoices):
        R1 = "R1", _("orders without a webhook")
        R2 = "R2", _("every payment at Razorpay")
        R3 = "R3", _("refunds and payouts without an answer")
        R4 = "R4", _("settlement report against our books")
        R5 = "R5", _("wallet holds past their time")
        R6 = "R6", _("trial balance and ageing")
        R7 = "R7", _("silence of webhooks")

    OPEN = ("RUNNING", "FAILED")

    class Status(models.TextChoices):
        RUNNING = "RUNNING", _("under way")
        DONE = "DONE", _("done")
        FAILED = "FAILED", _("stopped half-way")

    TRANSITIONS = {
        Status.RUNNING: {Status.DONE, Status.FAILED},
        Status.FAILED: {Status.RUNNING},
        Status.DONE: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=2, choices=Kind.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    cursor = models.JSONField(default=dict, help_text="where to go on")
    result = models.JSONField(default=dict, help_text="the figures it came to")
    lease = models.UUIDField(null=True, help_text="whose turn it is")
    leased_until = models.DateTimeField(null=True)
    looked = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "reconciler run"
        constraints = [
            models.CheckConstraint(
                name="recon_status_valid", condition=Q(status__in=["RUNNING", "DONE", "FAILED"])
            ),
            models.UniqueConstraint(
                name="recon_one_open",
                fields=["kind"],
                condition=Q(status__in=["RUNNING", "FAILED"]),
            ),
        ]
        indexes = [models.Index(name="recon_kind_time", fields=["kind", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"


class ReconItem(models.Model):
    """One thing on which our books and the gateway's do not agree."""

    class Problem(models.TextChoices):
        MISSING_HERE = "missing_here", _("not in our books")
        MISSING_THERE = "missing_there", _("not in Razorpay's books")
        DIFFERS = "differs", _("another amount")
        ADJUSTMENT = "adjustment", _("adjustment by Razorpay")
        OLD = "old", _("waiting for too long")
        UNBALANCED = "unbalanced", _("does not add up")
        SILENT = "silent", _("no webhook for too long")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=2, choices=ReconRun.Kind.choices)
    run = models.ForeignKey(ReconRun, on_delete=models.PROTECT, related_name="items")
    ref = models.CharField(max_length=80)
    problem = models.CharField(max_length=14, choices=Problem.choices)
    ours_paise = models.BigIntegerField(null=True)
    theirs_paise = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "difference"
        constraints = [
            models.UniqueConstraint(
                name="recon_open_once",
                fields=["kind", "ref", "problem"],
                condition=Q(resolved_at__isnull=True),
            )
        ]
        indexes = [models.Index(name="recon_item_ref", fields=["ref"])]

    def __str__(self) -> str:
        return f"{self.ref}: {self.get_problem_display()}"
