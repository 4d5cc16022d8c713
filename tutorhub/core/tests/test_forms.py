"""Our way of drawing lists of choices says the same as Django's."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from tutorhub.core.forms import FormRenderer

CASES: list[tuple[forms.Select, Any]] = [
    (forms.Select(choices=[("", "Any"), ("a", "A"), (7, "Seven")]), "7"),
    (forms.Select(choices=[("a", "<b>A</b> & 'B'"), ('"', mark_safe("<i>safe</i>"))]), '"'),
    (forms.Select(choices=[("G & H", [("x", "X"), ("y", "Y")]), ("z", "Z")]), "y"),
    (forms.Select(attrs={"required": True, "disabled": False, "data-x": '"<'}), None),
    (forms.Select(attrs={"size": 4, "aria-label": _("Message")}, choices=[(None, "None")]), None),
    (forms.SelectMultiple(choices=[("a", "A"), ("b", "B"), ("c", "C")]), ["a", "c"]),
    (forms.NullBooleanSelect(), "true"),
]


@pytest.mark.parametrize(("widget", "value"), CASES)
def test_a_select_reads_as_djangos(widget: forms.Select, value: Any) -> None:
    ours, theirs = (
        widget.render("a<b", value, attrs={"id": "id_a"}, renderer=renderer)
        for renderer in (FormRenderer(), TemplatesSetting())
    )
    assert ours == re.sub(r">\s+<", "><", theirs).strip()


INPUTS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(attrs={"size": 3, "placeholder": _("Message")}), "<b> & '\""),
    (forms.NumberInput(attrs={"min": 1, "max": 10, "required": True, "disabled": False}), 7),
    (forms.TextInput(), None),
    (forms.TextInput(), mark_safe("<i>")),
    (forms.EmailInput(), ""),
    (forms.URLInput(), "https://example.org/?a=1&b=2"),
    (forms.PasswordInput(), "x"),
    (forms.HiddenInput(), "x"),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
]


@pytest.mark.parametrize(("widget", "value"), INPUTS)
def test_an_input_reads_as_djangos(widget: forms.Widget, value: Any) -> None:
    ours, theirs = (
        widget.render("a<b", value, attrs={"id": "id_a"}, renderer=renderer)
        for renderer in (FormRenderer(), TemplatesSetting())
    )
    assert ours == theirs.strip()


def test_nothing_else_changes() -> None:
    ours, theirs = (
        forms.Textarea(attrs={"rows": 3}).render("a", "<b>", renderer=renderer)
        for renderer in (FormRenderer(), TemplatesSetting())
    )
    assert ours == theirs
