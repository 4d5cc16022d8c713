"""One factory per state of a tutor. The default place is Koramangala, Bengaluru (560034)."""

import uuid
from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from curriculum.models import Subject
from tutorhub.core import clock, places
from tutors.models import (
    Badge,
    Offering,
    SavedSearch,
    TutorDocument,
    TutorPhoto,
    TutorProfile,
)
from tutors.services import desk


class TutorDraftFactory(DjangoModelFactory[TutorProfile]):
    """A complete profile with one offering (`offering=False` leaves it out), not submitted."""

    class Meta:
        model = TutorProfile
        skip_postgeneration_save = True

    class Params:
        pin_code = "560034"

    user = factory.SubFactory(TutorUserFactory)
    slug = factory.Sequence(lambda n: f"tutor-{n}")
    headline = "Physics for classes 9 to 12"
    bio = "Nine years of helping students who just do not get numericals."
    gender = "female"
    languages = ["en", "hi"]
    experience_years = 9
    qualifications = ["M.Sc. Physics"]
    place = factory.LazyAttribute(lambda o: places.find(o.pin_code))
    latitude = factory.LazyAttribute(lambda o: o.place.latitude)
    longitude = factory.LazyAttribute(lambda o: o.place.longitude)
    city = factory.LazyAttribute(lambda o: o.place.city)
    state = factory.LazyAttribute(lambda o: o.place.state)
    radius_km = 10
    status = TutorProfile.Status.DRAFT

    @factory.post_generation
    def offering(self, create: bool, value: object, **kwargs: Any) -> None:
        if value is not False:
            OfferingFactory(tutor=self, **kwargs)


class TutorPendingFactory(TutorDraftFactory):
    status = TutorProfile.Status.PENDING
    submitted_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def identity(self, create: bool, value: object, **kwargs: Any) -> None:
        if value is not False:
            DocumentFactory(tutor=self, **kwargs)


class TutorFactory(TutorDraftFactory):
    """An approved tutor with the identity badge (`badge=False` leaves it out)."""

    status = TutorProfile.Status.APPROVED
    submitted_at = factory.LazyFunction(clock.now)
    approved_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def badge(self, create: bool, value: object, **kwargs: Any) -> None:
        if value is not False:
            BadgeFactory(tutor=self, **kwargs)


class TutorRejectedFactory(TutorDraftFactory):
    status = TutorProfile.Status.REJECTED
    status_notes = "Please add a photo of the whole page."
    submitted_at = factory.LazyFunction(clock.now)


class TutorSuspendedFactory(TutorFactory):
    status = TutorProfile.Status.SUSPENDED


class OfferingFactory(DjangoModelFactory[Offering]):
    class Meta:
        model = Offering

    class Params:
        subject_slug = "physics"

    tutor = factory.SubFactory(TutorFactory, offering=False)
    subject = factory.LazyAttribute(lambda o: Subject.objects.get(pk=o.subject_slug))
    boards = ["CBSE"]
    grade_min = 9
    grade_max = 12
    online_rate_paise = 500_00
    home_rate_paise = 650_00


class DocumentFactory(DjangoModelFactory[TutorDocument]):
    """A document that has arrived."""

    class Meta:
        model = TutorDocument

    tutor = factory.SubFactory(TutorDraftFactory)
    kind = TutorDocument.Kind.IDENTITY
    status = TutorDocument.Status.RECEIVED
    filename = "passport.pdf"
    content_type = "application/pdf"
    size = 1000
    sha256 = "0" * 64
    upload_key = factory.LazyFunction(lambda: f"quarantine/{uuid.uuid4()}")
    stored_key = factory.LazyFunction(lambda: f"accepted/{uuid.uuid4()}")
    received_at = factory.LazyFunction(clock.now)


class PhotoFactory(DjangoModelFactory[TutorPhoto]):
    """A photo that waits for a moderator."""

    class Meta:
        model = TutorPhoto

    tutor = factory.SubFactory(TutorDraftFactory)
    status = TutorPhoto.Status.WAITING
    content_type = "image/jpeg"
    size = 1000
    upload_key = factory.LazyFunction(lambda: f"quarantine/{uuid.uuid4()}")
    stored_key = factory.LazyFunction(lambda: f"portraits/{uuid.uuid4()}")
    received_at = factory.LazyFunction(clock.now)


class BadgeFactory(DjangoModelFactory[Badge]):
    class Meta:
        model = Badge

    tutor = factory.SubFactory(TutorFactory, badge=False)
    claim = Badge.Claim.IDENTITY
    checked_on = date(2026, 10, 12)


def claimed(tutor: TutorProfile, by: Any) -> TutorProfile:
    """The tutor, whose case this moderator now works on; verdicts need that."""
    desk.claim(tutor, by=by)
    return tutor


class SavedSearchFactory(DjangoModelFactory[SavedSearch]):
    class Meta:
        model = SavedSearch

    user = factory.SubFactory(FamilyUserFactory)
    name = "Physics, Class 11"
    wishes = {"subject": "physics", "grade": 11}
