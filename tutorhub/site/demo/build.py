"""The whole demo: people first, then their classes, then money that was paid out."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from django.db import connection

from accounts.models import User
from marketplace.models import Enquiry
from payments.models import Payout
from payments.services import earnings, payout_checks, payouts, treasury
from payments.services.reconciling import outgoing
from students.models import Learner
from tutorhub.core import audit, clock, outbox
from tutorhub.core.models import AuditEvent
from tutorhub.site.demo import gateway, papers, people, stories
from tutors.models import TutorProfile

FINISHED = "demo.finished"
SEED = 20261123
TEACHING = 24
"""How many tutors the stories are about; the rest are there to be found."""

Say = Callable[[str], None]
Item = TypeVar("Item")


def is_finished() -> bool:
    return AuditEvent.objects.filter(action=FINISHED).exists()


def build(say: Say, *, tutors: int = 200, families: int = 60) -> None:
    """Make everything that is not there yet. Stopped half-way, it goes on where it was."""
    _hurry()
    random = Random(SEED)  # noqa: S311 - demo data, the same on every machine
    staff = people.make_staff()
    moderator = staff["moderator@tutorhub.example"]
    with papers.opened_once():
        made = [
            _arrived(number, moderator, random)
            for number in steps(range(tutors), "Tutors, with papers and approval", say)
        ]
        if not TutorProfile.objects.filter(status=TutorProfile.Status.PENDING).exists():
            for number in range(3):
                people.make_waiting_tutor(number + 1, random)
    learners = [
        people.make_family(number, random)
        for number in steps(range(families), "Families, with consent", say)
    ]
    with gateway.silent_webhooks():
        plots = list(plan(made, learners))
        for plot in steps(plots, "Enquiries, payments and classes", say):
            if not _is_told(plot):
                stories.tell(plot, random)
        say("Delivering what was promised for later")
        outbox.drain(rounds=50)
        pay_out(made[0], staff)
    audit.record(FINISHED, moderator)


def plan(tutors: list[TutorProfile], learners: list[Learner]) -> Iterator[stories.Story]:
    """Who meets whom, when, and how far it goes; nobody is in two classes at once."""
    named, first, diary = learners[0], tutors[0], Diary()
    for days in (-24, -17, -10):
        yield diary.story(named, first, stories.class_time(days, 18), "reviewed", "home")
    yield diary.story(named, first, stories.class_time(-1, 18), "completed", "home")
    yield diary.story(named, first, stories.class_time(2, 18), "scheduled", "home")
    another = next(tutor for tutor in _teachers(tutors, named) if tutor != first)
    yield diary.story(named, another, stories.class_time(3, 17), "offered")
    for number, learner in enumerate(learners[1:], start=1):
        ending = stories.ENDINGS[number % len(stories.ENDINGS)]
        teachers = _teachers(tutors, learner)
        tutor = teachers[number % len(teachers)]
        yield diary.story(learner, tutor, _when(ending, number), ending)
        if ending in {"reviewed", "released"}:
            again = stories.class_time(-30 + number % 8, 8 + number % 9)
            yield diary.story(learner, tutor, again, "reviewed")


class Diary:
    """Remembers whose hours are taken, and moves a class to the hour before while they are."""

    def __init__(self) -> None:
        self.taken: set[tuple[UUID, datetime]] = set()

    def story(
        self, learner: Learner, tutor: TutorProfile, at: datetime, until: str, mode: str = "online"
    ) -> stories.Story:
        while {(tutor.pk, at), (learner.pk, at)} & self.taken:
            at -= stories.HOUR
        self.taken |= {(tutor.pk, at), (learner.pk, at)}
        return stories.Story(learner, tutor, at, until, mode)


def pay_out(tutor: TutorProfile, staff: dict[str, User]) -> None:
    """The first tutor has been paid once, so that every page of money has something to show."""
    if Payout.objects.filter(tutor=tutor.user).exists():
        return
    maker, checker = staff["finance@tutorhub.example"], staff["finance2@tutorhub.example"]
    treasury.fund_payouts(
        amount_paise=5_00_000_00, reference="demo-opening", by=maker, approved_by=checker
    )
    # Nothing could be asked of the bank before there was money to ask with.
    with clock.at(clock.now() + timedelta(hours=1)):
        payout_checks.ask_again()
        outbox.drain()
    amount = min(800_00, earnings.summary(tutor.user).available_paise)
    payout = payouts.request(tutor=tutor.user, amount_paise=amount, by=tutor.user)
    payouts.approve(payout, by=checker)
    outbox.drain()
    _wait_for_the_bank(payout)


def _wait_for_the_bank(payout: Payout) -> None:
    """Ask the gateway until the payout is through: its webhook finds nobody at home yet."""
    for _attempt in range(20):
        outgoing.check_payout(payout.pk)
        payout.refresh_from_db()
        if payout.status == Payout.Status.PROCESSED:
            return
        time.sleep(0.5)


def steps(items: Iterable[Item], title: str, say: Say) -> Iterator[Item]:
    """Go through items and say every second or so how far we are."""
    total = len(list(items)) if not isinstance(items, list) else len(items)
    last = clock.now() - timedelta(seconds=5)
    for number, item in enumerate(items, start=1):
        yield item
        if number == total or clock.now() - last > timedelta(seconds=2):
            last = clock.now()
            say(f"{title}: {number} of {total}")


def _arrived(number: int, moderator: User, random: Random) -> TutorProfile:
    """Tutor `number`, who came here some weeks ago; those who will teach can be paid out."""
    with clock.at(clock.now() - timedelta(days=40 + number % 50)):
        tutor = people.make_tutor(number, moderator=moderator, random=random)
        if number < TEACHING:
            people.give_payout_method(tutor, number)
    return tutor


def _hurry() -> None:
    """Do not wait for the disk at each commit: demo data that a power cut takes is made again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _teachers(tutors: list[TutorProfile], learner: Learner) -> list[TutorProfile]:
    """Tutors who teach the learner's class; few of them, so that reviews add up."""
    return [
        tutor
        for tutor in tutors[:TEACHING]
        if tutor.offerings.filter(
            grade_min__lte=learner.grade, grade_max__gte=learner.grade
        ).exists()
    ]


def _when(ending: str, number: int) -> datetime:
    hour = 7 + number % 13
    if ending in {"asked", "declined", "offered", "closed", "scheduled"}:
        return stories.class_time(2 + number % 9, hour)
    if ending == "in_progress":
        return clock.now().replace(minute=0, second=0, microsecond=0)
    if ending == "completed":
        return stories.class_time(-1, hour)
    return stories.class_time(-9 - number % 14, hour)


def _is_told(plot: stories.Story) -> bool:
    """Whether this learner already asked this tutor about a class at this time."""
    asked = Enquiry.objects.filter(learner=plot.learner, leads__tutor=plot.tutor)
    if plot.until in {"asked", "declined", "in_progress"}:
        return asked.exists()
    return asked.filter(sessions__start_at=plot.class_at).exists()
