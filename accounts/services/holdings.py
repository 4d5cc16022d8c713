"""What is held about somebody, by the data map: how much of it, since when and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Field, Min, Model
from django.utils.translation import gettext as _

from accounts.models import User
from tutorhub.core import datamap
from tutorhub.core.datamap import KEPT, SECTIONS, Table
from tutorhub.core.money import rupees


@dataclass(frozen=True)
class Held:
    """One table's rows about a person: a kind of thing that is held."""

    title: str
    purpose: str
    number: int
    since: datetime | date | None
    until: str


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    things: list[Held]


def of(user: User) -> list[Section]:
    """Everything that is held about this person; sections with nothing in them are left out."""
    found = []
    for name, tables in datamap.sections():
        things = [held for held in (_held(table, user) for table in tables) if held.number]
        if things:
            found.append(Section(name, str(SECTIONS[name]), things))
    return found


def rows(table: Table, user: User) -> Iterator[dict[str, Any]]:
    """The rows about this person, with every column that their owner may see."""
    assert table.of is not None, "only tables that belong to somebody are read"
    for row in table.of(user).order_by("pk").iterator(chunk_size=500):
        yield {name: _value(row, name) for name in table.shown}


def words(name: str, value: Any) -> str:
    """A value as people read it: amounts in rupees, lists with commas."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name.endswith("_paise") and isinstance(value, int):
        return rupees(value)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)


def _held(table: Table, user: User) -> Held:
    assert table.of is not None, "only tables that belong to somebody are counted"
    counted: dict[str, Any] = {"number": Count("pk", distinct=True)}
    if table.since:
        counted["since"] = Min(table.since)
    figures = table.of(user).order_by().aggregate(**counted)
    return Held(
        title=str(table.title),
        purpose=str(table.purpose),
        number=figures["number"],
        since=figures.get("since"),
        until=str(KEPT[table.kept or "records"]),
    )


def _value(row: Model, name: str) -> Any:
    field = row._meta.get_field(name)
    if not isinstance(field, Field) or field.many_to_many:
        return sorted(str(key) for key in getattr(row, name).values_list("pk", flat=True))
    value = field.value_from_object(row)
    return sorted(value) if isinstance(value, frozenset) else value
