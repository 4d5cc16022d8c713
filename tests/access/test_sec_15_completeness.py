"""SEC-15: what the program has and what the table of rules has is the same, both ways.

Each comparison has a control: one thing more on either side, and it is found.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import get_commands
from django.urls import get_resolver, path, reverse
from django.utils.module_loading import import_string
from rest_framework import serializers

import students.api.serializers
import students.forms
from accounts.api import permissions
from tests.access import catalogue
from tests.access.routes import all_routes, methods_of
from tests.access.world import OWNERS
from tutorhub.celery import app
from tutorhub.core import access, outbox
from tutorhub.core.access import kinds, markdown, resources, work
from tutorhub.core.access.fields import READS, WRITES, Fields
from tutorhub.core.access.kinds import AdminRule, Rule
from tutorhub.core.http import MACHINES

Difference = set[Any]
DOCS = Path(__file__).parents[2] / "docs" / "access.md"


def routes() -> Difference:
    return set(all_routes()) ^ set(access.RULES)


def back_office() -> Difference:
    return catalogue.admin_routes() ^ catalogue.known_admin_routes()


def actions() -> Difference:
    known = {
        (model, action.name) for model, rule in access.ADMIN.items() for action in rule.actions
    }
    real = {(model, name) for model, names in catalogue.admin_actions().items() for name in names}
    return real ^ known


def operations() -> Difference:
    ours = {name: rule for name, rule in access.RULES.items() if name.startswith("api:")}
    return catalogue.operations() ^ {
        (name, method) for name, rule in ours.items() for method in rule.names
    }


def tasks() -> Difference:
    return catalogue.tasks() ^ set(work.TASKS)


def handlers() -> Difference:
    return catalogue.handlers() ^ set(work.HANDLERS)


def commands() -> Difference:
    return catalogue.commands() ^ set(work.COMMANDS)


def sent() -> Difference:
    return _pairs(catalogue.fields()[0]) ^ _pairs(_known(WRITES))


def shown() -> Difference:
    return _pairs(catalogue.fields()[1]) ^ _pairs(_known(READS))


def _known(table: dict[str, Fields]) -> dict[str, frozenset[str]]:
    return {name: fields.names for name, fields in table.items()}


def _pairs(lists: dict[str, Any]) -> set[tuple[str, str]]:
    return {(name, field) for name, fields in lists.items() for field in fields}


COMPARISONS = [
    *(routes, back_office, actions, operations, tasks, handlers, commands, sent, shown),
]


@pytest.mark.parametrize("compare", COMPARISONS, ids=lambda each: each.__name__)
def test_sec_15_both_ways(compare: Callable[[], Difference]) -> None:
    assert compare() == set()


class ExtraForm(forms.Form):
    is_staff = forms.BooleanField()


class ExtraInput(serializers.Serializer):
    is_staff = serializers.BooleanField()


class ExtraOutput(serializers.Serializer):
    pan = serializers.CharField()


def no_view(request: Any) -> None:
    """Stands for a view that somebody adds."""


def _one_more(patch: pytest.MonkeyPatch, compare: Callable[[], Difference]) -> Any:
    """Add something to the program, and return what the comparison has to find."""
    resolver = get_resolver()
    if compare is routes:
        patch.setattr(
            resolver, "url_patterns", [*resolver.url_patterns, path("x", no_view, name="x")]
        )
        return "x"
    if compare in (sent, shown):
        kind = {sent: ExtraInput, shown: ExtraOutput}[compare]
        patch.setattr(kind, "__module__", "students.api.serializers")
        patch.setattr(students.api.serializers, kind.__name__, kind, raising=False)
        return {sent: ("students.ExtraInput", "is_staff"), shown: ("students.ExtraOutput", "pan")}[
            compare
        ]
    additions: dict[Any, tuple[dict[str, Any], str, Any]] = {
        tasks: (app.tasks, "students.extra", object()),
        handlers: (outbox.handlers, "students.extra", object()),
        commands: (get_commands(), "extra", "students"),
    }
    table, name, value = additions[compare]
    patch.setitem(table, name, value)
    return name


@pytest.mark.parametrize(
    "compare", [routes, tasks, handlers, commands, sent, shown], ids=lambda each: each.__name__
)
def test_sec_15_the_control_something_more_in_the_program(
    monkeypatch: pytest.MonkeyPatch, compare: Callable[[], Difference]
) -> None:
    found = _one_more(monkeypatch, compare)
    assert compare() == {found}


def test_sec_15_the_control_a_form_and_an_action(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExtraForm, "__module__", "students.forms")
    monkeypatch.setattr(students.forms, "ExtraForm", ExtraForm, raising=False)
    assert sent() == {("students.ExtraForm", "is_staff")}
    real = catalogue.admin_actions()
    real["accounts.user"].add("make_superuser")
    monkeypatch.setattr(catalogue, "admin_actions", lambda: real)
    assert actions() == {("accounts.user", "make_superuser")}


def test_sec_15_the_control_a_rule_without_a_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.RULES, "api:ghost", Rule("POST"))
    monkeypatch.setitem(access.ADMIN, "ghost.ghost", AdminRule())
    for table in (work.TASKS, work.HANDLERS, work.COMMANDS):
        monkeypatch.setitem(table, "ghost", work.Work(work.SYSTEM, ""))
    for lists in (WRITES, READS):
        monkeypatch.setitem(lists, "ghost.Ghost", Fields(frozenset(), "name"))
    assert routes() == {"api:ghost"}
    assert operations() == {("api:ghost", "POST")}
    assert len(back_office()) == 5
    assert tasks() == handlers() == commands() == {"ghost"}
    assert sent() == shown() == {("ghost.Ghost", "name")}


# What the rules say must be so.


def _claims() -> list[str]:
    wrong = []
    for name, rule in access.RULES.items():
        claimed = resources.resources_of(name)
        if len(claimed) != 1:
            wrong.append(f"{name} belongs to {claimed}")
            continue
        who = {
            cell.who for cells in resources.RESOURCES[claimed[0]].verbs.values() for cell in cells
        }
        if not rule.signature and not rule.who <= who:
            wrong.append(f"{name} is open to {set(rule.who) - who}")
    return wrong


def test_every_route_belongs_to_one_thing_and_is_open_to_nobody_else() -> None:
    assert _claims() == []
    models = [model for row in resources.RESOURCES.values() for model in row.models]
    assert sorted(models) == sorted(access.ADMIN)


def test_the_back_office_shows_things_to_nobody_else() -> None:
    shown = {
        label: access.ADMIN[label].view - {c.who for cells in row.verbs.values() for c in cells}
        for row in resources.RESOURCES.values()
        for label in row.models
    }
    assert {label: others for label, others in shown.items() if others} == {}
    assert len(shown) > 40


def test_the_control_a_route_opened_to_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.RULES, "students:people-list", Rule("GET", kinds.PEOPLE))
    assert _claims() == ["students:people-list is open to {'tutor'}"]


def test_the_words_of_the_rules_are_known() -> None:
    for name, rule in access.RULES.items():
        assert rule.standing in kinds.STANDINGS, name
        assert rule.needs <= kinds.NEEDS, name
        assert rule.who <= kinds.EVERYONE, name
        assert bool(rule.scope) == bool(rule.ids), name
        assert not rule.money or "POST" in rule.names, name
        assert not rule.acts_by_get or rule.names == {"GET"}, name
    named = {rule.ids for rule in access.RULES.values()}
    assert OWNERS.keys() <= named


@pytest.mark.parametrize("scope", sorted({rule.scope for rule in access.RULES.values()} - {""}))
def test_a_scope_is_there(scope: str) -> None:
    if scope.startswith("("):
        return
    model, bracket, field = scope.partition("[")
    if bracket:
        owner = apps.get_model(model).objects.filter(**{field[:-1]: None}).query
        assert owner.where.children
        assert _target(apps.get_model(model), field[:-1]) is get_user_model()
    elif model.count(".") == 2 and model.split(".")[1] != "queries":
        label, method = model.rsplit(".", 1)
        assert callable(getattr(apps.get_model(label).objects, method))
    else:
        assert callable(import_string(model))


def _target(model: Any, names: str) -> Any:
    """What a path of foreign keys ends at."""
    for name in names.split("__"):
        model = model._meta.get_field(name).related_model
    return model


def test_what_the_pages_wear_is_what_the_table_says() -> None:
    """The second lock of each page: its decorators."""
    wrong = {}
    for name, pattern in all_routes().items():
        rule, view = access.RULES[name], pattern.callback
        if methods_of(pattern) is not None or name == "site:dashboard":
            continue
        worn = getattr(view, "roles", kinds.EVERYONE), getattr(view, "needs", set())
        if worn != (rule.who, rule.needs):
            wrong[name] = worn
        if getattr(view, "csrf_exempt", False) and not rule.signature:
            wrong[name] = "exempt from the check for forgery"
    assert wrong == {}


STANDING_OF = {
    permissions.AnyToken: kinds.PROVES,
    permissions.OwnAccount: kinds.OWN_ACCOUNT,
    permissions.IsHeardTutor: kinds.HEARD,
}


def test_what_the_operations_ask_is_what_the_table_says() -> None:
    """The second lock of each operation: its first permission."""
    wrong = {}
    for name, pattern in all_routes().items():
        view: Any = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        if view is None:
            continue
        rule, permission = access.RULES[name], view.permission_classes[0]
        if not issubclass(permission, permissions.AnyToken):
            said = (kinds.EVERYONE, kinds.OPEN)
        else:
            roles = frozenset(str(role) for role in getattr(permission, "roles", kinds.PEOPLE))
            said = (roles, STANDING_OF.get(permission, kinds.ACTS))
        if said != (rule.who, rule.standing) or set(rule.names) != methods_of(pattern):
            wrong[name] = said
    assert wrong == {}


def test_machines_are_let_in_by_what_they_carry() -> None:
    def addresses(names: Iterable[str]) -> list[str]:
        return [reverse(name) for name in names if not access.RULES[name].ids]

    signed = {name for name, rule in access.RULES.items() if rule.signature}
    files = {"core:upload", "core:download", "core:picture", "payments:checkout-callback"}
    assert all(address.startswith(MACHINES) for address in addresses(signed - files))
    assert not any(
        address.startswith(MACHINES) for address in addresses(access.RULES.keys() - signed)
    )


def test_nobody_gets_an_answer_whose_parts_are_not_for_them() -> None:
    readers = {name.split(".")[1]: fields.who for name, fields in READS.items()}
    wrong = {
        (name, part)
        for name, part in catalogue.answers()
        if part in readers and not access.RULES[name].who <= readers[part]
    }
    assert wrong == set()
    assert len({part for _name, part in catalogue.answers()} & readers.keys()) > 60


def test_the_page_for_people_is_up_to_date() -> None:
    assert DOCS.read_text() == markdown.page(), "run manage.py access > docs/access.md"
