import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import tutorhub.core.clock
import tutorhub.core.crypto
import tutorhub.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("razorpay_payment_id", models.CharField(max_length=40, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "started"),
                            ("authorized", "authorised"),
                            ("captured", "received"),
                            ("refunded", "paid back"),
                            ("failed", "failed"),
                        ],
                        default="created",
                        max_length=10,
                    ),
                ),
                ("amount_paise", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("method", models.CharField(blank=True, max_length=20)),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not received"),
                            ("purpose", "paid for the thing"),
                            ("unapplied", "set aside"),
                            ("returned", "on its way back"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "alarm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("mismatch", "Mismatch"),
                            ("duplicate", "Duplicate"),
                            ("refunded", "Refunded"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("fee_paise", models.BigIntegerField(null=True)),
                ("tax_paise", models.BigIntegerField(null=True)),
                ("refund_reserved_paise", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("captured_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RefundPreference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="refund_preference",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_to_wallet", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField(default=tutorhub.core.clock.now)),
            ],
            options={
                "verbose_name": "refund preference",
            },
        ),
        migrations.CreateModel(
            name="RefusedWebhooks",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField(unique=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "refused webhooks",
                "verbose_name_plural": "refused webhooks",
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("razorpay_settlement_id", models.CharField(max_length=40, unique=True)),
                ("amount_paise", models.BigIntegerField()),
                ("utr", models.CharField(blank=True, max_length=40)),
                ("settled_at", models.DateTimeField()),
                ("booked_at", models.DateTimeField(default=tutorhub.core.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="CreditPack",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("credits", models.PositiveIntegerField()),
                ("base_paise", models.BigIntegerField(help_text="before GST")),
                ("is_on_sale", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("credits__gt", 0)), name="pack_gives_credits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("base_paise__gte", 100)), name="pack_has_price"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Earning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("session_id", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("class", "class"),
                            ("cancellation", "late cancellation"),
                            ("no_show", "learner did not come"),
                        ],
                        default="class",
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("HELD", "held"),
                            ("RELEASED", "released"),
                            ("REVERSED", "taken back"),
                        ],
                        default="HELD",
                        max_length=10,
                    ),
                ),
                ("gross_paise", models.BigIntegerField()),
                ("commission_bps", models.PositiveIntegerField()),
                ("commission_paise", models.BigIntegerField()),
                ("cgst_paise", models.BigIntegerField()),
                ("sgst_paise", models.BigIntegerField()),
                ("igst_paise", models.BigIntegerField()),
                ("gst_bps", models.PositiveIntegerField()),
                ("tds_bps", models.PositiveIntegerField()),
                ("tds_paise", models.BigIntegerField()),
                ("tcs_bps", models.PositiveIntegerField(default=0)),
                ("tcs_paise", models.BigIntegerField()),
                ("net_paise", models.BigIntegerField()),
                (
                    "reversed_net_paise",
                    models.BigIntegerField(default=0, help_text="taken back from the tutor"),
                ),
                (
                    "frozen_paise",
                    models.BigIntegerField(
                        default=0, help_text="released before, held again until a dispute is over"
                    ),
                ),
                ("held_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EarningFreeze",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("session_id", models.UUIDField()),
                (
                    "cause",
                    models.CharField(help_text="what it is frozen for", max_length=80, unique=True),
                ),
                ("frozen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=["session_id"],
                        name="freeze_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarningReversal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        help_text="what it was taken back for", max_length=80, unique=True
                    ),
                ),
                ("gross_paise", models.BigIntegerField()),
                ("commission_paise", models.BigIntegerField()),
                ("cgst_paise", models.BigIntegerField()),
                ("sgst_paise", models.BigIntegerField()),
                ("igst_paise", models.BigIntegerField()),
                ("tds_paise", models.BigIntegerField()),
                ("tcs_paise", models.BigIntegerField()),
                ("net_paise", models.BigIntegerField()),
                ("from_held_paise", models.BigIntegerField()),
                ("from_available_paise", models.BigIntegerField()),
                ("receivable_paise", models.BigIntegerField(help_text="what the tutor now owes")),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "earning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="payments.earning",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Funding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_paise", models.BigIntegerField()),
                ("reference", models.CharField(help_text="of the bank (UTR)", max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "waits for a second person"),
                            ("APPROVED", "approved"),
                            ("REJECTED", "rejected"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "funding of payouts",
                "verbose_name_plural": "fundings of payouts",
            },
        ),
        migrations.CreateModel(
            name="GatewayDispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("razorpay_dispute_id", models.CharField(max_length=40, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "to be answered"),
                            ("under_review", "with the bank"),
                            ("won", "won"),
                            ("lost", "lost"),
                            ("closed", "closed"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("phase", models.CharField(blank=True, max_length=20)),
                ("reason_code", models.CharField(blank=True, max_length=80)),
                ("amount_paise", models.BigIntegerField()),
                ("deducted_paise", models.BigIntegerField(default=0)),
                (
                    "escrow_paise",
                    models.BigIntegerField(
                        default=0,
                        help_text="of what was deducted, taken from money that nobody had earned yet",
                    ),
                ),
                (
                    "payer_paise",
                    models.BigIntegerField(
                        default=0,
                        help_text="of what was deducted, taken from the payer's wallet, or owed",
                    ),
                ),
                (
                    "loss_paise",
                    models.BigIntegerField(
                        default=0, help_text="of what was deducted, our own loss"
                    ),
                ),
                ("respond_by", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "none yet"),
                            ("accept", "accepted"),
                            ("contest", "contested"),
                        ],
                        default="",
                        max_length=7,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("summary", models.TextField(blank=True, help_text="what we tell the bank")),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "statement",
                    models.TextField(blank=True, help_text="what the tutor says about it"),
                ),
                ("stated_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "chargeback",
            },
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("event_key", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("body", models.BinaryField()),
                (
                    "found_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), null=True, size=None
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "Received"),
                            ("DONE", "Done"),
                            ("IGNORED", "Ignored"),
                            ("ORPHAN", "Orphan"),
                            ("RESTING", "Resting"),
                        ],
                        default="RECEIVED",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("try_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("received_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "gateway event",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["RECEIVED", "ORPHAN", "RESTING"])),
                        fields=["status", "received_at"],
                        name="event_waiting",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["found_by"], name="event_found_by"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event_key", "sha256"), name="event_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["RECEIVED", "DONE", "IGNORED", "ORPHAN", "RESTING"])
                        ),
                        name="event_status_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        choices=[("TH", "tax invoice"), ("CN", "credit note"), ("RV", "receipt")],
                        max_length=2,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("text", models.CharField(help_text="as printed", max_length=16, unique=True)),
                (
                    "about",
                    models.CharField(
                        help_text="commission, credit_pack, session, …", max_length=20
                    ),
                ),
                ("about_id", models.UUIDField()),
                ("issued_on", models.DateField(help_text="in India")),
                ("seller", models.JSONField()),
                ("buyer", models.JSONField()),
                ("lines", models.JSONField()),
                ("base_paise", models.BigIntegerField()),
                ("cgst_paise", models.BigIntegerField(default=0)),
                ("sgst_paise", models.BigIntegerField(default=0)),
                ("igst_paise", models.BigIntegerField(default=0)),
                ("total_paise", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="payments.invoice",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tutor", "file from the tutor"),
                            ("statement", "the tutor's words"),
                            ("class", "what we know"),
                            ("receipt", "receipt"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("UPLOADING", "not uploaded yet"), ("RECEIVED", "with us")],
                        default="UPLOADING",
                        max_length=10,
                    ),
                ),
                ("filename", models.CharField(max_length=100)),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("upload_key", models.CharField(max_length=100, null=True, unique=True)),
                ("stored_key", models.CharField(blank=True, max_length=100)),
                (
                    "content",
                    models.JSONField(
                        default=dict, help_text="of a paper that we make: what it says"
                    ),
                ),
                ("is_chosen", models.BooleanField(default=False)),
                ("razorpay_document_id", models.CharField(max_length=40, null=True, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("received_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(help_text="when the bank got it", null=True)),
                (
                    "giver",
                    models.ForeignKey(
                        help_text="the tutor, or the member of finance who chose it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="payments.gatewaydispute",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=2)),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        help_text="in which the year begins, on 1 April"
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("series", "year"), name="counter_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("last__lte", 9999999)), name="counter_fits"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("owner_key", models.CharField(blank=True, max_length=40)),
                ("unit", models.CharField(max_length=4)),
                ("normal", models.SmallIntegerField()),
                ("track_balance", models.BooleanField()),
                ("allow_negative", models.BooleanField(default=False)),
                ("balance", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "ledger account",
                "db_table": "ledger_account",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "owner_key", "unit"), name="acct_identity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allow_negative", True), ("balance__gte", 0), _connector="OR"
                        ),
                        name="acct_no_overdraft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("normal__in", [1, -1])), name="acct_normal"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["INR", "LEAD"])), name="acct_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("track_balance", True), ("balance", 0), _connector="OR"
                        ),
                        name="acct_untracked_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerTxn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("idem_key", models.CharField(max_length=120, unique=True)),
                ("fingerprint", models.CharField(max_length=64)),
                ("effective_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("xact_id", models.BigIntegerField(default=0)),
                ("actor_id", models.UUIDField(null=True)),
                ("refs", models.JSONField(default=dict)),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="payments.ledgertxn",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger transaction",
                "db_table": "ledger_txn",
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveSmallIntegerField()),
                ("unit", models.CharField(max_length=4)),
                ("debit", models.BigIntegerField(default=0)),
                ("credit", models.BigIntegerField(default=0)),
                ("balance_after", models.BigIntegerField(null=True)),
                ("account_version", models.BigIntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="payments.ledgeraccount",
                    ),
                ),
                (
                    "txn",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="payments.ledgertxn",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "db_table": "ledger_entry",
            },
        ),
        migrations.CreateModel(
            name="ExternalRefund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("razorpay_refund_id", models.CharField(max_length=40, unique=True)),
                ("amount_paise", models.BigIntegerField()),
                ("seen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "to be decided"),
                            ("order", "taken from what the order paid for"),
                            ("tutor", "taken from the tutor"),
                            ("wallet", "taken from the family's wallet"),
                            ("loss", "our loss"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("resolved_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_refunds",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund from outside",
                "verbose_name_plural": "refunds from outside",
            },
        ),
        migrations.CreateModel(
            name="PaymentOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("session", "class"),
                            ("credit_pack", "lead credits"),
                            ("wallet_topup", "wallet top-up"),
                        ],
                        max_length=12,
                    ),
                ),
                ("purpose_id", models.UUIDField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("CREATING", "preparing"),
                            ("OPEN", "to be paid"),
                            ("PAID", "paid"),
                            ("EXPIRED", "expired"),
                            ("CANCELLED", "cancelled"),
                            ("PAID_LATE", "paid late"),
                        ],
                        default="CREATING",
                        max_length=10,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("razorpay", "UPI, card or net banking"),
                            ("wallet", "wallet"),
                            ("mixed", "wallet, and the rest by UPI, card or net banking"),
                        ],
                        default="razorpay",
                        max_length=10,
                    ),
                ),
                ("amount_paise", models.BigIntegerField(help_text="what Razorpay is to collect")),
                (
                    "wallet_paise",
                    models.BigIntegerField(default=0, help_text="paid from the wallet"),
                ),
                (
                    "promo_paise",
                    models.BigIntegerField(default=0, help_text="paid from promotional balance"),
                ),
                (
                    "hold",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing held"),
                            ("held", "held"),
                            ("used", "used"),
                            ("released", "given back"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("refunded_gateway_paise", models.BigIntegerField(default=0)),
                ("refunded_wallet_paise", models.BigIntegerField(default=0)),
                ("refunded_promo_paise", models.BigIntegerField(default=0)),
                ("currency", models.CharField(default="INR", max_length=3)),
                ("description", models.CharField(max_length=120)),
                (
                    "terms",
                    models.JSONField(
                        default=dict, help_text="what was sold, as it was on that day"
                    ),
                ),
                ("receipt", models.CharField(max_length=40, unique=True)),
                ("razorpay_order_id", models.CharField(max_length=40, null=True, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("paid_at", models.DateTimeField(null=True)),
                ("check_at", models.DateTimeField(null=True)),
                ("checks", models.PositiveSmallIntegerField(default=0)),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_orders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "payment order",
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="payments.paymentorder",
            ),
        ),
        migrations.CreateModel(
            name="OrderRefund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gateway_paise", models.BigIntegerField(default=0)),
                ("wallet_paise", models.BigIntegerField(default=0)),
                ("promo_paise", models.BigIntegerField(default=0)),
                (
                    "is_to_wallet",
                    models.BooleanField(
                        default=False,
                        help_text="what Razorpay collected goes into the wallet, as the family chose",
                    ),
                ),
                ("reason", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_refunds",
                        to="payments.paymentorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund decision",
            },
        ),
        migrations.CreateModel(
            name="CreditLot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("credits", models.PositiveIntegerField()),
                ("used", models.PositiveIntegerField(default=0)),
                (
                    "returned",
                    models.PositiveIntegerField(default=0, help_text="unused, and paid back"),
                ),
                ("base_paise", models.BigIntegerField()),
                ("earned_paise", models.BigIntegerField(default=0)),
                ("returned_paise", models.BigIntegerField(default=0, help_text="before GST")),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_lots",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="payments.paymentorder"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutMethod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("bank", "bank account"), ("upi", "UPI")], max_length=4
                    ),
                ),
                ("holder_name", models.CharField(max_length=120)),
                ("account_number", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("ifsc", models.CharField(blank=True, max_length=11)),
                ("vpa", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("pan", tutorhub.core.crypto.EncryptedTextField()),
                ("hint", models.CharField(help_text="what may be shown of it", max_length=40)),
                ("razorpay_contact_id", models.CharField(blank=True, max_length=40)),
                ("razorpay_fund_account_id", models.CharField(blank=True, max_length=40)),
                ("razorpay_validation_id", models.CharField(blank=True, max_length=40)),
                (
                    "validation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not checked yet"),
                            ("pending", "being checked"),
                            ("valid", "checked"),
                            ("failed", "refused by the bank"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("validation_note", models.CharField(blank=True, max_length=200)),
                ("validation_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "registered_name",
                    models.CharField(blank=True, help_text="as the bank has it", max_length=120),
                ),
                ("validated_at", models.DateTimeField(null=True)),
                (
                    "is_weekly",
                    models.BooleanField(
                        default=False, help_text="pay out every week without asking"
                    ),
                ),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("usable_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_methods",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "payout method",
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_paise", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "asked for"),
                            ("APPROVED", "approved"),
                            ("SENDING", "on its way"),
                            ("PROCESSED", "paid out"),
                            ("FAILED", "failed"),
                            ("REVERSED", "sent back by the bank"),
                            ("REJECTED", "rejected"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                (
                    "rail",
                    models.CharField(
                        choices=[("razorpayx", "RazorpayX")], default="razorpayx", max_length=10
                    ),
                ),
                (
                    "week",
                    models.DateField(
                        help_text="the Monday of a payout that nobody asked for", null=True
                    ),
                ),
                (
                    "gateway_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "waits for a second look"),
                            ("queued", "waits for money in our account"),
                            ("scheduled", "is planned"),
                            ("processing", "the bank is working on it"),
                            ("processed", "the bank has paid"),
                            ("cancelled", "called off"),
                            ("failed", "the bank could not pay"),
                            ("rejected", "refused before it was sent"),
                            ("reversed", "came back from the bank"),
                        ],
                        help_text="as the bank has it",
                        max_length=20,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("razorpay_payout_id", models.CharField(max_length=40, null=True, unique=True)),
                ("utr", models.CharField(blank=True, max_length=40)),
                ("fees_paise", models.BigIntegerField(default=0)),
                ("tax_paise", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.payoutmethod",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PromoGrant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "waits for a second person"),
                            ("APPROVED", "approved"),
                            ("REJECTED", "rejected"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                ("amount_paise", models.BigIntegerField()),
                ("reason", models.CharField(help_text="the family sees it", max_length=120)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promo_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "promotional balance",
                "verbose_name_plural": "promotional balances",
            },
        ),
        migrations.CreateModel(
            name="ReconRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("R1", "orders without a webhook"),
                            ("R2", "every payment at Razorpay"),
                            ("R3", "refunds and payouts without an answer"),
                            ("R4", "settlement report against our books"),
                            ("R5", "wallet holds past their time"),
                            ("R6", "trial balance and ageing"),
                            ("R7", "silence of webhooks"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("RUNNING", "under way"),
                            ("DONE", "done"),
                            ("FAILED", "stopped half-way"),
                        ],
                        default="RUNNING",
                        max_length=8,
                    ),
                ),
                ("cursor", models.JSONField(default=dict, help_text="where to go on")),
                ("result", models.JSONField(default=dict, help_text="the figures it came to")),
                ("lease", models.UUIDField(help_text="whose turn it is", null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("looked", models.PositiveIntegerField(default=0)),
                ("mended", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("started_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "reconciler run",
                "indexes": [models.Index(fields=["kind", "-started_at"], name="recon_kind_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["RUNNING", "DONE", "FAILED"])),
                        name="recon_status_valid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["RUNNING", "FAILED"])),
                        fields=("kind",),
                        name="recon_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("R1", "orders without a webhook"),
                            ("R2", "every payment at Razorpay"),
                            ("R3", "refunds and payouts without an answer"),
                            ("R4", "settlement report against our books"),
                            ("R5", "wallet holds past their time"),
                            ("R6", "trial balance and ageing"),
                            ("R7", "silence of webhooks"),
                        ],
                        max_length=2,
                    ),
                ),
                ("ref", models.CharField(max_length=80)),
                (
                    "problem",
                    models.CharField(
                        choices=[
                            ("missing_here", "not in our books"),
                            ("missing_there", "not in Razorpay's books"),
                            ("differs", "another amount"),
                            ("adjustment", "adjustment by Razorpay"),
                            ("old", "waiting for too long"),
                            ("unbalanced", "does not add up"),
                            ("silent", "no webhook for too long"),
                        ],
                        max_length=14,
                    ),
                ),
                ("ours_paise", models.BigIntegerField(null=True)),
                ("theirs_paise", models.BigIntegerField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("seen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="payments.reconrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "difference",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_paise", models.BigIntegerField()),
                ("reason", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("INITIATED", "being sent"),
                            ("UNKNOWN", "being looked into"),
                            ("PENDING", "on its way"),
                            ("PROCESSED", "paid back"),
                            ("FAILED", "failed"),
                            ("CREDITED", "put into the wallet"),
                        ],
                        default="INITIATED",
                        max_length=10,
                    ),
                ),
                ("razorpay_refund_id", models.CharField(max_length=40, null=True, unique=True)),
                (
                    "bank_reference",
                    models.CharField(
                        blank=True,
                        help_text="ARN, RRN or UTR, by which a bank finds the money",
                        max_length=60,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gateway_refund",
                        to="payments.orderrefund",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
                (
                    "retries",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retried_by",
                        to="payments.refund",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SettlementRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("razorpay_settlement_id", models.CharField(blank=True, max_length=40)),
                ("entity_id", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(help_text="payment, refund, adjustment, …", max_length=20),
                ),
                ("credit_paise", models.BigIntegerField()),
                ("debit_paise", models.BigIntegerField()),
                ("fee_paise", models.BigIntegerField(default=0)),
                ("tax_paise", models.BigIntegerField(default=0)),
                ("settled_on", models.DateField(help_text="in India")),
                (
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="payments.settlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "settlement row",
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gross_paise", models.BigIntegerField(default=0)),
                ("commission_paise", models.BigIntegerField(default=0)),
                ("gst_paise", models.BigIntegerField(default=0)),
                ("tds_paise", models.BigIntegerField(default=0)),
                ("tcs_paise", models.BigIntegerField(default=0)),
                ("penalty_paise", models.BigIntegerField(db_default=0, default=0)),
                ("net_paise", models.BigIntegerField(default=0)),
                ("paid_out_paise", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("class", "class"),
                            ("cancellation", "late cancellation"),
                            ("no_show", "learner did not come"),
                            ("taken_back", "taken back"),
                            ("penalty", "penalty"),
                            ("payout", "payout"),
                            ("payout_back", "payout that came back"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "about_id",
                    models.UUIDField(
                        help_text="the earning, the reversal, the payout, or the transaction of the penalty"
                    ),
                ),
                ("session_id", models.UUIDField(null=True)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_lines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "statement line",
            },
        ),
        migrations.CreateModel(
            name="StatementMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gross_paise", models.BigIntegerField(default=0)),
                ("commission_paise", models.BigIntegerField(default=0)),
                ("gst_paise", models.BigIntegerField(default=0)),
                ("tds_paise", models.BigIntegerField(default=0)),
                ("tcs_paise", models.BigIntegerField(default=0)),
                ("penalty_paise", models.BigIntegerField(db_default=0, default=0)),
                ("net_paise", models.BigIntegerField(default=0)),
                ("paid_out_paise", models.BigIntegerField(default=0)),
                ("month", models.DateField(help_text="its first day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("class", "class"),
                            ("cancellation", "late cancellation"),
                            ("no_show", "learner did not come"),
                            ("taken_back", "taken back"),
                            ("penalty", "penalty"),
                            ("payout", "payout"),
                            ("payout_back", "payout that came back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("lines", models.PositiveIntegerField(default=0)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "month of a statement",
            },
        ),
        migrations.CreateModel(
            name="TaxProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("legal_name", models.CharField(max_length=120)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("state", models.CharField(max_length=60)),
                ("gstin", models.CharField(blank=True, max_length=15)),
                ("pan", tutorhub.core.crypto.EncryptedTextField(blank=True, default="")),
                ("changed_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_profile",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "tax profile",
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("commission_session", "Commission Session"),
                            ("commission_batch", "Commission Batch"),
                            ("commission_course", "Commission Course"),
                            ("gst", "Gst"),
                            ("tds", "Tds"),
                            ("tds_no_pan", "Tds No Pan"),
                            ("tcs", "Tcs"),
                        ],
                        max_length=30,
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                ("bps", models.PositiveIntegerField(help_text="basis points: 1 is 0.01 %")),
                (
                    "threshold_paise",
                    models.BigIntegerField(
                        blank=True,
                        help_text="nothing is due up to this gross in a financial year",
                        null=True,
                    ),
                ),
                ("from_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "from_on"), name="rate_one_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("bps__lte", 10000)), name="rate_at_most_all"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearlyGross",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        help_text="in which the year begins, on 1 April"
                    ),
                ),
                ("gross_paise", models.BigIntegerField(default=0)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("lead_id", models.UUIDField()),
                ("cost_paise", models.BigIntegerField()),
                ("claimed_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("refunded_at", models.DateTimeField(null=True)),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="payments.creditlot",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tutor", "-id"], name="use_tutor")],
                "constraints": [
                    models.UniqueConstraint(fields=("tutor", "lead_id"), name="use_once_a_lead")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "waits for a second person"),
                            ("APPROVED", "approved"),
                            ("REJECTED", "rejected"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "amount_paise",
                    models.BigIntegerField(help_text="empty for all that is left", null=True),
                ),
                (
                    "is_to_wallet",
                    models.BooleanField(
                        help_text="empty for what the family has chosen", null=True
                    ),
                ),
                (
                    "is_from_tutor",
                    models.BooleanField(
                        default=False,
                        help_text="what the class no longer holds is taken back from the tutor",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_requests",
                        to="payments.paymentorder",
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="payments.orderrefund",
                    ),
                ),
            ],
            options={"verbose_name": "large refund"},
        ),
        migrations.AddIndex(
            model_name="earning",
            index=models.Index(fields=["tutor", "-id"], name="earning_tutor"),
        ),
        migrations.AddIndex(
            model_name="earning",
            index=models.Index(
                condition=models.Q(("released_at__isnull", False)),
                fields=["tutor", "released_at"],
                name="earning_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="earning",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["HELD", "RELEASED", "REVERSED"])),
                name="earning_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="earning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("commission_paise"),
                                                "+",
                                                models.F("cgst_paise"),
                                            ),
                                            "+",
                                            models.F("sgst_paise"),
                                        ),
                                        "+",
                                        models.F("igst_paise"),
                                    ),
                                    "+",
                                    models.F("tds_paise"),
                                ),
                                "+",
                                models.F("tcs_paise"),
                            ),
                            "+",
                            models.F("net_paise"),
                        ),
                    ),
                    ("net_paise__gte", 0),
                ),
                name="earning_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="earning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", True), ("status", "HELD")),
                    models.Q(("released_at__isnull", False), ("status", "RELEASED")),
                    ("status", "REVERSED"),
                    _connector="OR",
                ),
                name="earning_released_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="earning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("frozen_paise__gte", 0),
                    (
                        "net_paise__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("reversed_net_paise"), "+", models.F("frozen_paise")
                        ),
                    ),
                    ("reversed_net_paise__gte", 0),
                    models.Q(("frozen_paise", 0), ("status", "RELEASED"), _connector="OR"),
                ),
                name="earning_parts_of_net",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("commission_paise"),
                                                "+",
                                                models.F("cgst_paise"),
                                            ),
                                            "+",
                                            models.F("sgst_paise"),
                                        ),
                                        "+",
                                        models.F("igst_paise"),
                                    ),
                                    "+",
                                    models.F("tds_paise"),
                                ),
                                "+",
                                models.F("tcs_paise"),
                            ),
                            "+",
                            models.F("net_paise"),
                        ),
                    ),
                    (
                        "net_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("from_held_paise"), "+", models.F("from_available_paise")
                            ),
                            "+",
                            models.F("receivable_paise"),
                        ),
                    ),
                    ("net_paise__gte", 0),
                ),
                name="reversal_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="funding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("status", "REQUESTED"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status__in", ["APPROVED", "REJECTED"]),
                    ),
                    _connector="OR",
                ),
                name="funding_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="funding",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_paise__gte", 100)), name="funding_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="funding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("status", "APPROVED"), _negated=True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="funding_maker_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="funding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "REJECTED"), _negated=True),
                fields=("reference",),
                name="funding_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["recipient", "-id"], name="invoice_recipient"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("series", "year", "number"), name="invoice_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("series", "about", "about_id", "recipient"), name="invoice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("base_paise"), "+", models.F("cgst_paise")
                                ),
                                "+",
                                models.F("sgst_paise"),
                            ),
                            "+",
                            models.F("igst_paise"),
                        ),
                    )
                ),
                name="invoice_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("series", "CN"), _negated=True),
                    ("corrects__isnull", False),
                    _connector="OR",
                ),
                name="invoice_corrects_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["UPLOADING", "RECEIVED"])),
                name="evidence_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["tutor", "statement", "class", "receipt"])),
                name="evidence_kind_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("received_at__isnull", True), ("status", "UPLOADING"), ("stored_key", "")
                    ),
                    models.Q(("received_at__isnull", False), ("status", "RECEIVED")),
                    _connector="OR",
                ),
                name="evidence_received_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "tutor"),
                        ("upload_key__isnull", False),
                        models.Q(
                            ("status", "UPLOADING"),
                            models.Q(("stored_key", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("kind", "tutor"), _negated=True),
                        ("status", "RECEIVED"),
                        ("stored_key", ""),
                        ("upload_key__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="evidence_file_is_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invoice__isnull", False), ("kind", "receipt")),
                    models.Q(
                        models.Q(("kind", "receipt"), _negated=True), ("invoice__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="evidence_receipt_has_invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_chosen", False), ("status", "RECEIVED"), _connector="OR"),
                name="evidence_chosen_when_received",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgertxn",
            index=models.Index(fields=["kind", "effective_at"], name="txn_kind_time"),
        ),
        migrations.AddConstraint(
            model_name="ledgertxn",
            constraint=models.CheckConstraint(
                condition=models.Q(("idem_key", ""), _negated=True), name="txn_key_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgertxn",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses", models.F("id")), _negated=True),
                name="txn_not_own_reversal",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(fields=("txn", "account"), name="entry_one_leg"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("account", "account_version"), name="entry_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit", 0), ("debit__gt", 0)),
                    models.Q(("credit__gt", 0), ("debit", 0)),
                    _connector="OR",
                ),
                name="entry_one_side",
            ),
        ),
        migrations.AddIndex(
            model_name="gatewaydispute",
            index=models.Index(
                condition=models.Q(("status__in", ["open", "under_review"])),
                fields=["payment"],
                name="dispute_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["open", "under_review", "won", "lost", "closed"])
                ),
                name="dispute_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deducted_paise", 0),
                    models.Q(
                        ("deducted_paise__gt", 0),
                        ("deducted_paise__lte", models.F("amount_paise")),
                        ("status", "lost"),
                    ),
                    _connector="OR",
                ),
                name="dispute_deducted_when_lost",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "deducted_paise__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("escrow_paise"), "+", models.F("payer_paise")
                            ),
                            "+",
                            models.F("loss_paise"),
                        ),
                    ),
                    ("escrow_paise__gte", 0),
                    ("loss_paise__gte", 0),
                    ("payer_paise__gte", 0),
                ),
                name="dispute_taken_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)
                    ),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_answered_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("stated_at__isnull", True), ("stated_by__isnull", True), ("statement", "")
                    ),
                    models.Q(
                        models.Q(("statement", ""), _negated=True),
                        ("stated_at__isnull", False),
                        ("stated_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_stated_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaydispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("status__in", ["open", "under_review"])),
                    models.Q(
                        ("closed_at__isnull", False), ("status__in", ["won", "lost", "closed"])
                    ),
                    _connector="OR",
                ),
                name="dispute_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_paise__gt", 0)), name="external_refund_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("resolution", ""),
                        ("resolved_at__isnull", True),
                        ("resolved_by__isnull", True),
                    ),
                    models.Q(
                        models.Q(("resolution", ""), _negated=True),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="external_refund_resolved",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(fields=["purpose", "purpose_id"], name="order_purpose"),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("hold", "held")), fields=["id"], name="order_held"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("status__in", ["CREATING", "OPEN", "EXPIRED", "CANCELLED"])),
                fields=["check_at"],
                name="order_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["CREATING", "OPEN", "PAID", "EXPIRED", "CANCELLED", "PAID_LATE"],
                    )
                ),
                name="order_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["session", "credit_pack", "wallet_topup"])),
                name="order_purpose_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_paise__gte", 100),
                        ("method", "razorpay"),
                        ("promo_paise", 0),
                        ("wallet_paise", 0),
                    ),
                    models.Q(
                        ("amount_paise__gte", 100),
                        ("method", "mixed"),
                        models.Q(("promo_paise", 0), ("wallet_paise", 0), _negated=True),
                    ),
                    models.Q(
                        ("amount_paise", 0),
                        ("method", "wallet"),
                        models.Q(("promo_paise", 0), ("wallet_paise", 0), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="order_method_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hold", ""), ("method", "razorpay")),
                    models.Q(
                        models.Q(("method", "razorpay"), _negated=True),
                        ("hold__in", ["held", "used", "released"]),
                    ),
                    _connector="OR",
                ),
                name="order_hold_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("promo_paise__gte", 0),
                    ("refunded_gateway_paise__gte", 0),
                    ("refunded_gateway_paise__lte", models.F("amount_paise")),
                    ("refunded_promo_paise__gte", 0),
                    ("refunded_promo_paise__lte", models.F("promo_paise")),
                    ("refunded_wallet_paise__gte", 0),
                    ("refunded_wallet_paise__lte", models.F("wallet_paise")),
                    ("wallet_paise__gte", 0),
                ),
                name="order_refunds_covered",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency", "INR")), name="order_in_rupees"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", False), ("status__in", ["PAID", "PAID_LATE"])),
                    models.Q(
                        ("paid_at__isnull", True),
                        ("status__in", ["CREATING", "OPEN", "EXPIRED", "CANCELLED"]),
                    ),
                    _connector="OR",
                ),
                name="order_paid_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "OPEN"), _negated=True),
                    ("razorpay_order_id__isnull", False),
                    _connector="OR",
                ),
                name="order_open_at_gateway",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["CREATING", "OPEN"])),
                fields=("purpose", "purpose_id", "payer"),
                name="order_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "session"), ("status__in", ["CREATING", "OPEN"])),
                fields=("purpose_id",),
                name="order_one_live_session",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["captured_at"], name="payment_captured"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("captured_at__isnull", False), ("fee_paise__isnull", True)),
                fields=["captured_at"],
                name="payment_no_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["created", "authorized", "captured", "refunded", "failed"])
                ),
                name="payment_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__in", ["", "purpose", "unapplied", "returned"])),
                name="payment_place_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refund_reserved_paise__gte", 0),
                    ("refund_reserved_paise__lte", models.F("amount_paise")),
                ),
                name="payment_refunds_covered",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("captured_at__isnull", False), ("status__in", ["captured", "refunded"])
                    ),
                    models.Q(
                        ("captured_at__isnull", True),
                        ("status__in", ["created", "authorized", "failed"]),
                    ),
                    _connector="OR",
                ),
                name="payment_captured_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("place", "purpose")),
                fields=("order",),
                name="payment_one_for_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gateway_paise__gte", 0),
                    ("promo_paise__gte", 0),
                    ("wallet_paise__gte", 0),
                    models.Q(
                        ("gateway_paise", 0), ("promo_paise", 0), ("wallet_paise", 0), _negated=True
                    ),
                ),
                name="order_refund_some",
            ),
        ),
        migrations.AddIndex(
            model_name="creditlot",
            index=models.Index(
                condition=models.Q(
                    (
                        "used__lt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("credits"), "-", models.F("returned")
                        ),
                    )
                ),
                fields=["tutor", "id"],
                name="lot_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "used__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("credits"), "-", models.F("returned")
                        ),
                    )
                ),
                name="lot_not_overused",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earned_paise__gte", 0),
                    (
                        "earned_paise__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("base_paise"), "-", models.F("returned_paise")
                        ),
                    ),
                    ("returned_paise__gte", 0),
                ),
                name="lot_not_overearned",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutmethod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("tutor",),
                name="method_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "bank"),
                        ("vpa", ""),
                        models.Q(("ifsc", ""), _negated=True),
                        models.Q(("account_number", ""), _negated=True),
                    ),
                    models.Q(
                        ("account_number", ""),
                        ("ifsc", ""),
                        ("kind", "upi"),
                        models.Q(("vpa", ""), _negated=True),
                    ),
                    models.Q(
                        ("account_number", ""),
                        ("hint", ""),
                        ("holder_name", ""),
                        ("ifsc", ""),
                        ("vpa", ""),
                        ("replaced_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="method_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("validated_at__isnull", True), ("validation__in", ["", "pending"])),
                    models.Q(
                        ("validated_at__isnull", False), ("validation__in", ["valid", "failed"])
                    ),
                    _connector="OR",
                ),
                name="method_validation_valid",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["tutor", "-id"], name="payout_tutor"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("status__in", ["REQUESTED", "APPROVED", "SENDING"])),
                fields=["tutor"],
                name="payout_in_flight",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("status__in", ["APPROVED", "SENDING"])),
                fields=["decided_at"],
                name="payout_unsettled",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "REQUESTED",
                            "APPROVED",
                            "SENDING",
                            "PROCESSED",
                            "FAILED",
                            "REVERSED",
                            "REJECTED",
                            "CANCELLED",
                        ],
                    )
                ),
                name="payout_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_paise__gte", 100)), name="payout_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(
                        models.Q(("approved_by", models.F("requested_by")), _negated=True),
                        models.Q(("approved_by", models.F("tutor")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_maker_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["REQUESTED", "REJECTED", "CANCELLED"]),
                    models.Q(("approved_by__isnull", False), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="payout_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(fields=("tutor", "week"), name="payout_once_a_week"),
        ),
        migrations.AddConstraint(
            model_name="promogrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    ("decided_by__isnull", True),
                    ("status", "REQUESTED"),
                )
                | models.Q(
                    ("decided_at__isnull", False),
                    ("decided_by__isnull", False),
                    ("status__in", ["APPROVED", "REJECTED"]),
                ),
                name="promogrant_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="promogrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("status", "APPROVED"), _negated=True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="promogrant_maker_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="promogrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status", "REQUESTED"), models.Q(("reason", ""), _negated=True)
                ),
                fields=("user", "amount_paise", "reason"),
                name="promo_grant_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    ("decided_by__isnull", True),
                    ("status", "REQUESTED"),
                )
                | models.Q(
                    ("decided_at__isnull", False),
                    ("decided_by__isnull", False),
                    ("status__in", ["APPROVED", "REJECTED"]),
                ),
                name="refundrequest_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("status", "APPROVED"), _negated=True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="refundrequest_maker_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_paise__isnull", True), ("amount_paise__gt", 0), _connector="OR"
                ),
                name="refund_request_some",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__isnull", False), ("status", "APPROVED"))
                | models.Q(
                    models.Q(("status", "APPROVED"), _negated=True), ("decision__isnull", True)
                ),
                name="refund_request_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "REQUESTED")),
                fields=("order",),
                name="refund_request_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="promogrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_paise__gt", 0)), name="promo_grant_some"
            ),
        ),
        migrations.AddIndex(
            model_name="reconitem",
            index=models.Index(fields=["ref"], name="recon_item_ref"),
        ),
        migrations.AddConstraint(
            model_name="reconitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=("kind", "ref", "problem"),
                name="recon_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("status__in", ["INITIATED", "UNKNOWN", "PENDING"])),
                fields=["created_at"],
                name="refund_unsettled",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["INITIATED", "UNKNOWN", "PENDING", "PROCESSED", "FAILED", "CREDITED"],
                    )
                ),
                name="refund_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_paise__gt", 0)), name="refund_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementrow",
            constraint=models.UniqueConstraint(
                fields=("entity_id", "razorpay_settlement_id"), name="settlement_row_once"
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["tutor", "at", "id"], name="statement_page"),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                fields=("about_id", "kind"), name="statement_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("commission_paise"), "+", models.F("gst_paise")
                                        ),
                                        "+",
                                        models.F("tds_paise"),
                                    ),
                                    "+",
                                    models.F("tcs_paise"),
                                ),
                                "+",
                                models.F("penalty_paise"),
                            ),
                            "+",
                            models.F("net_paise"),
                        ),
                    )
                ),
                name="statement_line_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementmonth",
            constraint=models.UniqueConstraint(
                fields=("tutor", "month", "kind"), name="statement_month_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gstin", ""),
                    ("gstin__regex", "^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$"),
                    _connector="OR",
                ),
                name="gstin_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="yearlygross",
            constraint=models.UniqueConstraint(fields=("tutor", "year"), name="gross_one_row"),
        ),
    ]
