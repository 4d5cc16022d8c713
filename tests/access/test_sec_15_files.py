"""SEC-15 for files: keys are made below known prefixes only, and the bucket's policy knows them."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from tests.access.catalogue import APPS
from tutorhub.core import storage
from tutorhub.core.access.files import PREFIXES

POLICY = Path(settings.BASE_DIR, "docs", "s3-policy.json")


def named_in_code() -> Iterator[str]:
    """Every kind that code asks a private key for, and the prefixes with names of their own."""
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "storage.private_key":
                    yield ast.literal_eval(node.args[0])


def test_code_asks_for_known_prefixes_only() -> None:
    kinds = set(named_in_code())
    assert {"papers", "portraits", "exports", "accepted"} <= kinds
    assert kinds <= PREFIXES.keys()


@pytest.mark.parametrize("prefix", [*PREFIXES, "invoices", "..", ""])
def test_a_key_below_any_other_prefix_is_none(prefix: str) -> None:
    key = f"{prefix}/{uuid4()}" + ("-168.webp" if prefix == "public" else "")
    if prefix in PREFIXES:
        assert storage.check_key(key) == key
    else:
        with pytest.raises(ValueError, match="not a storage key"):
            storage.check_key(key)


def test_the_policy_of_the_bucket_shuts_every_prefix_that_is_not_public() -> None:
    (shut,) = [
        statement["Resource"]
        for statement in json.loads(POLICY.read_text())["Statement"]
        if statement["Sid"] == "OnlyTheSiteAndItsWorkers"
    ]
    below = {address.removeprefix("arn:aws:s3:::BUCKET/").removesuffix("/*") for address in shut}
    assert below == PREFIXES.keys() - {"public"}
