"""Which action needs which consent, and that each is asked for where it happens."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from accounts.models import Consent
from accounts.services import consents, notices
from accounts.tests.factories import ConsentFactory, FamilyUserFactory, newer_notice
from students import policies
from students.models import Learner
from students.policies import NEEDS, ConsentMissing, ConsentOutdated, GuardianUnproved
from students.services import agreements
from students.tests.factories import LearnerFactory
from tutorhub.core import clock

NEW = sorted(action for action, need in NEEDS.items() if need.is_new)
GOING_ON = sorted(set(NEEDS) - set(NEW))
APPS = ("marketplace", "learning", "students", "tutors", "ads")


def calls_of(path):
    """The actions that a file asks `check_consent` about."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name == "check_consent":
            yield ast.literal_eval(node.args[1])


def asked_in_services():
    """{action: the module that asks}, over the services of every app."""
    found = {}
    for app in APPS:
        for path in (Path(django_settings.BASE_DIR) / app / "services").glob("*.py"):
            found |= dict.fromkeys(calls_of(path), f"{path.stem}")
    return found


def test_each_action_of_the_register_is_asked_about_by_its_service():
    assert asked_in_services() == {action: action.split(".")[0] for action in NEEDS}


def test_each_purpose_has_an_enforcing_call():
    asked = {NEEDS[action].purpose for action in asked_in_services()}
    assert asked == set(Consent.Purpose)


def test_control_a_purpose_that_nobody_asks_about_is_seen(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("check_consent(learner, 'sessions.start')\nother(learner, 'leads.accept')\n")
    assert list(calls_of(file)) == ["sessions.start"]


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(NEEDS))
class TestEachAction:
    def test_it_is_allowed_with_consent(self, action):
        policies.check_consent(LearnerFactory(), action)

    def test_it_is_refused_without_its_purpose(self, action):
        learner = LearnerFactory()
        purpose = NEEDS[action].purpose
        agreements.withdraw(learner, by=learner.family.user, purposes=[purpose])
        with pytest.raises(ConsentMissing):
            policies.check_consent(Learner.objects.get(pk=learner.pk), action)

    def test_it_is_refused_for_a_paused_child(self, action):
        learner = LearnerFactory()
        learner.paused_at = clock.now()
        with pytest.raises(ConsentMissing):
            policies.check_consent(learner, action)


@pytest.mark.django_db
class TestWhatBeginsSomethingNew:
    @pytest.mark.parametrize("action", NEW)
    def test_it_needs_the_notice_in_force(self, action, settings):
        learner = LearnerFactory()
        newer_notice("2027-01-01", settings)
        with pytest.raises(ConsentOutdated):
            policies.check_consent(learner, action)

    @pytest.mark.parametrize("action", GOING_ON)
    def test_what_goes_on_does_not(self, action, settings):
        learner = LearnerFactory()
        newer_notice("2027-01-01", settings)
        policies.check_consent(learner, action)

    @pytest.mark.parametrize("action", NEW)
    def test_a_number_may_stay_unproved_for_a_week(self, action):
        learner = unproved()
        with clock.at(clock.now() + timedelta(days=7) - timedelta(minutes=1)):
            policies.check_consent(learner, action)
        with clock.at(clock.now() + timedelta(days=7)), pytest.raises(GuardianUnproved):
            policies.check_consent(learner, action)

    def test_agreeing_again_does_not_begin_another_week(self):
        learner = unproved()
        with clock.at(clock.now() + timedelta(days=6)):
            again(learner)
        with clock.at(clock.now() + timedelta(days=8)), pytest.raises(GuardianUnproved):
            policies.check_consent(learner, "enquiries.ask")

    def test_a_proved_number_needs_no_more(self):
        learner = unproved()
        with clock.at(clock.now() + timedelta(days=8)):
            again(learner, is_proved=True)
            policies.check_consent(learner, "enquiries.ask")


def unproved():
    """A learner whose guardian's number is not that of the account."""
    learner = LearnerFactory(consent__method=Consent.Method.CHECKBOX)
    consents.withdraw(learner.pk, by=None, purposes=["classes"])
    ConsentFactory(
        subject_id=learner.pk,
        given_by=learner.family.user,
        purpose="classes",
        method=Consent.Method.CHECKBOX,
    )
    return learner


def again(learner, **values):
    return consents.give(
        by=FamilyUserFactory(),
        subject_id=learner.pk,
        purposes=list(Consent.Purpose),
        notice=notices.in_force("en"),
        guardian_name=learner.consent.guardian_name,
        guardian_phone=learner.consent.guardian_phone,
        relation="mother",
        **values,
    )
