import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.challenges
import accounts.models.passkeys
import tutorhub.core.clock
import tutorhub.core.crypto
import tutorhub.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="SmsBudgetDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("spent_paise", models.PositiveIntegerField(default=0)),
                ("sent", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "SMS budget of a day",
                "verbose_name_plural": "SMS budget by day",
            },
        ),
        migrations.CreateModel(
            name="SpentNonce",
            fields=[
                (
                    "nonce",
                    models.CharField(max_length=32, primary_key=True, serialize=False),
                ),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "spent nonce",
                "indexes": [models.Index(fields=["expires_at"], name="nonce_expires")],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
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
                    "role",
                    models.CharField(
                        choices=[("student", "family"), ("tutor", "tutor"), ("staff", "staff")],
                        max_length=10,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16, null=True, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254, null=True, unique=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("language", models.CharField(default="en", max_length=5)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("session_epoch", models.PositiveIntegerField(default=0)),
                ("joined_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("seen_at", models.DateTimeField(editable=False, null=True)),
                ("new_device_at", models.DateTimeField(editable=False, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("suspend_user", "Can suspend and restore users"),
                    ("reveal_user", "Can see numbers and addresses, with a reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakGlass",
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
                ("reason", models.CharField(max_length=300)),
                ("asked_at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                ("is_by_operator", models.BooleanField(default=False)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "break-glass",
                "verbose_name_plural": "break-glass",
                "permissions": [
                    ("hold_every_right", "Has every right, while a second superuser agrees")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentNotice",
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
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=5)),
                ("title", models.CharField(max_length=120)),
                ("sections", models.JSONField()),
                ("is_material", models.BooleanField(default=True)),
                (
                    "published_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "consent notice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "language"), name="consent_notice_once_per_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__regex", "^\\d{4}-\\d{2}-\\d{2}$")),
                        name="consent_notice_version_is_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("subject_id", models.UUIDField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            (
                                "learner_profile",
                                "Keeping the child's profile and asking tutors, without the child's name",
                            ),
                            (
                                "classes",
                                "Classes: the booked tutor sees the first name, the class, the area and your number",
                            ),
                        ],
                        max_length=40,
                    ),
                ),
                ("guardian_name", models.CharField(blank=True, max_length=120)),
                ("guardian_phone", models.CharField(blank=True, max_length=16)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("mother", "Mother"),
                            ("father", "Father"),
                            ("parent", "Parent"),
                            ("grandparent", "Grandparent"),
                            ("guardian", "Legal guardian"),
                            ("self", "Learner of 18 or older"),
                            ("other", "Other adult with custody"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            (
                                "own_number",
                                "Ticked, with the number that the account signs in with",
                            ),
                            ("guardian_code", "Ticked, with a code sent to the guardian's number"),
                            ("checkbox", "Ticked; the guardian's number is not proved yet"),
                        ],
                        max_length=20,
                    ),
                ),
                ("given_at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.consentnotice",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
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
                            ("export", "a copy of the data"),
                            ("erasure", "erasure"),
                            ("correction", "a correction"),
                            ("grievance", "a complaint"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ASKED", "being worked on"),
                            ("READY", "ready"),
                            ("DONE", "done"),
                            ("REFUSED", "refused"),
                        ],
                        default="ASKED",
                        max_length=7,
                    ),
                ),
                ("words", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("answer", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("traces", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("file_key", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(null=True)),
                ("asked_at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "data request",
                "permissions": [("answer_datarequest", "Can answer requests about data")],
            },
        ),
        migrations.CreateModel(
            name="EmailChange",
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
                ("email", models.EmailField(max_length=254)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="email_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail change",
            },
        ),
        migrations.CreateModel(
            name="FormerAddress",
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
                ("address", tutorhub.core.crypto.EncryptedTextField()),
                (
                    "given_up_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
            },
        ),
        migrations.CreateModel(
            name="KnownDevice",
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
                        choices=[("browser", "Browser"), ("app", "App")], max_length=7
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64)),
                ("is_original", models.BooleanField(default=False)),
                ("proof_due", models.BooleanField(default=False)),
                ("has_entered", models.BooleanField(default=False)),
                (
                    "first_seen_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("seen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "known device",
            },
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "public_id",
                    models.UUIDField(default=tutorhub.core.ids.uuid7, editable=False, unique=True),
                ),
                ("device", models.CharField(blank=True, max_length=200)),
                ("network", models.CharField(blank=True, max_length=49)),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("seen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browser_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "known_device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.knowndevice",
                    ),
                ),
            ],
            options={
                "verbose_name": "browser session",
                "verbose_name_plural": "browser sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AppSession",
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
                ("epoch", models.PositiveIntegerField()),
                ("device", models.CharField(blank=True, max_length=200)),
                ("network", models.CharField(blank=True, max_length=49)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("seen_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("logout", "Logout"),
                            ("owner", "Owner"),
                            ("reuse", "Reuse"),
                            ("staff", "Staff"),
                            ("erased", "Erased"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="app_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "known_device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.knowndevice",
                    ),
                ),
            ],
            options={
                "verbose_name": "app session",
            },
        ),
        migrations.CreateModel(
            name="LoginAttempt",
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
                ("at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("code_request", "code asked for"),
                            ("code", "code entered"),
                            ("password", "staff password"),
                            ("refresh", "refresh token"),
                            ("step_up", "code before something sensitive"),
                            ("new_phone", "code of a new number"),
                            ("proof", "code by e-mail after a long absence"),
                            ("guardian", "code of a guardian"),
                            ("passkey", "passkey"),
                        ],
                        max_length=12,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("ip", models.GenericIPAddressField()),
                ("neighbourhood", models.CharField(blank=True, max_length=49)),
                ("operator", models.BigIntegerField(null=True)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("is_success", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "login attempt",
            },
        ),
        migrations.CreateModel(
            name="OtpChallenge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=accounts.models.challenges.random_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("sign_in", "sign-in"),
                            ("step_up", "proof before something sensitive"),
                            ("new_phone", "proof of a new number"),
                            ("proof", "proof by e-mail after a long absence"),
                            ("guardian", "agreement of a guardian"),
                        ],
                        default="sign_in",
                        max_length=10,
                    ),
                ),
                ("phone", models.CharField(max_length=16)),
                ("code_hash", models.CharField(max_length=64)),
                ("network", models.CharField(max_length=49)),
                ("neighbourhood", models.CharField(blank=True, max_length=49)),
                ("operator", models.BigIntegerField(null=True)),
                ("block", models.CharField(blank=True, max_length=16)),
                ("is_bound", models.BooleanField(default=False)),
                ("holder", models.CharField(blank=True, max_length=64)),
                ("asked_by", models.CharField(blank=True, max_length=36)),
                ("is_sent", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "one-time code",
                "indexes": [
                    models.Index(fields=["phone", "created_at"], name="otp_phone"),
                    models.Index(fields=["network", "created_at"], name="otp_network"),
                    models.Index(fields=["neighbourhood", "created_at"], name="otp_neighbourhood"),
                    models.Index(
                        condition=models.Q(("asked_by", ""), ("operator__isnull", False)),
                        fields=["operator", "created_at"],
                        name="otp_operator",
                    ),
                    models.Index(fields=["block", "created_at"], name="otp_block"),
                    models.Index(
                        condition=models.Q(("holder", ""), _negated=True),
                        fields=["holder", "purpose", "created_at"],
                        name="otp_holder",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("attempts__lte", 5)), name="otp_at_most_5_guesses"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="The human-readable name of this device.", max_length=64
                    ),
                ),
                (
                    "confirmed",
                    models.BooleanField(default=True, help_text="Is this device ready for use?"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("credential_id", models.CharField(max_length=1364, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.PositiveBigIntegerField(default=0)),
                ("transports", models.CharField(blank=True, max_length=80)),
                ("is_synced", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "passkey", "verbose_name_plural": "passkeys"},
        ),
        migrations.CreateModel(
            name="PasskeyChallenge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=accounts.models.challenges.random_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("add", "a new passkey"),
                            ("sign_in", "sign-in"),
                            ("step_up", "proof before something sensitive"),
                            ("proof", "proof after a long absence"),
                            ("staff", "second factor of staff"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "challenge",
                    models.CharField(
                        default=accounts.models.passkeys.random_challenge,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("holder", models.CharField(max_length=64)),
                ("network", models.CharField(max_length=49)),
                ("is_proved", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "passkey challenge",
                "indexes": [
                    models.Index(fields=["network", "created_at"], name="passkey_asked"),
                    models.Index(fields=["holder", "purpose", "used_at"], name="passkey_holder"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthenticatorProof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=accounts.models.challenges.random_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("holder", models.CharField(max_length=64)),
                (
                    "device",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.knowndevice",
                    ),
                ),
                ("is_right", models.BooleanField(default=True)),
                (
                    "used_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proof by authenticator",
                "indexes": [
                    models.Index(fields=["holder", "used_at"], name="authenticator_proof"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The human-readable name of this device.", max_length=64
                    ),
                ),
                (
                    "confirmed",
                    models.BooleanField(default=True, help_text="Is this device ready for use?"),
                ),
                (
                    "throttling_failure_timestamp",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="A timestamp of the last failed verification attempt. Null if last attempt succeeded.",
                        null=True,
                    ),
                ),
                (
                    "throttling_failure_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Number of successive failed attempts."
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery codes",
                "verbose_name_plural": "recovery codes",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="accounts.recoverydevice",
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery code",
            },
        ),
        migrations.CreateModel(
            name="RefreshToken",
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
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("child_sealed", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "parent",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="child",
                        to="accounts.refreshtoken",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="accounts.appsession",
                    ),
                ),
            ],
            options={
                "verbose_name": "refresh token",
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["student", "tutor", "staff"])),
                name="user_role_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email__isnull", False), ("phone__isnull", True), ("role", "staff")),
                    models.Q(
                        ("is_staff", False),
                        ("is_superuser", False),
                        ("role__in", ["student", "tutor"]),
                    ),
                    _connector="OR",
                ),
                name="user_staff_by_email",
            ),
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(fields=["asked_by", "ends_at"], name="break_glass_of_whom"),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                name="break_glass_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agreed_at", None),
                        ("agreed_by", None),
                        ("ends_at", None),
                        ("is_by_operator", False),
                    ),
                    models.Q(
                        ("agreed_at__isnull", False),
                        ("ends_at__gt", models.F("agreed_at")),
                        ("ends_at__isnull", False),
                        models.Q(
                            models.Q(("agreed_by__isnull", False), ("is_by_operator", False)),
                            models.Q(("agreed_by", None), ("is_by_operator", True)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="break_glass_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="break_glass_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["subject_id", "purpose"], name="consent_subject"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", False),
                    models.Q(
                        models.Q(("guardian_name", ""), _negated=True),
                        models.Q(("guardian_phone", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    ("withdrawn_at__gte", models.F("given_at")),
                    _connector="OR",
                ),
                name="consent_withdrawn_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["learner_profile", "classes"])),
                name="consent_purpose_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "relation__in",
                        ["mother", "father", "parent", "grandparent", "guardian", "self", "other"],
                    )
                ),
                name="consent_relation_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["own_number", "guardian_code", "checkbox"])),
                name="consent_method_valid",
            ),
        ),
        migrations.AddIndex(
            model_name="datarequest",
            index=models.Index(fields=["user", "-id"], name="data_request_user"),
        ),
        migrations.AddIndex(
            model_name="datarequest",
            index=models.Index(
                condition=models.Q(("status", "ASKED")), fields=["due_at"], name="data_request_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["export", "erasure"]), ("status", "ASKED")),
                fields=("user", "kind"),
                name="data_request_one_copy_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("status__in", ["ASKED", "READY"])),
                    models.Q(("closed_at__isnull", False), ("status__in", ["DONE", "REFUSED"])),
                    _connector="OR",
                ),
                name="data_request_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["export", "erasure", "correction", "grievance"])),
                name="data_request_kind_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "READY"), _negated=True),
                    models.Q(("kind", "export"), models.Q(("file_key", ""), _negated=True)),
                    _connector="OR",
                ),
                name="data_request_ready_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True),
                    models.Q(("closed_by", models.F("user")), _negated=True),
                    _connector="OR",
                ),
                name="data_request_not_closed_by_asker",
            ),
        ),
        migrations.AddIndex(
            model_name="emailchange",
            index=models.Index(fields=["user", "created_at"], name="email_change_user"),
        ),
        migrations.AddIndex(
            model_name="knowndevice",
            index=models.Index(fields=["secret_hash"], name="known_device_secret"),
        ),
        migrations.AddConstraint(
            model_name="knowndevice",
            constraint=models.UniqueConstraint(
                fields=("user", "secret_hash"), name="known_device_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="knowndevice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["browser", "app"])), name="known_device_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="appsession",
            index=models.Index(fields=["user", "created_at"], name="app_session_user"),
        ),
        migrations.AddConstraint(
            model_name="appsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__in", ["logout", "owner", "reuse", "staff", "erased"]),
                    ),
                    _connector="OR",
                ),
                name="app_session_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["phone", "at"], name="login_phone"),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["email", "at"], name="login_email"),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["ip", "at"], name="login_ip"),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["at"], name="login_at"),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["neighbourhood", "at"], name="login_neighbourhood"),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(
                condition=models.Q(("operator__isnull", False)),
                fields=["operator", "at"],
                name="login_operator",
            ),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(
                condition=models.Q(("kind", "code"), ("reason__in", ["", "code_invalid"])),
                fields=["at", "phone", "is_success"],
                name="login_codes",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverydevice",
            constraint=models.UniqueConstraint(fields=("user",), name="recovery_device_once"),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(
                fields=("device", "code_hash"), name="recovery_code_once"
            ),
        ),
    ]
