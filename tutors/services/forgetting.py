"""What is left of a tutor who was erased: a row without a name, for classes and money to point at.

Files are deleted by work for later (`sweeping.delete_later`), once the rows have let go of them.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.services import erasures
from tutorhub.core import audit
from tutors.models import (
    Badge,
    CaseNote,
    Decision,
    FreeHours,
    Offering,
    ReviewClaim,
    Submission,
    TutorDocument,
    TutorPhoto,
    TutorProfile,
    TutorReport,
)
from tutors.services import documents, photos

TEXTS = (
    *("headline", "bio", "gender", "video_url", "status_notes", "city", "state"),
    "pending_name",
)
NOTHINGS = (
    "place",
    "latitude",
    "longitude",
    "response_minutes",
    "trial_minutes",
    "trial_price_paise",
    "pending_qualifications",
    "pending_at",
)


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Empty the profile, and delete photo, papers, badges and prices. Twice is fine.

    What the person has reported about others keeps its reason and loses its words.
    """
    TutorReport.objects.filter(reported_by=user_id).update(text="", notes="")
    tutor = TutorProfile.objects.locked().filter(user=user_id).first()
    if tutor is None:
        return
    snapshots = Submission.objects.filter(tutor=tutor).values_list("snapshot", flat=True)
    names = {str(snapshot.get("name", "")) for snapshot in snapshots}
    erasures.add_traces(user_id, names=[tutor.slug, *sorted(names - {""})])
    Badge.objects.filter(tutor=tutor).delete()
    Offering.objects.filter(tutor=tutor).delete()
    for photo in TutorPhoto.objects.locked().filter(tutor=tutor):
        photos.forget(photo)
    for document in TutorDocument.objects.locked().filter(tutor=tutor):
        documents.forget(document)
    TutorReport.objects.filter(tutor=tutor).update(text="", notes="")
    ReviewClaim.objects.filter(tutor=tutor).delete()
    Submission.objects.filter(tutor=tutor).delete()
    CaseNote.objects.filter(tutor=tutor).delete()
    Decision.objects.filter(tutor=tutor).exclude(notes="").update(notes="")
    _empty(tutor)
    audit.record("tutor.erased", tutor)


def _empty(tutor: TutorProfile) -> None:
    values: dict[str, Any] = {
        "slug": f"erased-{tutor.pk.hex[-12:]}",
        **dict.fromkeys(TEXTS, ""),
        **dict.fromkeys(NOTHINGS),
        **dict.fromkeys(["experience_years", "radius_km"], 0),
        "languages": [],
        "qualifications": [],
        "free_hours": FreeHours(),
    }
    for name, value in values.items():
        setattr(tutor, name, value)
    tutor.save(update_fields=list(values))
