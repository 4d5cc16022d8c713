"""Values that no honest client sends get an answer below 500 from every route."""

import base64

import pytest
from django.urls import reverse

from tests.access.policy import API, PAGES
from tests.access.test_access import undone
from tests.access.world import World

pytestmark = pytest.mark.django_db

NAMES = (
    *("status", "cursor", "page", "page_size", "tutor", "subject", "grade", "board", "mode"),
    *("pin_code", "learner", "next", "sort", "lat", "lon", "within_km", "budget_max_paise"),
    *("budget_max", "min_rating", "language", "gender", "pack", "code", "amount", "stars", "text"),
    *("phone", "to", "kind", "filename", "preferred_times", "role"),
)
VALUES = ("\x00", "9" * 30, "[]", "nan")
CURSORS = (b"p=garbage", b"r=1&p=nan")
PRINCIPALS = ("anonymous", "family", "tutor")


def queries(name: str, method: str) -> list[dict[str, str]]:
    everything = [dict.fromkeys(NAMES, value) for value in VALUES]
    if method != "GET" or name not in API:
        return everything
    cursors = [{"cursor": base64.b64encode(text).decode()} for text in CURSORS]
    return [*everything, *cursors, {"status": "\x00"}, {"status": "nonsense"}]


@pytest.mark.slow
def test_no_route_breaks_over_hostile_input():
    world = World()
    broken = []
    for name, row in {**PAGES, **API}.items():
        url = reverse(name, kwargs=world.ids[row.ids])
        for principal in row.allowed.intersection(PRINCIPALS):
            client = world.api_client(principal) if name in API else world.page_client(principal)
            for method in row.methods.split():
                is_json = name in API and method != "GET"
                kwargs = {"content_type": "application/json"} if is_json else {}
                for data in queries(name, method):
                    with undone():
                        answer = getattr(client, method.lower())(url, data, **kwargs)
                    if answer.status_code >= 500 and answer.status_code != 503:
                        broken.append((name, principal, method, min(data.items())))
    assert broken == []


@pytest.mark.parametrize("field", ["razorpay_order_id", "error[metadata][order_id]"])
def test_a_callback_with_a_nul_is_refused(client, field):
    assert client.post("/checkout/callback", {field: "\x00"}).status_code == 404
    body = f"{field}=%00"
    answer = client.post(
        "/checkout/callback", body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
