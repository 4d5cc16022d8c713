"""What searches, classes and reviews forget of somebody who was erased."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.services import erasures
from marketplace.models import Enquiry, Lead, Review, TutoringSession
from students.models import FamilyMember
from tutorhub.core import places


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Drop the words of this person and those about them; the classes stay. Twice is fine.

    Stars stay too, because they are part of an average.
    """
    erasures.add_traces(user_id, told=[*_tutors_of(user_id), *_families_of(user_id)])
    mine = Q(learner__family__user=user_id)
    for enquiry in Enquiry.objects.locked().filter(mine).select_related("place"):
        enquiry.note, enquiry.preferred_times = "", []
        enquiry.place = places.middle_of_city(enquiry.place)
        enquiry.save(update_fields=["note", "preferred_times", "place"])
    Lead.objects.filter(tutor__user=user_id).update(decline_reason="")
    sessions = TutoringSession.objects.filter(mine | Q(tutor__user=user_id))
    sessions.update(message="", start_code="", end_code="")
    about = (
        Q(written_by=user_id) | Q(tutor__user=user_id) | Q(session__learner__family__user=user_id)
    )
    Review.objects.filter(about).update(text="", taken_down_for="")


def _tutors_of(user_id: UUID) -> set[UUID]:
    """The accounts of the tutors whom a family of this person asked, or had classes with."""
    families = FamilyMember.objects.filter(user=user_id).values("family")
    asked = Lead.objects.filter(enquiry__learner__family__in=families)
    met = TutoringSession.objects.filter(learner__family__in=families).order_by()
    return {
        *asked.values_list("tutor__user", flat=True),
        *met.values_list("tutor__user", flat=True),
    }


def _families_of(user_id: UUID) -> set[UUID]:
    """The accounts of the families who asked this tutor, or had classes with them."""
    asked = Lead.objects.filter(tutor__user=user_id).values("enquiry__learner__family")
    met = TutoringSession.objects.filter(tutor__user=user_id).order_by()
    families = Q(family__in=asked) | Q(family__in=met.values("learner__family"))
    return set(FamilyMember.objects.filter(families).values_list("user", flat=True))
