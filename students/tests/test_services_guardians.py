"""The second guardian: invited by number, joining with it, leaving; and two at the same moment."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections

from accounts import phones
from accounts.services import consents, onboarding
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from notifications.models import Message
from students import queries
from students.models import Family, FamilyMember, GuardianInvite, Learner
from students.models.families import FamilyQuerySet, InviteQuerySet
from students.policies import OnlyHolder
from students.services import families, guardians, learners
from students.tests.factories import LearnerFactory, add_guardian, invitation
from tutorhub.core import clock
from tutorhub.core.errors import DomainError

PHONE = "+919822200022"


@pytest.fixture
def learner(db):
    return LearnerFactory()


@pytest.fixture
def holder(learner):
    return learner.family.user


def invite(by, phone=PHONE):
    return guardians.invite(by=by, phone=phone, relation="father")


def sees(user, learner):
    return Learner.objects.of(user).filter(pk=learner.pk).exists()


class TestInviting:
    def test_the_number_gets_a_message_that_names_nobody(self, learner, holder):
        invite(holder)
        texts = {message.text for message in Message.objects.filter(to=PHONE)}
        assert texts
        for text in texts:
            assert holder.name not in text
            assert "Aarav" not in text
            assert "/signin/?role=student&next=%2Ffamily%2Finvites%2F" in text

    def test_the_answer_and_the_work_are_the_same_whoever_has_the_number(self, learner, holder):
        """Nobody learns from an invitation whether a number has an account, or of which kind."""
        seen = set()
        numbers = [
            "+919822200001",
            FamilyUserFactory().phone,
            TutorUserFactory().phone,
            LearnerFactory().family.user.phone,
        ]
        for number in numbers:
            with clock.at(clock.now() + timedelta(days=len(seen))):
                made = invite(holder, number)
                told = Message.objects.filter(to=number)
                shapes = sorted(
                    (message.template, message.channel, message.text) for message in told
                )
                seen.add((made.relation, made.outcome, str(shapes)))
                guardians.take_back(made, by=holder)
        assert len(seen) == 1

    def test_a_new_invitation_replaces_the_open_one(self, learner, holder):
        first, second = invite(holder), invite(holder)
        first.refresh_from_db()
        assert (first.outcome, second.outcome) == ("taken_back", "")

    @pytest.mark.parametrize("number", ["12345", "+14155550100"])
    def test_it_has_to_be_an_indian_mobile(self, learner, holder, number):
        with pytest.raises(phones.NotAnIndianMobile):
            invite(holder, number)

    def test_not_oneself(self, learner, holder):
        with pytest.raises(guardians.OwnNumber):
            invite(holder, holder.phone)

    def test_the_second_guardian_invites_nobody(self, learner):
        with pytest.raises(OnlyHolder):
            invite(add_guardian(learner.family).user)

    def test_not_a_third(self, learner, holder):
        add_guardian(learner.family)
        with pytest.raises(guardians.FamilyFull):
            invite(holder)

    def test_five_a_day(self, learner, holder):
        for n in range(5):
            invite(holder, f"+91982220010{n}")
        with pytest.raises(guardians.InvitedTooOften):
            invite(holder, "+919822200109")
        with clock.at(clock.now() + timedelta(days=1, minutes=1)):
            invite(holder, "+919822200109")

    def test_a_number_is_not_flooded_by_many_families(self, db):
        for _ in range(6):
            invite(LearnerFactory().family.user)
        assert GuardianInvite.objects.filter(phone=PHONE).count() == 6
        assert Message.objects.filter(to=PHONE, template="guardian_invited").count() == 5


class TestJoining:
    def test_who_signs_in_with_the_number_joins_and_sees_the_children(self, learner, holder):
        made = invite(holder)
        joining = FamilyUserFactory(phone=PHONE)
        assert onboarding.next_step(joining) == "invitation"
        assert not sees(joining, learner)
        member = guardians.accept(made, by=joining)
        assert (member.family, member.is_holder, member.relation) == (
            learner.family,
            False,
            "father",
        )
        assert sees(joining, learner)
        assert onboarding.next_step(joining) == "dashboard"
        made.refresh_from_db()
        assert made.outcome == "accepted"
        assert Message.objects.filter(template="guardian_joined", user_id=holder.pk).exists()

    @pytest.mark.parametrize("case", ["another number", "too late", "taken back", "used"])
    def test_an_invitation_is_for_one_number_one_week_and_once(self, learner, holder, case):
        made = invite(holder)
        joining = FamilyUserFactory(phone=PHONE)
        when = clock.now()
        if case == "another number":
            joining = FamilyUserFactory()
        elif case == "too late":
            when += timedelta(days=7)
        elif case == "taken back":
            guardians.take_back(made, by=holder)
        else:
            guardians.decline(made, by=joining)
        with clock.at(when), pytest.raises(guardians.InviteOver):
            guardians.accept(made, by=joining)
        assert not sees(joining, learner)

    def test_who_has_children_here_stays_with_them(self, learner, holder):
        own = LearnerFactory(family__user__phone=PHONE)
        made = invite(holder)
        with pytest.raises(guardians.HasOwnFamily):
            guardians.accept(made, by=own.family.user)
        assert sees(own.family.user, own)

    def test_an_empty_family_of_ones_own_is_left_and_found_again(self, learner, holder):
        joining = FamilyUserFactory(phone=PHONE)
        own = families.locked_of(joining)
        member = guardians.accept(invite(holder), by=joining)
        assert families.locked_of(joining) == learner.family
        guardians.remove(member, by=joining)
        assert families.locked_of(joining) == own
        assert queries.member(joining).is_holder


class TestLeaving:
    def test_removed_the_guardian_sees_nothing_from_the_next_request_on(self, learner, holder):
        member = add_guardian(learner.family)
        assert sees(member.user, learner)
        guardians.remove(member, by=holder)
        assert not sees(member.user, learner)
        assert Message.objects.filter(template="guardian_removed", user_id=member.user_id).exists()
        assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}

    def test_the_second_guardian_may_go(self, learner):
        member = add_guardian(learner.family)
        guardians.remove(member, by=member.user)
        assert not sees(member.user, learner)

    def test_the_second_does_not_remove_the_holder_and_the_holder_does_not_leave(
        self, learner, holder
    ):
        second = add_guardian(learner.family).user
        mine = queries.member(holder)
        for by in (second, holder):
            with pytest.raises(OnlyHolder):
                guardians.remove(mine, by=by)
        assert sees(holder, learner)

    def test_a_holder_removes_nobody_from_another_family(self, learner, holder):
        foreign = add_guardian(LearnerFactory().family)
        with pytest.raises(FamilyMember.DoesNotExist):
            guardians.remove(foreign, by=holder)

    def test_somebody_else_may_be_invited_then(self, learner, holder):
        guardians.remove(add_guardian(learner.family), by=holder)
        guardians.accept(invite(holder), by=FamilyUserFactory(phone=PHONE))
        assert FamilyMember.objects.filter(family=learner.family).count() == 3


class TestRemovingAChild:
    def test_it_is_gone_from_the_family_and_erased_after_30_days(self, learner, holder, drain):
        learners.remove(learner, by=holder)
        assert not sees(holder, learner)
        assert consents.live(learner.pk) == {}
        drain()
        learner.refresh_from_db()
        assert learner.name == "Aarav Sharma"
        with clock.at(clock.now() + timedelta(days=30)):
            drain()
        learner.refresh_from_db()
        assert learner.name == ""

    def test_by_the_holder_only(self, learner):
        with pytest.raises(OnlyHolder):
            learners.remove(learner, by=add_guardian(learner.family).user)


def together(acts):
    gate = threading.Barrier(len(acts))
    outcomes = []

    def run(act):
        try:
            gate.wait()
            act()
            outcomes.append("won")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def accepting(family, number):
    phone = f"+9198222003{number:02d}"
    made, user = invitation(family, phone=phone), FamilyUserFactory(phone=phone)
    return lambda: guardians.accept(made, by=user)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
class TestAtTheSameMoment:
    def test_of_eight_who_accept_one_gets_the_last_place(self):
        for turn in range(3):
            family = LearnerFactory().family
            outcomes = together([accepting(family, turn * 8 + n) for n in range(8)])
            assert outcomes == {"won": 1, "family_full": 7}
            assert FamilyMember.objects.live().filter(family=family).count() == 2

    def test_control_without_lock_and_constraint_all_get_it(self, monkeypatch):
        family = LearnerFactory().family
        acts = [accepting(family, n) for n in range(2)]
        all_looked = threading.Barrier(2, timeout=10)
        check = guardians.check_has_place

        def slow_check(of):
            check(of)
            all_looked.wait()

        rule = next(
            rule for rule in FamilyMember._meta.constraints if rule.name == "family_slot_taken_once"
        )
        monkeypatch.setattr(guardians, "check_has_place", slow_check)
        monkeypatch.setattr(FamilyQuerySet, "locked", lambda rows: rows)
        monkeypatch.setattr(InviteQuerySet, "locked", lambda rows: rows)
        with connection.schema_editor() as editor:
            editor.remove_constraint(FamilyMember, rule)
        try:
            assert together(acts) == {"won": 2}
        finally:
            FamilyMember.objects.filter(family=family, slot=2).delete()
            with connection.schema_editor() as editor:
                editor.add_constraint(FamilyMember, rule)

    def test_two_first_requests_make_one_family(self):
        user = FamilyUserFactory()
        outcomes = together([lambda: families.locked_of(user)] * 6)
        assert outcomes == {"won": 6}
        assert Family.objects.filter(user=user).count() == 1

    def test_two_who_accept_each_other_do_not_wait_for_ever(self):
        one, other = FamilyUserFactory(), FamilyUserFactory()
        made = [
            invitation(families.locked_of(one), phone=other.phone),
            invitation(families.locked_of(other), phone=one.phone),
        ]
        outcomes = together(
            [
                lambda: guardians.accept(made[0], by=other),
                lambda: guardians.accept(made[1], by=one),
            ]
        )
        assert sum(outcomes.values()) == 2
        assert outcomes["won"] >= 1
