"""A moderator agrees to what waits of a checked tutor, or declines it."""

from typing import Any

import pytest
from django.test import Client

from accounts.services import erasures, staff, users
from tutorhub.core import outbox
from tutorhub.core.models import AuditEvent
from tutors.models import CaseNote, Decision, SearchName, TutorProfile
from tutors.policies import ClaimMissing, NotModerator
from tutors.queries import changes
from tutors.queries.checking import differences
from tutors.services import verification
from tutors.tests.desking import member
from tutors.tests.factories import (
    TutorFactory,
    TutorSuspendedFactory,
    claimed,
)
from tutors.tests.proposing import NEW, OLD, actions, again, in_queue, save, state, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor() -> TutorProfile:
    return TutorFactory(user__name=OLD, slug="meera-iyer-1")


class TestAgreeing:
    def test_everybody_sees_it_at_once(self, tutor: TutorProfile, moderator: Any) -> None:
        save(tutor, name=NEW)
        before = str(SearchName.objects.get(tutor=tutor).words)
        assert "iyer" in before
        page = Client().get(tutor.get_absolute_url()).content.decode()
        assert OLD in page
        assert NEW not in page
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        assert state(tutor) == (NEW, "", False)
        assert again(tutor).slug == "meera-iyer-1"
        words = SearchName.objects.get(tutor=tutor).words
        assert "rao" in words
        assert "iyer" not in words
        assert differences(most=5) == []
        page = Client().get(tutor.get_absolute_url()).content.decode()
        assert OLD not in page
        assert page.count(NEW) > 2
        assert f'"name": "{NEW}"' in page or f'"name":"{NEW}"' in page
        found = Client().get("/tutors/", {"q": "Meera Rao"}).content.decode()
        assert NEW in found
        assert in_queue(moderator) == []

    def test_the_picture_for_links_has_a_new_address(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        def card() -> str:
            page = Client().get(tutor.get_absolute_url()).content.decode()
            return page.partition("/card-")[2].partition(".jpg")[0]

        first = card()
        save(tutor, name=NEW)
        assert card() == first != ""
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        assert card() != first

    def test_it_is_told_kept_and_audited(self, tutor: TutorProfile, moderator: Any) -> None:
        users.update_profile(tutor.user, language="hi")
        save(tutor, name=NEW)
        verification.accept_changes(claimed(tutor, moderator), by=moderator, internal="As on PAN")
        message = told("tutor_name_agreed")
        assert message.user_id == tutor.user_id
        assert NEW in message.body
        assert "आपके नए नाम की जाँच हो गई है" in message.body
        decision = Decision.objects.get()
        assert (decision.verdict, decision.decided_by) == ("changes", moderator)
        assert CaseNote.objects.get().text == f"Name: {OLD} → {NEW}\nAs on PAN"
        assert {"tutor.proposed", "tutor.changes"} <= set(actions(tutor))
        submission = tutor.submissions.get()
        assert (submission.kind, submission.snapshot["name"]) == ("change", NEW)
        assert submission.reviewed_by == moderator
        assert NEW not in str(list(AuditEvent.objects.values_list("data", flat=True)))

    def test_of_a_suspended_tutor_too(self, moderator: Any) -> None:
        tutor = TutorSuspendedFactory(user__name=OLD)
        users.update_profile(tutor.user, name=NEW)
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        assert state(tutor) == (NEW, "", False)
        assert again(tutor).status == "SUSPENDED"

    def test_what_was_decided_before_stays_as_it_was(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        save(tutor, experience_years=12)
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        first = tutor.submissions.get()
        save(tutor, name=NEW)
        other = member(staff.MODERATOR)
        verification.accept_changes(tutor_of(tutor, other), by=other)
        first.refresh_from_db()
        assert (first.snapshot["name"], first.reviewed_by) == (OLD, moderator)
        assert tutor.submissions.count() == 2

    def test_an_account_that_was_erased_meanwhile_gets_no_name(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        save(tutor, name=NEW)
        erasures.leave(tutor.user, by=tutor.user)
        with pytest.raises(users.AccountClosed):
            verification.accept_changes(claimed(tutor, moderator), by=moderator)
        outbox.drain()
        assert state(tutor) == ("", "", False)


def tutor_of(tutor: TutorProfile, moderator: Any) -> TutorProfile:
    """The case passes from whoever had it to this moderator."""
    tutor.claim.delete()
    return claimed(TutorProfile.objects.get(pk=tutor.pk), moderator)


class TestDeclining:
    def test_the_shown_one_stays_and_the_tutor_reads_why(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        save(tutor, name=NEW, experience_years=15)
        verification.decline_changes(
            claimed(tutor, moderator), by=moderator, notes="Your PAN says Iyer.", internal="Second"
        )
        assert state(tutor) == (OLD, "", False)
        message = told("tutor_name_declined")
        assert message.user_id == tutor.user_id
        for words in (NEW, OLD, "Your PAN says Iyer.", "/tutor/profile/"):
            assert words in message.body
        decision = Decision.objects.get()
        assert (decision.verdict, decision.notes) == ("declined", "Your PAN says Iyer.")
        assert CaseNote.objects.get().text == f"Name: {OLD} → {NEW}\nSecond"
        assert "tutor.declined" in actions(tutor)
        # What changed at once is looked at apart from it.
        assert in_queue(moderator) == [(tutor, "changed after approval")]

    def test_it_takes_a_reason_a_claim_and_a_moderator(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        save(tutor, name=NEW)
        with pytest.raises(ClaimMissing):
            verification.decline_changes(tutor, by=moderator, notes="x")
        with pytest.raises(ClaimMissing):
            verification.accept_changes(tutor, by=moderator)
        claimed(tutor, moderator)
        with pytest.raises(verification.ReasonMissing):
            verification.decline_changes(tutor, by=moderator, notes=" ")
        with pytest.raises(NotModerator):
            verification.decline_changes(tutor, by=tutor.user, notes="x")
        assert state(tutor) == (OLD, NEW, True)

    def test_where_nothing_waits_there_is_nothing_to_decide(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        claimed(tutor, moderator)
        with pytest.raises(verification.NothingChanged):
            verification.decline_changes(tutor, by=moderator, notes="x")
        with pytest.raises(verification.NothingChanged):
            verification.accept_changes(tutor, by=moderator)


@pytest.mark.parametrize("newer", [{"name": "Somebody Else"}, {"name": OLD}])
def test_a_decision_about_an_older_proposal_is_refused(
    tutor: TutorProfile, moderator: Any, newer: dict[str, str]
) -> None:
    seen = changes.digest(save(tutor, name=NEW))
    claimed(tutor, moderator)
    save(tutor, **newer)
    with pytest.raises(verification.ProfileChanged):
        verification.accept_changes(tutor, by=moderator, seen=seen)
    with pytest.raises(verification.ProfileChanged):
        verification.decline_changes(tutor, by=moderator, notes="x", seen=seen)
    assert state(tutor)[0] == OLD
