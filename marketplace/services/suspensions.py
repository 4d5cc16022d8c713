"""What stops when somebody may not do business any more, and what begins again when they may.

A tutor who is suspended, by a moderator or with the whole account, teaches nobody: open leads and
unpaid offers end, and every class to come is called off with all its money back to who paid.
A tutor whose proof of identity has merely lapsed meets no new family; classes that are paid stay.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from marketplace import messages
from marketplace.models import Enquiry, TutoringSession
from marketplace.services import bookings, enquiries, sessions
from tutorhub.core import clock, outbox
from tutors.models import TutorProfile

Status = TutoringSession.Status

# How old a search may be that a tutor who is back is still shown, and how many of them.
WELCOME_BACK = timedelta(hours=48)
WELCOME_BACK_MOST = 20


@transaction.atomic
def stop(user_id: UUID) -> None:
    """End all business of a suspended tutor, or of an account that is shut. Repeatable.

    Heard after the suspension was lifted, it does nothing: a class booked since is none of it.
    """
    tutor = TutorProfile.objects.select_related("user").filter(user=user_id).first()
    is_shut = User.objects.filter(pk=user_id, is_active=False).exists()
    if not is_shut and not (tutor is not None and tutor.is_suspended):
        return
    enquiries.close_all_of(user_id)
    # Only now, because money that arrived meanwhile may have made a class of an offer.
    coming = TutoringSession.objects.filter(tutor__user=user_id, status=Status.SCHEDULED)
    for pk in coming.order_by("pk").values_list("pk", flat=True):
        session = bookings.locked(pk)
        if session.status == Status.SCHEDULED:
            sessions.call_off(session, why="tutor_suspended")
            messages.class_without_tutor(session)


@transaction.atomic
def stop_new(tutor_id: UUID) -> None:
    """End open leads and unpaid offers of a tutor who is not listed; paid classes stay. Repeatable.

    Heard after the tutor is listed again, it does nothing.
    """
    if not TutorProfile.objects.listed().filter(pk=tutor_id).exists():
        enquiries.close_all_of(account_of(tutor_id))


@transaction.atomic
def welcome_back(user_id: UUID) -> None:
    """Show the fitting searches of the last two days to a tutor who may teach again. Repeatable.

    Each by work of its own, so that no lock is held for longer than one of them takes.
    """
    tutor = TutorProfile.objects.listed().filter(user=user_id).first()
    if tutor is None:
        return
    for enquiry_id in _recent(tutor):
        outbox.later(enquiries.SHOW_JOB, {"enquiry": enquiry_id, "tutor": tutor.pk})


def account_of(tutor_id: UUID) -> UUID:
    return TutorProfile.objects.values_list("user_id", flat=True).get(pk=tutor_id)


def _recent(tutor: TutorProfile) -> list[UUID]:
    """Ids of the newest that may fit and of which this tutor has no lead that can be answered."""
    now = clock.now()
    known = Q(leads__tutor=tutor) & ~Q(leads__status="EXPIRED")
    found = Enquiry.objects.filter(
        status__in=Enquiry.ANSWERABLE,
        created_at__gt=now - WELCOME_BACK,
        expires_at__gt=now,
        subject__in=tutor.offerings.values("subject"),
    ).exclude(pk__in=Enquiry.objects.filter(known).values("pk"))
    return list(found.order_by("-pk").values_list("pk", flat=True)[:WELCOME_BACK_MOST])
