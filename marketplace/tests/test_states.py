import pytest

from marketplace.models import Enquiry, Lead, TutoringSession
from tutorhub.core.errors import InvalidTransition

MACHINES = [Enquiry, Lead, TutoringSession]


@pytest.mark.parametrize("model", MACHINES)
def test_the_edges_cover_the_enum(model):
    known = set(model.Status.values)
    assert set(model.TRANSITIONS) == known
    assert set().union(*model.TRANSITIONS.values()) <= known


@pytest.mark.parametrize("model", MACHINES)
def test_the_database_knows_the_same_statuses(model):
    rule = next(rule for rule in model._meta.constraints if rule.name.endswith("_status_valid"))
    assert dict(rule.condition.children)["status__in"] == list(model.Status.values)


@pytest.mark.parametrize("model", MACHINES)
def test_every_missing_edge_is_refused(model):
    for before in model.Status.values:
        for after in set(model.Status.values) - model.TRANSITIONS[before]:
            with pytest.raises(InvalidTransition):
                model(status=before).move_to(after)


def test_the_sessions_edges_are_those_of_the_product():
    edges = {
        (str(before), str(after))
        for before, targets in TutoringSession.TRANSITIONS.items()
        for after in targets
    }
    assert edges == {
        ("REQUESTED", "PENDING_PAYMENT"),
        ("REQUESTED", "DECLINED"),
        ("REQUESTED", "EXPIRED"),
        ("PENDING_PAYMENT", "SCHEDULED"),
        ("PENDING_PAYMENT", "EXPIRED"),
        ("PENDING_PAYMENT", "CANCELLED"),
        ("EXPIRED", "SCHEDULED"),
        ("SCHEDULED", "IN_PROGRESS"),
        ("SCHEDULED", "CANCELLED"),
        ("SCHEDULED", "NO_SHOW"),
        ("IN_PROGRESS", "COMPLETED"),
        ("COMPLETED", "RELEASED"),
        ("COMPLETED", "DISPUTED"),
        ("NO_SHOW", "RELEASED"),
        ("NO_SHOW", "DISPUTED"),
        ("DISPUTED", "RESOLVED"),
    }


def test_the_constraints_hold_the_same_statuses_as_the_code():
    rules = {rule.name: rule for rule in TutoringSession._meta.constraints}
    held = dict(rules["session_tutor_not_double_booked"].condition.children)["status__in"]
    assert set(held) == set(TutoringSession.HOLDS_TUTOR)
    paid = dict(rules["session_learner_not_double_booked"].condition.children)["status__in"]
    assert set(paid) == set(TutoringSession.PAID)
