"""What searches, classes and reviews forget of somebody who was erased."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.models import Enquiry, Lead, Review, TutoringSession
from tutorhub.core import places


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Drop the words of this person and those about them; the classes stay. Twice is fine.

    Stars stay too, because they are part of an average.
    """
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
    Review.objects.filter(about).exclude(text="").update(text="")
