"""Output as a serializer would give it, by functions that are put together once.

A serializer copies its fields for every answer and asks each of them for every object how to read
it. For lists that are asked for all day this reads the same fields once, when the module is loaded:
the serializer stays the one place that says what an answer has, for this and for the schema.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from rest_framework import serializers

Write = Callable[[Any], Any]


def writer(serializer: serializers.Serializer[Any]) -> Callable[[Any], dict[str, Any]]:
    """What turns one object into what `serializer(thing).data` would be.

    The fields must be attributes, not methods, and their own `to_representation` must not ask for
    the request.
    """
    fields: Mapping[str, serializers.Field[Any, Any, Any, Any]] = serializer.fields
    parts = [
        (name, attrgetter(_path(field)), _write(field))
        for name, field in fields.items()
        if not field.write_only
    ]

    def whole(thing: Any) -> dict[str, Any]:
        return {
            name: None if (value := read(thing)) is None else write(value)
            for name, read, write in parts
        }

    return whole


def _path(field: serializers.Field[Any, Any, Any, Any]) -> str:
    if field.source == "*":
        raise TypeError(f"{field.field_name} is more than an attribute")
    return str(field.source)


def _write(field: Any) -> Write:
    if isinstance(field, serializers.ListSerializer):
        write = _write(field.child)
        return lambda things: [write(thing) for thing in things]
    if isinstance(field, serializers.Serializer):
        return writer(field)
    write_value: Write = field.to_representation
    return write_value
