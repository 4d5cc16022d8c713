"""Badges: given for a paper, taken away with it, and watched as they come to their last day.

That a badge is over needs no job: every read asks for its date. The jobs here write to the tutor,
30, 7 and 1 days before and once it is over, and tell the apps above that nobody new may be met.
"""

from datetime import date, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import DomainError
from tutors import messages, news
from tutors.models import Badge, BadgeNotice, TutorDocument, TutorProfile
from tutors.models.decisions import BadgeQuerySet
from tutors.policies import BADGE_REMINDERS, BADGE_VALID_FOR

REMIND = "tutors.remind_of_badge"
LAPSE = "tutors.lapse_badge"
LAPSED = 0
"""The days of the notice that says a badge is over."""

# A schedule that stood still for long goes on where it was at its next turn.
BATCH = 1000
Status = TutorProfile.Status


def award(document: TutorDocument, valid_until: date | None) -> None:
    """Give the badge that a genuine paper of a locked tutor proves, if it is of that kind."""
    if document.kind not in Badge.Claim.values:
        return
    tutor, today, usual = document.tutor, clock.today(), BADGE_VALID_FOR[document.kind]
    if valid_until is not None and valid_until <= today:
        raise DomainError(_("This paper has already lapsed."), code="lapsed")
    Badge.objects.update_or_create(
        tutor=tutor,
        claim=document.kind,
        defaults={
            "document": document,
            "checked_on": today,
            "valid_until": valid_until or (today + usual if usual else None),
        },
    )
    if document.kind == Badge.Claim.IDENTITY and tutor.is_approved and tutor.is_lapsed:
        outbox.announce(news.TUTOR_LISTED, tutor_id=tutor.pk)


def take_away(document: TutorDocument) -> None:
    """Remove the badge that rests on a paper which is not genuine after all."""
    gone = Badge.objects.filter(tutor=document.tutor, document=document)
    claims = list(gone.values_list("claim", flat=True))
    gone.delete()
    if Badge.Claim.IDENTITY in claims and document.tutor.is_approved:
        outbox.announce(news.TUTOR_UNLISTED, tutor_id=document.tutor_id)


def queue_reminders() -> int:
    """Ask for a reminder of each badge that comes near its last day. Returns how many.

    Between two of the days the one that was missed is made up for. A paper that was good for no
    longer when it was checked is no news to the tutor.
    """
    today, count = clock.today(), 0
    for days, next_days in pairwise((*BADGE_REMINDERS, LAPSED)):
        near = Badge.objects.filter(
            valid_until__gt=today + timedelta(days=next_days),
            valid_until__lte=today + timedelta(days=days),
            checked_on__lte=F("valid_until") - timedelta(days=days),
        )
        count += _queue(REMIND, near, days)
    return count


def queue_lapsed() -> int:
    """Ask for what follows the lapse of each badge that is past its last day."""
    return _queue(LAPSE, Badge.objects.filter(valid_until__lt=clock.today()), LAPSED)


@transaction.atomic
def remind(payload: outbox.Payload) -> None:
    """Tell the tutor that a badge comes to its last day, unless a new paper was shown since."""
    found = _note(payload)
    if found is None:
        return
    audit.record("badge.reminded", found, claim=found.claim, days=payload["days"])
    if _is_told(found.tutor):
        messages.badge_ending(found)


@transaction.atomic
def lapse(payload: outbox.Payload) -> None:
    """Write down that a badge is over and tell the tutor; without identity new business ends."""
    found = _note(payload)
    if found is None:
        return
    audit.record("badge.lapsed", found, claim=found.claim, on=payload["valid_until"])
    if _is_told(found.tutor):
        messages.badge_lapsed(found)
    if found.claim == Badge.Claim.IDENTITY and found.tutor.is_approved:
        outbox.announce(news.TUTOR_UNLISTED, tutor_id=found.tutor_id)


def _queue(job: str, badges: BadgeQuerySet, days: int) -> int:
    said = BadgeNotice.objects.filter(
        badge=OuterRef("pk"), valid_until=OuterRef("valid_until"), days=days
    )
    due = list(
        badges.filter(~Exists(said))
        .order_by("valid_until", "pk")
        .values_list("pk", "valid_until")[:BATCH]
    )
    for pk, valid_until in due:
        payload = {"badge": pk, "valid_until": valid_until, "days": days}
        outbox.later(job, payload, key=f"{job}:{pk}:{valid_until}:{days}")
    return len(due)


def _note(payload: outbox.Payload) -> Badge | None:
    """The badge under its tutor's lock, with the notice written; None if it was or is no more."""
    tutor_id = Badge.objects.filter(pk=payload["badge"]).values_list("tutor", flat=True).first()
    if tutor_id is None:
        return None
    tutor = TutorProfile.objects.locked().select_related("user").get(pk=tutor_id)
    valid_until = date.fromisoformat(payload["valid_until"])
    badge = Badge.objects.filter(pk=payload["badge"], valid_until=valid_until).first()
    if badge is None:
        return None
    badge.tutor = tutor
    _notice, is_new = BadgeNotice.objects.get_or_create(
        badge=badge, valid_until=valid_until, days=payload["days"]
    )
    return badge if is_new else None


def _is_told(tutor: TutorProfile) -> bool:
    return tutor.user.is_active and tutor.status in {Status.APPROVED, Status.PENDING}
