"""Writing one's own profile and handing it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from curriculum.models import Board, Language, Subject
from tutorhub.core import audit, clock, places
from tutorhub.core.errors import DomainError
from tutors import messages, queries
from tutors.models import FreeHours, Offering, TutorProfile
from tutors.policies import KEY_FIELDS, check_can_edit, check_can_submit
from tutors.queries.profiles import MISSING
from tutors.services import proposals, stats, submissions, videos


class Incomplete(DomainError):
    """`extra["missing"]` has the codes, `extra["reasons"]` a sentence for each."""

    code = "incomplete"
    message = _("Something is still missing.")

    def __init__(self, missing: list[str]) -> None:
        reasons = [str(MISSING[code]) for code in missing]
        super().__init__(" ".join(reasons), missing=missing, reasons=reasons)


@dataclass(frozen=True)
class OfferingDetails:
    """Rates in paise per hour; at least one of them is given."""

    subject: Subject
    boards: Sequence[Board]
    grade_min: int
    grade_max: int
    online_rate_paise: int | None = None
    home_rate_paise: int | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "subject_id": self.subject.pk,
            "boards": [board.pk for board in self.boards],
            "grade_min": self.grade_min,
            "grade_max": self.grade_max,
            "online_rate_paise": self.online_rate_paise,
            "home_rate_paise": self.home_rate_paise,
        }


@dataclass(frozen=True)
class Trial:
    """A first class of 30, 45 or 60 minutes at a price of its own, 0 for free; or none at all."""

    minutes: int | None = None
    price_paise: int | None = None


@dataclass(frozen=True)
class ProfileDetails:
    """What a tutor says; None leaves what is there. An empty `pin_code` leaves the place."""

    name: str | None = None
    headline: str | None = None
    bio: str | None = None
    gender: str | None = None
    languages: Sequence[Language] | None = None
    experience_years: int | None = None
    qualifications: Sequence[str] | None = None
    video_url: str | None = None
    pin_code: str | None = None
    radius_km: int | None = None
    trial: Trial | None = None
    free_hours: FreeHours | None = None
    offerings: Sequence[OfferingDetails] | None = None


@transaction.atomic
def save(*, by: User, details: ProfileDetails) -> tuple[TutorProfile, bool]:
    """Create or change the profile of `by` with its offerings; says whether it is new.

    An approved tutor stays approved; changes of what a moderator relied on are audited, and a name
    or degree beside a badge waits for one (`proposals`). Raises Suspended, places.UnknownPinCode,
    videos.UnknownVideo, or Incomplete when a profile that is with us or public would lose something
    it needs.
    """
    tutor, is_new = TutorProfile.objects.get_or_create(
        user=by, defaults={"slug": _new_slug(by, details.name or by.name)}
    )
    # The user is read after the lock: a join would bring the name from before it.
    tutor = TutorProfile.objects.locked().get(pk=tutor.pk)
    check_can_edit(tutor, by)
    before = _key_values(tutor)
    _write(tutor, details, by)
    if details.offerings is not None:
        _write_offerings(tutor, details.offerings)
    if details.free_hours is not None:
        stats.set_free_hours(tutor, details.free_hours)
    _check_still_whole(tutor)
    changed = [name for name, value in _key_values(tutor).items() if value != before[name]]
    if tutor.is_approved and changed:
        audit.record("tutor.key_fields_changed", tutor, by=by, fields=changed)
        submissions.note_change(tutor)
    audit.record("tutor.created" if is_new else "tutor.changed", tutor, by=by)
    return tutor, is_new


@transaction.atomic
def submit(tutor: TutorProfile, *, by: User) -> TutorProfile:
    """Hand the profile in for checking. Raises Incomplete, AlreadySubmitted or Suspended."""
    tutor = TutorProfile.objects.locked().select_related("user").get(pk=tutor.pk)
    check_can_submit(tutor, by)
    missing = queries.missing(tutor)
    if missing:
        raise Incomplete(missing)
    tutor.move_to(TutorProfile.Status.PENDING)
    tutor.submitted_at, tutor.status_notes = clock.now(), ""
    tutor.save(update_fields=["status", "submitted_at", "status_notes"])
    submissions.hand_in(tutor)
    audit.record("tutor.submitted", tutor, by=by)
    messages.submitted(tutor)
    return tutor


def _write(tutor: TutorProfile, details: ProfileDetails, by: User) -> None:
    name_before = tutor.user.name
    proposals.take(tutor, by=by, name=details.name, qualifications=details.qualifications)
    if tutor.approved_at is None and tutor.user.name != name_before:
        tutor.slug = _new_slug(tutor.user, tutor.user.name)
    plain = ("headline", "bio", "gender", "experience_years", "radius_km")
    for name in plain:
        value = getattr(details, name)
        if value is not None:
            setattr(tutor, name, value)
    if details.video_url is not None:
        tutor.video_url = videos.clean(details.video_url)
    if details.languages is not None:
        tutor.languages = [language.pk for language in details.languages]
    if details.trial is not None:
        tutor.trial_minutes, tutor.trial_price_paise = (
            details.trial.minutes,
            details.trial.price_paise,
        )
    if details.pin_code:
        place = places.find(details.pin_code)
        tutor.place, tutor.city, tutor.state = place, place.city, place.state
        tutor.latitude, tutor.longitude = place.latitude, place.longitude
    tutor.updated_at = clock.now()
    written = ("slug", "languages", "qualifications", "place", "city", "state", "updated_at")
    more = ("video_url", "latitude", "longitude", "trial_minutes", "trial_price_paise")
    tutor.save(update_fields=[*plain, *written, *more])


def _write_offerings(tutor: TutorProfile, offerings: Sequence[OfferingDetails]) -> None:
    """Change, add and remove what differs; an offering that goes on keeps its id."""
    left = list(tutor.offerings.order_by("pk"))
    wanted = [offering.columns() for offering in offerings]
    kept: dict[int, Offering] = {}
    for alike in (tuple(wanted[0]) if wanted else (), ("subject_id", "grade_min"), ("subject_id",)):
        for number, columns in enumerate(wanted):
            found = None if number in kept else _first_alike(left, columns, alike)
            if found is not None:
                left.remove(found)
                kept[number] = found
    tutor.offerings.filter(pk__in=[offering.pk for offering in left]).delete()
    for number, offering in kept.items():
        changed = [n for n, value in wanted[number].items() if getattr(offering, n) != value]
        if changed:
            for name in changed:
                setattr(offering, name, wanted[number][name])
            offering.save(update_fields=changed)
    Offering.objects.bulk_create(
        Offering(tutor=tutor, **columns)
        for number, columns in enumerate(wanted)
        if number not in kept
    )


def _first_alike(
    offerings: list[Offering], columns: dict[str, Any], names: Sequence[str]
) -> Offering | None:
    """The first that has the same values in the columns of these names."""
    for offering in offerings:
        if all(getattr(offering, name) == columns[name] for name in names):
            return offering
    return None


def _check_still_whole(tutor: TutorProfile) -> None:
    if tutor.status in {TutorProfile.Status.PENDING, TutorProfile.Status.APPROVED}:
        lost = [code for code in queries.missing(tutor) if code != "identity_document"]
        if lost:
            raise Incomplete(lost)


def _key_values(tutor: TutorProfile) -> dict[str, Any]:
    return {name: getattr(tutor, name) for name in KEY_FIELDS}


def _new_slug(user: User, name: str) -> str:
    """The name and four characters of the id, so that two Ravis do not meet."""
    return f"{slugify(name)[:60] or 'tutor'}-{user.pk.hex[-5:]}"
