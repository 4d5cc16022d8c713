"""How long papers that led to nothing are kept: a rule that `tutorhub.core.retention` runs."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tutorhub.core.retention import Rule, in_batches
from tutors.models import Decision, TutorDocument, TutorProfile
from tutors.services import documents


def _papers(before: datetime) -> int:
    """Papers that were refused, and all those of tutors who were sent back and never came again."""
    lately = Decision.objects.filter(decided_at__gte=before).values("tutor")
    given_up = Q(tutor__status=TutorProfile.Status.REJECTED, tutor__updated_at__lt=before)
    refused = Q(status=TutorDocument.Status.REFUSED, reviewed_at__lt=before)
    old = TutorDocument.objects.filter(
        refused | given_up & Q(received_at__lt=before) & ~Q(tutor__in=lately)
    )
    return in_batches(old.exclude(status=TutorDocument.Status.ERASED), _forget)


def _forget(papers: QuerySet[TutorDocument]) -> None:
    for document in papers:
        documents.forget(document)


RULES = [
    Rule(
        "papers",
        settings.REJECTED_PAPERS_KEPT,
        _("as long as you teach here; 180 days after they were not accepted"),
        _papers,
    ),
]
