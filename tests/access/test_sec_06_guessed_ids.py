"""SEC-06: an id guessed right, of what belongs to somebody else, is as if it were wrong."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from students.tests.test_api_learners import BODY
from tests.access.policy import API, PAGES, Row
from tests.access.test_access import undone
from tests.access.world import World
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db

# Open to who has the link: what it leads to is nobody else's to be found.
PUBLIC = {"", "slug", "profile", "token", "step", "card", "city", "city_subject", "range"}
OTHERS = {"family": "other_family", "tutor": "other_tutor"}
NEVER = "+919876500099"


def plain(response: Any, *pks: object) -> str:
    """Status, headers and body without what is random in every page, and the id."""
    body = response.content.decode()
    for pk in pks:
        body = body.replace(str(pk), "")
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]+', "", body)
    headers = re.sub(r"nonce-[\w-]+", "", str(sorted(response.items())))
    return f"{response.status_code} {headers} {body}"


def ask(world: World, name: str, row: Row, method: str, who: str, ids: dict[str, Any]) -> str:
    client = world.api_client(who) if name in API else world.page_client(who)
    kwargs = {"content_type": "application/json"} if name in API and method != "GET" else {}
    with undone():
        response = getattr(client, method.lower())(reverse(name, kwargs=ids), **kwargs)
    assert response.status_code == 404
    return plain(response, *ids.values())


def test_sec_06_somebody_elses_and_nobodys_are_equal_to_the_byte():
    world, tried, unequal = World(), 0, []
    for name, row in {**PAGES, **API}.items():
        if row.ids in PUBLIC:
            continue
        ids = world.ids[row.ids]
        missing = dict.fromkeys(ids, uuid7())
        for who in [OTHERS[owner] for owner in sorted(row.allowed & OTHERS.keys())]:
            for method in row.methods.split():
                tried += 1
                answers = {ask(world, name, row, method, who, which) for which in (ids, missing)}
                unequal += [f"{method} {name} as {who}"] if len(answers) > 1 else []
    assert tried > 30
    assert unequal == []


def test_sec_06_a_guardians_number_is_taken_the_same_whoever_has_it():
    """Nothing is looked up by it, so there is nothing to tell."""
    client, now, answers = World().api_client("family"), clock.now(), set()
    for number in (FamilyUserFactory().phone, TutorUserFactory().phone, NEVER):
        guardian = {**BODY["guardian"], "phone": number}
        with undone(), clock.at(now):
            response = client.post(
                "/api/v1/students/profile", {**BODY, "guardian": guardian}, "application/json"
            )
        assert response.status_code == 200, response.content
        answers.add(plain(response, number))
    assert len(answers) == 1
