"""What a list of tutors shows of one of them."""

from typing import Any

from django.utils.translation import gettext as _

from curriculum.queries import language_names
from tutors.queries import Mode, Result


def card_of(result: Result, query: str) -> dict[str, Any]:
    """For the component `tutor_card`; `query` goes along to the tutor's page."""
    tutor = result.tutor
    url = tutor.get_absolute_url()
    return {
        "url": f"{url}?{query}" if query else url,
        "name": tutor.name,
        "headline": tutor.headline,
        "photo": tutor.photo,
        "badges": tutor.badges,
        "rating": tutor.rating,
        "review_count": tutor.rating_count,
        "hours_taught": tutor.hours_taught,
        "languages": language_names(tutor.languages),
        "rate_paise": result.rate_paise,
        "mode_label": _("at your home") if result.mode == Mode.HOME else _("online"),
        "is_new": not tutor.rating_count and not tutor.minutes_taught,
    }
