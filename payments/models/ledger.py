"""The ledger: append-only, balanced, never overdrawn. Migration 0002 makes PostgreSQL see to it."""

from django.db import models
from django.db.models import F, Q

from tutorhub.core import clock
from tutorhub.core.ids import uuid7

UNITS = ["INR", "LEAD"]


class LedgerAccount(models.Model):
    """One account of one owner in one unit. Only the trigger on entries writes its balance."""

    code = models.CharField(max_length=40)
    owner_key = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=4)
    normal = models.SmallIntegerField()
    track_balance = models.BooleanField()
    allow_negative = models.BooleanField(default=False)
    balance = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_account"
        verbose_name = "ledger account"
        constraints = [
            models.UniqueConstraint(name="acct_identity", fields=["code", "owner_key", "unit"]),
            models.CheckConstraint(
                name="acct_no_overdraft", condition=Q(allow_negative=True) | Q(balance__gte=0)
            ),
            models.CheckConstraint(name="acct_normal", condition=Q(normal__in=[1, -1])),
            models.CheckConstraint(name="acct_unit", condition=Q(unit__in=UNITS)),
            models.CheckConstraint(
                name="acct_untracked_zero", condition=Q(track_balance=True) | Q(balance=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}({self.owner_key})" if self.owner_key else self.code


class LedgerTxn(models.Model):
    """One business fact: legs that add up to zero in every unit, booked once under its key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    idem_key = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=64)
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    xact_id = models.BigIntegerField(default=0)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    actor_id = models.UUIDField(null=True)
    refs = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_txn"
        verbose_name = "ledger transaction"
        constraints = [
            models.CheckConstraint(name="txn_key_given", condition=~Q(idem_key="")),
            models.CheckConstraint(name="txn_not_own_reversal", condition=~Q(reverses=F("id"))),
        ]
        indexes = [models.Index(name="txn_kind_time", fields=["kind", "effective_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.idem_key}"


class LedgerEntry(models.Model):
    """One leg: so much on one side of one account."""

    # Both are found through the unique constraints below, which begin with them. The triggers of
    # migration 0002 look both up anyway and let neither be deleted, which is more than a foreign
    # key says, and they do not lock the rows of accounts that everybody uses.
    txn = models.ForeignKey(
        LedgerTxn,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    seq = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=4)
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    balance_after = models.BigIntegerField(null=True)
    account_version = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_entry"
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(name="entry_one_leg", fields=["txn", "account"]),
            models.UniqueConstraint(name="entry_version", fields=["account", "account_version"]),
            models.CheckConstraint(
                name="entry_one_side",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} D {self.debit} C {self.credit}"
