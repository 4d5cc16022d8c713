"""What the program really has: routes, pages of the back office, work, fields, operations."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from tests.access.routes import all_routes
from tutorhub.celery import app
from tutorhub.core import outbox
from tutorhub.core.access import admin_names

APPS = {
    *("accounts", "curriculum", "marketplace", "notifications", "payments", "students", "tutors"),
    *("learning", "ads", "tutorhub"),
}
INPUT = re.compile(r"(In|Input|Change|Field)$")
METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}


def admin_routes() -> set[str]:
    """Names of the back office's pages; those without a name lead nowhere."""
    site = next(p for p in get_resolver().url_patterns if getattr(p, "app_name", "") == "admin")
    return {name for name in _names(site.url_patterns) if name}


def admin_actions() -> dict[str, set[str]]:
    """Model -> names of the actions of its list."""
    return {
        model._meta.label_lower: set(model_admin.actions or [])
        for model, model_admin in admin.site._registry.items()
    }


def known_admin_routes() -> set[str]:
    return set(admin_names())


def operations() -> set[tuple[str, str]]:
    """(name of a route, method) for each operation of the OpenAPI description."""
    names = {_address(pattern): name for name, pattern in all_routes().items() if _is_api(name)}
    return {
        (names[re.sub(r"{\w+}", "{}", path)], method.upper())
        for path, item in schema()["paths"].items()
        for method in METHODS & item.keys()
    }


def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def answers() -> Iterator[tuple[str, str]]:
    """(name of a route, name of a part of its answer) for each operation."""
    found = schema()
    names = {_address(pattern): name for name, pattern in all_routes().items() if _is_api(name)}
    for path, item in found["paths"].items():
        for method in METHODS & item.keys():
            good = {k: v for k, v in item[method]["responses"].items() if k.startswith("2")}
            for part in _parts(good, found["components"]["schemas"], set()):
                yield names[re.sub(r"{\w+}", "{}", path)], part


def tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def handlers() -> set[str]:
    return set(outbox.handlers)


def commands() -> set[str]:
    return {name for name, owner in get_commands().items() if str(owner).split(".")[0] in APPS}


def fields() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What is sent and what is shown: the name of each form or serializer and its fields."""
    sent, shown = {}, {}
    for kind in _classes(forms.BaseForm):
        sent[_label(kind)] = set(kind.base_fields)
    for kind in _classes(serializers.Serializer):
        names = kind().fields
        if not names:
            continue
        if INPUT.search(kind.__name__):
            sent[_label(kind)] = {name for name, field in names.items() if not field.read_only}
        else:
            shown[_label(kind)] = set(names)
    return sent, shown


def _label(kind: type) -> str:
    top, *rest = kind.__module__.removeprefix("tutorhub.").split(".")
    inner = [part for part in rest if "admin" in rest and not part.startswith("forms")]
    return ".".join([top, *inner, kind.__name__])


def _classes(base: type) -> Iterator[Any]:
    """The classes of this project that are a `base`, each in the module that defines it."""
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    for name, module in sorted(sys.modules.items()):
        is_ours = name.split(".")[0] in APPS and ".tests" not in name
        if not is_ours or name == "tutorhub.core.error_schemas":
            continue
        for value in list(vars(module).values()):
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == name:
                yield value


def _parts(node: Any, schemas: dict[str, Any], found: set[str]) -> set[str]:
    """Names of the parts that a piece of the description is made of."""
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    if isinstance(node, dict) and "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in found:
            found.add(name)
            _parts(schemas[name], schemas, found)
    for value in values:
        _parts(value, schemas, found)
    return found


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str | None]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name


def _address(pattern: URLPattern) -> str:
    return "/api/v1/" + re.sub(r"<\w+:\w+>", "{}", str(pattern.pattern))


def _is_api(name: str) -> bool:
    return name.startswith("api:")
