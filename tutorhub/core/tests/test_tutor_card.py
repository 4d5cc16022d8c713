"""The card of a tutor shows what is known, leaves out the rest and escapes what people wrote."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.utils import translation

from tutorhub.core.templatetags.tutor_card import tutor_card

MEERA: dict[str, Any] = {
    "url": "/tutors/meera/?a=1&b=2",
    "name": "Meera <b>Iyer</b>",
    "headline": "Maths & more",
    "badges": [SimpleNamespace(label="Identity checked", checked_on=date(2026, 10, 12))],
    "rating": 4.9,
    "review_count": 64,
    "hours_taught": 812,
    "languages": ["English", "Hindi"],
    "distance_km": 1.25,
    "why": ["teaches <i>", "1.2 km from you"],
    "rate_paise": 650_00,
    "mode_label": "at your home",
}
LEAST = {"url": "#", "name": "Arjun", "headline": "", "badges": [], "rate_paise": 500_00}


def test_everything_is_shown_and_escaped() -> None:
    card = tutor_card(MEERA, first=True)
    for part in (
        'href="/tutors/meera/?a=1&amp;b=2">Meera &lt;b&gt;Iyer&lt;/b&gt;</a>',
        "<p>Maths &amp; more</p>",
        '<span class="badge">✓ Identity checked 12 Oct 2026</span>',
        "<b>4.9</b> (64 reviews)",
        '<span class="muted">812 hours taught</span>',
        '<span class="muted">English, Hindi</span>',
        "km away</span>",
        '<p class="why"><b>Why first:</b> teaches &lt;i&gt;, 1.2 km from you.</p>',
        '<span class="price">₹\u00a0650</span>',
        '<p class="small muted">at your home</p>',
        'aria-label="See Meera &lt;b&gt;Iyer&lt;/b&gt;"',
    ):
        assert part in card


def test_what_is_not_known_is_left_out() -> None:
    card = tutor_card(LEAST)
    assert "No reviews yet" in card
    for part in ('class="why"', "taught", "km away", 'class="badge', "small muted", "None"):
        assert part not in card


def test_a_new_tutor_is_called_so_and_others_follow_the_first() -> None:
    card = tutor_card({**LEAST, "is_new": True, "why": ["in your area"]})
    assert '<span class="badge warn">New on TutorHub</span>' in card
    assert "<b>Why here:</b> in your area." in card


def test_it_speaks_the_language_of_the_page() -> None:
    with translation.override("hi"):
        assert "See profile" not in tutor_card(LEAST)
