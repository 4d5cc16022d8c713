"""Answers are kept for a minute, a bounded number of them, and forgotten on demand."""

import pytest
from django.utils import translation
from django.utils.translation import get_language

from tutorhub.core import memo

asked: list[int] = []


@memo.for_a_minute(size=2)
def double(number: int) -> int:
    asked.append(number)
    return number * 2


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    asked.clear()
    memo.forget()
    monkeypatch.setattr(memo.time, "monotonic", lambda: 1000.0)


def test_an_answer_is_kept_within_a_minute():
    assert [double(1), double(1), double(2)] == [2, 2, 4]
    assert asked == [1, 2]


def test_after_a_minute_it_is_asked_again(monkeypatch):
    double(1)
    monkeypatch.setattr(memo.time, "monotonic", lambda: 1000.0 + memo.SECONDS)
    double(1)
    assert asked == [1, 1]


def test_only_the_latest_used_are_kept():
    for number in (1, 2, 3, 1):
        double(number)
    assert asked == [1, 2, 3, 1]


def test_forget_drops_everything():
    double(1)
    memo.forget()
    double(1)
    assert asked == [1, 1]


@memo.in_each_language(size=4)
def said(number: int) -> str:
    asked.append(number)
    return f"{number} in {get_language()}"


def test_what_is_said_is_kept_for_each_language(monkeypatch):
    for language in ("en", "hi", "en"):
        with translation.override(language):
            assert said(1) == f"1 in {language}"
    assert asked == [1, 1]
    monkeypatch.setattr(memo.time, "monotonic", lambda: 1000.0 + memo.SECONDS)
    with translation.override("hi"):
        said(1)
    assert asked == [1, 1]
