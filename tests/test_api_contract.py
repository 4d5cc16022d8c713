"""The shapes that outside clients are written against, checked on the OpenAPI description."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

LEARNER = (
    "name grade board subjects mode budget_min_paise budget_max_paise pin_code languages"
    " guardian.name guardian.phone guardian.relation"
    " consent.accepted consent.notice_version consent.language"
)
PROFILE = (
    "name headline bio gender languages experience_years qualifications pin_code radius_km"
    " offerings.subject offerings.boards offerings.grade_min offerings.grade_max"
    " offerings.online_rate_paise offerings.home_rate_paise"
)
SESSION = "id status subject start_at end_at mode price_paise tutor learner timeline money"
ORDER = "order razorpay_order_id key_id amount_paise status"

# Method and path, fields of the body, status, fields of the answer.
CONTRACT = [
    ("post /auth/otp/request", "phone", 202, "resend_after expires_in"),
    (
        "post /auth/otp/verify",
        "phone code role",
        200,
        "access refresh user.id user.role user.name user.is_new user.next",
    ),
    ("post /auth/token/refresh", "refresh", 200, "access refresh"),
    ("post /auth/logout", "refresh", 204, ""),
    ("get /me", "", 200, "id role name"),
    ("patch /me", "name", 200, "id role name"),
    ("delete /me", "", 204, ""),
    ("post /students/profile", LEARNER, 201, "id"),
    ("post /students/profile", LEARNER, 200, "id"),
    ("get /students/learners/", "", 200, "results.id next previous"),
    ("post /tutors/profile", PROFILE, 201, "id status missing"),
    ("post /tutors/profile/submit", "", 200, "status"),
    (
        "post /tutors/documents",
        "kind filename content_type size",
        201,
        "id upload.url upload.method upload.fields upload.headers",
    ),
    ("post /tutors/documents/{id}/complete", "", 200, "id"),
    (
        "get /tutors/",
        "",
        200,
        "results.id results.name results.headline results.rate_paise results.distance_km"
        " results.rating results.review_count results.hours_taught results.badges results.why"
        " next previous",
    ),
    (
        "post /students/enquiries",
        "learner subject mode budget_max_paise pin_code preferred_times note",
        201,
        "id status leads_sent",
    ),
    ("get /students/enquiries/{id}", "", 200, "id status leads_sent offers.id offers.status"),
    (
        "get /tutors/leads/inbox",
        "",
        200,
        "results.id results.status results.credits results.places_left results.enquiry.subject"
        " results.enquiry.grade results.enquiry.board results.enquiry.mode results.enquiry.area"
        " results.enquiry.budget_max_paise results.enquiry.note results.match.score"
        " results.match.reasons",
    ),
    ("post /tutors/leads/{id}/accept", "start_at duration_min rate_paise message", 201, SESSION),
    ("post /tutors/leads/{id}/decline", "reason", 200, "id status"),
    ("get /sessions/{id}", "", 200, SESSION),
    ("post /sessions/{id}/pay", "method", 200, ORDER),
    (
        "post /payments/verify",
        "razorpay_order_id razorpay_payment_id razorpay_signature",
        200,
        "status",
    ),
    ("post /sessions/{id}/start", "", 200, SESSION),
    ("post /sessions/{id}/complete", "", 200, SESSION),
    ("post /sessions/{id}/confirm", "", 200, SESSION),
    ("post /sessions/{id}/cancel", "", 200, SESSION),
    ("post /sessions/{id}/review", "stars text", 200, SESSION),
    ("get /tutors/wallet", "", 200, "credits packs"),
    ("post /tutors/wallet/topup", "pack", 200, ORDER),
    ("get /tutors/earnings", "", 200, "available_paise held_paise pending_paise"),
    ("post /tutors/payouts", "amount_paise", 201, "id status amount_paise"),
]


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


@pytest.mark.parametrize(("call", "body", "status", "answer"), CONTRACT)
def test_the_shape(openapi, call, body, status, answer):
    method, path = call.split()
    operation = openapi["paths"][f"/api/v1{path}"][method]
    sent = content(operation["requestBody"]) if body else {}
    got = content(operation["responses"][str(status)]) if answer else {}
    assert [name for name in body.split() if not has(openapi, sent, name)] == []
    assert [name for name in answer.split() if not has(openapi, got, name)] == []


def content(part: dict[str, Any]) -> dict[str, Any]:
    return part["content"]["application/json"]["schema"]


def has(openapi: dict[str, Any], schema: dict[str, Any], name: str) -> bool:
    """Whether the schema has the field; a dot goes into an object or into a list's items."""
    first, _dot, rest = name.partition(".")
    field = resolved(openapi, schema).get("properties", {}).get(first)
    return field is not None and (not rest or has(openapi, field, rest))


def resolved(openapi: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "items" in schema:
        return resolved(openapi, schema["items"])
    for whole in schema.get("allOf", []):
        return resolved(openapi, whole)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(openapi, openapi["components"]["schemas"][name])
    return schema
