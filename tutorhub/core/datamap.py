"""The data map: what every column of the product is, for what, how long, and how it is erased.

Each app tags its tables in `<app>/personal.py`. The page "Your data", the export, the test of
erasure and docs/privacy.md are driven by it, and a test fails for a column without a tag.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    Words = str | StrPromise


class Erased(StrEnum):
    """What an erasure does to the personal columns of a table."""

    NOTHING = "nothing"  # there are none
    DELETED = "deleted"  # the rows go
    EMPTIED = "emptied"  # the rows stay without them
    SEALED = "sealed"  # emptied, and kept in the vault as long as the law asks
    AGED = "aged"  # nothing leads to a person but the text itself; it goes with its age


SECTIONS: "dict[str, Words]" = {
    "account": _("Your account"),
    "sign_ins": _("Sign-ins and devices"),
    "messages": _("Messages to you"),
    "family": _("Your family and its children"),
    "consents": _("What was agreed to"),
    "teaching": _("Your tutor profile"),
    "papers": _("Your papers and photo"),
    "classes": _("Searches, classes and reviews"),
    "payments": _("Payments and invoices"),
    "earnings": _("Earnings, bank and tax"),
    "requests": _("Requests about your data"),
}

KEPT: "dict[str, Words]" = {
    "": _("no personal data"),
    "account": _("as long as you have the account"),
    "tax": _("8 years for the tax office; after an erasure without your name"),
    "records": _("for good; after an erasure without anything that says who you are"),
    "law": _("as long as the law asks, under seal"),
}
"""How long, for what is not cleared out by age; `core.retention` adds the texts of its rules."""


@dataclass(frozen=True)
class Table:
    """One table. Every column is named in exactly one of `plain`, `personal` and `hidden`.

    `plain` says nothing about who somebody is once the personal columns are empty; `hidden` is
    never shown or exported (hashes, keys). `of` gives the rows of one person, `since` the column
    with their beginning.
    """

    label: str
    plain: str = ""
    personal: str = ""
    hidden: str = ""
    section: str = ""
    title: "Words" = ""
    purpose: "Words" = ""
    kept: str = ""
    erased: Erased = Erased.NOTHING
    of: "Callable[[Any], QuerySet[Any]] | None" = None
    since: str = "created_at"

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def tags(self) -> dict[str, str]:
        """The kind of each column."""
        groups = {"plain": self.plain, "personal": self.personal, "hidden": self.hidden}
        return {name: kind for kind, names in groups.items() for name in names.split()}

    @property
    def shown(self) -> list[str]:
        """The columns that their owner may see and take along."""
        return [name for name, kind in self.tags.items() if kind != "hidden"]

    @property
    def is_personal(self) -> bool:
        return bool(self.personal or self.hidden)


_tables: dict[str, Table] = {}


def register(tables: Iterable[Table]) -> None:
    _tables.update({table.label: table for table in tables})


def tables() -> list[Table]:
    return list(_tables.values())


def sections() -> Iterator[tuple[str, list[Table]]]:
    """The tables that belong to somebody, by section, in the order of SECTIONS."""
    for name in SECTIONS:
        found = [each for each in _tables.values() if each.section == name and each.of is not None]
        if found:
            yield name, found


def columns_of(model: type[Model]) -> set[str]:
    """The names of a model's own columns and many-to-many tables."""
    own = (*model._meta.local_fields, *model._meta.local_many_to_many)
    return {field.name for field in own}
