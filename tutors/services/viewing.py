"""A moderator looks at a paper: page by page, in the own case only, and it is written down.

A paper is opened once for a case, which leaves one row in the audit trail; its pages are drawn in
the child process, marked with who looks and when, and never leave as a file.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, contents, outbox, storage
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent
from tutors import messages
from tutors.models import ReviewClaim, TutorDocument, TutorProfile
from tutors.policies import PAPERS_AN_HOUR, check_can_verify, check_holds_claim
from tutors.services import desk

log = logging.getLogger(__name__)

OPENED = "tutor_document.viewed"
DOWNLOADED = "tutor_document.opened"
ALARM = "tutors.ring_alarm"
HOUR = timedelta(hours=1)


class NotOpened(NotAllowed):
    code = "not_opened"
    message = _("Open this paper from its case first.")


@transaction.atomic
def open_paper(document: TutorDocument, *, by: User) -> TutorDocument:
    """Begin to look at a paper of the own case; once for a claim. Raises ClaimMissing."""
    check_can_verify(by)
    tutor = TutorProfile.objects.locked().get(pk=document.tutor_id)
    desk.hold(tutor, by=by)
    if document.received_at is None:
        raise storage.MissingFile
    if not _is_open(document, ReviewClaim.objects.get(tutor=tutor)):
        audit.record(OPENED, document, by=by, kind=document.kind, case=str(tutor.pk))
        watch(by)
    return document


def page(document: TutorDocument, number: int, *, by: User) -> bytes:
    """Page `number` as a JPEG with the moderator's mark all over it. Reads from storage.

    Raises ClaimMissing, NotOpened, or contents.RefusedContent where there is no such page.
    """
    check_may_look(document, by)
    data = storage.read(document.stored_key)
    mark = mark_of(document, by)
    return contents.render_page(data, document.content_type, number, mark=mark).data


def check_may_look(document: TutorDocument, by: User) -> None:
    """Raise unless `by` works on the case of this paper and has opened it there."""
    check_can_verify(by)
    claim = ReviewClaim.objects.filter(tutor=document.tutor_id).first()
    check_holds_claim(claim, by)
    if claim is None or not _is_open(document, claim):
        raise NotOpened


def mark_of(document: TutorDocument, by: User) -> str:
    """Who looks, when and at whose case: what a photo of the screen would give away."""
    moment = clock.now().astimezone(clock.IST)
    return f"{by.email} {moment:%Y-%m-%d %H:%M} IST {str(document.tutor_id)[-12:]}"


def _is_open(document: TutorDocument, claim: ReviewClaim) -> bool:
    return AuditEvent.objects.filter(
        object_type=TutorDocument._meta.label_lower,
        object_id=str(document.pk),
        at__gte=claim.claimed_at,
        actor_id=claim.moderator_id,
        action=OPENED,
    ).exists()


def watch(by: User) -> None:
    """Ring once in an hour if one moderator opens more papers than work explains.

    Call it in the transaction that wrote down the look, whether at pages or by a download.
    """
    now = clock.now()
    looks = AuditEvent.objects.filter(
        actor_id=by.pk, at__gt=now - HOUR, action__in=[OPENED, DOWNLOADED]
    )
    papers = looks.values("object_id").distinct().count()
    if papers > PAPERS_AN_HOUR:
        key = f"{ALARM}:{by.pk}:{now:%Y-%m-%dT%H}"
        outbox.later(ALARM, {"moderator": by.pk, "papers": papers}, key=key)


@transaction.atomic
def ring(payload: outbox.Payload) -> None:
    """Write the alarm down where it stays, and to whoever watches (setting ALARM_EMAIL)."""
    moderator = User.objects.get(pk=payload["moderator"])
    audit.record("moderator.many_papers", moderator, papers=payload["papers"])
    log.warning("alarm: a moderator opened %s papers within an hour", payload["papers"])
    if settings.ALARM_EMAIL:
        messages.many_papers(settings.ALARM_EMAIL, moderator, payload["papers"])
