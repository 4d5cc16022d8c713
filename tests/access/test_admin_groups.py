"""The back office: each group sees and does what the table says of each model, and no more.

What its pages answer is asked in `test_sec_13_sweep.py`.
"""

import re
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse

from accounts import sudo
from accounts.models import User
from accounts.services import staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from tests.access.back_office import may
from tests.access.catalogue import admin_actions
from tests.access.world import staff_browser
from tutorhub.core import access
from tutorhub.core.access.kinds import BREAK_GLASS, STEP_UP, SUPERUSER
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


def differences(group: str) -> list[str]:
    """Where a member of the group may more or less than the table says."""
    request: Any = RequestFactory().get("/admin/")
    request.user, wrong = member(group), []
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label_lower
        rule = access.ADMIN[label]
        for verb in VERBS:
            is_allowed = bool(getattr(model_admin, f"has_{verb}_permission")(request))
            if is_allowed != may(getattr(rule, verb, frozenset()), group, verb):
                wrong.append(f"{group} {verb} {label}: {is_allowed}")
        if may(rule.view, group, "view"):
            named = {action.name for action in rule.actions if may(action.groups, group)}
            offered = set(model_admin.get_actions(request))
            wrong += [f"{group} {label}: {name}" for name in sorted(offered ^ named)]
    return wrong


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


def searched(fields: list[str]) -> list[str]:
    """Those of the columns with numbers and addresses that are searched in part."""
    return [name for name in fields if name.endswith(("phone", "email", "to")) and name[0] != "="]


def test_numbers_and_addresses_are_found_as_a_whole() -> None:
    """Else whoever sees them masked finds them out digit by digit."""
    fields = {
        m._meta.label_lower: searched(a.search_fields) for m, a in admin.site._registry.items()
    }
    assert {label: names for label, names in fields.items() if names} == {}
    assert searched(["name", "user__phone", "=email"]) == ["user__phone"]


@pytest.mark.parametrize("typed", ["+919800012345", "98000 12345", "9800012345", "098000-12345"])
def test_a_number_is_found_however_it_was_typed(typed: str) -> None:
    person = FamilyUserFactory(phone="+919800012345")
    client, url = staff_browser(member(staff.SUPPORT)), "/admin/accounts/user/"
    assert str(person.pk) in client.get(url, {"q": typed}).content.decode()
    assert str(person.pk) not in client.get(url, {"q": typed[-5:]}).content.decode()


def test_an_address_asks_nothing_that_the_filters_of_the_page_do_not(rf: RequestFactory) -> None:
    """Else numbers, hashes and the codes of a class are read off letter by letter."""
    asked = [
        (model._meta.label, page, f"{field.attname}__{how}")
        for model, page in admin.site._registry.items()
        for field in model._meta.concrete_fields
        for how in ("startswith", "contains", "regex", "gt__startswith")
    ]
    asked += [
        (model._meta.label, page, f"{field.name}__gte")
        for model, page in admin.site._registry.items()
        for field in model._meta.concrete_fields
        if field.name not in f"{page.list_filter}{page.date_hierarchy}"
    ]
    request = rf.get("/")
    given_away = [
        (label, lookup)
        for label, page, lookup in asked
        if page.lookup_allowed(lookup, "x", request)
    ]
    assert given_away == []
    assert len(asked) > 2000


@pytest.mark.parametrize(
    ("group", "address"),
    [
        (staff.SUPPORT, "accounts/user/?phone__startswith=%2B91"),
        (staff.SUPPORT, "accounts/user/?password__startswith=p"),
        (staff.SUPPORT, "accounts/user/?email__gte=a"),
        (staff.FINANCE, "accounts/loginattempt/?phone__contains=9"),
        (staff.SUPPORT, "marketplace/tutoringsession/?start_code__startswith=1"),
        (staff.FINANCE, "marketplace/tutoringsession/?learner__name__startswith=A"),
        (staff.MODERATOR, "accounts/consent/?guardian_phone__startswith=%2B91"),
    ],
)
def test_such_an_address_is_refused(group: str, address: str) -> None:
    client = staff_browser(member(group))
    path, _, _query = address.partition("?")
    assert client.get(f"/admin/{path}").status_code == 200
    assert client.get(f"/admin/{address}").status_code == 400


def test_the_filters_of_every_page_work() -> None:
    clients = {group: staff_browser(member(group)) for group in staff.GROUPS}
    asked, wrong = 0, {}
    for label, rule in access.ADMIN.items():
        group = next((name for name in staff.GROUPS if name in rule.view), None)
        if group is None:
            continue
        path = reverse(f"admin:{label.replace('.', '_')}_changelist")
        html = clients[group].get(path, {"_facets": "True"}).content.decode()
        for query in set(re.findall(r'href="(\?[^"]+)"', html)):
            asked += 1
            answer = clients[group].get(path + unescape(query))
            if answer.status_code != HTTPStatus.OK:
                wrong[path + query] = answer.status_code
    assert wrong == {}
    assert asked > 100


def test_the_actions_that_ask_for_a_code_are_those_of_the_table() -> None:
    asking = {
        (model._meta.label_lower, name)
        for model, page in admin.site._registry.items()
        if isinstance(page, sudo.AfterCode)
        for name in page.after_code
    }
    known = {
        (label, action.name)
        for label, rule in access.ADMIN.items()
        for action in rule.actions
        if STEP_UP in action.needs
    }
    assert asking == known
    assert asking


@pytest.mark.parametrize(
    ("label", "name", "group"),
    [
        (label, action.name, group)
        for label, rule in access.ADMIN.items()
        for action in rule.actions
        if STEP_UP in action.needs
        for group in sorted(action.groups & {*staff.GROUPS})
    ],
)
def test_such_an_action_asks_whose_code_is_old(label: str, name: str, group: str) -> None:
    client = staff_browser(member(group))
    path = reverse(f"admin:{label.replace('.', '_')}_changelist")
    data = {"action": name, "_selected_action": [str(uuid7())], "index": "0", "reason": "x"}
    answer = client.post(path, data)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"].startswith(reverse("admin:confirm"))


def test_there_are_actions_to_guard() -> None:
    assert sum(len(names) for names in admin_actions().values()) > 20
