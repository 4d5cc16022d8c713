"""What a tutor's statements are read from; PostgreSQL writes it (migrations 0005, 0007)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Figures(models.Model):
    """The columns of a statement, in paise. What was taken back is negative.

    What was earned and is not paid out yet changes by the tutor's part less what was paid out.
    """

    gross_paise = models.BigIntegerField(default=0)
    commission_paise = models.BigIntegerField(default=0)
    gst_paise = models.BigIntegerField(default=0)
    tds_paise = models.BigIntegerField(default=0)
    tcs_paise = models.BigIntegerField(default=0)
    penalty_paise = models.BigIntegerField(default=0, db_default=0)
    net_paise = models.BigIntegerField(default=0)
    paid_out_paise = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class StatementLine(Figures):
    """One class, reversal, penalty or payout, in the order in which a tutor's account saw them."""

    class Kind(models.TextChoices):
        CLASS = "class", _("class")
        CANCELLATION = "cancellation", _("late cancellation")
        NO_SHOW = "no_show", _("learner did not come")
        TAKEN_BACK = "taken_back", _("taken back")
        PENALTY = "penalty", _("penalty")
        PAYOUT = "payout", _("payout")
        PAYOUT_BACK = "payout_back", _("payout that came back")

    tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="statement_lines"
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about_id = models.UUIDField(
        help_text="the earning, the reversal, the payout, or the transaction of the penalty"
    )
    session_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = "statement line"
        constraints = [
            models.UniqueConstraint(name="statement_line_once", fields=["about_id", "kind"]),
            models.CheckConstraint(
                name="statement_line_adds_up",
                condition=Q(
                    gross_paise=F("commission_paise")
                    + F("gst_paise")
                    + F("tds_paise")
                    + F("tcs_paise")
                    + F("penalty_paise")
                    + F("net_paise")
                ),
            ),
        ]
        indexes = [models.Index(name="statement_page", fields=["tutor", "at", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_id}"


class StatementMonth(Figures):
    """The sums of one tutor's lines of one kind in one month of India, so that no page has to add
    them up."""

    tutor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    kind = models.CharField(max_length=12, choices=StatementLine.Kind.choices)
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "month of a statement"
        constraints = [
            models.UniqueConstraint(name="statement_month_once", fields=["tutor", "month", "kind"])
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"
