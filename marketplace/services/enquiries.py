"""Asking for a tutor, and ending the search."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from curriculum.models import Subject
from marketplace import messages, policies
from marketplace.models import Enquiry, Lead, Side, TutoringSession
from marketplace.services import bookings, leads
from students.models import Learner
from students.policies import check_consent
from tutorhub.core import audit, clock, outbox, places
from tutors import queries as tutor_queries
from tutors.models import TutorProfile

SHOW_JOB = "marketplace.show_enquiry"
EXPIRE_JOB = "marketplace.expire_enquiry"


@transaction.atomic
def ask(
    *,
    by: User,
    learner: Learner,
    subject: Subject,
    mode: str,
    budget_max_paise: int | None = None,
    pin_code: str = "",
    preferred_times: Sequence[str] = (),
    note: str = "",
    tutor: TutorProfile | None = None,
) -> Enquiry:
    """Open an enquiry, show it to the tutors who match, and tell them.

    Budget and place default to the learner's. `tutor` is asked first, whether or not they match.
    The same question once more within settings.ENQUIRY_REPEAT is a form that was sent twice, and
    answers the first one.
    Raises what students.policies.check_consent raises, places.UnknownPinCode, or
    Learner.DoesNotExist where the learner is not in the family of `by`.
    """
    learner = Learner.objects.of(by).locked().get(pk=learner.pk)
    check_consent(learner, "enquiries.ask")
    question = {
        "learner": learner,
        "subject": subject,
        "grade": learner.grade,
        "board_id": learner.board_id,
        "mode": mode,
        "budget_max_paise": (
            learner.budget_max_paise if budget_max_paise is None else budget_max_paise
        ),
        "place": places.find(pin_code) if pin_code else learner.place,
        "preferred_times": list(preferred_times),
        "note": policies.hide_contacts(policies.hide_name(note, learner.name)),
    }
    if (same := _asked_before(question, tutor)) is not None:
        return same
    enquiry = Enquiry.objects.create(**question)
    audit.record("enquiry.asked", enquiry, by=by)
    for lead in _send_leads(enquiry, tutor):
        messages.lead_sent(lead)
    return enquiry


def _asked_before(question: dict[str, Any], tutor: TutorProfile | None) -> Enquiry | None:
    """Asked under the lock of the learner, so that of two at once the second finds the first."""
    since = clock.now() - settings.ENQUIRY_REPEAT
    same = Enquiry.objects.filter(
        **question, status__in=Enquiry.ANSWERABLE, created_at__gt=since, created_at__lte=clock.now()
    )
    if tutor is not None:
        same = same.filter(leads__tutor=tutor)
    return same.order_by("-pk").first()


@transaction.atomic
def close(enquiry: Enquiry, *, by: User) -> Enquiry:
    """End the search: open leads expire, unpaid offers are withdrawn.

    A tutor whose answer the family never opened gets the credit back.
    """
    return _close(Enquiry.objects.locked().get(pk=enquiry.pk), by=by)


@transaction.atomic
def close_without_consent(learner_id: UUID, before: datetime) -> None:
    """End every search for a child that was open when its guardian withdrew a consent."""
    for enquiry in Enquiry.objects.locked().filter(
        learner=learner_id, status__in=Enquiry.ANSWERABLE, created_at__lte=before
    ):
        _close(enquiry, by=None)


@transaction.atomic
def close_all_of(user_id: UUID) -> None:
    """End every open search of a family whose account is closed; a tutor's offers go with it."""
    for enquiry in Enquiry.objects.locked().filter(
        learner__family__user=user_id, status__in=Enquiry.ANSWERABLE
    ):
        _close(enquiry, by=None)
    Lead.objects.filter(tutor__user=user_id, status__in=Lead.WAITING).update(
        status=Lead.Status.EXPIRED
    )
    bookings.end_offers_of(user_id)


@transaction.atomic
def show_to(enquiry_id: UUID, tutor_id: UUID) -> None:
    """Show an open search to a tutor who was not there when it was asked, if they fit it.

    A lead that had expired while they were away is new again, as of now. Repeatable.
    """
    enquiry = (
        Enquiry.objects.locked().select_related("subject", "board", "place").get(pk=enquiry_id)
    )
    if not enquiry.is_answerable or enquiry.expires_at <= clock.now():
        return
    lead = Lead.objects.locked().filter(enquiry=enquiry, tutor=tutor_id).first()
    if lead is not None and lead.status != Lead.Status.EXPIRED:
        return
    TutorProfile.objects.locked().get(pk=tutor_id)
    if not TutorProfile.objects.listed().filter(pk=tutor_id).exists():
        return
    match = next((match for match in _matches(enquiry) if match.tutor.pk == tutor_id), None)
    if match is None:
        return
    if lead is None:
        reasons = [str(reason) for reason in match.reasons]
        lead = Lead.objects.create(
            enquiry=enquiry, tutor_id=tutor_id, score=match.score, reasons=reasons
        )
    else:
        # How long the tutor takes to answer counts from now, too.
        lead.move_to(Lead.Status.NEW, viewed_at=None, created_at=clock.now())
    audit.record("lead.sent_late", lead)
    messages.lead_sent(lead)


@transaction.atomic
def mark_opened(enquiry: Enquiry) -> None:
    """Note that the family has now seen the answers, which ends the right to the credits back."""
    Lead.objects.filter(
        enquiry=enquiry, status=Lead.Status.ACCEPTED, opened_by_family_at__isnull=True
    ).update(opened_by_family_at=clock.now())


def queue_stale() -> int:
    """Ask for the end of each enquiry whose time is over. Returns how many."""
    waiting = TutoringSession.objects.unpaid().values("enquiry")
    stale = Enquiry.objects.stale().exclude(pk__in=waiting).values_list("pk", flat=True)
    for pk in stale:
        outbox.later(EXPIRE_JOB, {"enquiry": pk}, key=f"{EXPIRE_JOB}:{pk}")
    return len(stale)


@transaction.atomic
def expire(enquiry_id: UUID) -> None:
    """End an enquiry whose time is over and that nobody booked; otherwise do nothing."""
    enquiry = Enquiry.objects.locked().get(pk=enquiry_id)
    if enquiry.is_answerable and enquiry.expires_at <= clock.now():
        enquiry.move_to(Enquiry.Status.EXPIRED, closed_at=clock.now())
        _end(enquiry)
        audit.record("enquiry.expired", enquiry)


def _close(enquiry: Enquiry, *, by: User | None) -> Enquiry:
    enquiry.move_to(Enquiry.Status.CLOSED, closed_at=clock.now())
    _end(enquiry)
    audit.record("enquiry.closed", enquiry, by=by)
    return enquiry


def _end(enquiry: Enquiry) -> None:
    enquiry.leads.filter(status__in=Lead.WAITING).update(status=Lead.Status.EXPIRED)
    for session in bookings.locked_offers(enquiry):
        bookings.end_offer(session, tell=Side.TUTOR)
    for lead in leads.locked_unopened(enquiry):
        leads.give_back(lead)


def _send_leads(enquiry: Enquiry, chosen: TutorProfile | None) -> list[Lead]:
    found = {
        match.tutor.pk: Lead(
            enquiry=enquiry,
            tutor=match.tutor,
            score=match.score,
            reasons=[str(reason) for reason in match.reasons],
        )
        for match in _matches(enquiry)
    }
    if chosen is not None and TutorProfile.objects.listed().filter(pk=chosen.pk).exists():
        lead = found.setdefault(chosen.pk, Lead(enquiry=enquiry, tutor=chosen))
        lead.score += Lead.CHOSEN_BONUS
        lead.reasons = [gettext("the family chose you"), *lead.reasons]
    return Lead.objects.bulk_create(found.values())


def _matches(enquiry: Enquiry) -> list[tutor_queries.Match]:
    return tutor_queries.match(
        subject=enquiry.subject,
        grade=enquiry.grade,
        board=enquiry.board,
        mode=enquiry.mode,
        budget_max_paise=enquiry.budget_max_paise,
        place=enquiry.place,
        limit=settings.LEADS_PER_ENQUIRY,
    )
