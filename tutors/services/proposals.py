"""What a tutor wants to change of what was checked: it waits until a moderator agrees.

The name stands beside "Identity checked" and the degrees beside "Degree checked". If they changed
at once, the badge would vouch for whatever somebody types. So the new ones are kept apart
(`pending_…` of the profile), and everybody goes on seeing the checked ones.

Whoever calls holds the lock of the tutor's row, and has read the user after it.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import users
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError
from tutors import messages
from tutors.models import Badge, TutorProfile
from tutors.policies import check_can_edit
from tutors.services import submissions


class NameMissing(DomainError):
    code = "incomplete"
    message = _("Give the name that families will see.")


def take(
    tutor: TutorProfile,
    *,
    by: User,
    name: str | None = None,
    qualifications: Sequence[str] | None = None,
) -> None:
    """Write what a tutor says, or let it wait where the one that is shown was checked.

    What is None stays. Saying what is shown takes back what waits. Raises NameMissing.
    """
    waited = _pending(tutor)
    if name is not None:
        _take_name(tutor, name.strip())
    if qualifications is not None:
        _take_qualifications(tutor, [text.strip() for text in qualifications if text.strip()])
    waits = _pending(tutor)
    if waits != waited:
        _keep(tutor)
        action = "tutor.proposed" if waits else "tutor.proposal_withdrawn"
        audit.record(action, tutor, by=by, fields=sorted(waits or waited))


@transaction.atomic
def rename(user: User, name: str) -> bool:
    """For `accounts`: whether the name is this app's to write, because somebody has checked it."""
    tutor = TutorProfile.objects.locked().filter(user=user).first()
    if tutor is None or not tutor.is_checked:
        return False
    before = tutor.user.name
    take(tutor, by=user, name=name)
    if tutor.user.name != before:
        audit.record("tutor.key_fields_changed", tutor, by=user, fields=["name"])
        submissions.note_change(tutor)
    return True


def waiting_name(user: User) -> str:
    """For `accounts`: the name that waits, or nothing."""
    found = TutorProfile.objects.of(user).proposing().values_list("pending_name", flat=True)
    return found.first() or ""


@transaction.atomic
def withdraw(tutor: TutorProfile, *, by: User) -> TutorProfile:
    """Take back everything that waits. Twice is fine. Raises Suspended."""
    tutor = TutorProfile.objects.locked().get(pk=tutor.pk)
    check_can_edit(tutor, by)
    if tutor.is_proposing:
        fields = sorted(_pending(tutor))
        _drop(tutor)
        audit.record("tutor.proposal_withdrawn", tutor, by=by, fields=fields)
    return tutor


def agree(tutor: TutorProfile) -> None:
    """Write what waits and tell the tutor; from the commit on everybody sees it.

    Raises users.AccountClosed for an account that was shut or erased meanwhile.
    """
    name, qualifications = tutor.pending_name, tutor.pending_qualifications
    if name:
        tutor.user = users.rename(tutor.user, name)
        messages.name_agreed(tutor)
    if qualifications is not None:
        tutor.qualifications = qualifications
        tutor.save(update_fields=["qualifications"])
        messages.degrees_agreed(tutor)
    _drop(tutor)


def decline(tutor: TutorProfile, notes: str) -> None:
    """Forget what waits and tell the tutor why."""
    if tutor.pending_name:
        messages.name_declined(tutor, notes)
    if tutor.pending_qualifications is not None:
        messages.degrees_declined(tutor, notes)
    _drop(tutor)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but letters' case and the spaces between words."""
    return _words(one) == _words(other)


def _take_name(tutor: TutorProfile, name: str) -> None:
    if tutor.is_checked and not name:
        raise NameMissing
    if tutor.is_checked and not same_words(name, tutor.user.name):
        tutor.pending_name = name
        return
    tutor.pending_name = ""
    if name != tutor.user.name:
        tutor.user = users.rename(tutor.user, name)


def _take_qualifications(tutor: TutorProfile, said: list[str]) -> None:
    is_same = sorted(map(_words, said)) == sorted(map(_words, tutor.qualifications))
    if is_same or not (tutor.is_checked and _has_degree_badge(tutor)):
        tutor.qualifications, tutor.pending_qualifications = said, None
    else:
        tutor.pending_qualifications = said


def _has_degree_badge(tutor: TutorProfile) -> bool:
    in_force = Badge.objects.in_force(clock.today())
    return in_force.filter(tutor=tutor, claim=Badge.Claim.DEGREE).exists()


def _pending(tutor: TutorProfile) -> dict[str, Any]:
    """What waits, by the name of the field that it is for."""
    said = {"name": tutor.pending_name or None, "qualifications": tutor.pending_qualifications}
    return {field: value for field, value in said.items() if value is not None}


def _drop(tutor: TutorProfile) -> None:
    tutor.pending_name, tutor.pending_qualifications = "", None
    _keep(tutor)


def _keep(tutor: TutorProfile) -> None:
    """A newer proposal keeps the place in the queue of the one that it replaces."""
    tutor.pending_at = (tutor.pending_at or clock.now()) if _pending(tutor) else None
    tutor.save(update_fields=["pending_name", "pending_qualifications", "pending_at"])


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).casefold().split()
