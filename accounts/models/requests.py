"""What people ask about their own data: a copy, an erasure, a correction, a complaint."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.crypto import EncryptedTextField
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class RequestQuerySet(models.QuerySet["DataRequest"]):
    def locked(self) -> "RequestQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def open(self) -> "RequestQuerySet":
        return self.filter(status=DataRequest.Status.ASKED)

    def written_by(self, user: models.Model) -> "RequestQuerySet":
        """The corrections and complaints of this person."""
        return self.filter(user=user, kind__in=DataRequest.WRITTEN)

    def overdue(self) -> "RequestQuerySet":
        return self.open().filter(due_at__lt=clock.now())


class DataRequest(StateMachine):
    """One request with the day by which it has to be answered.

    `traces` belongs to an erasure: the names and addresses that the account had, sealed, by which
    what is left elsewhere is found. It is emptied when the erasure is over. An export that is READY
    has a file, until that is deleted.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", _("a copy of the data")
        ERASURE = "erasure", _("erasure")
        CORRECTION = "correction", _("a correction")
        GRIEVANCE = "grievance", _("a complaint")

    # What people ask in their own words, and staff answer in theirs.
    WRITTEN = (Kind.CORRECTION, Kind.GRIEVANCE)

    class Status(models.TextChoices):
        ASKED = "ASKED", _("being worked on")
        READY = "READY", _("ready")
        DONE = "DONE", _("done")
        REFUSED = "REFUSED", _("refused")

    TRANSITIONS = {
        Status.ASKED: {Status.READY, Status.DONE, Status.REFUSED},
        Status.READY: {Status.DONE},
        Status.DONE: set(),
        Status.REFUSED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_requests"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.ASKED)
    words = EncryptedTextField(blank=True)
    answer = EncryptedTextField(blank=True)
    traces = EncryptedTextField(blank=True)
    file_key = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "data request"
        permissions = [("answer_datarequest", "Can answer requests about data")]
        indexes = [
            models.Index(name="data_request_user", fields=["user", "-id"]),
            models.Index(name="data_request_due", fields=["due_at"], condition=Q(status="ASKED")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="data_request_one_copy_at_a_time",
                fields=["user", "kind"],
                condition=Q(status="ASKED", kind__in=["export", "erasure"]),
            ),
            models.CheckConstraint(
                name="data_request_status_valid",
                condition=Q(status__in=["ASKED", "READY"], closed_at__isnull=True)
                | Q(status__in=["DONE", "REFUSED"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="data_request_kind_valid",
                condition=Q(kind__in=["export", "erasure", "correction", "grievance"]),
            ),
            models.CheckConstraint(
                name="data_request_ready_has_file",
                condition=~Q(status="READY") | Q(kind="export") & ~Q(file_key=""),
            ),
            models.CheckConstraint(
                name="data_request_not_closed_by_asker",
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
