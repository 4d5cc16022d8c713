"""A checked tutor's new name, and new degrees beside a badge, wait until a moderator agrees."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from accounts.services import erasures, exports, staff, users
from notifications.catalogue import find
from notifications.models import Message
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent
from tutors import queries
from tutors.models import CaseNote, Decision, SearchName, TutorProfile
from tutors.policies import ClaimMissing, NotModerator, Suspended
from tutors.queries import changes
from tutors.queries.checking import differences
from tutors.queries.desk import queues
from tutors.queries.public_profiles import claims as public_claims
from tutors.services import profiles, proposals, verification
from tutors.tests.desking import member
from tutors.tests.factories import (
    BadgeFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "Meera Iyer", "Dr. Meera Rao"


@pytest.fixture
def moderator() -> Any:
    return member(staff.MODERATOR)


@pytest.fixture
def tutor() -> TutorProfile:
    return TutorFactory(user__name=OLD, slug="meera-iyer-1")


def again(tutor: TutorProfile) -> TutorProfile:
    return TutorProfile.objects.select_related("user").get(pk=tutor.pk)


def save(tutor: TutorProfile, **values: Any) -> TutorProfile:
    profiles.save(by=tutor.user, details=profiles.ProfileDetails(**values))
    return again(tutor)


def state(tutor: TutorProfile) -> tuple[str, str, bool]:
    """The name that is shown, the one that waits, and whether something waits."""
    found = again(tutor)
    return found.user.name, found.pending_name, found.is_proposing


def in_queue(moderator: Any) -> list[tuple[TutorProfile, str]]:
    rows = next(queue.rows for queue in queues(moderator) if queue.code == "changes")
    return [(row.tutor, row.what) for row in rows]


def actions(tutor: TutorProfile) -> list[str]:
    events = AuditEvent.objects.filter(object_id=str(tutor.pk)).order_by("pk")
    return list(events.values_list("action", flat=True))


def told(template: str) -> Message:
    return Message.objects.filter(template=template).latest("pk")


class TestTheName:
    @pytest.mark.parametrize("factory", [TutorFactory, TutorSuspendedFactory])
    def test_of_a_checked_tutor_it_waits(self, factory: Any, moderator: Any) -> None:
        tutor = factory(user__name=OLD)
        users.update_profile(tutor.user, name=f" {NEW} ")
        assert state(tutor) == (OLD, NEW, True)
        assert in_queue(moderator) == [(tutor, f"new name: {NEW}")]
        assert actions(tutor) == ["tutor.proposed"]
        assert AuditEvent.objects.get(action="tutor.proposed").data == {"fields": ["name"]}

    @pytest.mark.parametrize(
        "factory", [TutorDraftFactory, TutorPendingFactory, TutorRejectedFactory]
    )
    def test_of_everybody_else_it_changes_at_once(self, factory: Any) -> None:
        tutor = factory(user__name=OLD)
        save(tutor, name="Meera I. Rao")
        assert state(tutor) == ("Meera I. Rao", "", False)
        users.update_profile(tutor.user, name=NEW)
        assert state(tutor) == (NEW, "", False)

    def test_it_waits_wherever_it_is_typed(self, tutor: TutorProfile) -> None:
        save(tutor, name=NEW, headline="New words")
        assert state(tutor) == (OLD, NEW, True)
        assert again(tutor).headline == "New words"
        users.update_profile(tutor.user, name="Meera R. Rao", language="hi")
        assert state(tutor) == (OLD, "Meera R. Rao", True)
        assert again(tutor).user.language == "hi"

    @pytest.mark.parametrize("name", ["MEERA IYER", "  Meera   Iyer ", "meera iyer"])
    def test_case_and_spaces_are_put_right_at_once(
        self, tutor: TutorProfile, moderator: Any, name: str
    ) -> None:
        save(tutor, name=name)
        assert state(tutor) == (name.strip(), "", False)
        assert in_queue(moderator) == [(tutor, "changed after approval")]
        users.update_profile(tutor.user, name=OLD)
        assert state(tutor) == (OLD, "", False)
        assert actions(tutor).count("tutor.key_fields_changed") == 2

    @pytest.mark.parametrize("name", ["Mee ra Iyer", "Meera Iyér", "Iyer Meera", "Meera\u200bIyer"])
    def test_what_reads_differently_waits(self, tutor: TutorProfile, name: str) -> None:
        save(tutor, name=name)
        assert state(tutor) == (OLD, name, True)

    def test_the_shown_name_takes_it_back_and_no_name_leaves_it(self, tutor: TutorProfile) -> None:
        save(tutor, name=NEW)
        save(tutor, bio="Other words")
        assert state(tutor) == (OLD, NEW, True)
        save(tutor, name=OLD)
        assert state(tutor) == (OLD, "", False)
        assert actions(tutor).count("tutor.proposal_withdrawn") == 1

    def test_a_newer_one_keeps_the_place_in_the_queue(self, tutor: TutorProfile) -> None:
        since = save(tutor, name=NEW).pending_at
        with clock.at(clock.now() + timedelta(days=1)):
            tutor = save(tutor, name="Meera R. Rao")
        assert (tutor.pending_name, tutor.pending_at) == ("Meera R. Rao", since)

    def test_a_checked_tutor_is_not_left_without_one(self, tutor: TutorProfile) -> None:
        for act in (
            lambda: save(tutor, name=" "),
            lambda: users.update_profile(tutor.user, name=""),
        ):
            with pytest.raises(proposals.NameMissing):
                act()
        assert state(tutor) == (OLD, "", False)

    def test_the_tutor_takes_it_back(self, tutor: TutorProfile, moderator: Any) -> None:
        save(tutor, name=NEW)
        for _twice in range(2):
            proposals.withdraw(tutor, by=tutor.user)
        assert state(tutor) == (OLD, "", False)
        assert in_queue(moderator) == []
        assert actions(tutor).count("tutor.proposal_withdrawn") == 1

    def test_who_is_suspended_does_not_act(self) -> None:
        tutor = TutorSuspendedFactory()
        with pytest.raises(Suspended):
            proposals.withdraw(tutor, by=tutor.user)

    def test_the_database_knows_none_without_a_date_nor_of_who_was_not_checked(
        self, tutor: TutorProfile
    ) -> None:
        draft = TutorDraftFactory()
        for profile, values in (
            (tutor, {"pending_name": NEW}),
            (tutor, {"pending_at": clock.now()}),
            (draft, {"pending_name": NEW, "pending_at": clock.now()}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                TutorProfile.objects.filter(pk=profile.pk).update(**values)


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


class TestDegrees:
    @pytest.fixture
    def tutor(self) -> TutorProfile:
        tutor = TutorFactory(user__name=OLD)
        BadgeFactory(tutor=tutor, claim="degree")
        return tutor

    def degrees(self, tutor: TutorProfile) -> tuple[list[str], list[str] | None]:
        found = again(tutor)
        return found.qualifications, found.pending_qualifications

    def labels(self, tutor: TutorProfile) -> list[str]:
        shown = queries.public_profile(TutorProfile.objects.filter(pk=tutor.pk)).get()
        return [claim.label for claim in public_claims(shown)]

    @pytest.mark.parametrize("said", [["Ph.D. Physics"], ["M.Sc. Physics", "Ph.D."], []])
    def test_beside_a_badge_they_wait(
        self, tutor: TutorProfile, moderator: Any, said: list[str]
    ) -> None:
        save(tutor, qualifications=said)
        assert self.degrees(tutor) == (["M.Sc. Physics"], said)
        assert "M.Sc. Physics, checked" in self.labels(tutor)
        assert in_queue(moderator) == [(tutor, "new degrees")]
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        assert self.degrees(tutor) == (said, None)
        assert told("tutor_degrees_agreed").user_id == tutor.user_id
        assert CaseNote.objects.get().text == f"Degrees: M.Sc. Physics → {', '.join(said)}".strip()

    def test_declined_they_are_forgotten(self, tutor: TutorProfile, moderator: Any) -> None:
        save(tutor, qualifications=["Ph.D."], name=NEW)
        verification.decline_changes(claimed(tutor, moderator), by=moderator, notes="Not on paper")
        assert self.degrees(tutor) == (["M.Sc. Physics"], None)
        assert "Not on paper" in told("tutor_degrees_declined").body
        assert "Not on paper" in told("tutor_name_declined").body
        assert state(tutor) == (OLD, "", False)

    def test_order_case_and_spaces_change_at_once(self, tutor: TutorProfile) -> None:
        TutorProfile.objects.filter(pk=tutor.pk).update(qualifications=["B.Sc.", "M.Sc. Physics"])
        save(tutor, qualifications=["m.sc.  physics", "B.Sc."])
        assert self.degrees(tutor) == (["m.sc.  physics", "B.Sc."], None)

    def test_without_a_badge_in_force_they_change_at_once(self, tutor: TutorProfile) -> None:
        tutor.badges.filter(claim="degree").update(valid_until=date(2026, 11, 1))
        save(tutor, qualifications=["Ph.D."])
        assert self.degrees(tutor) == (["Ph.D."], None)

    def test_those_of_before_take_it_back(self, tutor: TutorProfile) -> None:
        save(tutor, qualifications=["Ph.D."])
        save(tutor, qualifications=["M.Sc. Physics"])
        assert self.degrees(tutor) == (["M.Sc. Physics"], None)
        assert state(tutor)[2] is False


def test_an_erasure_empties_it(tutor: TutorProfile) -> None:
    BadgeFactory(tutor=tutor, claim="degree")
    save(tutor, name=NEW, qualifications=["Ph.D."])
    erasures.leave(tutor.user, by=tutor.user)
    outbox.drain()
    found = again(tutor)
    assert (found.pending_name, found.pending_qualifications) == ("", None)
    assert found.pending_at is None


def test_the_copy_of_the_data_has_it(tutor: TutorProfile) -> None:
    BadgeFactory(tutor=tutor, claim="degree")
    save(tutor, name=NEW, qualifications=["Ph.D. Physics"])
    with zipfile.ZipFile(io.BytesIO(exports.archive(tutor.user))) as copy:
        section = json.loads(copy.read("teaching.json"))
    rows = next(
        each["rows"] for each in section["tables"] if each["table"] == "tutors.TutorProfile"
    )
    assert rows[0]["pending_name"] == NEW
    assert rows[0]["pending_qualifications"] == ["Ph.D. Physics"]


@pytest.mark.parametrize(
    "template", ["name_agreed", "name_declined", "degrees_agreed", "degrees_declined"]
)
def test_every_message_is_there_in_hindi(template: str) -> None:
    text = find(f"tutor_{template}").text
    with translation.override("hi"):
        said = translation.gettext(text)
    names = re.findall(r"%\((\w+)\)s", text)
    assert said != text
    assert sorted(re.findall(r"%\((\w+)\)s", said)) == sorted(names)
