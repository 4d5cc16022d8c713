"""Answers that a process keeps: for what hardly ever changes, or never, and is asked all day."""

import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, TypeVarTuple

from django.utils.translation import get_language

Args = TypeVarTuple("Args")
R = TypeVar("R")

SECONDS = 60

_forgetters: list[Callable[[], None]] = []


def for_a_minute(*, size: int) -> Callable[[Callable[[*Args], R]], Callable[[*Args], R]]:
    """Decorate a function of hashable, positional arguments to keep the `size` latest answers.

    Callers share an answer, so nobody may change it.
    """

    def decorate(function: Callable[[*Args], R]) -> Callable[[*Args], R]:
        @lru_cache(maxsize=size)
        def kept(_minute: int, *args: Any) -> R:
            return function(*args)

        @wraps(function)
        def ask(*args: *Args) -> R:
            return kept(int(time.monotonic() // SECONDS), *args)

        _forgetters.append(kept.cache_clear)
        return ask

    return decorate


def in_each_language(*, size: int) -> Callable[[Callable[[*Args], R]], Callable[[*Args], R]]:
    """Decorate a function that says its arguments, and nothing else, in the current language.

    What it says can never be out of date, so the `size` latest answers are kept for good.
    """

    def decorate(function: Callable[[*Args], R]) -> Callable[[*Args], R]:
        @lru_cache(maxsize=size)
        def kept(_language: str | None, *args: Any) -> R:
            return function(*args)

        @wraps(function)
        def say(*args: *Args) -> R:
            return kept(get_language(), *args)

        _forgetters.append(kept.cache_clear)
        return say

    return decorate


def forget() -> None:
    """Drop every answer in this process, as between two tests."""
    for forgetter in _forgetters:
        forgetter()
