"""Classes in every state that can be reached, each made by the steps that people take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from django.db.models import QuerySet

from accounts.models import User
from curriculum.models import Subject
from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.services import bookings, enquiries, leads, reviews, sessions
from payments.services import captures, credits, orders
from students.models import Learner
from tutorhub.core import clock
from tutorhub.site.demo import gateway, words
from tutors.models import Offering, TutorProfile

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """One learner, one tutor, one class, and how far it got."""

    learner: Learner
    tutor: TutorProfile
    class_at: datetime
    until: str
    mode: str = "online"


ENDINGS = (
    "asked",
    "offered",
    "expired",
    "scheduled",
    "in_progress",
    "completed",
    "released",
    "reviewed",
    "reviewed",
    "closed",
    "declined",
)


def class_time(days: int, hour: int) -> datetime:
    """`hour` o'clock in India, `days` from today (negative is past)."""
    day = clock.today() + timedelta(days=days)
    return datetime.combine(day, time(hour), tzinfo=clock.IST)


def tell(story: Story, random: Random) -> None:
    """Play a story through the services, each step at its own moment."""
    telling = Telling(story, random)
    for chapter in CHAPTERS[story.until]:
        chapter(telling)


class Telling:
    """A story on its way."""

    def __init__(self, story: Story, random: Random) -> None:
        self.story = story
        self.random = random
        self.family: User = story.learner.family.user
        self.teacher: User = story.tutor.user
        asked_at = min(story.class_at, clock.now() + 2 * DAY) - 3 * DAY
        self.asked_at = min(asked_at, clock.now() - HOUR)
        self.enquiry: Enquiry | None = None
        self.session: TutoringSession | None = None

    @property
    def booked(self) -> TutoringSession:
        assert self.session is not None
        self.session.refresh_from_db()
        return self.session

    def offering(self) -> Offering:
        grade = self.story.learner.grade
        fitting: QuerySet[Offering] = self.story.tutor.offerings.filter(
            grade_min__lte=grade, grade_max__gte=grade
        ).order_by("pk")
        return fitting[0]


def ask(telling: Telling) -> None:
    story = telling.story
    with clock.at(telling.asked_at):
        telling.enquiry = enquiries.ask(
            by=telling.family,
            learner=story.learner,
            subject=Subject.objects.get(pk=telling.offering().subject_id),
            mode=story.mode,
            budget_max_paise=_rate(telling) + 100_00,
            pin_code=story.learner.place_id,
            preferred_times=["Tue 18:00", "Thu 18:00"],
            note="Two chapters behind the class, and a test at the end of the month.",
            tutor=story.tutor,
        )


def accept(telling: Telling) -> None:
    lead = Lead.objects.get(enquiry=telling.enquiry, tutor=telling.story.tutor)
    with clock.at(telling.asked_at + HOUR):
        _have_credit(telling.teacher)
        leads.view(lead, by=telling.teacher)
        telling.session = leads.accept(
            lead,
            by=telling.teacher,
            start_at=telling.story.class_at,
            duration_min=60,
            rate_paise=_rate(telling),
            message="Happy to help. We start with what the last test showed.",
        )


def decline(telling: Telling) -> None:
    lead = Lead.objects.get(enquiry=telling.enquiry, tutor=telling.story.tutor)
    with clock.at(telling.asked_at + HOUR):
        leads.decline(lead, by=telling.teacher, reason="No free evening this month.")


def close(telling: Telling) -> None:
    assert telling.enquiry is not None
    with clock.at(telling.asked_at + 2 * HOUR):
        enquiries.close(telling.enquiry, by=telling.family)


def run_out(telling: Telling) -> None:
    session = telling.booked
    with clock.at(session.pay_by + timedelta(minutes=1)):
        bookings.expire(session.pk)


def pay(telling: Telling) -> None:
    with clock.at(telling.asked_at + 2 * HOUR):
        order = bookings.start_payment(telling.booked, by=telling.family)
        captures.apply_capture(gateway.pay(str(order.razorpay_order_id)))


def start(telling: Telling) -> None:
    session = telling.booked
    with clock.at(session.start_at):
        sessions.start(session, by=telling.teacher, code=session.start_code)


def complete(telling: Telling) -> None:
    session = telling.booked
    with clock.at(session.end_at):
        sessions.complete(session, by=telling.teacher, code=session.end_code)


def confirm(telling: Telling) -> None:
    session = telling.booked
    with clock.at(session.end_at + 3 * HOUR):
        sessions.confirm(session, by=telling.family)


def review(telling: Telling) -> None:
    session = telling.booked
    stars, text = telling.random.choice(words.REVIEWS)
    with clock.at(session.end_at + 4 * HOUR):
        reviews.write(session, by=telling.family, stars=stars, text=text)


Chapter = Callable[[Telling], None]
_PAID: list[Chapter] = [ask, accept, pay]
_TAUGHT: list[Chapter] = [*_PAID, start, complete]
CHAPTERS: dict[str, list[Chapter]] = {
    "asked": [ask],
    "declined": [ask, decline],
    "offered": [ask, accept],
    "closed": [ask, accept, close],
    "expired": [ask, accept, run_out],
    "scheduled": _PAID,
    "in_progress": [*_PAID, start],
    "completed": _TAUGHT,
    "released": [*_TAUGHT, confirm],
    "reviewed": [*_TAUGHT, confirm, review],
}


def _rate(telling: Telling) -> int:
    offering = telling.offering()
    rate = offering.home_rate_paise if telling.story.mode == "home" else offering.online_rate_paise
    return rate or offering.home_rate_paise or 0


def _have_credit(tutor: User) -> None:
    """Buy a pack the way a tutor does, when the last credit is gone."""
    if credits.balance(tutor):
        return
    order = orders.open_at_gateway(credits.start_topup(pack=credits.packs()[0], by=tutor))
    captures.apply_capture(gateway.pay(str(order.razorpay_order_id)))
