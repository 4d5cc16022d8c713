"""A pytest plugin, loaded before pytest-django: the embedded servers for the length of the run."""

import contextlib
import os

import pytest

from tutorhub.core import embedded

_stack = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    os.environ["TUTORHUB_TESTING"] = "1"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _stack.enter_context(embedded.servers(safe=False))


def pytest_unconfigure(config: pytest.Config) -> None:
    _stack.close()
