"""The entries of search follow every change in the transaction that makes it, and at once."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from tutorhub.core import clock
from tutorhub.core.tests.threads import somebody_waits, wait_until
from tutors import queries
from tutors.models import Badge, FreeHours, Offering, SearchEntry, TutorProfile
from tutors.queries import SearchCriteria, Sort
from tutors.services import profiles, stats
from tutors.services.profiles import OfferingDetails, ProfileDetails
from tutors.tests.factories import BadgeFactory, OfferingFactory, TutorFactory, TutorPendingFactory

COMPARED = (
    "SELECT count(*) FROM ("
    " (SELECT {0} FROM tutors_searchentry EXCEPT ALL SELECT {0} FROM tutors_searchsource)"
    " UNION ALL"
    " (SELECT {0} FROM tutors_searchsource EXCEPT ALL SELECT {0} FROM tutors_searchentry)) AS d"
)


def differences() -> int:
    """How many entries are not what a fresh computation says."""
    names = ", ".join(field.column for field in SearchEntry._meta.local_fields if field.column)
    with connection.cursor() as cursor:
        cursor.execute(COMPARED.format(names))
        return int(cursor.fetchone()[0])


def found(**filters: Any) -> list[Any]:
    return [r.tutor.id for r in queries.search(SearchCriteria(**filters)).results]


@pytest.mark.django_db
class TestAtOnce:
    @pytest.fixture(autouse=True)
    def _nothing_differs(self, db: None) -> Any:
        yield
        assert differences() == 0

    def test_approved_suspended_and_restored(self) -> None:
        tutor = TutorPendingFactory()
        BadgeFactory(tutor=tutor)
        assert found() == []
        for status, is_found in (("APPROVED", True), ("SUSPENDED", False), ("APPROVED", True)):
            TutorProfile.objects.filter(pk=tutor.pk).update(status=status)
            assert (found() == [tutor.pk]) is is_found

    def test_a_shut_account_is_gone_with_its_commit(self) -> None:
        tutor = TutorFactory()
        User.objects.filter(pk=tutor.user_id).update(is_active=False)
        assert SearchEntry.objects.count() == 0
        User.objects.filter(pk=tutor.user_id).update(is_active=True)
        assert found() == [tutor.pk]

    def test_an_offering_added_changed_and_removed(self) -> None:
        tutor = TutorFactory(offering=False)
        assert found() == []
        offering = OfferingFactory(tutor=tutor, online_rate_paise=500_00)
        assert found(budget_max_paise=500_00) == [tutor.pk]
        Offering.objects.update(online_rate_paise=600_00)
        assert found(budget_max_paise=500_00) == []
        offering.delete()
        assert found() == []

    def test_stars_hours_and_years_move_the_score(self) -> None:
        tutor = TutorFactory(rating_sum=0, rating_count=0)
        before = queries.search(SearchCriteria()).results[0].score
        for _ in range(4):
            stats.add_rating(tutor, 5)
        stats.add_taught_minutes(tutor, 60_000)
        TutorProfile.objects.update(experience_years=30)
        after = queries.search(SearchCriteria()).results[0]
        assert after.score > before + 200
        assert found(min_rating=5, sort=Sort.RATING) == [tutor.pk]

    def test_free_hours_and_trial(self) -> None:
        tutor = TutorFactory()
        tuesday_at_five = FreeHours({24 + 17})
        assert found(free_hours=tuesday_at_five) == found(has_trial=True) == []
        stats.set_free_hours(tutor, FreeHours({24 + 17, 100}))
        TutorProfile.objects.update(trial_minutes=30, trial_price_paise=0)
        assert found(free_hours=tuesday_at_five) == found(has_trial=True) == [tutor.pk]
        assert found(free_hours=FreeHours({3})) == []

    def test_the_identity_badge_keeps_the_listing(self) -> None:
        tutor = TutorFactory(badge__valid_until=clock.today())
        assert found() == [tutor.pk]
        Badge.objects.update(valid_until=clock.today() + timedelta(days=9))
        tutor.refresh_from_db()
        assert tutor.listed_until == clock.today() + timedelta(days=9)
        Badge.objects.all().delete()
        assert found() == []
        assert not TutorProfile.objects.listed().exists()

    def test_another_badge_does_not(self) -> None:
        tutor = TutorFactory(badge=False)
        BadgeFactory(tutor=tutor, claim=Badge.Claim.DEGREE)
        assert found() == []
        BadgeFactory(tutor=tutor)
        tutor.refresh_from_db()
        assert tutor.listed_until == date(9999, 12, 31)

    def test_the_listing_lapses_at_midnight_without_any_job(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last_day = clock.today()
        TutorFactory(badge__valid_until=last_day)
        assert len(found()) == TutorProfile.objects.listed().count() == 1
        monkeypatch.setattr(clock, "today", lambda: last_day + timedelta(days=1))
        assert found() == []
        assert not TutorProfile.objects.listed().exists()

    def test_a_change_that_is_undone_leaves_no_trace(self) -> None:
        tutor = TutorFactory()
        with transaction.atomic():
            TutorProfile.objects.update(status="SUSPENDED")
            assert found() == []
            transaction.set_rollback(True)
        assert found() == [tutor.pk]

    def test_many_at_once(self) -> None:
        tutors = [TutorFactory() for _ in range(4)]
        TutorProfile.objects.filter(pk__in=[tutor.pk for tutor in tutors[:3]]).update(radius_km=0)
        assert SearchEntry.objects.filter(is_home=True).count() == 1

    def test_what_search_does_not_read_writes_no_entry(self) -> None:
        TutorFactory()
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(ctid) FROM tutors_searchentry")
            before = cursor.fetchone()
            TutorProfile.objects.update(bio="new", minutes_taught=1)
            Offering.objects.update(grade_max=12)
            cursor.execute("SELECT array_agg(ctid) FROM tutors_searchentry")
            assert cursor.fetchone() == before


@pytest.mark.django_db
def test_offerings_that_go_on_keep_their_ids() -> None:
    tutor = TutorFactory()
    kept, gone = tutor.offerings.get(), OfferingFactory(tutor=tutor, subject_slug="maths")
    row = {"boards": [], "grade_min": 9, "grade_max": 12}
    same = OfferingDetails(subject=kept.subject, online_rate_paise=700_00, **row)
    new = OfferingDetails(subject=kept.subject, home_rate_paise=800_00, **row)
    profiles.save(by=tutor.user, details=ProfileDetails(offerings=[same, new]))
    kept.refresh_from_db()
    assert (kept.online_rate_paise, kept.home_rate_paise) == (700_00, None)
    assert tutor.offerings.count() == 2
    assert not Offering.objects.filter(pk=gone.pk).exists()
    assert differences() == 0


LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 7203))"


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """An account is shut while its profile changes: nothing of it may stay in search."""

    def race(self) -> int:
        tutor = TutorFactory()
        has_shut = threading.Event()

        def shut() -> None:
            try:
                with transaction.atomic():
                    User.objects.filter(pk=tutor.user_id).update(is_active=False)
                    has_shut.set()
                    wait_until(somebody_waits)
            finally:
                connection.close()

        def change() -> None:
            try:
                has_shut.wait(10)
                TutorProfile.objects.filter(pk=tutor.pk).update(radius_km=21)
            finally:
                connection.close()

        threads = [threading.Thread(target=target) for target in (shut, change)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert TutorProfile.objects.get().radius_km == 21
        return SearchEntry.objects.count()

    def test_with_the_lock_the_entries_are_gone(self) -> None:
        assert self.race() == 0

    def test_without_the_lock_they_come_back(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('search_refresh'::regproc)")
            function = cursor.fetchone()[0]
            assert LOCK in function
            cursor.execute(function.replace(LOCK, "PERFORM id"))
            try:
                assert self.race() > 0
            finally:
                cursor.execute(function)
