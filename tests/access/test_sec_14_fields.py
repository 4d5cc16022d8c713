"""SEC-14: whatever else a request says, nothing more is written than its form asks for.

Every endpoint that writes is asked twice at the same moment: once with what its form has, once with
the name of every column of the product besides. The rows that it leaves are the same. Where it is
about money or consent, the second is refused.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from accounts.api.serializers import MeIn
from accounts.models import User
from accounts.services import users
from students.tests.test_api_learners import BODY as LEARNER
from tests.access import catalogue, sweep
from tests.access.policy import API
from tests.access.routes import all_routes
from tests.access.world import PEOPLE
from tutorhub.core import access, clock
from tutorhub.core.access.fields import WRITES
from tutorhub.core.ids import uuid7
from tutorhub.core.strict import Strict
from tutors.tests.test_api_tutors import BODY as PROFILE

pytestmark = pytest.mark.django_db

MAGIC = {
    **dict.fromkeys(
        ("is_staff", "is_superuser", "is_active", "is_admin", "admin", "verified"), True
    ),
    **dict.fromkeys(("role", "user_role", "groups", "permissions"), "staff"),
    **dict.fromkeys(("price", "commission", "balance", "credits", "discount", "total"), 987654321),
    **dict.fromkeys(("owner", "user_id", "tutor_id", "family_id", "by", "as_user"), "INJECTED"),
    **dict.fromkeys(("_method", "__class__", "id__in", "password"), "INJECTED"),
}
# What the forms of an endpoint take; the others are asked with nothing, or with what the rule says.
BODIES: dict[str, Any] = {
    "api:me": {"name": "Asha", "language": "en"},
    "api:me-requests": {"kind": "correction", "words": "My name"},
    "api:students-learners": LEARNER,
    "api:students-profile": LEARNER,
    "api:students-learner": {"goals": "Numericals"},
    "api:students-guardians": {"phone": "+919822200077", "relation": "father"},
    "api:enquiries-ask": {"subject": "Physics", "mode": "online", "note": "Evenings"},
    "api:leads-decline": {"reason": "Too far"},
    "api:tutors-profile": PROFILE,
    "api:tutors-documents": {
        "kind": "identity",
        "filename": "pan.pdf",
        "content_type": "application/pdf",
        "size": 1000,
    },
    "api:tutors-photos": {"content_type": "image/jpeg", "size": 1000},
    "api:evidence": {"statement": "The class took place."},
    "api:students-wallet": {"refunds_to_wallet": True},
    "api:students-wallet-topup": {"amount_paise": 50000},
    "api:payouts": {"amount_paise": 50000},
    "api:payout-method": {"is_weekly": True},
    "api:tax-profile": {"legal_name": "Ravi Kumar", "state": "Karnataka"},
    "api:wallet-topup": {"pack": "pack-5"},
    "api:sessions-pay": {"method": "razorpay"},
    "accounts:account": {"name": "Asha", "language": "en"},
    "accounts:data-ask": {"kind": "correction", "words": "My name"},
    "students:people-list": {"phone": "+919822200077", "relation": "father"},
    "marketplace:lead-decline": {"reason": "Too far"},
    "marketplace:evidence-edit": {"text": "The class took place."},
    "payments:tax-profile-edit": {"legal_name": "Ravi Kumar", "state": "Karnataka"},
    "payments:refunds-choose": {"goes_to": "wallet"},
}
WRITING = [
    (name, method)
    for name, row in sorted(sweep.ROWS.items())
    for method in row.methods.split()
    if method in {"POST", "PUT", "PATCH"} and row.allowed & PEOPLE
]
# They make random things (codes, cookies, tokens) each time anew.
SIGNING = ("accounts:sign", "api:auth-", "site:language-set")
STRICT = sorted(name for name, rule in access.RULES.items() if rule.strict)
# Numbers that a sequence gives, and what is made at random: ids, codes, sessions, names of files,
# and text that is sealed.
RANDOM = re.compile(
    r'"(?:id|\w+_id)": \d+|"(?:values_text|body|expire_date|session_\w+|\w+_hash)": "[^"]*"'
    r"|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{32,}\b|\b(?:private|public|quarantine)/\S+"
    r"|\bgAAAA[\w=-]{80,}"
)


def extras(name: str, sent: Any) -> dict[str, Any]:
    """A value for every column that the forms of this endpoint do not have."""
    app = "marketplace" if name.startswith("api:") else name.partition(":")[0]
    known = set(sent)
    for form, fields in WRITES.items():
        if name.startswith("api:") or form.startswith(app):
            known |= fields.names
    columns = {
        field.name: _value(field)
        for model in apps.get_models()
        if model._meta.app_label in catalogue.APPS | {"core"}
        for field in model._meta.concrete_fields
    }
    return {word: value for word, value in {**columns, **MAGIC}.items() if word not in known}


def _value(field: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return 987654
    if isinstance(field, models.DateTimeField | models.DateField):
        return "2031-01-01T00:00:00Z"
    return field.choices[-1][0] if field.choices else "INJECTED"


def rows(tables: set[str]) -> dict[str, list[str]]:
    """What stands in these tables, without what is random."""
    found = {}
    for table in sorted(tables):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found[table] = sorted(RANDOM.sub("~", row[0]) for row in cursor.fetchall())
    return found


def client_for(worlds: sweep.Worlds, name: str) -> Client:
    allowed = sweep.ROWS[name].allowed & PEOPLE
    who = next(who for who in ("tutor", "family", *sorted(allowed)) if who in allowed)
    return worlds.client(who, sweep.NATIVE, is_api=name in API)


def ask(worlds: sweep.Worlds, name: str, method: str, more: bool) -> tuple[int, dict[str, Any]]:
    """The status, and what the tables hold that were written to."""
    row = sweep.ROWS[name]
    body = dict(BODIES.get(name) or dict(part.split("=") for part in row.body.split("&") if part))
    if name not in API:
        # A page takes an empty form for none at all.
        body = {"nothing": "1", **body}
    if name == "api:enquiries-ask":
        body["learner"] = str(worlds.a.ids["learner"]["pk"])
    if more:
        body = {**extras(name, body), **body}
    client = client_for(worlds, name)
    kwargs = {"content_type": "application/json"} if name in API else {}
    address = reverse(name, kwargs=worlds.a.ids[row.ids])
    with sweep.undone():
        before = sweep.writes()
        response = getattr(client, method.lower())(address, body, **kwargs)
        tables = {table for table, count in sweep.writes().items() if count != before.get(table, 0)}
        return response.status_code, rows(tables)


@pytest.mark.parametrize("part", range(4))
def test_sec_14_nothing_more_is_written(worlds: sweep.Worlds, part: int) -> None:
    worlds.forget_clients()
    wrong, wrote = [], 0
    for number, (name, method) in enumerate(WRITING):
        if number % 4 != part or name.startswith(SIGNING) or name in STRICT:
            continue
        with clock.at(clock.now() + timedelta(seconds=1)):
            plain, more = (ask(worlds, name, method, also) for also in (False, True))
        wrote += bool(plain[1])
        if plain != more:
            wrong.append(f"{method} {name}: {_difference(plain, more)}")
    assert wrong == []
    assert wrote > 3


def _difference(plain: tuple[int, dict[str, Any]], more: tuple[int, dict[str, Any]]) -> str:
    if plain[0] != more[0]:
        return f"{plain[0]} became {more[0]}"
    tables = {*plain[1], *more[1]}
    other = [table for table in sorted(tables) if plain[1].get(table) != more[1].get(table)]
    return f"{other}: {str(more[1].get(other[0]))[:300]}"


@pytest.mark.parametrize("name", STRICT)
def test_sec_14_what_is_about_money_or_consent_refuses_what_it_does_not_know(
    worlds: sweep.Worlds, name: str
) -> None:
    worlds.forget_clients()
    row = sweep.ROWS[name]
    method = next(each for each in row.methods.split() if each in {"POST", "PUT", "PATCH"})
    body = {**BODIES.get(name, {}), "is_free": True}
    address = reverse(name, kwargs=worlds.a.ids[row.ids])
    client = client_for(worlds, name)
    with sweep.undone():
        before = sweep.writes()
        answer = getattr(client, method.lower())(address, body, content_type="application/json")
        changed = {t for t, count in sweep.writes().items() if count != before.get(t, 0)}
    assert answer.status_code == 400, answer.content[:300]
    said = {error["attr"]: error["code"] for error in answer.json()["errors"]}
    assert said["is_free"] == "unknown"
    assert changed - sweep.TOUCHED - {"core_idempotencykey"} == set()


def test_sec_14_all_that_take_money_or_consent_are_among_them() -> None:
    """An operation that moves money either takes a body that is strict, or takes none."""
    schema = catalogue.schema()
    takes = {
        name
        for name in access.RULES
        if name in API and access.RULES[name].money and _body_of(schema, name)
    }
    assert takes - set(STRICT) == set()
    assert len(STRICT) > 10


def _body_of(schema: Any, name: str) -> bool:
    address = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", reverse(name, kwargs=_ids(name)))
    found = {re.sub(r"{\w+}", "{id}", path): item for path, item in schema["paths"].items()}
    return "requestBody" in found[address].get("post", {})


def _ids(name: str) -> dict[str, Any]:
    words = re.findall(r"<\w+:(\w+)>", str(all_routes()[name].pattern))
    return dict.fromkeys(words, uuid7())


def test_sec_14_the_control_a_form_that_writes_more(
    worlds: sweep.Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_all(user: User, **values: Any) -> User:
        User.objects.filter(pk=user.pk).update(joined_at=values.get("joined_at", user.joined_at))
        return user

    monkeypatch.setattr(MeIn, "to_internal_value", lambda _self, data: dict(data))
    monkeypatch.setattr(users, "update_profile", write_all)
    worlds.forget_clients()
    plain, more = (ask(worlds, "api:me", "PATCH", also) for also in (False, True))
    assert plain[0] == more[0] == 200
    assert plain != more


def test_sec_14_the_control_a_serializer_that_lets_everything_in(
    worlds: sweep.Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Strict, "to_internal_value", Strict.__mro__[1].to_internal_value)
    worlds.forget_clients()
    status, _rows = ask(worlds, "api:tax-profile", "PUT", more=True)
    assert status == 200
