"""Columns and values as people read them."""

from typing import Any

from django import template

from accounts.services import holdings

register = template.Library()


@register.filter
def column_words(name: str) -> str:
    return name.removesuffix("_paise").replace("_", " ")


@register.filter
def value_words(value: Any, name: str) -> str:
    return holdings.words(name, value)
