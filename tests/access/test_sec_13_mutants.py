"""SEC-13 must be able to fail: each of these holes is made, and the sweep finds it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from rest_framework.permissions import AllowAny

import marketplace.admin
from accounts.admin import UserAdmin
from accounts.api import permissions
from accounts.api.authentication import AccessTokenAuthentication
from accounts.models import User
from accounts.services import standing
from marketplace.api.serializers import LeadOutput
from marketplace.models.enquiries import EnquiryQuerySet, LeadQuerySet
from marketplace.models.sessions import SessionQuerySet
from payments.admin.base import FinanceAdmin
from payments.models.orders import PaymentOrderQuerySet
from payments.models.payouts import PayoutQuerySet
from students import policies
from students.models.learners import LearnerQuerySet
from tests.access import back_office, desks, sweep
from tests.access.routes import all_routes
from tutorhub.site.admin import StaffSite
from tutorhub.site.middleware import AccessMiddleware, SuspendedMiddleware
from tutors.models.documents import DocumentQuerySet

pytestmark = pytest.mark.django_db

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch], None]


def everything(self: Any, *_args: Any) -> Any:
    """A filter that filters nothing."""
    return self.all()


def without_filter(kind: Any, name: str) -> Mutation:
    def mutate(patch: Patch) -> None:
        patch.setattr(kind, name, everything)

    return mutate


def open_operation(patch: Patch) -> None:
    patch.setattr(permissions.IsTutor, "has_permission", lambda *_args: True)


def open_to_anybody(patch: Patch) -> None:
    view: Any = all_routes()["api:students-wallet"].callback
    patch.setattr(view.cls, "permission_classes", [AllowAny])


def page_without_its_locks(patch: Patch) -> None:
    pattern = all_routes()["payments:earnings-show"]
    patch.setattr(pattern, "callback", pattern.callback.__wrapped__)  # type: ignore[attr-defined]
    patch.setattr(AccessMiddleware, "process_view", lambda *_args: None)


def more_in_an_answer(patch: Patch) -> None:
    """Shows the tutor of a lead who the child's guardian is."""
    shown = LeadOutput.to_representation

    def more(self: Any, lead: Any) -> Any:
        return {**shown(self, lead), "guardian": lead.enquiry.learner.guardian.name}

    patch.setattr(LeadOutput, "to_representation", more)


def suspended_may_act(patch: Patch) -> None:
    patch.setattr(SuspendedMiddleware, "process_view", lambda *_args: None)


def suspended_may_act_by_token(patch: Patch) -> None:
    patch.setattr(standing, "check_may_act", lambda _user: None)


def changes_before_it_refuses(patch: Patch) -> None:
    refuse = AccessMiddleware.process_view

    def write_first(self: Any, request: Any, *args: Any) -> Any:
        User.objects.filter(role="student").update(language="hi")
        return refuse(self, request, *args)

    patch.setattr(AccessMiddleware, "process_view", write_first)


def says_what_exists(patch: Patch) -> None:
    """A header that is there when the thing is, whosever it may be."""
    call = AccessMiddleware.__call__

    def tell(self: Any, request: Any) -> HttpResponse:
        response = call(self, request)
        pk = request.resolver_match.kwargs["pk"] if request.resolver_match else None
        if LearnerQuerySet(model=sweep.canaries.Learner).filter(pk=pk).exists():
            response["X-Known"] = "yes"
        return response

    patch.setattr(AccessMiddleware, "__call__", tell)


def cookie_opens_the_api(patch: Patch) -> None:
    by_token = AccessTokenAuthentication.authenticate

    def by_either(self: Any, request: Any) -> Any:
        found = by_token(self, request)
        user = request._request.user
        return found or ((user, {"sid": ""}) if user.is_authenticated else None)

    patch.setattr(AccessTokenAuthentication, "authenticate", by_either)


def who_left_still_sees(patch: Patch) -> None:
    def of(self: Any, user: Any) -> Any:
        return self.filter(family__members__user=user, removed_at__isnull=True).distinct()

    patch.setattr(LearnerQuerySet, "of", of)


def second_may_remove(patch: Patch) -> None:
    patch.setattr(policies, "check_is_holder", lambda _member: None)


MUTANTS: dict[str, tuple[Mutation, str]] = {
    "learners of all": (without_filter(LearnerQuerySet, "of"), "students:learner-list"),
    "any learner": (without_filter(LearnerQuerySet, "of"), "api:students-learner"),
    "any enquiry": (without_filter(EnquiryQuerySet, "of"), "api:enquiries-detail"),
    "any lead": (without_filter(LeadQuerySet, "of"), "marketplace:lead-detail"),
    "any class": (without_filter(SessionQuerySet, "visible_to"), "marketplace:session-detail"),
    "any order": (without_filter(PaymentOrderQuerySet, "visible_to"), "payments:payment-detail"),
    "any payout": (without_filter(PayoutQuerySet, "visible_to"), "api:payouts-detail"),
    "any paper": (without_filter(DocumentQuerySet, "of"), "tutors:document-withdraw"),
    "an open operation": (open_operation, "api:earnings"),
    "no permission at all": (open_to_anybody, "api:students-wallet"),
    "a page without its locks": (page_without_its_locks, "payments:earnings-show"),
    "more in an answer": (more_in_an_answer, "api:leads-detail"),
    "suspended may act": (suspended_may_act, "payments:credits-buy"),
    "suspended may act by token": (suspended_may_act_by_token, "api:leads-decline"),
    "changes before it refuses": (changes_before_it_refuses, "students:people-list"),
    "who left sees the children": (who_left_still_sees, "students:learner-hours"),
    "who left is shown the children": (who_left_still_sees, "students:learner-list"),
    "the second guardian removes a child": (second_may_remove, "api:students-learner"),
    "says what exists": (says_what_exists, "students:learner-hours"),
    "a cookie opens the API": (cookie_opens_the_api, "api:students-wallet"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_sec_13_finds(worlds: sweep.Worlds, monkeypatch: Patch, name: str) -> None:
    mutate, route = MUTANTS[name]
    mutate(monkeypatch)
    assert sweep.problems(worlds, [route]) != []


@pytest.mark.parametrize("route", sorted({route for _mutate, route in MUTANTS.values()}))
def test_sec_13_finds_nothing_where_no_hole_is(worlds: sweep.Worlds, route: str) -> None:
    assert sweep.problems(worlds, [route]) == []


def sees_money(patch: Patch) -> None:
    patch.setattr(FinanceAdmin, "has_view_permission", lambda *_args: True)


def money_of_a_class_for_all(patch: Patch) -> None:
    patch.setattr(marketplace.admin, "hidden_of_classes", lambda _request: ())


def number_in_full(patch: Patch) -> None:
    patch.setattr(UserAdmin, "masked_phone", lambda _self, user: user.phone)


def action_for_all(patch: Patch) -> None:
    patch.setattr(UserAdmin, "has_suspend_permission", lambda *_args: True)


def door_without_a_lock(patch: Patch) -> None:
    patch.setattr(StaffSite, "has_permission", lambda *_args: True)


IN_THE_BACK_OFFICE: dict[str, tuple[Mutation, str]] = {
    "anybody sees payouts": (sees_money, "payments_payout_changelist"),
    "support sees prices": (money_of_a_class_for_all, "marketplace_tutoringsession_changelist"),
    "numbers in full": (number_in_full, "accounts_user_changelist"),
    "anybody suspends": (action_for_all, "accounts_user_changelist"),
    "a door without a lock": (door_without_a_lock, "jsi18n"),
}


@pytest.mark.parametrize("name", IN_THE_BACK_OFFICE)
def test_sec_13_finds_in_the_back_office(
    worlds: sweep.Worlds, monkeypatch: Patch, name: str
) -> None:
    mutate, page = IN_THE_BACK_OFFICE[name]
    desk = desks.furnish(worlds)
    mutate(monkeypatch)
    assert back_office.problems(desk, [page]) != []


def test_sec_13_counts_what_was_written_and_undone() -> None:
    before = sweep.writes()
    with sweep.undone():
        User.objects.create_person(phone="+919800099999", role="student")
    assert sweep.writes().get("accounts_user", 0) == before.get("accounts_user", 0) + 1
