"""A checked tutor's new name, and new degrees beside a badge, wait until a moderator agrees."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.services import erasures, exports, users
from notifications.catalogue import find
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent
from tutors import queries
from tutors.models import CaseNote, TutorProfile
from tutors.policies import Suspended
from tutors.queries.public_profiles import claims as public_claims
from tutors.services import proposals, verification
from tutors.tests.factories import (
    BadgeFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
    claimed,
)
from tutors.tests.proposing import NEW, OLD, actions, again, in_queue, save, state, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor() -> TutorProfile:
    return TutorFactory(user__name=OLD, slug="meera-iyer-1")


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
