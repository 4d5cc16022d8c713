"""The data map of the marketplace."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.models import Enquiry, Lead, Review, SessionEvent, TutoringSession
from tutorhub.core.datamap import Erased, Table


def _events(user: Any) -> Any:
    mine = TutoringSession.objects.visible_to(user).order_by().values("pk")
    return SessionEvent.objects.filter(session__in=mine)


def _reviews(user: Any) -> Any:
    return Review.objects.filter(
        Q(written_by=user.pk)
        | Q(tutor__user=user.pk, published_at__isnull=False, taken_down_at__isnull=True)
    )


TABLES = [
    Table(
        "marketplace.Enquiry",
        plain="id learner subject grade board mode budget_max_paise place status created_at"
        " expires_at closed_at",
        personal="preferred_times note",
        section="classes",
        title=_("Searches for a tutor"),
        purpose=_("To ask tutors who fit"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: Enquiry.objects.of(user),
    ),
    Table(
        "marketplace.Lead",
        plain="id enquiry tutor status score reasons created_at viewed_at answered_at"
        " opened_by_family_at",
        personal="decline_reason",
        section="classes",
        title=_("Enquiries sent to you"),
        purpose=_("To let you answer families, and to count credits"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: Lead.objects.of(user),
    ),
    Table(
        "marketplace.TutoringSession",
        plain="id tutor learner enquiry lead subject mode status start_at end_at rate_paise"
        " price_paise commission_bps policy is_first_of_pair code_tries order_id pay_by paid_at"
        " started_at completed_at release_due_at released_at cancelled_at created_at",
        personal="message",
        hidden="start_code end_code",
        section="classes",
        title=_("Classes"),
        purpose=_("To hold classes, to pass the money on, and to settle disputes"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: TutoringSession.objects.visible_to(user),
    ),
    Table(
        "marketplace.SessionEvent",
        plain="id session kind at by data",
        section="classes",
        title=_("What happened in a class"),
        purpose=_("To show both sides the same story"),
        of=_events,
        since="at",
    ),
    Table(
        "marketplace.Review",
        plain="id session tutor side written_by stars written_at published_at taken_down_at"
        " taken_down_by",
        personal="text taken_down_for",
        section="classes",
        title=_("Reviews"),
        purpose=_("To help other families choose"),
        kept="records",
        erased=Erased.EMPTIED,
        of=_reviews,
        since="written_at",
    ),
]
