"""What the public page of one tutor says, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutorhub.core import places
from tutorhub.core.money import rupees
from tutorhub.core.previews import Texts
from tutorhub.core.templatetags.tutorhub import initials
from tutors.models import Badge, Offering, TutorProfile
from tutors.queries.criteria import Point

HOUR, DAY = 60, 24 * 60


@dataclass(frozen=True)
class Claim:
    """A badge in force; `label` names the degree where only one can be meant."""

    label: str
    badge: Badge


def claims(tutor: TutorProfile) -> list[Claim]:
    return [Claim(_label(tutor, badge), badge) for badge in tutor.badges.all()]


def _label(tutor: TutorProfile, badge: Badge) -> str:
    if badge.claim == Badge.Claim.DEGREE and len(tutor.qualifications) == 1:
        return _("%(degree)s, checked") % {"degree": tutor.qualifications[0]}
    return badge.label


def response(tutor: TutorProfile) -> str:
    """`answers in about 2 hours`, or nothing while that is not known."""
    minutes = tutor.response_minutes
    if minutes is None:
        return ""
    if minutes < HOUR:
        return _("answers within the hour")
    if minutes < 2 * DAY:
        hours = round(minutes / HOUR)
        return ngettext(
            "answers in about %(hours)d hour", "answers in about %(hours)d hours", hours
        ) % {"hours": hours}
    days = round(minutes / DAY)
    return ngettext("answers in about %(days)d day", "answers in about %(days)d days", days) % {
        "days": days
    }


def distance_km(tutor: TutorProfile, point: Point | None) -> float | None:
    """From the point to the middle of the tutor's PIN code, rounded so that it tells no more."""
    if point is None or tutor.latitude is None or tutor.longitude is None:
        return None
    km = places.distance_km(point.latitude, point.longitude, tutor.latitude, tutor.longitude)
    return round(km, 1) if km < 10 else float(round(km))


def lowest_paise(offerings: list[Offering]) -> int | None:
    rates = [rate for o in offerings for rate in (o.online_rate_paise, o.home_rate_paise) if rate]
    return min(rates, default=None)


def preview(tutor: TutorProfile) -> Texts:
    """The words on the picture that other sites show for a link to this tutor."""
    lowest = lowest_paise(list(tutor.offerings.all()))
    return Texts(
        title=tutor.name,
        line=tutor.headline,
        price=_("from %(price)s an hour") % {"price": rupees(lowest)} if lowest else "",
        foot=f"TutorHub · {tutor.city}" if tutor.city else "TutorHub",
        initials=initials(tutor.name),
        marks=tuple(str(claim.label) for claim in claims(tutor)),
    )


def structured(tutor: TutorProfile, *, url: str, image_url: str) -> Mapping[str, Any]:
    """The page for search engines, by the vocabulary of schema.org. Nothing that it does not show.

    A rating belongs to the service: schema.org knows none of a person.
    """
    service: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Service",
        "@id": f"{url}#service",
        "name": tutor.headline or tutor.name,
        "serviceType": "Tutoring",
        "url": url,
        "image": image_url,
        "provider": {
            "@type": "Person",
            "@id": f"{url}#person",
            "name": tutor.name,
            "url": url,
            "knowsLanguage": list(tutor.languages),
        },
        "offers": [offer for o in tutor.offerings.all() for offer in _offers(o, url)],
    }
    if tutor.photo_url:
        service["provider"]["image"] = urljoin(url, tutor.photo_url)
    if tutor.city:
        service["areaServed"] = {"@type": "City", "name": tutor.city}
    if tutor.rating is not None:
        service["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": tutor.rating,
            "reviewCount": tutor.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return service


def _offers(offering: Offering, url: str) -> list[dict[str, Any]]:
    grades = f"{offering.grade_min}-{offering.grade_max}"
    modes = (("online", offering.online_rate_paise), ("at home", offering.home_rate_paise))
    return [
        {
            "@type": "Offer",
            "name": f"{offering.subject.name}, class {grades}, {mode}",
            "url": url,
            "priceCurrency": "INR",
            "price": f"{paise / 100:.2f}",
            "priceSpecification": {
                "@type": "UnitPriceSpecification",
                "price": f"{paise / 100:.2f}",
                "priceCurrency": "INR",
                "unitCode": "HUR",
            },
            "availability": "https://schema.org/InStock",
        }
        for mode, paise in modes
        if paise
    ]
