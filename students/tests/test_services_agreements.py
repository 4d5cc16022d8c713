"""Agreeing, proving the guardian's number, taking back: by which guardian, with what result."""

import re
from datetime import timedelta

import pytest

from accounts.clients import Client
from accounts.models import Consent, FormerAddress, User
from accounts.services import consents, erasures, notices, onboarding, signin
from accounts.tests.factories import ConsentFactory, FamilyUserFactory, newer_notice
from notifications.models import Message
from students.models import Family, FamilyMember, Learner
from students.policies import ConsentMissing, NotYourConsent
from students.services import agreements
from students.services.agreements import ConsentAnswer
from students.tests.factories import GuardianFactory, LearnerFactory, add_guardian
from tutorhub.core import clock, outbox

pytestmark = pytest.mark.django_db

YES = ConsentAnswer(accepted=True, notice_version="2026-11-01", language="hi")
HERE = Client("203.0.113.7")


@pytest.fixture
def learner():
    return LearnerFactory()


@pytest.fixture
def holder(learner):
    return learner.family.user


def fresh(learner):
    return Learner.objects.get(pk=learner.pk)


def test_withdrawing_the_profile_ends_everything_and_pauses(learner, holder):
    agreements.withdraw(learner, by=holder, purposes=["learner_profile"])
    assert consents.live(learner.pk) == {}
    assert fresh(learner).paused_at is not None


def test_withdrawing_the_classes_leaves_the_profile(learner, holder):
    agreements.withdraw(learner, by=holder, purposes=["classes"])
    assert set(consents.live(learner.pk)) == {"learner_profile"}
    assert fresh(learner).paused_at is None


def test_agreeing_again_brings_a_paused_child_back(learner, holder):
    agreements.withdraw(learner, by=holder)
    agreements.agree(learner, YES, by=holder)
    again = fresh(learner)
    assert (again.paused_at, again.consent.notice.language) == (None, "hi")
    assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ConsentAnswer(False, "2026-11-01", "en"), ConsentMissing),
        (ConsentAnswer(True, "2026-11-31", "en"), notices.NoticeUnknown),
        (ConsentAnswer(True, "2026-11-01", "fr"), notices.NoticeUnknown),
    ],
)
def test_a_no_or_an_unknown_notice_is_no_consent(learner, holder, answer, error):
    agreements.withdraw(learner, by=holder)
    with pytest.raises(error):
        agreements.agree(learner, answer, by=holder)
    assert consents.live(learner.pk) == {}


def test_a_new_notice_asks_again_at_the_next_sign_in(learner, holder, settings):
    assert onboarding.next_step(holder) == "dashboard"
    newer_notice("2027-01-01", settings)
    assert onboarding.next_step(holder) == "consent"
    assert onboarding.next_url(holder) == "/family/consents/"
    agreements.agree(learner, ConsentAnswer(True, "2027-01-01", "en"), by=holder)
    assert onboarding.next_step(holder) == "dashboard"


def test_the_second_guardian_withdraws_their_own_and_no_other(learner, holder):
    second = add_guardian(learner.family).user
    with pytest.raises(NotYourConsent):
        agreements.withdraw(learner, by=second)
    assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}
    agreements.withdraw(learner, by=holder)
    agreements.agree(learner, YES, by=second)
    agreements.withdraw(learner, by=second)
    assert fresh(learner).paused_at is not None
    agreements.agree(learner, YES, by=second)
    agreements.withdraw(learner, by=holder)
    assert consents.live(learner.pk) == {}


def test_somebody_else_withdraws_nothing(learner):
    with pytest.raises(Learner.DoesNotExist):
        agreements.withdraw(learner, by=FamilyUserFactory())


class TestTheGuardiansCode:
    @pytest.fixture
    def unproved(self, learner):
        values = {"subject_id": learner.pk, "given_by": learner.family.user}
        values |= {"method": "checkbox", "guardian_phone": learner.guardian.phone}
        consent = ConsentFactory(**values)
        ConsentFactory(**values, purpose="classes")
        Learner.objects.filter(pk=learner.pk).update(consent=consent)
        return learner

    def code(self, learner):
        message = Message.objects.filter(to=learner.guardian.phone, template="guardian_code")
        return re.search(r"\b\d{6}\b", message.latest("pk").text).group()

    def send(self, learner):
        return agreements.send_code(learner, by=learner.family.user, client=HERE, language="en")

    def test_it_proves_every_purpose_on_the_notice_that_was_read(self, unproved):
        self.send(unproved)
        saved = agreements.prove(unproved, by=unproved.family.user, code=self.code(unproved))
        assert saved.consent.method == "guardian_code"
        live = consents.live(unproved.pk)
        assert {consent.method for consent in live.values()} == {"guardian_code"}
        assert {consent.notice.version for consent in live.values()} == {"2026-11-01"}

    def test_it_proves_it_for_the_guardians_other_children_too(self, unproved):
        sibling = LearnerFactory(
            family=unproved.family, guardian=unproved.guardian, consent__method="checkbox"
        )
        self.send(unproved)
        agreements.prove(unproved, by=unproved.family.user, code=self.code(unproved))
        assert fresh(sibling).consent.method == "guardian_code"

    def test_a_wrong_one_proves_nothing(self, unproved):
        self.send(unproved)
        wrong = f"{(int(self.code(unproved)) + 1) % 10**6:06d}"
        with pytest.raises(signin.CodeRefused):
            agreements.prove(unproved, by=unproved.family.user, code=wrong)
        assert not consents.live(unproved.pk)["classes"].is_proved

    def test_nobody_else_may_send_or_enter_it(self, unproved):
        with pytest.raises(Learner.DoesNotExist):
            agreements.send_code(unproved, by=FamilyUserFactory(), client=HERE, language="en")
        self.send(unproved)
        with pytest.raises(Learner.DoesNotExist):
            agreements.prove(unproved, by=FamilyUserFactory(), code=self.code(unproved))


class TestErased:
    def test_the_holder_takes_the_family_along_and_the_other_guardian_is_told(
        self, learner, holder
    ):
        second = add_guardian(learner.family).user
        erasures.erase(holder, by=holder)
        outbox.drain()
        assert not FamilyMember.objects.live().filter(family=learner.family_id).exists()
        assert (fresh(learner).name, fresh(learner).paused_at is None) == ("", False)
        assert not Learner.objects.of(second).exists()
        told = Message.objects.get(template="guardian_removed")
        assert told.user_id == second.pk

    def test_a_second_guardian_takes_only_their_consents_along(self, learner, holder):
        second = add_guardian(learner.family).user
        erasures.erase(second, by=second)
        outbox.drain()
        assert Family.objects.get(pk=learner.family_id).user == holder
        assert fresh(learner).paused_at is None
        assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}

    def test_the_number_of_a_second_guardian_who_goes_is_replaced_by_the_holders(
        self, learner, holder
    ):
        second = add_guardian(learner.family).user
        phone = second.phone
        guardian = GuardianFactory(family=learner.family, name=second.name, phone=phone)
        Learner.objects.filter(pk=learner.pk).update(guardian=guardian)
        erasures.erase(second, by=second)
        outbox.drain()
        guardian.refresh_from_db()
        assert (guardian.name, phone in guardian.phone) == ("", False)
        assert fresh(learner).guardian.phone == holder.phone
        assert fresh(learner).paused_at is not None
        agreements.agree(learner, YES, by=holder)
        assert fresh(learner).paused_at is None

    def test_it_is_replaced_also_where_a_number_of_before_stands(self, learner, holder):
        second = add_guardian(learner.family).user
        guardian = GuardianFactory(family=learner.family, name=second.name, phone="+919800000055")
        Learner.objects.filter(pk=learner.pk).update(guardian=guardian)
        moment = clock.now() + timedelta(seconds=1)
        FormerAddress.objects.create(user=second, address=guardian.phone, given_up_at=moment)
        erasures.erase(second, by=second)
        outbox.drain()
        guardian.refresh_from_db()
        assert (guardian.name, "+91" in guardian.phone) == ("", False)
        assert fresh(learner).guardian.phone == holder.phone

    def test_a_holder_who_has_no_number_is_put_nowhere(self, learner, holder):
        """They have let it go, and the other guardian has to be erased all the same."""
        second = add_guardian(learner.family).user
        guardian = GuardianFactory(family=learner.family, name=second.name, phone=second.phone)
        Learner.objects.filter(pk=learner.pk).update(guardian=guardian)
        User.objects.filter(pk=holder.pk).update(phone=None)
        erasures.erase(second, by=second)
        outbox.drain()
        guardian.refresh_from_db()
        assert (guardian.name, "+91" in guardian.phone) == ("", False)
        assert fresh(learner).guardian == guardian
        assert fresh(learner).paused_at is not None
        # Once they have a number again they answer for the child, in their own name.
        User.objects.filter(pk=holder.pk).update(phone="+919822200099")
        holder.refresh_from_db()
        again = agreements.agree(learner, YES, by=holder)
        assert (again.guardian.phone, again.guardian.name) == (holder.phone, holder.name)
        assert again.consent.guardian_phone == holder.phone
        assert fresh(learner).guardian == again.guardian

    def test_but_not_where_somebody_else_of_the_family_has_it_now(self, learner, holder):
        second = add_guardian(learner.family).user
        guardian = GuardianFactory(family=learner.family, name="Meera", phone=holder.phone)
        moment = clock.now() + timedelta(seconds=1)
        FormerAddress.objects.create(user=second, address=holder.phone, given_up_at=moment)
        erasures.erase(second, by=second)
        outbox.drain()
        guardian.refresh_from_db()
        assert guardian.phone == holder.phone

    def test_nor_where_it_came_after_they_had_given_it_up(self, learner):
        second = add_guardian(learner.family).user
        given_up = clock.now() - timedelta(days=1)
        FormerAddress.objects.create(user=second, address="+919800000055", given_up_at=given_up)
        guardian = GuardianFactory(family=learner.family, phone="+919800000055")
        erasures.erase(second, by=second)
        outbox.drain()
        guardian.refresh_from_db()
        assert guardian.phone == "+919800000055"

    def test_alone_everything_goes(self, learner, holder):
        erasures.erase(holder, by=holder)
        outbox.drain()
        gone = fresh(learner)
        assert (gone.name, gone.free_hours) == ("", [])
        rows = Consent.objects.about(learner.pk)
        assert {(row.guardian_name, row.guardian_phone) for row in rows} == {("", "")}
        assert not rows.live().exists()
