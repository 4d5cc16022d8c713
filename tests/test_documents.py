"""What is written beside the code is still true."""

import json
import re
from io import StringIO

from django.conf import settings
from django.core.management import call_command

TESTS_ONLY = {"PYTEST_XDIST_WORKER"}


def test_every_setting_from_the_environment_is_in_the_example():
    files = (settings.BASE_DIR / "tutorhub" / "settings").glob("*.py")
    source = "".join(file.read_text() for file in files)
    names = set(re.findall(r'(?:env(?:\.\w+)?|secret)\(\s*"([A-Z_0-9]+)"', source))
    example = (settings.BASE_DIR / ".env.example").read_text()
    listed = set(re.findall(r"^([A-Z_0-9]+)=", example, re.MULTILINE))
    assert len(names) > 25
    assert names - listed == TESTS_ONLY


def test_every_dependency_has_its_reason():
    text = (settings.BASE_DIR / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    explained = {re.sub(r"\[.*", "", name).strip() for row in rows for name in row.split(", ")}
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (settings.BASE_DIR / file).read_text().splitlines()
        for line in lines:
            if line and line[0] not in "#-":
                name, _, version = line.partition("==")
                assert version, f"{line} is not pinned"
                assert re.sub(r"\[.*", "", name) in explained, f"{name} has no reason"


def test_the_schema_has_no_warning_and_every_path_of_the_contract():
    out = StringIO()
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out
    )
    schema = json.loads(out.getvalue())
    assert schema["openapi"] == "3.1.0"
    missing = [
        f"{method} {path}"
        for method, path in CONTRACT
        if method.lower() not in schema["paths"].get(f"/api/v1{path}", {})
    ]
    assert missing == []


CONTRACT = [
    ("POST", "/auth/otp/request"),
    ("POST", "/auth/otp/verify"),
    ("POST", "/auth/token/refresh"),
    ("POST", "/auth/logout"),
    ("GET", "/me"),
    ("PATCH", "/me"),
    ("DELETE", "/me"),
    ("POST", "/students/profile"),
    ("GET", "/students/learners/"),
    ("POST", "/tutors/profile"),
    ("POST", "/tutors/profile/submit"),
    ("POST", "/tutors/documents"),
    ("POST", "/tutors/documents/{id}/complete"),
    ("GET", "/tutors/"),
    ("POST", "/students/enquiries"),
    ("GET", "/students/enquiries/{id}"),
    ("GET", "/tutors/leads/inbox"),
    ("POST", "/tutors/leads/{id}/accept"),
    ("POST", "/tutors/leads/{id}/decline"),
    ("GET", "/sessions/{id}"),
    ("POST", "/sessions/{id}/pay"),
    ("POST", "/payments/verify"),
    ("POST", "/sessions/{id}/start"),
    ("POST", "/sessions/{id}/complete"),
    ("POST", "/sessions/{id}/confirm"),
    ("POST", "/sessions/{id}/cancel"),
    ("POST", "/sessions/{id}/review"),
    ("GET", "/tutors/wallet"),
    ("POST", "/tutors/wallet/topup"),
    ("GET", "/tutors/earnings"),
    ("POST", "/tutors/payouts"),
]
