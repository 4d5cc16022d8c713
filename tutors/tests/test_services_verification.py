"""Decisions of moderators, at the service."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.services import staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.models import AuditEvent
from tutors import policies
from tutors.models import Badge, Decision, TutorProfile
from tutors.queries import changes
from tutors.services import profiles, submissions, verification
from tutors.tests.factories import (
    DocumentFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"x" * 500


def actions(subject: Any) -> set[str]:
    return set(
        AuditEvent.objects.filter(object_id=str(subject.pk)).values_list("action", flat=True)
    )


class TestWhatWasSeen:
    """A verdict is about what the moderator has read, not about what came after."""

    def test_an_approval_of_a_profile_that_has_changed_since(self, moderator: Any) -> None:
        tutor = claimed(TutorPendingFactory(), moderator)
        verification.review_document(tutor.documents.get(), by=moderator, is_genuine=True)
        seen = changes.digest(tutor)
        TutorProfile.objects.filter(pk=tutor.pk).update(headline="Call me on WhatsApp")
        with pytest.raises(verification.ProfileChanged):
            verification.approve(tutor, by=moderator, seen=seen)
        tutor.refresh_from_db()
        assert tutor.status == "PENDING"
        approved = verification.approve(tutor, by=moderator, seen=changes.digest(tutor))
        assert approved.status == "APPROVED"

    def test_changes_on_top_of_changes(self, moderator: Any) -> None:
        tutor = TutorFactory()
        profiles.save(by=tutor.user, details=profiles.ProfileDetails(experience_years=12))
        tutor = claimed(tutor, moderator)
        seen = changes.digest(tutor)
        profiles.save(by=tutor.user, details=profiles.ProfileDetails(experience_years=13))
        with pytest.raises(verification.ProfileChanged):
            verification.accept_changes(tutor, by=moderator, seen=seen)
        assert tutor.submissions.open_changes().exists()

    def test_what_is_not_of_the_profile_changes_nothing(self, moderator: Any) -> None:
        tutor = TutorPendingFactory()
        seen = changes.digest(tutor)
        claimed(tutor, moderator)
        TutorProfile.objects.filter(pk=tutor.pk).update(rating_count=9, rating_sum=40)
        assert changes.digest(TutorProfile.objects.get(pk=tutor.pk)) == seen


class TestVerification:
    def test_the_whole_way(self, moderator: Any) -> None:
        tutor = claimed(TutorPendingFactory(), moderator)
        with pytest.raises(verification.IdentityUnchecked):
            verification.approve(tutor, by=moderator)
        document = tutor.documents.get()
        document = verification.review_document(document, by=moderator, is_genuine=True)
        assert (document.status, document.reviewed_by) == ("VERIFIED", moderator)
        badge = Badge.objects.get()
        assert badge.checked_on == clock.today()
        assert badge.valid_until == clock.today() + timedelta(days=3 * 365)
        tutor = verification.approve(tutor, by=moderator, notes="Fine")
        assert tutor.status == "APPROVED"
        assert tutor.approved_at is not None
        assert TutorProfile.objects.listed().get() == tutor
        assert list(Decision.objects.values_list("verdict", "decided_by")) == [
            ("approved", moderator.pk),
            ("verified", moderator.pk),
        ]
        assert {"tutor.approved"} <= actions(tutor)
        assert Message.objects.filter(template="tutor_approved", user_id=tutor.user_id).exists()

    def test_a_rejection_carries_notes_and_can_be_corrected(self, moderator: Any) -> None:
        tutor = claimed(TutorPendingFactory(), moderator)
        with pytest.raises(verification.ReasonMissing):
            verification.reject(tutor, by=moderator, notes=" ")
        tutor = verification.reject(tutor, by=moderator, notes="Blurred photo")
        assert (tutor.status, tutor.status_notes) == ("REJECTED", "Blurred photo")
        assert "Blurred photo" in Message.objects.filter(template="tutor_rejected")[0].body
        assert profiles.submit(tutor, by=tutor.user).status == "PENDING"

    def test_suspend_and_restore(self, moderator: Any) -> None:
        tutor = claimed(TutorFactory(), moderator)
        with pytest.raises(verification.ReasonMissing):
            verification.suspend(tutor, by=moderator, reason="")
        verification.suspend(tutor, by=moderator, reason="Complaint")
        assert not TutorProfile.objects.listed().exists()
        verification.restore(tutor, by=moderator, reason="Cleared up")
        assert TutorProfile.objects.listed().exists()
        verdicts = Decision.objects.order_by("pk").values_list("verdict", "notes")
        assert list(verdicts) == [("suspended", "Complaint"), ("restored", "Cleared up")]

    def test_a_refused_paper_takes_its_badge_along(self, moderator: Any) -> None:
        tutor = claimed(TutorPendingFactory(), moderator)
        document = verification.review_document(
            tutor.documents.get(), by=moderator, is_genuine=True
        )
        with pytest.raises(verification.ReasonMissing):
            verification.review_document(document, by=moderator, is_genuine=False)
        verification.review_document(document, by=moderator, is_genuine=False, notes="Forged")
        assert not Badge.objects.exists()
        assert "Forged" in Message.objects.filter(template="tutor_document_refused")[0].body

    def test_the_papers_own_last_day_counts(self, moderator: Any) -> None:
        document = DocumentFactory(kind="police")
        claimed(document.tutor, moderator)
        day = clock.today() + timedelta(days=40)
        verification.review_document(document, by=moderator, is_genuine=True, valid_until=day)
        assert Badge.objects.get().valid_until == day
        lapsed = DocumentFactory(kind="police", tutor=document.tutor)
        with pytest.raises(verification.DomainError, match="lapsed"):
            verification.review_document(
                lapsed, by=moderator, is_genuine=True, valid_until=clock.today()
            )
        lapsed.refresh_from_db()
        assert lapsed.status == "RECEIVED"

    def test_other_papers_give_no_badge(self, moderator: Any) -> None:
        document = DocumentFactory(kind="other")
        claimed(document.tutor, moderator)
        verification.review_document(document, by=moderator, is_genuine=True)
        assert not Badge.objects.exists()

    @pytest.mark.parametrize("verb", ["approve", "reject", "suspend", "restore"])
    def test_only_moderators_decide(self, verb: str) -> None:
        tutor = TutorPendingFactory()
        reason = {"reason": "x"} if verb in {"suspend", "restore"} else {"notes": "x"}
        for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
            with pytest.raises(policies.NotModerator):
                getattr(verification, verb)(tutor, by=user, **reason)
            with pytest.raises(policies.NotModerator):
                verification.review_document(tutor.documents.get(), by=user, is_genuine=True)

    @pytest.mark.parametrize(
        ("verb", "factory"),
        [
            ("approve", TutorSuspendedFactory),
            ("reject", TutorFactory),
            ("suspend", TutorPendingFactory),
            ("restore", TutorRejectedFactory),
        ],
    )
    def test_each_verb_has_its_state(self, verb: str, factory: Any, moderator: Any) -> None:
        reason = {"reason": "x"} if verb in {"suspend", "restore"} else {"notes": "x"}
        with pytest.raises(InvalidTransition):
            getattr(verification, verb)(claimed(factory(), moderator), by=moderator, **reason)

    def test_decisions_are_never_changed(self, moderator: Any) -> None:
        verification.suspend(claimed(TutorFactory(), moderator), by=moderator, reason="x")
        for change in (
            lambda: Decision.objects.update(notes="y"),
            lambda: Decision.objects.all().delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()


@pytest.mark.django_db(transaction=True)
class TestDecidingAtOnce:
    """Approving and rejecting at the same moment: one wins. Without the lock both would.

    One moderator in two windows, because of two only one has the case.
    """

    def race(self) -> list[str]:
        staff.ensure_groups()
        first = second = StaffFactory(group="moderator")
        tutor = claimed(TutorPendingFactory(), first)
        # Else both verdicts write the first one, and its number lets only one of them pass.
        submissions.hand_in(tutor)
        verification.review_document(tutor.documents.get(), by=first, is_genuine=True)
        barrier, won = threading.Barrier(2), []

        def decide(verb: Any, by: Any) -> None:
            try:
                barrier.wait(10)
                verb(tutor, by=by, notes="x")
                won.append(verb.__name__)
            except InvalidTransition:
                pass
            finally:
                connection.close()

        threads = [
            threading.Thread(target=decide, args=pair)
            for pair in ((verification.approve, first), (verification.reject, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return won

    def test_with_the_lock_one_wins(self) -> None:
        assert len(self.race()) == 1

    def test_without_the_lock_both_win(self, monkeypatch: pytest.MonkeyPatch) -> None:
        together = threading.Barrier(2)
        lock = verification._lock

        def unlocked(*args: Any) -> TutorProfile:
            tutor = lock(*args)
            together.wait(10)
            return tutor

        monkeypatch.setattr(type(TutorProfile.objects.all()), "locked", lambda self: self)
        monkeypatch.setattr(verification, "_lock", unlocked)
        # It renews the claim, whose row would keep the second waiting.
        monkeypatch.setattr(verification.desk, "hold", lambda *args, **kwargs: None)
        assert len(self.race()) == 2
