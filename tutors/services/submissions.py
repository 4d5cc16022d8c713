"""What a tutor hands in is written down, so that a moderator sees what changed since the last time.

All of it happens under the lock of the tutor's row.
"""

from django.db.models import Max

from accounts.models import User
from tutorhub.core import clock
from tutors.models import Submission, TutorProfile
from tutors.queries import changes

Kind = Submission.Kind


def hand_in(tutor: TutorProfile) -> Submission:
    """A locked profile goes to the moderators, for the first time or again."""
    return _add(tutor, Kind.AGAIN if tutor.submissions.exists() else Kind.FIRST)


def note_change(tutor: TutorProfile) -> Submission:
    """An approved tutor changed what a moderator relied on: it waits in the queue of changes.

    Further changes join the one that waits, which keeps its place.
    """
    waiting = tutor.submissions.open_changes().first()
    if waiting is None:
        return _add(tutor, Kind.CHANGE)
    waiting.snapshot, waiting.version = changes.snapshot(tutor), changes.VERSION
    waiting.save(update_fields=["snapshot", "version"])
    return waiting


def close(tutor: TutorProfile, *, by: User) -> None:
    """A moderator has decided on what the profile says at this moment; the next is compared to it.

    A tutor who was there before submissions were kept gets the first one now.
    """
    last = tutor.submissions.order_by("-number").first() or hand_in(tutor)
    last.snapshot, last.version = changes.snapshot(tutor), changes.VERSION
    last.reviewed_at, last.reviewed_by = clock.now(), by
    last.save(update_fields=["snapshot", "version", "reviewed_at", "reviewed_by"])


def _add(tutor: TutorProfile, kind: Kind) -> Submission:
    number = tutor.submissions.aggregate(last=Max("number"))["last"] or 0
    return Submission.objects.create(
        tutor=tutor,
        number=number + 1,
        kind=kind,
        snapshot=changes.snapshot(tutor),
        version=changes.VERSION,
    )
