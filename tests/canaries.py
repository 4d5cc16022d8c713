"""Words that stand for nothing but themselves, planted in everything about a person, and the search
for them in the whole database, the file storage and Redis."""

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from tutorhub.core import sealing
from tutorhub.core.datamap import Table

MARK = "zq7x"
SIZE = len(MARK) + 4
CANARY = re.compile(rf"{MARK}\d{{4}}|{MARK.encode().hex()}(?:3\d){{4}}|198\.51\.100\.\d+")
SEALED = re.compile(r"gAAAA[\w=-]{60,}")
# Keys by which files are found, what was never a person's, and two that have a form of their own.
LEFT = {"password", "stored_key", "file_key", "traces", "public_id", "vpa", "gstin", "found_by"}


class Flock:
    """Hands out canaries: the same value gets the same one everywhere, as names and numbers do."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._known: dict[Any, str] = {}
        self.planted: dict[str, set[str]] = {}

    def for_value(self, value: Any) -> str:
        if not value:
            return self._next()
        return self._known.setdefault(str(value), self._next())

    def plant(self, table: Table, rows: "models.QuerySet[Any]") -> None:
        """Put a canary into every personal and hidden column of these rows that holds text."""
        fields = [table.model._meta.get_field(name) for name in table.personal.split()]
        fields += [table.model._meta.get_field(name) for name in table.hidden.split()]
        wanted = [field for field in fields if self._takes(field)]
        for row in rows.order_by("pk"):
            values = {field.name: self._value(field, getattr(row, field.name)) for field in wanted}
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
            if values:
                table.model._base_manager.filter(pk=row.pk).update(**values)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = origin")
            self.planted.setdefault(table.label, set()).update(values)

    def _takes(self, field: Any) -> bool:
        if field.name in LEFT or field.primary_key or (field.max_length or SIZE) < SIZE:
            return False
        if isinstance(field, ArrayField):
            return (field.base_field.max_length or 0) >= 8
        kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
        return isinstance(field, (*kinds, models.GenericIPAddressField))

    def _value(self, field: Any, old: Any) -> Any:
        if isinstance(field, models.GenericIPAddressField):
            return f"198.51.100.{next(self._numbers) % 250 + 1}"
        if isinstance(field, ArrayField):
            return [self.for_value(None)]
        if isinstance(field, models.BinaryField):
            return bytes(old) + self._next().encode()
        if isinstance(field, models.JSONField):
            keys = old if isinstance(old, dict) and old else {"words": ""}
            stays = {"state", "state_code"}
            return {name: old[name] if name in stays else self._next() for name in keys}
        return self.for_value(old)

    def _next(self) -> str:
        return f"{MARK}{next(self._numbers):04d}"


def in_database() -> dict[str, set[str]]:
    """Table -> canaries in it, in whatever column, sealed ones opened with our own keys."""
    found = {}
    for table in _tables():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            hits = set().union(*(_hits(row[0]) for row in cursor.fetchall()), set())
        if hits:
            found[table] = hits
    return found


def in_storage() -> dict[str, set[str]]:
    root = Path(settings.PRIVATE_ROOT)
    texts = {
        str(path.relative_to(root)): f"{path} {path.read_bytes().decode('latin-1')}"
        for path in root.rglob("*")
        if path.is_file()
    }
    return {name: hits for name, text in texts.items() if (hits := _hits(text))}


def in_redis() -> set[str]:
    hits: set[str] = set()
    for number in range(2):
        client = redis.Redis.from_url(settings.REDIS_URL, db=number)
        for key in client.scan_iter():
            hits |= _hits(f"{key!r} {_dumped(client, key)!r}")
        client.close()
    return hits


def _dumped(client: Any, key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"string":
        return client.get(key)
    if kind == b"list":
        return client.lrange(key, 0, -1)
    return client.hgetall(key) if kind == b"hash" else ""


def _tables() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('core_place', 'django_migrations', 'auth_permission')"
        )
        names: Iterable[str] = [row[0] for row in cursor.fetchall()]
    yield from names


def _hits(text: str) -> set[str]:
    opened = [sealing.unseal(sealed) for sealed in SEALED.findall(text)]
    return {hit for each in (text, *opened) for hit in CANARY.findall(each)}
