"""One pass of a reconciler: never two of a kind, never lost half-way, on record."""

from datetime import timedelta

import pytest

from accounts.tests.factories import StaffFactory
from payments.models import (
    ReconItem,
    ReconRun,
)
from payments.services.reconciling import (
    runs,
)
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together, wait_until


def runs_of(kind) -> list[ReconRun]:
    return list(ReconRun.objects.filter(kind=kind).order_by("started_at"))


def open_items(kind) -> list[tuple[str, str]]:
    found = ReconItem.objects.filter(kind=kind, resolved_at__isnull=True)
    return sorted(found.values_list("ref", "problem"))


class TestRuns:
    """What all seven have in common."""

    def test_two_of_a_kind_never_overlap(self, db):
        inner = []

        def work(under_way):
            inner.append(runs.perform("R1", lambda _: pytest.fail("a second pass has begun")))
            inner.append(runs.perform("R2", lambda _: None))

        assert runs.perform("R1", work).status == "DONE"
        assert inner[0] is None
        assert inner[1].status == "DONE"

    def test_one_that_died_goes_on_from_where_it_was(self, db):
        seen = []

        def work(under_way):
            for number in range(under_way.cursor.get("next", 0), 4):
                seen.append(number)
                under_way.run.looked += 1
                under_way.save(next=number + 1)
                if seen == [0, 1]:
                    raise RuntimeError("the power is out")

        with pytest.raises(RuntimeError):
            runs.perform("R1", work)
        (died,) = runs_of("R1")
        assert (died.status, died.note) == ("FAILED", "RuntimeError: the power is out")
        again = runs.perform("R1", work)
        assert seen == [0, 1, 2, 3]
        assert (again.pk, again.status, again.looked) == (died.pk, "DONE", 4)

    def test_one_that_was_killed_is_taken_over_when_its_lease_has_lapsed(self, db):
        class Killed(BaseException):
            pass

        def work(under_way):
            if not under_way.cursor:
                under_way.save(next=1)
                raise Killed

        with pytest.raises(Killed):
            runs.perform("R1", work)
        assert runs.perform("R1", work) is None
        with clock.at(clock.now() + runs.LEASE + timedelta(seconds=1)):
            assert runs.perform("R1", work).status == "DONE"
        assert len(runs_of("R1")) == 1

    def test_whoever_was_silent_for_too_long_writes_nothing_any_more(self, db):
        def slow(under_way):
            with clock.at(clock.now() + runs.LEASE + timedelta(seconds=1)):
                runs.perform("R1", lambda other: other.save(by="the other"))
            under_way.save(by="the slow one")
            pytest.fail("it went on without its lease")

        runs.perform("R1", slow)
        (run,) = runs_of("R1")
        assert (run.status, run.cursor) == ("DONE", {"by": "the other"})

    def test_one_that_takes_too_long_makes_room_and_goes_on_later(self, db):
        def work(under_way):
            while (number := under_way.cursor.get("next", 0)) < 3:
                under_way.save(next=number + 1)

        statuses = [runs.perform("R1", work, budget=0).status for _ in range(4)]
        assert statuses == ["RUNNING", "RUNNING", "RUNNING", "DONE"]

    def test_one_whose_items_are_slow_goes_on_behind_the_last_it_did(self, db, monkeypatch):
        """A gateway that takes seconds for each must not keep a pass at its beginning for ever."""

        class SlowClock:
            now = 0.0

            def monotonic(self):
                return self.now

        slow, seen = SlowClock(), []
        monkeypatch.setattr(runs, "time", slow)

        def check(number):
            slow.now += 20
            seen.append(number)
            return False

        def work(under_way):
            left = range(under_way.cursor.get("after", 0) + 1, 6)
            under_way.each(left, check, at=lambda number: {"after": number})

        statuses = [runs.perform("R1", work).status for _ in range(3)]
        assert seen == [1, 2, 3, 4, 5]
        assert statuses == ["RUNNING", "RUNNING", "DONE"]

    def test_quiet_runs_leave_one_row_an_hour(self, db):
        start = clock.now().replace(minute=0, second=0, microsecond=0)
        for minutes in range(0, 120, 2):
            with clock.at(start + timedelta(minutes=minutes)):
                runs.perform("R1", lambda under_way: None)
        assert len(runs_of("R1")) == 2

    def test_runs_that_found_or_mended_something_stay(self, db):
        start = clock.now().replace(minute=0, second=0, microsecond=0)

        def mend(under_way):
            under_way.run.mended += 1

        def find(under_way):
            under_way.found("pay_1", "differs", ours=1, theirs=2)

        for minutes, work in enumerate([mend, find, lambda _: None, lambda _: None]):
            with clock.at(start + timedelta(minutes=minutes)):
                runs.perform("R1", work)
        assert [(run.mended, run.found) for run in runs_of("R1")] == [(1, 0), (0, 1), (0, 0)]

    def test_quiet_rows_are_forgotten_in_the_end(self, db, settings):
        runs.perform("R1", lambda under_way: None)
        after = settings.RECON_QUIET_RUNS_KEPT + timedelta(hours=2)
        with clock.at(clock.now() + after):
            runs.perform("R1", lambda under_way: None)
        assert len(runs_of("R1")) == 1

    def test_a_difference_is_on_record_once(self, db):
        for _ in range(2):
            runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs", ours=1))
        assert open_items("R2") == [("pay_1", "differs")]

    def test_what_a_person_dealt_with_stays_dealt_with_until_the_figures_change(self, finance):
        def find(ours):
            runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs", ours=ours))

        find(1)
        runs.resolve(ReconItem.objects.get(), by=finance)
        find(1)
        assert open_items("R2") == []
        assert AuditEvent.objects.filter(action="difference.resolved").count() == 1
        find(2)
        assert open_items("R2") == [("pay_1", "differs")]

    def test_only_finance_deals_with_differences(self, db):
        runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs"))
        with pytest.raises(NotAllowed):
            runs.resolve(ReconItem.objects.get(), by=StaffFactory())

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_the_same_moment_one_begins(self):
        begun, sent_away = [], []

        def work(under_way):
            begun.append(1)
            # Under way until everybody else has had a try.
            wait_until(lambda: len(begun) + len(sent_away) == 6)

        def try_it(_number):
            run = runs.perform("R3", work)
            if run is None:
                sent_away.append(1)
            return run

        results = run_together(6, try_it)
        assert len(begun) == 1
        assert sum(result is not None for result in results) == 1
