"""Every component with each of its states, for the people who build pages."""

from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tutorhub.core import clock
from tutorhub.site.forms import SampleForm


class Seal(NamedTuple):
    """A badge without a paper behind it."""

    label: str
    checked_on: date | None = None


STATUSES = (
    ("PENDING_PAYMENT", "To pay"),
    ("SCHEDULED", "Scheduled"),
    ("COMPLETED", "Completed"),
    ("EXPIRED", "Expired"),
    ("REJECTED", "Rejected"),
)
TUTORS = (
    {
        "url": "#meera",
        "name": "Meera Iyer",
        "headline": "Physics for classes 9-12, CBSE and ICSE. Nine years of helping students who "
        "“just don't get numericals”.",
        "badges": [Seal("Identity checked"), Seal("M.Sc. Physics")],
        "rating": 4.9,
        "review_count": 64,
        "hours_taught": 812,
        "languages": ["English", "Hindi", "Tamil"],
        "distance_km": 1.2,
        "why": ["teaches CBSE class 11 Physics", "1.2 km from you", "answers in about 2 h"],
        "rate_paise": 650_00,
        "mode_label": "at your home",
    },
    {
        "url": "#arjun",
        "name": "Arjun Kulkarni Rao",
        "headline": "IIT Madras engineer, JEE Mains and Advanced mechanics.",
        "badges": [Seal("Identity checked")],
        "is_new": True,
        "review_count": 2,
        "distance_km": None,
        "languages": ["English", "Kannada"],
        "why": ["class 11-12 Physics", "within your budget"],
        "rate_paise": 500_00,
        "mode_label": "online",
    },
)
STEPS = (
    {"state": "done", "title": "Tutor accepted", "text": "Mon 23 Nov, 9:12 am"},
    {"state": "done", "title": "You paid ₹ 650", "text": "Held safely by TutorHub"},
    {"state": "now", "title": "Class starts", "text": "Give Meera the start code"},
    {"state": "", "title": "You confirm", "text": "Or we release the money in 72 hours"},
    {"state": "failed", "title": "Payment failed", "text": "Nothing was charged"},
)
MONEY = (
    ("Class", 650_00),
    ("Commission 15 %", -97_50),
    ("GST on commission", -17_55),
    ("To Meera", 534_95, True),
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEVELOPMENT_PAGES:
        raise Http404
    if "messages" in request.GET:
        messages.success(request, "The class is confirmed.")
        messages.error(request, "Somebody else was faster.")
    return render(request, "site/styleguide.html", _samples())


def _samples() -> dict[str, Any]:
    wrong = SampleForm({"name": "", "phone": "98", "rate": "50", "mode": "x"}, auto_id="bad_%s")
    return {
        "form": SampleForm(),
        "wrong": wrong,
        "statuses": STATUSES,
        "tutors": TUTORS,
        "steps": STEPS,
        "money": MONEY,
        "crumbs": [("Bengaluru", "#"), ("Physics", "")],
        "now": clock.now(),
    }
