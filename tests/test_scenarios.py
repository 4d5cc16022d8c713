"""Each of the 27 adversarial scenarios of the money has a test that says so.

The marks are read from the files, so this needs nothing to run and cannot be fooled by `-k`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("payments", "marketplace", "accounts", "students", "tutors", "learning", "ads", "tests")
SCENARIOS = set(range(1, 28))
Marked = ast.FunctionDef | ast.ClassDef


def test_every_scenario_has_a_test():
    proofs = _proofs()
    assert SCENARIOS - set(proofs) == set()
    assert set(proofs) - SCENARIOS == set()


def test_what_is_marked_is_a_test():
    """A mark on a helper would prove nothing."""
    marked = [(path, node) for path, tree in _files() for node in _marked(tree)]
    assert [f"{path}: {node.name}" for path, node in marked if not _has_test(node)] == []


def _proofs() -> dict[int, list[str]]:
    """The tests of each scenario."""
    found = defaultdict(list)
    for path, tree in _files():
        for node in _marked(tree):
            for number in _numbers(node):
                found[number].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _files() -> Iterator[tuple[Path, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("test_*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _marked(tree: ast.Module) -> Iterator[Marked]:
    for node in ast.walk(tree):
        if isinstance(node, Marked) and _numbers(node):
            yield node


def _numbers(node: Marked) -> list[int]:
    """What `pytest.mark.scenario(…)` says in the decorators, also on a single case of several."""
    calls = [call for deco in node.decorator_list for call in ast.walk(deco)]
    return [
        number
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.scenario"
        for number in map(ast.literal_eval, call.args)
    ]


def _has_test(node: Marked) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name.startswith("test_")
    return node.name.startswith("Test") and any(
        isinstance(child, ast.FunctionDef) and child.name.startswith("test_") for child in node.body
    )
