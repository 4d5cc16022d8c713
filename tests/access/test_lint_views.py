"""What no view may say: who reads it would have to prove that it is not a hole.

Read as text, so that a name brought in under another name is found as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = (
    *("accounts", "curriculum", "marketplace", "notifications", "payments", "students", "tutors"),
    *("learning", "ads", "tutorhub/core", "tutorhub/site"),
)
SAFE_HEADS = {"select_related", "prefetch_related", "order_by", "only", "defer", "with_details"}
"""What may stand between `objects` and `get(pk=…)` and narrows nothing."""

# Each with its reason. What is let in by a signature or is the same for everybody.
ALLOWED = {
    ("payments/views/webhooks.py", "csrf_exempt"),  # a machine with a signature
    ("payments/views/checkout.py", "csrf_exempt"),  # the gateway's page posts it, with a signature
    ("notifications/views/webhooks.py", "csrf_exempt"),  # machines with a signature or a secret
    ("tutorhub/core/views.py", "csrf_exempt"),  # the address itself is signed, and works once
    ("accounts/api/views.py", "AllowAny"),  # how one gets a token
    ("curriculum/api/views.py", "AllowAny"),  # what is taught
    ("students/api/views/consents.py", "AllowAny"),  # the notice, before anybody signs in
    ("tutors/api/views.py", "AllowAny"),  # the public page
    ("tutors/api/search.py", "AllowAny"),  # the public search
    ("marketplace/api/views/reviews.py", "AllowAny"),  # what the public page shows
    # What the same function has just changed through a service, read again for the answer.
    ("students/api/views/learners.py", "get(pk)"),
    ("marketplace/api/views/enquiries.py", "get(pk)"),
    ("marketplace/api/views/leads.py", "get(pk)"),
}


def files() -> Iterator[Path]:
    for app in APPS:
        for pattern in ("views.py", "views/**/*.py", "api/**/*.py"):
            yield from sorted((ROOT / app).glob(pattern))


def findings(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute | ast.alias):
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            name = node.name if isinstance(node, ast.alias) else name
            if name in {"csrf_exempt", "AllowAny"}:
                yield node.lineno, name
        if isinstance(node, ast.Assign) and _is_no_permission(node):
            yield node.lineno, "permission_classes = []"
        if isinstance(node, ast.Call):
            yield from ((node.lineno, found) for found in _of_all(node))


def _is_no_permission(node: ast.Assign) -> bool:
    is_named = any(getattr(target, "id", "") == "permission_classes" for target in node.targets)
    return is_named and isinstance(node.value, ast.List | ast.Tuple) and not node.value.elts


def _of_all(call: ast.Call) -> Iterator[str]:
    """Every row of a table, or one by its number alone."""
    name = getattr(call.func, "attr", "")
    if name in {"all", "get"} and _is_everything(call.func.value):  # type: ignore[attr-defined]
        if name == "all":
            yield "objects.all()"
        elif {keyword.arg for keyword in call.keywords} & {"pk", "id"}:
            yield "get(pk)"
    is_short = getattr(call.func, "id", "") in {"get_object_or_404", "get_list_or_404"}
    # Named with whoever asks, as in `tutor=me(request)`, it is theirs.
    is_theirs = any("request" in ast.unparse(each.value) for each in call.keywords)
    if is_short and not is_theirs and {each.arg for each in call.keywords} & {"pk", "id"}:
        first = call.args[0]
        if (isinstance(first, ast.Name) and first.id[:1].isupper()) or _is_everything(first):
            yield "get(pk)"


def _is_everything(node: ast.AST) -> bool:
    """Whether this is `Model.objects` with nothing that narrows it behind."""
    while isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SAFE_HEADS | {"all"}:
        node = node.func.value  # type: ignore[attr-defined]
    return isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}


def found_in_views() -> dict[tuple[str, str], int]:
    return {
        (str(file.relative_to(ROOT)), what): line
        for file in files()
        for line, what in findings(file.read_text())
    }


def test_views_open_nothing_that_is_not_on_the_list() -> None:
    found = found_in_views()
    assert len(list(files())) > 40
    assert {place: line for place, line in found.items() if place not in ALLOWED} == {}


def test_the_list_has_nothing_that_is_gone() -> None:
    assert set(found_in_views()) >= ALLOWED
    assert len(ALLOWED) <= 13


HOLES = {
    "from django.views.decorators.csrf import csrf_exempt as fine": ["csrf_exempt"],
    "import rest_framework.permissions as p\nx = p.AllowAny": ["AllowAny"],
    "permission_classes = []": ["permission_classes = []"],
    "Learner.objects.all()": ["objects.all()"],
    "Learner.objects.get(pk=pk)": ["get(pk)"],
    "Learner.objects.with_details().get(id=pk)": ["get(pk)"],
    "get_object_or_404(Learner, pk=pk)": ["get(pk)"],
    "get_object_or_404(Learner.objects.select_related('family'), pk=pk)": ["get(pk)"],
    "get_object_or_404(Learner.objects.of(user), pk=pk)": [],
    "get_object_or_404(mine, pk=pk)": [],
    "get_object_or_404(Line, tutor=me(request), pk=pk)": [],
}


@pytest.mark.parametrize("source", HOLES)
def test_the_control(source: str) -> None:
    assert [what for _line, what in findings(source)] == HOLES[source]
