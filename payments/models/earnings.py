from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.crypto import EncryptedTextField
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class EarningQuerySet(models.QuerySet["Earning"]):
    def locked(self) -> "EarningQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Earning(StateMachine):
    """What one class earned and how it was split, as booked."""

    class Status(models.TextChoices):
        HELD = "HELD", _("held")
        RELEASED = "RELEASED", _("released")
        REVERSED = "REVERSED", _("taken back")

    class Kind(models.TextChoices):
        CLASS = "class", _("class")
        CANCELLATION = "cancellation", _("late cancellation")
        NO_SHOW = "no_show", _("learner did not come")

    TRANSITIONS = {
        Status.HELD: {Status.RELEASED, Status.REVERSED},
        Status.RELEASED: {Status.REVERSED},
        Status.REVERSED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CLASS)
    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="earnings"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.HELD)
    gross_paise = models.BigIntegerField()
    commission_bps = models.PositiveIntegerField()
    commission_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField()
    sgst_paise = models.BigIntegerField()
    igst_paise = models.BigIntegerField()
    gst_bps = models.PositiveIntegerField()
    tds_bps = models.PositiveIntegerField()
    tds_paise = models.BigIntegerField()
    tcs_bps = models.PositiveIntegerField(default=0)
    tcs_paise = models.BigIntegerField()
    net_paise = models.BigIntegerField()
    reversed_net_paise = models.BigIntegerField(default=0, help_text="taken back from the tutor")
    frozen_paise = models.BigIntegerField(
        default=0, help_text="released before, held again until a dispute is over"
    )
    held_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)

    objects = EarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="earning_status_valid",
                condition=Q(status__in=["HELD", "RELEASED", "REVERSED"]),
            ),
            models.CheckConstraint(
                name="earning_adds_up",
                condition=Q(
                    gross_paise=F("commission_paise")
                    + F("cgst_paise")
                    + F("sgst_paise")
                    + F("igst_paise")
                    + F("tds_paise")
                    + F("tcs_paise")
                    + F("net_paise"),
                    net_paise__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="earning_released_at",
                condition=Q(status="HELD", released_at__isnull=True)
                | Q(status="RELEASED", released_at__isnull=False)
                | Q(status="REVERSED"),
            ),
            models.CheckConstraint(
                name="earning_parts_of_net",
                condition=Q(
                    reversed_net_paise__gte=0,
                    frozen_paise__gte=0,
                    net_paise__gte=F("reversed_net_paise") + F("frozen_paise"),
                )
                & (Q(frozen_paise=0) | Q(status="RELEASED")),
            ),
        ]
        indexes = [
            models.Index(name="earning_tutor", fields=["tutor", "-id"]),
            models.Index(
                name="earning_released",
                fields=["tutor", "released_at"],
                condition=Q(released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"earning of {self.session_id}"

    @property
    def gst_paise(self) -> int:
        return self.cgst_paise + self.sgst_paise + self.igst_paise

    @property
    def tax_paise(self) -> int:
        """Withheld and collected at source, together."""
        return self.tds_paise + self.tcs_paise

    @property
    def left_paise(self) -> int:
        """What of the tutor's part was not taken back."""
        return self.net_paise - self.reversed_net_paise


class EarningFreezeQuerySet(models.QuerySet["EarningFreeze"]):
    def of_session(self, session_id: UUID) -> "EarningFreezeQuerySet":
        """What keeps the money of this class from being passed on now."""
        return self.filter(session_id=session_id, lifted_at__isnull=True)


class EarningFreeze(models.Model):
    """A reason not to pass on the money of a class for a while: a dispute, here or at a bank."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_id = models.UUIDField()
    cause = models.CharField(max_length=80, unique=True, help_text="what it is frozen for")
    frozen_at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True)

    objects = EarningFreezeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                name="freeze_live", fields=["session_id"], condition=Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.cause


class EarningReversal(models.Model):
    """Part of an earning, or all of it, that was taken back, and where it was found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, related_name="reversals")
    cause = models.CharField(max_length=80, unique=True, help_text="what it was taken back for")
    gross_paise = models.BigIntegerField()
    commission_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField()
    sgst_paise = models.BigIntegerField()
    igst_paise = models.BigIntegerField()
    tds_paise = models.BigIntegerField()
    tcs_paise = models.BigIntegerField()
    net_paise = models.BigIntegerField()
    from_held_paise = models.BigIntegerField()
    from_available_paise = models.BigIntegerField()
    receivable_paise = models.BigIntegerField(help_text="what the tutor now owes")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reversal_adds_up",
                condition=Q(
                    gross_paise=F("commission_paise")
                    + F("cgst_paise")
                    + F("sgst_paise")
                    + F("igst_paise")
                    + F("tds_paise")
                    + F("tcs_paise")
                    + F("net_paise"),
                    net_paise=F("from_held_paise")
                    + F("from_available_paise")
                    + F("receivable_paise"),
                    net_paise__gte=0,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.gross_paise} of {self.earning_id}"


class TaxProfile(models.Model):
    """Who somebody is to the tax office: for invoices, and for tax collected at source."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tax_profile"
    )
    legal_name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=60)
    gstin = models.CharField(max_length=15, blank=True)
    pan = EncryptedTextField(blank=True, default="")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "tax profile"
        constraints = [
            models.CheckConstraint(
                name="gstin_form",
                condition=Q(gstin="")
                | Q(gstin__regex="^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$"),
            )
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def known_pan(self) -> str:
        """The PAN that was given, or the one inside the GSTIN."""
        return self.pan or self.gstin[2:12]

    @property
    def pan_hint(self) -> str:
        """What may be shown of the PAN, or nothing."""
        return f"••••••{self.pan[-4:]}" if self.pan else ""


class YearlyGross(models.Model):
    """What a tutor's classes came to in one financial year, which decides the tax withheld."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(help_text="in which the year begins, on 1 April")
    gross_paise = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="gross_one_row", fields=["tutor", "year"])]

    def __str__(self) -> str:
        return f"{self.year}: {self.gross_paise}"
