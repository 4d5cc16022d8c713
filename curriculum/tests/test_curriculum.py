import pytest
from django import forms
from rest_framework import serializers
from rest_framework.test import APIClient

from curriculum import queries
from curriculum.api.fields import BoardField, GradeField, LanguageField, SubjectField
from curriculum.forms import GradeField as GradeFormField
from curriculum.models import Board, Language

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["maths", "Mathematics", "MATH", " mathematics "])
def test_maths_has_many_names(text):
    assert queries.find_subject(text).pk == "maths"


def test_boards_are_found_by_code_and_name():
    assert queries.find_board("cbse").pk == "CBSE"
    assert queries.find_board("international baccalaureate").pk == "IB"


def test_languages_are_found_by_code_and_name():
    assert queries.find_language("hi") == queries.find_language("HINDI")


@pytest.mark.parametrize("find", [queries.find_board, queries.find_subject, queries.find_language])
def test_the_unknown_is_refused_with_a_sentence(find):
    with pytest.raises(ValueError, match="astrology"):
        find("astrology")


def test_every_scheduled_language_and_state_board_is_there():
    assert Language.objects.count() == 23
    assert Board.objects.exclude(state="").values("state").distinct().count() == 27
    assert list(Board.objects.values_list("pk", flat=True)[:3]) == ["CBSE", "ICSE", "IB"]


class Shape(serializers.Serializer):
    board = BoardField()
    subject = SubjectField()
    language = LanguageField()
    grade = GradeField()


def test_serializer_fields_take_names_and_give_codes():
    shape = Shape(
        data={"board": "cbse", "subject": "Mathematics", "language": "Tamil", "grade": 11}
    )
    assert shape.is_valid(), shape.errors
    assert Shape(shape.validated_data).data == {
        "board": "CBSE",
        "subject": "maths",
        "language": "ta",
        "grade": 11,
    }


def test_serializer_fields_refuse_what_is_not_there():
    shape = Shape(data={"board": "XYZ", "subject": 5, "language": "", "grade": 13})
    assert not shape.is_valid()
    assert set(shape.errors) == {"board", "subject", "language", "grade"}


def test_grade_form_field_gives_a_number():
    field = GradeFormField()
    assert field.clean("11") == 11
    with pytest.raises(forms.ValidationError):
        field.clean("13")


def test_the_curriculum_is_open_to_all(django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        answer = APIClient().get("/api/v1/curriculum")
    assert answer.status_code == 200
    assert {"code": "CBSE", "name": "Central Board of Secondary Education", "state": ""} in (
        answer.json()["boards"]
    )
    assert answer.json()["grades"] == list(range(1, 13))
