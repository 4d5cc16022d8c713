"""What is written by `outputs` is what the serializer itself would give."""

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from rest_framework import serializers

from tutorhub.core import outputs


class Leaf(serializers.Serializer):
    on = serializers.DateField()
    until = serializers.DateField(allow_null=True)


class Tree(serializers.Serializer):
    id = serializers.UUIDField(source="root.id")
    kind = serializers.ChoiceField(choices=["oak", "elm"])
    height = serializers.FloatField(allow_null=True)
    words = serializers.ListField(child=serializers.CharField())
    first = Leaf(source="root.leaf", allow_null=True)
    leaves = Leaf(many=True)
    secret = serializers.CharField(write_only=True)


def tree(**values: Any) -> SimpleNamespace:
    leaf = SimpleNamespace(on=date(2026, 1, 2), until=None)
    root = SimpleNamespace(id=UUID(int=7), leaf=leaf)
    given = {"kind": "oak", "height": 2, "words": ["a", 1], "leaves": [leaf, leaf], "root": root}
    return SimpleNamespace(**{**given, **values})


@pytest.mark.parametrize(
    "thing",
    [
        tree(),
        tree(height=None, words=[], leaves=[]),
        tree(root=SimpleNamespace(id=UUID(int=8), leaf=None)),
    ],
)
def test_it_is_what_the_serializer_gives(thing: SimpleNamespace) -> None:
    written = outputs.writer(Tree())(thing)
    assert written == Tree(thing).data
    assert list(written) == list(Tree(thing).data)
    assert type(written["height"]) is type(Tree(thing).data["height"])


def test_a_field_that_is_a_method_is_refused() -> None:
    class Counted(serializers.Serializer):
        leaves = serializers.SerializerMethodField()

    with pytest.raises(TypeError, match="leaves"):
        outputs.writer(Counted())
