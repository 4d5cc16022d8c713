"""Reads that feed the pages which mix apps."""

from typing import Any

from django.utils.translation import gettext as _

from curriculum.models import Subject
from tutorhub.core import money

# A PIN code in the middle of each city, for links into the search.
CITIES = (
    ("Bengaluru", "560034"),
    ("Mumbai", "400053"),
    ("Delhi", "110024"),
    ("Hyderabad", "500034"),
    ("Chennai", "600017"),
    ("Pune", "411038"),
    ("Kolkata", "700019"),
    ("Ahmedabad", "380015"),
)
EXAMPLE_PAISE = 650_00
COMMISSION_BPS = 1500
GST_BPS = 1800


def home() -> dict[str, Any]:
    """Links into the search, and the sum of one class as an example."""
    commission = money.pct(EXAMPLE_PAISE, COMMISSION_BPS)
    gst = money.pct(commission, GST_BPS)
    return {
        "search_url": "/tutors/",
        "tutor_signin_url": "/signin/?role=tutor",
        "cities": CITIES,
        "subjects": Subject.objects.all()[:12],
        "example": [
            (_("You pay"), EXAMPLE_PAISE),
            (_("Commission 15 %"), -commission),
            (_("GST on the commission"), -gst),
            (_("The tutor receives"), EXAMPLE_PAISE - commission - gst, True),
        ],
    }
