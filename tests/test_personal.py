"""The data map is complete: no column without a tag, no tag without a column, no table for ever."""

import pytest
from django.apps import apps
from django.conf import settings

from tests.test_architecture import LEVEL
from tutorhub.core import datamap, retention
from tutorhub.core.datamap import KEPT, SECTIONS, Erased, Table
from tutorhub.core.management.commands import data_map

OWN = [model for model in apps.get_models() if model._meta.app_label in LEVEL]


def wrong_tags(tables):
    """Columns that are tagged twice, never, or do not exist."""
    found = {}
    for table in tables:
        names = f"{table.plain} {table.personal} {table.hidden}".split()
        twice = {name for name in names if names.count(name) > 1}
        columns = datamap.columns_of(table.model)
        if twice or set(names) != columns:
            found[table.label] = (twice, columns ^ set(names))
    return found


def test_every_table_is_tagged():
    labels = {table.label for table in datamap.tables()}
    assert {model._meta.label for model in OWN} - labels == set()
    assert len(labels) > 50


def test_every_column_is_tagged_once_and_every_tag_is_a_column():
    assert wrong_tags(datamap.tables()) == {}


@pytest.mark.parametrize(
    "broken",
    [
        Table("core.Place", plain="pin_code area city state latitude"),
        Table("core.Place", plain="pin_code area city state latitude longitude", personal="city"),
        Table("core.Place", plain="pin_code area city state latitude longitude height"),
    ],
)
def test_a_missing_doubled_or_made_up_tag_is_found(broken):
    assert wrong_tags([broken])


def test_everything_personal_has_a_period_and_a_way_to_go():
    for table in datamap.tables():
        assert table.kept in KEPT, table.label
        if table.is_personal:
            assert table.kept, f"{table.label} is kept for ever"
            assert table.erased != Erased.NOTHING, f"{table.label} is never erased"


def test_every_rule_is_somebodys_period_and_runs():
    named = {table.kept for table in datamap.tables()}
    # Files, and what has a row of its own kind, are not tables.
    assert set(retention.rules()) - named == {"exports", "uploads"}


def test_what_somebody_owns_is_shown_with_a_title_a_purpose_and_a_section():
    for table in datamap.tables():
        if table.of is None:
            continue
        assert table.section in SECTIONS, table.label
        assert str(table.title), table.label
        assert str(table.purpose), table.label
        first = table.since.split("__")[0]
        assert not first or first in datamap.columns_of(table.model), table.label
    assert [name for name, _tables in datamap.sections()] == list(SECTIONS)


def test_the_documentation_has_the_map():
    text = (settings.BASE_DIR / "docs" / "privacy.md").read_text()
    between = text.partition("<!-- data map -->\n")[2].partition("\n<!-- end of data map -->")[0]
    assert between.splitlines() == list(data_map.lines())
