"""Who works on which case. A lease of a quarter hour, renewed by each action."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.services import staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent
from tutors.models import CaseNote, Decision, ReviewClaim, TutorProfile
from tutors.policies import ClaimMissing, NotModerator
from tutors.services import desk, verification
from tutors.tests.factories import TutorFactory, TutorPendingFactory, TutorSuspendedFactory

pytestmark = pytest.mark.django_db


def make_moderator() -> Any:
    staff.ensure_groups()
    user = StaffFactory()
    user.groups.set([staff.Group.objects.get(name=staff.MODERATOR)])
    return user


@pytest.fixture
def asha(db: None) -> Any:
    return make_moderator()


@pytest.fixture
def ben(db: None) -> Any:
    return make_moderator()


def verdicts(tutor: TutorProfile, by: Any) -> dict[str, Callable[[], object]]:
    paper = tutor.documents.first()
    return {
        "approve": lambda: verification.approve(tutor, by=by),
        "reject": lambda: verification.reject(tutor, by=by, notes="x"),
        "verify": lambda: verification.review_document(paper, by=by, is_genuine=True),
        "refuse": lambda: verification.review_document(paper, by=by, is_genuine=False, notes="x"),
        "suspend": lambda: verification.suspend(tutor, by=by, reason="x"),
        "restore": lambda: verification.restore(tutor, by=by, reason="x"),
    }


FACTORIES = {"suspend": TutorFactory, "restore": TutorSuspendedFactory}


class TestVerdictsNeedTheClaim:
    @pytest.mark.parametrize(
        "verb", ["approve", "reject", "verify", "refuse", "suspend", "restore"]
    )
    def test_deciding_without_an_own_live_claim_is_refused(
        self, verb: str, asha: Any, ben: Any
    ) -> None:
        tutor = FACTORIES.get(verb, TutorPendingFactory)()
        decide = verdicts(tutor, asha)[verb]
        with pytest.raises(ClaimMissing):
            decide()
        desk.claim(tutor, by=ben)
        with pytest.raises(ClaimMissing):
            decide()
        desk.release(tutor, by=ben)
        now = clock.now()
        desk.claim(tutor, by=asha)
        with clock.at(now + desk.LEASE + timedelta(seconds=1)), pytest.raises(ClaimMissing):
            decide()
        assert not Decision.objects.exists()
        before = tutor.status
        tutor.refresh_from_db()
        assert tutor.status == before

    def test_each_action_renews_the_lease(self, asha: Any) -> None:
        tutor = TutorPendingFactory()
        now = clock.now()
        desk.claim(tutor, by=asha)
        with clock.at(now + timedelta(minutes=14)):
            verification.review_document(tutor.documents.get(), by=asha, is_genuine=True)
        with clock.at(now + timedelta(minutes=28)):
            assert verification.approve(tutor, by=asha).status == "APPROVED"

    def test_what_is_internal_is_not_what_the_tutor_reads(self, asha: Any) -> None:
        tutor = TutorPendingFactory()
        desk.claim(tutor, by=asha)
        tutor = verification.reject(tutor, by=asha, notes="Too dark", internal="Looks copied")
        assert tutor.status_notes == "Too dark"
        decision = Decision.objects.get()
        assert decision.notes == "Too dark"
        assert decision.case_notes.get().text == "Looks copied"


class TestClaims:
    def test_one_at_a_time(self, asha: Any, ben: Any) -> None:
        tutor = TutorPendingFactory()
        desk.claim(tutor, by=asha)
        desk.claim(tutor, by=asha)
        with pytest.raises(desk.ClaimedByAnother):
            desk.claim(tutor, by=ben)
        assert ReviewClaim.objects.get().moderator == asha
        assert AuditEvent.objects.filter(action="claim.taken").count() == 1

    def test_a_lapsed_claim_is_free(self, asha: Any, ben: Any) -> None:
        tutor = TutorPendingFactory()
        now = clock.now()
        with clock.at(now):
            desk.claim(tutor, by=asha)
        with clock.at(now + desk.LEASE - timedelta(seconds=1)), pytest.raises(desk.NobodyWaits):
            desk.take_next(by=ben)
        with clock.at(now + desk.LEASE):
            assert desk.take_next(by=ben).tutor_id == tutor.pk
            assert desk.claim(tutor, by=ben).moderator == ben
            with pytest.raises(ClaimMissing):
                verification.reject(tutor, by=asha, notes="x")

    def test_the_longest_waiting_is_next(self, asha: Any, ben: Any) -> None:
        now = clock.now()
        young = TutorPendingFactory(submitted_at=now - timedelta(hours=1))
        old = TutorPendingFactory(submitted_at=now - timedelta(hours=3))
        TutorFactory(submitted_at=now - timedelta(days=9))
        assert desk.take_next(by=asha).tutor_id == old.pk
        assert desk.take_next(by=ben).tutor_id == young.pk
        with pytest.raises(desk.NobodyWaits):
            desk.take_next(by=asha)

    def test_released_it_is_the_next_again(self, asha: Any, ben: Any) -> None:
        tutor = TutorPendingFactory()
        desk.claim(tutor, by=asha)
        desk.release(tutor, by=ben)
        assert ReviewClaim.objects.get().moderator == asha
        desk.release(tutor, by=asha)
        assert desk.take_next(by=ben).tutor_id == tutor.pk

    def test_handed_over_with_a_word(self, asha: Any, ben: Any) -> None:
        tutor = TutorPendingFactory()
        with pytest.raises(ClaimMissing):
            desk.hand_over(tutor, to=ben, by=asha, reason="Speaks Tamil")
        desk.claim(tutor, by=asha)
        with pytest.raises(desk.ReasonMissing):
            desk.hand_over(tutor, to=ben, by=asha, reason=" ")
        with pytest.raises(NotModerator):
            desk.hand_over(tutor, to=StaffFactory(), by=asha, reason="x")
        assert desk.hand_over(tutor, to=ben, by=asha, reason="Speaks Tamil").moderator == ben
        assert CaseNote.objects.get().text == "Speaks Tamil"
        with pytest.raises(ClaimMissing):
            verification.reject(tutor, by=asha, notes="x")

    def test_what_cannot_wait_is_taken_over(self, asha: Any, ben: Any) -> None:
        tutor = TutorFactory()
        desk.claim(tutor, by=asha)
        with pytest.raises(desk.ReasonMissing):
            desk.take_over(tutor, by=ben, reason="")
        desk.take_over(tutor, by=ben, reason="The police called")
        assert verification.suspend(tutor, by=ben, reason="x").status == "SUSPENDED"
        assert AuditEvent.objects.filter(action="claim.taken_over", actor_id=ben.pk).exists()

    def test_nobody_else_gets_near_a_case(self) -> None:
        tutor = TutorPendingFactory()
        for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
            acts: list[Callable[[], object]] = [
                lambda user=user: desk.claim(tutor, by=user),
                lambda user=user: desk.take_next(by=user),
                lambda user=user: desk.release(tutor, by=user),
                lambda user=user: desk.hand_over(tutor, to=user, by=user, reason="x"),
                lambda user=user: desk.take_over(tutor, by=user, reason="x"),
                lambda user=user: desk.note(tutor, by=user, text="x"),
            ]
            for act in acts:
                with pytest.raises(NotModerator):
                    act()
        assert not ReviewClaim.objects.exists()
