from dataclasses import replace

import pytest

from accounts import phones
from accounts.models import Consent
from accounts.services import consents, onboarding
from accounts.tests.factories import FamilyUserFactory, newer_notice
from curriculum.queries import find_board, find_language, find_subject
from students.models import Family, Learner
from students.policies import ConsentMissing
from students.services import agreements, learners
from students.services.agreements import ConsentAnswer
from students.services.learners import GuardianDetails, LearnerDetails
from students.tests.factories import LearnerFactory
from tutorhub.core import places
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return FamilyUserFactory()


@pytest.fixture
def parts():
    return {
        "details": LearnerDetails(
            name="Aarav",
            grade=11,
            board=find_board("CBSE"),
            subjects=[find_subject("physics"), find_subject("maths")],
            mode="either",
            budget_min_paise=300_00,
            budget_max_paise=800_00,
            pin_code="560034",
            languages=[find_language("hi")],
        ),
        "guardian": GuardianDetails("Priya", "98765 43210", "mother"),
        "consent": ConsentAnswer(accepted=True, notice_version="2026-11-01", language="hi"),
    }


def test_a_learner_is_added_with_guardian_and_consent(user, parts):
    learner = learners.save_learner(by=user, **parts)
    assert learner.family.user == user
    assert learner.place.city == "Bengaluru"
    assert {subject.pk for subject in learner.subjects.all()} == {"physics", "maths"}
    assert learner.languages == ["hi"]
    assert learner.guardian.phone == "+919876543210"
    assert learner.consent.notice.version == "2026-11-01"
    assert (learner.consent.notice.language, learner.consent.given_by) == ("hi", user)
    assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}
    assert AuditEvent.objects.filter(action="learner.added", object_id=learner.pk).exists()


@pytest.mark.parametrize(
    ("phone", "name", "becomes"),
    [
        ("+919876543210", "", "Priya"),
        ("+919876543210", "Rohan", "Rohan"),
        ("+919876543211", "", ""),
    ],
)
def test_an_account_without_a_name_takes_its_holders(parts, phone, name, becomes):
    user = FamilyUserFactory(phone=phone, name=name)
    learners.save_learner(by=user, **parts)
    user.refresh_from_db()
    assert user.name == becomes


def test_without_consent_nothing_is_kept(user, parts):
    parts["consent"] = replace(parts["consent"], accepted=False)
    with pytest.raises(ConsentMissing):
        learners.save_learner(by=user, **parts)
    assert not Learner.objects.exists()
    assert not Family.objects.exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("part", "change", "error"),
    [
        ("details", {"pin_code": "999999"}, places.UnknownPinCode),
        ("details", {"budget_min_paise": 900_00}, learners.BudgetUnordered),
        ("guardian", {"phone": "123"}, phones.NotAnIndianMobile),
    ],
)
def test_wrong_details_are_refused_and_leave_nothing(user, parts, part, change, error):
    parts[part] = replace(parts[part], **change)
    with pytest.raises(error):
        learners.save_learner(by=user, **parts)
    assert not Learner.objects.exists()
    assert not Consent.objects.exists()


def test_saving_the_first_twice_changes_the_same_learner(user, parts):
    first, is_new = learners.save_first(by=user, **parts)
    parts["details"] = replace(parts["details"], grade=12)
    again, is_new_again = learners.save_first(by=user, **parts)
    assert (is_new, is_new_again) == (True, False)
    assert again.pk == first.pk
    assert again.grade == 12


def test_the_same_consent_holds_while_guardian_and_notice_stay(user, parts):
    learner = learners.save_learner(by=user, **parts)
    again = learners.save_learner(by=user, learner=learner, **{**parts, "consent": None})
    assert again.consent_id == learner.consent_id
    assert Consent.objects.count() == 2


def test_a_new_guardian_or_notice_needs_a_new_consent(user, parts, settings):
    learner = learners.save_learner(by=user, **parts)
    other = {**parts, "guardian": GuardianDetails("Rohan", "98765 43211", "father")}
    with pytest.raises(ConsentMissing):
        learners.save_learner(by=user, learner=learner, **{**other, "consent": None})
    changed = learners.save_learner(by=user, learner=learner, **other)
    assert changed.consent_id != learner.consent_id
    newer_notice("2027-01-01", settings)
    newer = ConsentAnswer(accepted=True, notice_version="2027-01-01", language="en")
    newest = learners.save_learner(by=user, learner=changed, **{**other, "consent": newer})
    assert newest.consent.notice.version == "2027-01-01"


def test_a_withdrawn_consent_has_to_be_given_anew(user, parts):
    learner = learners.save_learner(by=user, **parts)
    agreements.withdraw(learner, by=user)
    learner = Learner.objects.get(pk=learner.pk)
    with pytest.raises(ConsentMissing):
        learners.save_learner(by=user, learner=learner, **{**parts, "consent": None})
    renewed = learners.save_learner(by=user, learner=learner, **parts)
    assert renewed.has_live_consent


def test_the_learner_of_another_family_cannot_be_changed(user, parts):
    foreign = LearnerFactory()
    with pytest.raises(Learner.DoesNotExist):
        learners.save_learner(by=user, learner=foreign, **parts)


def test_the_next_step_is_a_learner_and_then_the_dashboard(user, parts):
    assert onboarding.next_step(user) == "learner"
    assert onboarding.next_url(user) == "/family/learners/new/"
    learners.save_learner(by=user, **parts)
    assert onboarding.next_step(user) == "dashboard"


def test_a_form_that_is_sent_twice_adds_one_child(user, parts):
    first = learners.save_learner(by=user, **parts)
    again = learners.save_learner(
        by=user, **{**parts, "details": replace(parts["details"], name=" aarav ", goals="Optics")}
    )
    assert (again.pk, Learner.objects.count(), again.goals) == (first.pk, 1, "Optics")
    assert AuditEvent.objects.filter(action="learner.added").count() == 1


def test_a_brother_or_a_child_that_was_removed_is_another(user, parts):
    details = parts["details"]
    first = learners.save_learner(by=user, **parts)
    for other in (replace(details, name="Kabir"), replace(details, grade=9)):
        assert learners.save_learner(by=user, **{**parts, "details": other}).pk != first.pk
    learners.remove(first, by=user)
    assert learners.save_learner(by=user, **parts).pk != first.pk
    other = FamilyUserFactory()
    assert learners.save_learner(by=other, **parts).family.user == other
