"""Form fields over the curriculum; their values are rows, their choices codes or slugs."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from curriculum.models import GRADES, Board, Language, Subject


class BoardField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Board"))
        super().__init__(Board.objects.all(), **kwargs)

    def label_from_instance(self, obj: Board) -> str:
        return f"{obj.state}: {obj.name}" if obj.state else obj.code


class BoardsField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Boards"))
        super().__init__(Board.objects.all(), **kwargs)

    def label_from_instance(self, obj: Board) -> str:
        return f"{obj.state}: {obj.name}" if obj.state else obj.code


class SubjectField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Subject"))
        super().__init__(Subject.objects.all(), **kwargs)


class SubjectsField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Subjects"))
        super().__init__(Subject.objects.all(), **kwargs)


class LanguagesField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Languages"))
        super().__init__(Language.objects.all(), **kwargs)


class GradeField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Class"))
        choices: list[tuple[Any, Any]] = [
            (grade, format_lazy("{} {}", _("Class"), grade)) for grade in GRADES
        ]
        if not kwargs.get("required", True):
            choices.insert(0, ("", _("Any class")))
        super().__init__(choices=choices, coerce=int, empty_value=None, **kwargs)
