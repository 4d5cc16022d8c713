"""Reads of one tutor's profile: the public page, the tutor's own, and what is still missing."""

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import clock
from tutors.models import Badge, Offering, TutorDocument, TutorPhoto, TutorProfile

MISSING: dict[str, Promise] = {
    "name": _("Give the name that families will see."),
    "headline": _("Write one line about what you teach."),
    "bio": _("Tell families how you teach, in a few sentences."),
    "place": _("Give your PIN code, so that families nearby can find you."),
    "offerings": _("Add at least one subject with its classes and a price."),
    "radius_km": _("Say how many km you travel to teach at a home."),
    "identity_document": _("Upload one proof of identity, so that a person can check it."),
}


def public_profile(profiles: "QuerySet[TutorProfile]") -> "QuerySet[TutorProfile]":
    """With what the public page shows: user, offerings with subject, badges in force, photo."""
    return profiles.select_related("user").prefetch_related(
        Prefetch("offerings", Offering.objects.select_related("subject").order_by("pk")),
        Prefetch("badges", Badge.objects.in_force(clock.today())),
        Prefetch("photos", TutorPhoto.objects.on_show(), to_attr="shown_photos"),
    )


def own_profile(user: User) -> TutorProfile | None:
    """The tutor's own profile with user, place and offerings, or None before the first save."""
    return (
        TutorProfile.objects.of(user)
        .select_related("user", "place")
        .prefetch_related(
            Prefetch("offerings", Offering.objects.select_related("subject").order_by("pk"))
        )
        .first()
    )


def missing(tutor: TutorProfile) -> list[str]:
    """Codes of what the profile lacks before it can be submitted; `MISSING` has the words."""
    offerings = list(tutor.offerings.all())
    checks = {
        "name": bool(tutor.user.name),
        "headline": bool(tutor.headline),
        "bio": bool(tutor.bio),
        "place": tutor.place_id is not None,
        "offerings": bool(offerings),
        "radius_km": tutor.radius_km > 0 or all(o.home_rate_paise is None for o in offerings),
        "identity_document": TutorDocument.objects.in_force()
        .filter(tutor=tutor, kind=TutorDocument.Kind.IDENTITY)
        .exists(),
    }
    return [code for code, is_there in checks.items() if not is_there]
