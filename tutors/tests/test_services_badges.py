"""Badges near and past their last day, with the clock standing still."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.services import staff
from accounts.tests.factories import StaffFactory
from notifications.models import Message
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent, OutboxRow
from tutors import news
from tutors.models import Badge, BadgeNotice, TutorProfile
from tutors.services import badges, verification
from tutors.tasks import watch_badges
from tutors.tests.factories import (
    BadgeFactory,
    DocumentFactory,
    TutorFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db

LAST = date(2027, 3, 31)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.IST)


def watch(day: date, times: int = 1) -> None:
    """What beat and relay do on a day."""
    with clock.at(noon(day)):
        for _ in range(times):
            watch_badges()
            outbox.drain()


def said(template: str) -> int:
    return Message.objects.filter(template=template).count()


def tutor_until(last: date = LAST, **values: Any) -> TutorProfile:
    tutor: TutorProfile = TutorFactory(badge__valid_until=last, **values)
    return tutor


@pytest.mark.parametrize("days", [30, 7, 1])
def test_a_reminder_comes_on_its_day_and_not_the_day_before(days: int) -> None:
    tutor = tutor_until()
    BadgeNotice.objects.bulk_create(
        BadgeNotice(badge=tutor.badges.get(), valid_until=LAST, days=earlier)
        for earlier in (30, 7, 1)
        if earlier > days
    )
    watch(LAST - timedelta(days=days + 1))
    assert said("tutor_identity_ending") == 0
    watch(LAST - timedelta(days=days))
    message = Message.objects.get(template="tutor_identity_ending")
    assert message.user_id == tutor.user_id
    assert "31 March 2027" in message.text
    assert AuditEvent.objects.get(action="badge.reminded").data["days"] == days


def test_each_is_sent_once_however_often_beat_runs() -> None:
    tutor_until()
    for day in range(40, -5, -1):
        watch(LAST - timedelta(days=day), times=2)
    assert said("tutor_identity_ending") == 3
    assert said("tutor_identity_lapsed") == 1
    assert sorted(BadgeNotice.objects.values_list("days", flat=True)) == [0, 1, 7, 30]
    assert AuditEvent.objects.filter(action="badge.lapsed").count() == 1


def test_the_same_job_twice_writes_once() -> None:
    badge = tutor_until().badges.get()
    payload = {"badge": str(badge.pk), "valid_until": LAST.isoformat(), "days": 7}
    badges.remind(payload)
    badges.remind(payload)
    assert said("tutor_identity_ending") == 1


def test_days_on_which_beat_stood_still_are_made_up_for() -> None:
    tutor_until()
    watch(LAST - timedelta(days=3))
    assert list(BadgeNotice.objects.values_list("days", flat=True)) == [7]


def test_a_tutor_reads_it_in_the_own_language() -> None:
    tutor = tutor_until()
    User.objects.filter(pk=tutor.user_id).update(language="hi")
    BadgeFactory(tutor=tutor, claim="police", valid_until=LAST)
    watch(LAST - timedelta(days=7))
    watch(LAST + timedelta(days=1))
    texts = {message.template: message.text for message in Message.objects.all()}
    assert set(texts) == {
        "tutor_identity_ending",
        "tutor_badge_ending",
        "tutor_identity_lapsed",
        "tutor_badge_lapsed",
    }
    for text in texts.values():
        assert "31 मार्च 2027" in text
        assert "%(" not in text
        assert not any(word in text for word in ("Your", "Upload", "badge"))


def test_a_new_paper_in_time_makes_reminders_void() -> None:
    badge = tutor_until().badges.get()
    with clock.at(noon(LAST - timedelta(days=7))):
        badges.queue_reminders()
        Badge.objects.filter(pk=badge.pk).update(valid_until=LAST + timedelta(days=1000))
        outbox.drain()
    assert said("tutor_identity_ending") == 0
    assert not BadgeNotice.objects.exists()


def test_a_paper_checked_within_the_time_is_no_news() -> None:
    tutor = TutorFactory(badge=False)
    BadgeFactory(tutor=tutor, checked_on=LAST - timedelta(days=20), valid_until=LAST)
    watch(LAST - timedelta(days=20))
    assert said("tutor_identity_ending") == 0
    watch(LAST - timedelta(days=7))
    assert said("tutor_identity_ending") == 1


def test_a_badge_for_good_never_ends() -> None:
    tutor = TutorFactory()
    assert tutor.badges.get().valid_until is None
    watch(date(2040, 1, 1))
    assert not BadgeNotice.objects.exists()


def test_beat_watches_them_by_day_in_india() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["tutors-watch-badges"]
    assert entry["task"] == watch_badges.name
    hours = {(hour * 60 + 330) // 60 for hour in entry["schedule"].hour}
    assert hours == set(range(8, 20))


@pytest.mark.parametrize("factory", [TutorSuspendedFactory, TutorRejectedFactory])
def test_whom_nobody_finds_anyway_is_not_written_to(factory: Any) -> None:
    tutor = factory(badge=False) if factory is TutorSuspendedFactory else factory()
    BadgeFactory(tutor=tutor, valid_until=LAST)
    watch(LAST + timedelta(days=1))
    assert not Message.objects.exists()
    assert AuditEvent.objects.filter(action="badge.lapsed").count() == 1


class TestIdentity:
    """With the proof of identity the listing ends, at midnight in India and without any job."""

    def news_of(self, kind: str) -> int:
        return OutboxRow.objects.filter(kind=kind).values("payload").distinct().count()

    def test_the_listing_ends_with_the_day_and_the_lapse_is_announced(self) -> None:
        tutor = tutor_until()
        with clock.at(datetime(2027, 3, 31, 23, 59, tzinfo=clock.IST)):
            assert TutorProfile.objects.listed().filter(pk=tutor.pk).exists()
        with clock.at(datetime(2027, 4, 1, 0, 0, tzinfo=clock.IST)):
            assert not TutorProfile.objects.listed().filter(pk=tutor.pk).exists()
        watch(LAST)
        assert self.news_of(news.TUTOR_UNLISTED) == 0
        watch(LAST + timedelta(days=1))
        assert self.news_of(news.TUTOR_UNLISTED) == 1
        tutor.refresh_from_db()
        assert tutor.status == TutorProfile.Status.APPROVED

    def test_another_badge_leaves_the_listing_alone(self) -> None:
        tutor = TutorFactory()
        BadgeFactory(tutor=tutor, claim="police", valid_until=LAST)
        watch(LAST + timedelta(days=1))
        assert said("tutor_badge_lapsed") == 1
        assert self.news_of(news.TUTOR_UNLISTED) == 0

    @pytest.fixture
    def moderator(self) -> Any:
        staff.ensure_groups()
        return StaffFactory(group="moderator")

    def test_a_new_proof_lists_the_tutor_again(self, moderator: Any) -> None:
        tutor = tutor_until(timezone.now().date() - timedelta(days=2))
        assert not TutorProfile.objects.listed().exists()
        paper = DocumentFactory(tutor=tutor)
        claimed(tutor, moderator)
        verification.review_document(paper, by=moderator, is_genuine=True)
        assert TutorProfile.objects.listed().exists()
        assert self.news_of(news.TUTOR_LISTED) == 1

    def test_restored_without_one_the_tutor_is_told_what_is_missing(self, moderator: Any) -> None:
        for template, values in (
            ("tutor_restored", {}),
            (
                "tutor_restored_lapsed",
                {"badge__valid_until": date(2026, 1, 1), "badge__checked_on": date(2025, 1, 1)},
            ),
        ):
            tutor = claimed(TutorSuspendedFactory(**values), moderator)
            verification.restore(tutor, by=moderator, reason="Cleared")
            told = Message.objects.filter(user_id=tutor.user_id)
            assert [message.template for message in told] == [template]

    def test_a_proof_refused_after_all_ends_the_listing(self, moderator: Any) -> None:
        tutor = TutorFactory(badge=False)
        paper = DocumentFactory(tutor=tutor, status="VERIFIED")
        BadgeFactory(tutor=tutor, document=paper)
        claimed(tutor, moderator)
        verification.review_document(paper, by=moderator, is_genuine=False, notes="Forged")
        assert self.news_of(news.TUTOR_UNLISTED) == 1
        assert not TutorProfile.objects.listed().exists()
