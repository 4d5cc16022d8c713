"""What a tutor handed in is kept, and a moderator sees what is not as it was."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum.models import Board, Subject
from tutorhub.core import clock
from tutors.models import Decision, Submission, TutorProfile
from tutors.policies import ClaimMissing
from tutors.queries import changes
from tutors.queries.desk import queues
from tutors.services import profiles, verification
from tutors.tests.desking import DESK, signed_in
from tutors.tests.factories import (
    DocumentFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db


def save(tutor: TutorProfile, **values: Any) -> TutorProfile:
    profiles.save(by=tutor.user, details=profiles.ProfileDetails(**values))
    return TutorProfile.objects.select_related("user").get(pk=tutor.pk)


def kinds(tutor: TutorProfile) -> list[tuple[int, str]]:
    return list(tutor.submissions.order_by("number").values_list("number", "kind"))


def waiting_changes(moderator: Any) -> list[TutorProfile]:
    rows = next(queue.rows for queue in queues(moderator) if queue.code == "changes")
    return [row.tutor for row in rows]


def test_each_time_a_profile_is_handed_in_it_is_kept(moderator: Any) -> None:
    tutor = TutorDraftFactory(user__name="Meera Iyer")
    paper = DocumentFactory(tutor=tutor)
    profiles.submit(tutor, by=tutor.user)
    first = tutor.submissions.get()
    assert (first.number, first.kind, first.version) == (1, "first", changes.VERSION)
    assert first.snapshot["name"] == "Meera Iyer"
    assert first.snapshot["offerings"][0]["online"] == 500_00
    assert first.snapshot["papers"] == [{"id": str(paper.pk), "kind": "identity", "pages": None}]
    assert paper.stored_key not in str(first.snapshot)
    assert tutor.user.phone not in str(first.snapshot)
    verification.reject(claimed(tutor, moderator), by=moderator, notes="x")
    tutor = save(tutor, headline="Chemistry")
    profiles.submit(tutor, by=tutor.user)
    assert kinds(tutor) == [(1, "first"), (2, "again")]
    # What was handed in first is still what it was.
    first.refresh_from_db()
    assert first.snapshot["headline"] == "Physics for classes 9 to 12"


def test_before_and_after_of_fields_offerings_and_papers(moderator: Any) -> None:
    tutor = TutorDraftFactory()
    old_paper = DocumentFactory(tutor=tutor)
    profiles.submit(tutor, by=tutor.user)
    verification.reject(claimed(tutor, moderator), by=moderator, notes="x")
    offering = tutor.offerings.get()
    more = [
        profiles.OfferingDetails(
            subject=offering.subject,
            boards=[Board.objects.get(pk="CBSE")],
            grade_min=9,
            grade_max=12,
            online_rate_paise=700_00,
        ),
        profiles.OfferingDetails(
            subject=Subject.objects.get(pk="maths"),
            boards=[Board.objects.get(pk="CBSE")],
            grade_min=6,
            grade_max=8,
            online_rate_paise=400_00,
        ),
    ]
    tutor = save(tutor, name="Meera Rao", qualifications=["Ph.D."], offerings=more)
    old_paper.delete()
    DocumentFactory(tutor=tutor, kind="degree", pages=3)
    old = changes.before(tutor)
    assert old is not None
    found = changes.changes(old.snapshot, changes.snapshot(tutor))
    seen = {(change.label, change.before, change.after) for change in found}
    name = old.snapshot["name"]
    assert seen == {
        ("Name", name, "Meera Rao"),
        ("Degrees", "M.Sc. Physics", "Ph.D."),
        (
            "Subject",
            "physics 9-12, CBSE, online ₹\xa0500, at home ₹\xa0650",
            "physics 9-12, CBSE, online ₹\xa0700",
        ),
        ("Subject", "", "maths 6-8, CBSE, online ₹\xa0400"),
        ("Paper", "proof of identity", ""),
        ("Paper", "", "degree or certificate (3)"),
    }


def test_nothing_changed_is_nothing() -> None:
    tutor = TutorFactory()
    assert changes.changes(changes.snapshot(tutor), changes.snapshot(tutor)) == []


def test_a_snapshot_with_fewer_fields_can_still_be_compared() -> None:
    tutor = TutorFactory()
    new = changes.snapshot(tutor)
    old = {name: value for name, value in new.items() if name not in {"trial", "papers"}}
    assert all(change.before == "" for change in changes.changes(old, new))


class TestChangesOfTheApproved:
    def test_key_fields_enter_the_queue_and_others_do_not(self, moderator: Any) -> None:
        tutor = save(TutorFactory(), headline="New words", bio="Other words")
        assert waiting_changes(moderator) == []
        tutor = save(tutor, qualifications=["Ph.D. Physics"])
        assert tutor.is_approved
        assert waiting_changes(moderator) == [tutor]
        assert tutor.submissions.get().kind == "change"

    def test_further_changes_keep_the_place_in_the_queue(self, moderator: Any) -> None:
        tutor = save(TutorFactory(), experience_years=12)
        other = save(TutorFactory(), experience_years=12)
        since = tutor.submissions.get().submitted_at
        tutor = save(tutor, experience_years=15)
        change = tutor.submissions.get()
        assert (change.submitted_at, change.snapshot["experience_years"]) == (since, 15)
        assert waiting_changes(moderator) == [tutor, other]

    def test_seen_they_leave_it_and_the_next_are_compared_to_them(self, moderator: Any) -> None:
        tutor = save(TutorFactory(), experience_years=12)
        verification.accept_changes(claimed(tutor, moderator), by=moderator, internal="Plausible")
        assert waiting_changes(moderator) == []
        decision = Decision.objects.get()
        assert (decision.verdict, decision.decided_by) == ("changes", moderator)
        with pytest.raises(verification.NothingChanged):
            verification.accept_changes(tutor, by=moderator)
        tutor = save(tutor, experience_years=20)
        old = changes.before(tutor)
        assert old is not None
        (change,) = changes.changes(old.snapshot, changes.snapshot(tutor))
        assert (change.before, change.after) == ("12", "20")
        assert kinds(tutor) == [(1, "change"), (2, "change")]

    def test_only_with_the_claim(self, moderator: Any) -> None:
        tutor = save(TutorFactory(), experience_years=12)
        with pytest.raises(ClaimMissing):
            verification.accept_changes(tutor, by=moderator)

    def test_who_is_not_approved_has_no_changes(self, moderator: Any) -> None:
        for factory in (TutorPendingFactory, TutorRejectedFactory, TutorDraftFactory):
            save(factory(), experience_years=12)
        assert not Submission.objects.exists()


def test_what_was_changed_while_it_waited_is_what_was_decided_on(moderator: Any) -> None:
    tutor = TutorDraftFactory()
    DocumentFactory(tutor=tutor)
    tutor = profiles.submit(tutor, by=tutor.user)
    tutor = save(tutor, headline="While it waited")
    verification.reject(claimed(tutor, moderator), by=moderator, notes="x")
    old = changes.before(tutor)
    assert old is not None
    assert old.snapshot["headline"] == "While it waited"
    assert old.reviewed_by == moderator


def test_the_case_page_shows_the_difference(moderator: Any) -> None:
    browser = signed_in(moderator)
    tutor = TutorDraftFactory()
    DocumentFactory(tutor=tutor)
    profiles.submit(tutor, by=tutor.user)
    path = f"{DESK}{tutor.pk}/change/"
    assert "Changed since" not in browser.get(path).content.decode()
    verification.reject(claimed(tutor, moderator), by=moderator, notes="x")
    tutor = save(tutor, qualifications=["<b>Ph.D.</b>"])
    page = browser.get(path).content.decode()
    assert "<del>M.Sc. Physics</del>" in page
    assert "<ins>&lt;b&gt;Ph.D.&lt;/b&gt;</ins>" in page


def test_the_case_page_asks_the_same_few_questions_for_a_long_case(moderator: Any) -> None:
    browser = signed_in(moderator)
    tutor = TutorDraftFactory()
    DocumentFactory(tutor=tutor)
    profiles.submit(tutor, by=tutor.user)

    def number() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"{DESK}{tutor.pk}/change/").status_code == 200
        return len(seen)

    claimed(tutor, moderator)
    verification.reject(tutor, by=moderator, notes="x", internal="y")
    number()
    first = number()
    for _ in range(4):
        DocumentFactory(tutor=tutor)
        profiles.submit(TutorProfile.objects.get(pk=tutor.pk), by=tutor.user)
        verification.reject(tutor, by=moderator, notes="x", internal="y")
    assert number() == first


def test_a_tutor_from_before_gets_a_first_submission_with_the_next_verdict(
    moderator: Any,
) -> None:
    tutor = TutorPendingFactory()
    assert changes.before(tutor) is None
    verification.reject(claimed(tutor, moderator), by=moderator, notes="x")
    assert kinds(tutor) == [(1, "first")]
    assert tutor.submissions.get().reviewed_at <= clock.now()
