"""The demo data: told through the services, complete, and repeatable."""

from random import Random

import pytest
from django.core.management import call_command

from curriculum.models import Board, Subject
from marketplace.models import Review, TutoringSession
from payments.models import LedgerAccount, Payout
from tutorhub.site.demo import build, people
from tutors.models import TutorProfile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_small_demo_is_told_once_and_goes_on_where_it_stopped(razorpay_simulator, settings):
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_FIRST_WAIT * 0
    build.build(lambda text: None, tutors=16, families=14)
    told = TutoringSession.objects.count()
    build.build(lambda text: None, tutors=16, families=14)

    assert TutoringSession.objects.count() == told
    reached = set(TutoringSession.objects.values_list("status", flat=True))
    assert reached >= {
        "PENDING_PAYMENT",
        "SCHEDULED",
        "IN_PROGRESS",
        "COMPLETED",
        "RELEASED",
        "EXPIRED",
        "CANCELLED",
    }
    assert Review.objects.shown().count() >= 3
    assert Payout.objects.count() == 1
    assert LedgerAccount.objects.filter(track_balance=True, balance__lt=0).count() == 0
    assert TutorProfile.objects.filter(status="PENDING").count() == 3


def test_more_tutors_for_measurements(db):
    call_command("demo", "--tutors", "50", "--search-only")
    assert TutorProfile.objects.listed().count() == 50


def test_the_full_demo_would_teach_every_subject_for_every_board(db):
    profiles = [people._profile(number, Random(1)) for number in range(200)]
    offerings = [offering for profile in profiles for offering in profile.offerings]
    assert {offering.subject.pk for offering in offerings} == set(
        Subject.objects.values_list("pk", flat=True)
    )
    assert {board.pk for offering in offerings for board in offering.boards} == set(
        Board.objects.values_list("pk", flat=True)
    )
    assert len({people.pin_of(number) for number in range(200)}) >= 12
