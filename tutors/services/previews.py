"""The picture for links to a tutor: drawn when asked for, and kept by everybody's caches.

Its address has a mark of all that stands on it, so a picture never changes under its address.
"""

import hashlib
from dataclasses import astuple

from tutorhub.core import previews, storage
from tutors.models import TutorProfile
from tutors.queries import public_profiles

FACE = "336.jpg"


def mark_of(tutor: TutorProfile) -> str:
    """Twelve letters that change when the picture does. Fetch as `queries.public_profile` does."""
    photo = tutor.photo.public_id if tutor.photo else None
    shown = (*astuple(public_profiles.preview(tutor)), str(photo))
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]


def picture_of(tutor: TutorProfile) -> bytes:
    """A JPEG. A photo that is just being taken down is left out."""
    face = None
    if tutor.photo:
        try:
            face = storage.read(storage.public_key(tutor.photo.public_id, FACE))
        except storage.MissingFile:
            face = None
    return previews.draw(public_profiles.preview(tutor), face)
