"""Moderators decide: paper by paper, then on the tutor. Every decision is kept and told.

Who decides has to hold the case (`tutors.services.desk`), else policies.ClaimMissing is raised.
`notes` and `reason` are for the tutor to read, `internal` is for colleagues only.
"""

from collections.abc import Set
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError, InvalidTransition
from tutors import messages, news
from tutors.models import Badge, Decision, TutorDocument, TutorProfile
from tutors.policies import check_can_verify
from tutors.queries import changes
from tutors.services import badges, desk, proposals, submissions

Status = TutorProfile.Status
Verdict = Decision.Verdict


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why: the tutor reads it and it is kept with the decision.")


class NothingChanged(Conflict):
    code = "nothing_changed"
    message = _("Nothing of this tutor waits to be looked at.")


class ProfileChanged(Conflict):
    code = "profile_changed"
    message = _("The profile has changed since you opened the case. Look at it again.")


class IdentityUnchecked(Conflict):
    code = "identity_unchecked"
    message = _("Check a proof of identity first.")


@transaction.atomic
def approve(
    tutor: TutorProfile,
    *,
    by: User,
    notes: str = "",
    internal: str = "",
    seen: str | None = None,
) -> TutorProfile:
    """Let families find a tutor whose identity was checked.

    `seen` is the `changes.digest` of what the moderator has read, None where nobody reads. Raises
    ProfileChanged when it is not that any more, or IdentityUnchecked.
    """
    tutor = _lock(tutor, by, {Status.PENDING})
    _check_seen(tutor, seen)
    if not tutor.badges.in_force(clock.today()).filter(claim=Badge.Claim.IDENTITY).exists():
        raise IdentityUnchecked
    tutor.approved_at = tutor.approved_at or clock.now()
    submissions.close(tutor, by=by)
    _decide(tutor, Status.APPROVED, Verdict.APPROVED, by=by, notes=notes, internal=internal)
    messages.approved(tutor)
    outbox.announce(news.TUTOR_APPROVED, tutor_id=tutor.pk)
    return tutor


@transaction.atomic
def reject(tutor: TutorProfile, *, by: User, notes: str, internal: str = "") -> TutorProfile:
    """Send a profile back with notes; the tutor can correct it and hand it in again."""
    tutor = _lock(tutor, by, {Status.PENDING})
    notes = _reason(notes)
    submissions.close(tutor, by=by)
    _decide(tutor, Status.REJECTED, Verdict.REJECTED, by=by, notes=notes, internal=internal)
    messages.rejected(tutor)
    return tutor


@transaction.atomic
def accept_changes(
    tutor: TutorProfile,
    *,
    by: User,
    notes: str = "",
    internal: str = "",
    seen: str | None = None,
) -> TutorProfile:
    """What an approved tutor changed is fine; it leaves the queue. `seen` as for `approve`.

    What waited (`proposals`) is shown from now on. Raises NothingChanged, ProfileChanged or
    users.AccountClosed.
    """
    tutor = _lock(tutor, by, TutorProfile.CHECKED)
    _check_seen(tutor, seen)
    if not (tutor.is_proposing or tutor.submissions.open_changes().exists()):
        raise NothingChanged
    if tutor.is_proposing:
        internal = _with_proposal(tutor, internal)
        proposals.agree(tutor)
        submissions.note_change(tutor)
    submissions.close(tutor, by=by)
    _record(tutor, Verdict.CHANGES, by=by, notes=notes.strip(), internal=internal)
    return tutor


@transaction.atomic
def decline_changes(
    tutor: TutorProfile, *, by: User, notes: str, internal: str = "", seen: str | None = None
) -> TutorProfile:
    """The new name or degrees that wait are not shown; the checked ones stay. `seen` as above.

    Raises NothingChanged or ProfileChanged.
    """
    tutor = _lock(tutor, by, TutorProfile.CHECKED)
    _check_seen(tutor, seen)
    if not tutor.is_proposing:
        raise NothingChanged
    notes, internal = _reason(notes), _with_proposal(tutor, internal)
    proposals.decline(tutor, notes)
    _record(tutor, Verdict.DECLINED, by=by, notes=notes, internal=internal)
    return tutor


@transaction.atomic
def suspend(tutor: TutorProfile, *, by: User, reason: str, internal: str = "") -> TutorProfile:
    """Hide an approved tutor from everybody at once."""
    tutor = _lock(tutor, by, {Status.APPROVED})
    reason = _reason(reason)
    _decide(tutor, Status.SUSPENDED, Verdict.SUSPENDED, by=by, notes=reason, internal=internal)
    messages.suspended(tutor)
    outbox.announce(news.TUTOR_SUSPENDED, tutor_id=tutor.pk)
    return tutor


@transaction.atomic
def restore(tutor: TutorProfile, *, by: User, reason: str, internal: str = "") -> TutorProfile:
    """Show a suspended tutor again."""
    tutor = _lock(tutor, by, {Status.SUSPENDED})
    reason = _reason(reason)
    _decide(tutor, Status.APPROVED, Verdict.RESTORED, by=by, notes=reason, internal=internal)
    messages.restored(tutor)
    outbox.announce(news.TUTOR_LISTED, tutor_id=tutor.pk)
    return tutor


@transaction.atomic
def review_document(
    document: TutorDocument,
    *,
    by: User,
    is_genuine: bool,
    notes: str = "",
    valid_until: date | None = None,
    internal: str = "",
    seen: str | None = None,
) -> TutorDocument:
    """Say whether a paper proves its claim; that gives the tutor a badge or takes it away.

    `valid_until` is the paper's own last day, where it has one; without it the badge lapses after
    the usual time for its kind. A refusal needs `notes`. `seen` as for `approve`: a badge does not
    vouch for what was typed after the moderator has read it. Raises ProfileChanged.
    """
    check_can_verify(by)
    tutor = TutorProfile.objects.locked().get(pk=document.tutor_id)
    desk.hold(tutor, by=by)
    if is_genuine:
        _check_seen(tutor, seen)
    document = TutorDocument.objects.locked().get(pk=document.pk)
    document.tutor = tutor
    document.move_to(TutorDocument.Status.VERIFIED if is_genuine else TutorDocument.Status.REFUSED)
    document.notes = notes.strip() if is_genuine else _reason(notes)
    document.reviewed_at, document.reviewed_by = clock.now(), by
    document.save(update_fields=["status", "notes", "reviewed_at", "reviewed_by"])
    verdict = Verdict.VERIFIED if is_genuine else Verdict.REFUSED
    _record(tutor, verdict, by=by, notes=document.notes, document=document, internal=internal)
    if is_genuine:
        badges.award(document, valid_until)
    else:
        badges.take_away(document)
        messages.document_refused(document)
    return document


def _check_seen(tutor: TutorProfile, seen: str | None) -> None:
    if seen is not None and seen != changes.digest(tutor):
        raise ProfileChanged


def _with_proposal(tutor: TutorProfile, internal: str) -> str:
    """The internal note, with what was proposed: nothing else says so once it is decided."""
    said = [f"{one.label}: {one.before} → {one.after}" for one in changes.waiting(tutor)]
    return "\n".join([*said, internal.strip()]).strip()


def _lock(tutor: TutorProfile, by: User, wanted: Set[Status]) -> TutorProfile:
    check_can_verify(by)
    # The user is read after the lock: a join would bring the name from before it.
    tutor = TutorProfile.objects.locked().get(pk=tutor.pk)
    if tutor.status not in wanted:
        raise InvalidTransition(_("This tutor is %s.") % tutor.get_status_display())
    desk.hold(tutor, by=by)
    return tutor


def _decide(
    tutor: TutorProfile,
    status: Status,
    verdict: Verdict,
    *,
    by: User,
    notes: str,
    internal: str,
) -> None:
    tutor.move_to(status)
    tutor.status_notes = notes if status in {Status.REJECTED, Status.SUSPENDED} else ""
    tutor.save(update_fields=["status", "status_notes", "approved_at"])
    _record(tutor, verdict, by=by, notes=notes, internal=internal)


def _record(
    tutor: TutorProfile,
    verdict: Verdict,
    *,
    by: User,
    notes: str,
    internal: str,
    document: TutorDocument | None = None,
) -> None:
    decision = Decision.objects.create(
        tutor=tutor, document=document, verdict=verdict, notes=notes, decided_by=by
    )
    desk.note_decision(decision, internal)
    audit.record(f"tutor.{verdict.value}", document or tutor, by=by)


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()
