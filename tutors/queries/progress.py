"""How far a tutor's profile has come, what it still lacks, and what each thing is good for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.services import taxes
from tutors.models import TutorDocument, TutorPhoto, TutorProfile
from tutors.queries.profiles import MISSING, missing

PHOTO, PAPERS = "photo", "papers"
PHOTO_ON_ITS_WAY = (TutorPhoto.Status.CHECKING, TutorPhoto.Status.WAITING, TutorPhoto.Status.SHOWN)


@dataclass(frozen=True)
class Thing:
    """Something a profile can have. What is required stands in `MISSING` as well."""

    code: str
    what: str | Promise
    why: str | Promise

    @property
    def is_required(self) -> bool:
        return self.code in MISSING


@dataclass(frozen=True)
class Part:
    """One page of the way to a whole profile."""

    name: str
    title: str | Promise
    things: tuple[Thing, ...]


def _required(code: str, why: str | Promise) -> Thing:
    return Thing(code, MISSING[code], why)


STEPS = (
    Part(
        "you",
        _("You"),
        (
            _required("name", _("Families want to know who comes to their child.")),
            Thing(
                "languages",
                _("Say which languages you teach in."),
                _("Families search by language; without one you are not in those results."),
            ),
        ),
    ),
    Part(
        "teaching",
        _("How you teach"),
        (
            _required("headline", _("It stands under your name in every list.")),
            _required("bio", _("It is what families read before they write to you.")),
            Thing(
                "qualifications",
                _("Name your degrees and certificates."),
                _("With the paper for it, your page shows a badge with the date of the check."),
            ),
        ),
    ),
    Part(
        "subjects",
        _("Subjects and prices"),
        (
            _required(
                "offerings", _("Families search by subject, class, board and price, and so do we.")
            ),
        ),
    ),
    Part(
        "where",
        _("Where"),
        (
            _required("place", _("Families near you see you first. Nobody sees your address.")),
            _required("radius_km", _("You get enquiries from homes within this distance only.")),
        ),
    ),
    Part(
        "hours",
        _("Free hours"),
        (
            Thing(
                "free_hours",
                _("Tick the hours in which you are usually free."),
                _("Families see free times on your page and search by day and time."),
            ),
        ),
    ),
    Part(
        "trial",
        _("Trial class"),
        (
            Thing(
                "trial",
                _("Offer a short first class."),
                _("Many families try somebody out before they book, and search for it."),
            ),
        ),
    ),
    Part(
        "video",
        _("Video"),
        (
            Thing(
                "video_url",
                _("Link a short video of yourself."),
                _("One minute shows how you explain better than any text."),
            ),
        ),
    ),
    Part(
        PHOTO,
        _("Photo"),
        (
            Thing(
                "photo",
                _("Add a photo of your face."),
                _("Families let in whom they recognise; initials are easily passed over."),
            ),
        ),
    ),
    Part(
        "tax",
        _("Tax"),
        (
            Thing(
                "pan",
                _("Give your PAN."),
                _("Without it the law has us withhold 5 % of every class."),
            ),
        ),
    ),
    Part(
        PAPERS,
        _("Documents"),
        (
            _required(
                "identity_document",
                _("A person looks at it. Nobody is shown to families without this check."),
            ),
            Thing(
                "degree_document",
                _("Upload a degree or certificate."),
                _("A checked degree is a badge of its own."),
            ),
        ),
    ),
)
NAMES = tuple(part.name for part in STEPS)


@dataclass(frozen=True)
class Item:
    """A thing, and whether this profile has it."""

    code: str
    what: str | Promise
    why: str | Promise
    is_required: bool
    is_done: bool


@dataclass(frozen=True)
class Step:
    """A part, and what of it is there."""

    name: str
    title: str | Promise
    items: list[Item]

    @property
    def is_done(self) -> bool:
        return all(item.is_done for item in self.items)

    @property
    def lacks(self) -> list[Item]:
        return [item for item in self.items if not item.is_done]

    @property
    def lacks_required(self) -> bool:
        return any(item.is_required for item in self.lacks)


@dataclass(frozen=True)
class Progress:
    """All steps of one tutor. `percent` counts things of both kinds."""

    steps: list[Step]

    @property
    def percent(self) -> int:
        items = [item for step in self.steps for item in step.items]
        return 100 * sum(item.is_done for item in items) // len(items)

    @property
    def next_name(self) -> str | None:
        """The first step that lacks something required."""
        return next((step.name for step in self.steps if step.lacks_required), None)

    @property
    def is_ready(self) -> bool:
        return self.next_name is None

    def step(self, name: str) -> Step:
        return self.steps[NAMES.index(name)]

    def number(self, name: str) -> int:
        return NAMES.index(name) + 1

    def after(self, name: str) -> Step | None:
        """The step that follows in order, whatever it lacks."""
        return next(iter(self.steps[NAMES.index(name) + 1 :]), None)

    def before(self, name: str) -> Step | None:
        number = NAMES.index(name)
        return self.steps[number - 1] if number else None


def progress(user: User, tutor: TutorProfile | None) -> Progress:
    """Of the own profile as `own_profile` has fetched it, or of none yet."""
    if tutor is None:
        return _filled(_of_nobody(user))
    required = set(MISSING) - set(missing(tutor))
    return _filled(required | _recommended(tutor, user))


def first_open(lacking: Sequence[str]) -> str | None:
    """The name of the first step with one of these codes."""
    for part in STEPS:
        if any(thing.code in lacking for thing in part.things):
            return part.name
    return None


def _of_nobody(user: User) -> set[str]:
    return ({"name"} if user.name else set()) | ({"pan"} if _has_pan(user) else set())


def _recommended(tutor: TutorProfile, user: User) -> set[str]:
    """What there is of the things that are not required."""
    photos = TutorPhoto.objects.filter(tutor=tutor, status__in=PHOTO_ON_ITS_WAY)
    degrees = TutorDocument.objects.in_force().filter(tutor=tutor, kind=TutorDocument.Kind.DEGREE)
    files = TutorProfile.objects.filter(pk=tutor.pk).values(
        has_photo=Exists(photos), has_degree=Exists(degrees)
    )
    sent = files.get()
    there = {
        "languages": bool(tutor.languages),
        "qualifications": bool(tutor.qualifications),
        "free_hours": bool(tutor.free_hours),
        "trial": tutor.trial_minutes is not None,
        "video_url": bool(tutor.video_url),
        "photo": sent["has_photo"],
        "pan": _has_pan(user),
        "degree_document": sent["has_degree"],
    }
    return {code for code, is_there in there.items() if is_there}


def _has_pan(user: User) -> bool:
    return taxes.position(user).has_pan


def _filled(there: set[str]) -> Progress:
    return Progress(
        [
            Step(
                part.name,
                part.title,
                [
                    Item(thing.code, thing.what, thing.why, thing.is_required, thing.code in there)
                    for thing in part.things
                ],
            )
            for part in STEPS
        ]
    )
