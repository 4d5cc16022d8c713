"""The back office: each group sees and does what the table says of each model, and no more."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.services import staff
from accounts.tests.factories import StaffFactory
from tests.access.catalogue import admin_actions
from tests.access.world import staff_browser
from tutorhub.core import access
from tutorhub.core.access.kinds import BREAK_GLASS, SUPERUSER, AdminRule
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db

GROUPS = (*staff.GROUPS, SUPERUSER, BREAK_GLASS, "")
"""A superuser alone; one for whom another has agreed; and staff without a group."""
VERBS = ("view", "add", "change", "delete")


def member(group: str) -> User:
    staff.ensure_groups()
    user: User = StaffFactory(is_superuser=group == SUPERUSER, glass=group == BREAK_GLASS)
    if group in staff.GROUPS:
        user.groups.add(Group.objects.get(name=group))
    return user


def may(rule: AdminRule, verb: str, group: str) -> bool:
    named = {"view": rule.view | {BREAK_GLASS}, "add": rule.add, "change": rule.change}.get(
        verb, set()
    )
    return group in named or (group == BREAK_GLASS and bool(named))


def differences(group: str) -> list[str]:
    """Where a member of the group may more or less than the table says."""
    request: Any = RequestFactory().get("/admin/")
    request.user, wrong = member(group), []
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label_lower
        rule = access.ADMIN[label]
        for verb in VERBS:
            is_allowed = bool(getattr(model_admin, f"has_{verb}_permission")(request))
            if is_allowed != may(rule, verb, group):
                wrong.append(f"{group} {verb} {label}: {is_allowed}")
        if may(rule, "view", group):
            named = {action.name for action in rule.actions if _has(action.groups, group)}
            offered = set(model_admin.get_actions(request))
            wrong += [f"{group} {label}: {name}" for name in sorted(offered ^ named)]
    return wrong


def _has(groups: frozenset[str], group: str) -> bool:
    return group in groups or group == BREAK_GLASS


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_may_what_the_table_says(group: str) -> None:
    assert differences(group) == []


def test_the_control_a_right_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        staff._rights, staff.MODERATOR, staff._rights[staff.MODERATOR] | {"students.view_learner"}
    )
    assert differences(staff.MODERATOR) == ["moderator view students.learner: True"]


def test_the_control_a_superuser_alone_with_a_right_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staff, "ALWAYS", staff.ALWAYS | {"students.view_learner"})
    assert differences(SUPERUSER) == ["superuser view students.learner: True"]


def test_the_control_an_action_that_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    users: Any = admin.site._registry[User]
    monkeypatch.delattr(type(users).suspend, "allowed_permissions")
    assert differences(staff.FINANCE) == ["finance accounts.user: suspend"]


@pytest.mark.parametrize("group", GROUPS)
def test_pages_of_their_own(group: str) -> None:
    """A page that the table gives to others answers 403; 405 to a method that it does not know."""
    client, wrong = staff_browser(member(group)), []
    for rule in access.ADMIN.values():
        for page in rule.pages:
            url = reverse(f"admin:{page.name}", kwargs=ids_of(page.name))
            for method in ("get", "post"):
                status = getattr(client, method)(url).status_code
                is_refused = status == HTTPStatus.FORBIDDEN
                if status != HTTPStatus.METHOD_NOT_ALLOWED and is_refused == _has(
                    page.groups, group
                ):
                    wrong.append((page.name, method, status))
    assert wrong == []


def ids_of(name: str) -> dict[str, Any]:
    words = SimpleNamespace(pk=uuid7(), verb="verify", number=1)
    wanted: dict[str, tuple[str, ...]] = {
        "tutors_tutorprofile_decide": ("pk", "verb"),
        "tutors_tutordocument_review": ("pk", "verb"),
        "tutors_tutorphoto_decide": ("pk", "verb"),
        "tutors_paper_page": ("pk", "number"),
        **dict.fromkeys(["accounts_breakglass_now", "accounts_breakglass_ask"], ()),
        **dict.fromkeys(["tutors_desk", "tutors_desk_next"], ()),
        **dict.fromkeys(["payments_find", "payments_health", "payments_health_check"], ()),
    }
    return {word: getattr(words, word) for word in wanted.get(name, ("pk",))}


def test_there_are_actions_to_guard() -> None:
    assert sum(len(names) for names in admin_actions().values()) > 20
