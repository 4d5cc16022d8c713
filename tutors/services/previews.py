"""The picture for links to a tutor: drawn when asked for, and kept by everybody's caches.

Its address has a mark of all that stands on it, so a picture never changes under its address.
"""

import hashlib
from dataclasses import astuple
from uuid import UUID

from django.conf import settings
from django.utils import translation

from tutorhub.core import memo, previews, storage
from tutorhub.core.previews import Texts
from tutors.models import TutorProfile
from tutors.queries import public_profiles

FACE = "336.jpg"


def mark_of(tutor: TutorProfile) -> str:
    """Twelve letters that change when the picture does. Fetch as `queries.public_profile` does."""
    photo = tutor.photo.public_id if tutor.photo else None
    shown = (*astuple(public_profiles.preview(tutor)), str(photo))
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]


def picture_of(tutor: TutorProfile, mark: str) -> bytes | None:
    """A JPEG in the language that the mark was made in; None when it is not up to date."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if mark_of(tutor) == mark:
                photo = tutor.photo.public_id if tutor.photo else None
                return _drawn(public_profiles.preview(tutor), photo)
    return None


@memo.for_a_minute(size=64)
def _drawn(texts: Texts, photo: UUID | None) -> bytes:
    """Kept, because drawing is dear. A photo that is just being taken down is left out."""
    face = None
    if photo is not None:
        try:
            face = storage.read(storage.public_key(photo, FACE))
        except storage.MissingFile:
            face = None
    return previews.draw(texts, face)
