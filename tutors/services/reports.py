"""Saying that something is wrong with a tutor, and what staff made of it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError, TooMany
from tutors.models import TutorProfile, TutorReport
from tutors.models.reports import LONGEST
from tutors.policies import REPORTS_PER_DAY, check_can_report, check_can_verify


class TooManyReports(TooMany):
    code = "too_many_reports"
    message = _("That is enough for one day. In an emergency, write to us.")


class ReportTooLong(DomainError):
    code = "report_too_long"
    message = _("With what you wrote before this is too long. Please say it shorter.")


class VerdictReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say what you found.")


@transaction.atomic
def report(tutor: TutorProfile, *, by: User, reason: str, text: str = "") -> TutorReport:
    """Tell our moderators. Whoever has an open report about this tutor adds to it.

    Raises NotAllowed about oneself, TooManyReports, or ReportTooLong.
    """
    check_can_report(tutor, by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = TutorReport.objects.locked().open().filter(tutor=tutor, reported_by=by).first()
    if known is not None:
        return _add_to(known, by=by, reason=reason, text=text.strip())
    since = clock.now() - timedelta(days=1)
    mine = TutorReport.objects.filter(reported_by=by, reported_at__gt=since)
    if mine.count() >= REPORTS_PER_DAY:
        raise TooManyReports
    made = TutorReport.objects.create(tutor=tutor, reported_by=by, reason=reason, text=text.strip())
    audit.record("tutor_report.made", made, by=by, reason=reason)
    return made


def _add_to(known: TutorReport, *, by: User, reason: str, text: str) -> TutorReport:
    if text and text not in known.text:
        known.text = f"{known.text}\n\n{text}".strip()
        if len(known.text) > LONGEST:
            raise ReportTooLong
    known.reason = reason
    known.save(update_fields=["reason", "text"])
    audit.record("tutor_report.changed", known, by=by, reason=reason)
    return known


@transaction.atomic
def decide(report: TutorReport, *, by: User, is_founded: bool, notes: str) -> TutorReport:
    """A moderator's verdict. What follows from it (a suspension, a talk) is done elsewhere.

    Raises NotModerator, VerdictReasonMissing, or InvalidTransition for a report that is decided.
    """
    check_can_verify(by)
    found = TutorReport.objects.locked().get(pk=report.pk)
    if not notes.strip():
        raise VerdictReasonMissing
    found.move_to(
        TutorReport.Status.ACTED if is_founded else TutorReport.Status.DISMISSED,
        notes=notes.strip(),
        decided_at=clock.now(),
        decided_by=by,
    )
    audit.record(f"tutor_report.{found.status.lower()}", found, by=by)
    return found
