"""What a profile says at one moment, and what differs between two of them.

A snapshot is plain data with a version, so that old ones can be read when the profile has more
fields. Prices are paise per hour. Papers are named by what is in the file, never by its address.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from tutorhub.core.money import rupees
from tutors.models import Submission, TutorDocument, TutorProfile

VERSION = 1
Snapshot = dict[str, Any]

FIELDS: dict[str, Promise] = {
    "name": _("Name"),
    "headline": _("Headline"),
    "bio": _("About"),
    "gender": _("Gender"),
    "languages": _("Languages"),
    "experience_years": _("Years of teaching"),
    "qualifications": _("Degrees"),
    "video_url": _("Video"),
    "place": _("Place"),
    "radius_km": _("Travels (km)"),
    "trial": _("First class"),
}


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was; an empty side was not there."""

    label: str
    before: str
    after: str


def snapshot(tutor: TutorProfile) -> Snapshot:
    """What the profile says now, with offerings and papers. Two queries, three with the place."""
    plain = ("headline", "bio", "gender", "languages", "experience_years", "qualifications")
    return {
        **{name: getattr(tutor, name) for name in (*plain, "video_url", "radius_km")},
        "name": tutor.user.name,
        "place": f"{tutor.place_id} {tutor.city}" if tutor.place_id else "",
        "trial": [tutor.trial_minutes, tutor.trial_price_paise] if tutor.trial_minutes else [],
        "offerings": [
            {
                "id": str(offering.pk),
                "subject": offering.subject_id,
                "boards": offering.boards,
                "grades": [offering.grade_min, offering.grade_max],
                "online": offering.online_rate_paise,
                "home": offering.home_rate_paise,
            }
            for offering in tutor.offerings.order_by("pk")
        ],
        "papers": [
            {"id": str(paper.pk), "kind": paper.kind, "pages": paper.pages}
            for paper in TutorDocument.objects.received().filter(tutor=tutor).order_by("pk")
        ],
    }


def digest(tutor: TutorProfile) -> str:
    """Sixteen letters that change when the snapshot does, or what waits to be agreed to."""
    said = [snapshot(tutor), tutor.pending_name, tutor.pending_qualifications]
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def before(tutor: TutorProfile) -> Submission | None:
    """The last submission that a moderator decided on, which is what the next one differs from."""
    decided = tutor.submissions.filter(reviewed_at__isnull=False)
    return decided.select_related("reviewed_by").order_by("-number").first()


def changes(old: Snapshot, new: Snapshot) -> list[Change]:
    """What differs, fields first, then offerings, then papers."""
    found = [
        Change(str(label), _text(old.get(name)), _text(new.get(name)))
        for name, label in FIELDS.items()
        if old.get(name) != new.get(name)
    ]
    found += _listed(old, new, "offerings", gettext("Subject"), _offering)
    return found + _listed(old, new, "papers", gettext("Paper"), _paper)


def waiting(tutor: TutorProfile) -> list[Change]:
    """What this tutor wants to change and nobody has agreed to: as it is shown, and as it would be.

    Fetch `user` with the profile.
    """
    found = []
    if tutor.pending_name:
        found.append(Change(str(FIELDS["name"]), tutor.user.name, tutor.pending_name))
    if tutor.pending_qualifications is not None:
        values = _text(tutor.qualifications), _text(tutor.pending_qualifications)
        found.append(Change(str(FIELDS["qualifications"]), *values))
    return found


def _listed(
    old: Snapshot, new: Snapshot, name: str, label: str, words: Callable[[Snapshot], str]
) -> list[Change]:
    """Rows that came, went or differ, known by their ids."""
    was = {row["id"]: row for row in old.get(name, ())}
    now = {row["id"]: row for row in new.get(name, ())}
    return [
        Change(
            label,
            words(was[key]) if key in was else "",
            words(now[key]) if key in now else "",
        )
        for key in dict.fromkeys((*was, *now))
        if was.get(key) != now.get(key)
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _offering(row: Snapshot) -> str:
    modes = {"online": gettext_lazy("online"), "home": gettext_lazy("at home")}
    prices = [f"{word} {rupees(row[mode])}" for mode, word in modes.items() if row[mode]]
    low, high = row["grades"]
    where = ", ".join([*row["boards"], *prices])
    return f"{row['subject']} {low}-{high}, {where}"


def _paper(row: Snapshot) -> str:
    kind = TutorDocument.Kind(row["kind"]).label
    return f"{kind} ({row['pages']})" if row["pages"] else str(kind)
