"""A payout every week for those who want one."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db.models import QuerySet

from accounts.models import User
from accounts.services import users
from accounts.tests.factories import StaffFactory
from payments.models import Payout, PayoutMethod
from payments.services import ledger, payout_methods, payouts
from payments.services.payouts import asking
from payments.tasks import plan_weekly_payouts
from payments.tests import factories
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow
from tutorhub.core.tests.threads import run_together

MONDAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 10, 0, tzinfo=clock.IST)


@pytest.fixture(autouse=True)
def _no_wait(settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)


def weekly_tutor(gross_paise=200_000, **values) -> User:
    tutor = factories.rich_tutor(gross_paise, **values)
    payout_methods.set_weekly(tutor=tutor, is_weekly=True)
    return tutor


def run_week(moment=MORNING):
    with clock.at(moment):
        plan_weekly_payouts()
        outbox.drain()


@pytest.mark.django_db
class TestWeek:
    def test_everything_that_can_be_had_is_asked_for_once(self):
        tutor = weekly_tutor()
        for hours in range(3):
            run_week(MORNING + timedelta(hours=hours))
        (payout,) = Payout.objects.all()
        assert (payout.tutor, payout.amount_paise, payout.status) == (tutor, 164_600, "REQUESTED")
        assert payout.week == MONDAY
        assert payout.requested_by == tutor

    def test_the_next_week_is_another_one(self):
        tutor = weekly_tutor()
        run_week()
        factories.earn(tutor, 100_000)
        run_week(MORNING + timedelta(days=3))
        assert Payout.objects.count() == 1
        run_week(MORNING + timedelta(days=7))
        assert [p.amount_paise for p in Payout.objects.order_by("pk")] == [164_600, 82_300]

    def test_the_suspended_are_left_out(self):
        users.suspend(weekly_tutor(), by=StaffFactory(), reason="Complaints")
        run_week()
        assert not Payout.objects.exists()

    def test_those_who_cannot_or_do_not_want_to_are_left_out(self):
        factories.rich_tutor()
        weekly_tutor(50_000)
        unchecked = weekly_tutor()
        PayoutMethod.objects.filter(tutor=unchecked).update(validation="", validated_at=None)
        changed = weekly_tutor()
        with clock.at(MORNING - timedelta(hours=1)):
            factories.make_method(changed, account_number="999988887777")
        empty = weekly_tutor()
        factories.payouts_request(empty, 164_600)
        run_week()
        assert not Payout.objects.filter(week__isnull=False).exists()

    def test_the_minimum_to_the_paisa(self, settings):
        weekly_tutor(200_000)
        settings.PAYOUT_MINIMUM_PAISE = 164_601
        run_week()
        assert not Payout.objects.exists()
        settings.PAYOUT_MINIMUM_PAISE = 164_600
        run_week(MORNING + timedelta(days=7))
        assert Payout.objects.count() == 1

    def test_what_still_waits_is_left_for_later(self, settings):
        settings.PAYOUT_FIRST_WAIT = timedelta(days=7)
        with clock.at(MORNING - timedelta(days=8)):
            tutor = weekly_tutor()
        with clock.at(MORNING - timedelta(days=1)):
            factories.earn(tutor, 100_000)
        run_week()
        assert Payout.objects.get().amount_paise == 164_600

    def test_one_bad_tutor_stops_nobody(self, monkeypatch):
        bad, good = weekly_tutor(), weekly_tutor()
        look = asking.earnings.summary

        def summary(tutor):
            if tutor == bad:
                raise RuntimeError("a bug")
            return look(tutor)

        monkeypatch.setattr(asking.earnings, "summary", summary)
        with clock.at(MORNING):
            plan_weekly_payouts()
            rows = list(OutboxRow.objects.filter(kind=payouts.REQUEST_WEEKLY))
            results = [attempted(row) for row in rows]
        assert sorted(results) == ["RuntimeError", "done"]
        assert Payout.objects.get().tutor == good
        failed = OutboxRow.objects.get(kind=payouts.REQUEST_WEEKLY, done_at=None)
        assert "a bug" in failed.last_error
        monkeypatch.setattr(asking.earnings, "summary", look)
        with clock.at(MORNING + timedelta(hours=1)):
            outbox.drain()
        assert Payout.objects.count() == 2


def attempted(row) -> str:
    try:
        outbox.attempt(row.pk)
    except RuntimeError as error:
        return type(error).__name__
    return "done"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_beats_and_many_workers_ask_once(self):
        tutor = weekly_tutor()

        def work(number):
            if number < 2:
                return payouts.plan_weekly(MONDAY)
            return payouts.request_weekly(tutor_id=tutor.pk, week=MONDAY)

        results = run_together(8, work)
        assert not [result for result in results if isinstance(result, Exception)]
        assert Payout.objects.count() == 1
        assert OutboxRow.objects.filter(kind=payouts.REQUEST_WEEKLY).count() == 1
        assert ledger.balance("tutor_earnings", tutor.pk) == 0

    def test_control_without_the_lock_one_of_them_trips(self, monkeypatch):
        tutor = weekly_tutor()
        both_have_looked = threading.Barrier(2, timeout=10)
        look = asking.earnings.summary

        def summary(tutor):
            found = look(tutor)
            if not both_have_looked.broken:
                both_have_looked.wait()
            return found

        monkeypatch.setattr(asking.earnings, "summary", summary)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        results = run_together(2, lambda n: payouts.request_weekly(tutor_id=tutor.pk, week=MONDAY))
        assert [result for result in results if isinstance(result, Exception)]
