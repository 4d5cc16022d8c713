"""SEC-13: every route, method and person, and every way a thing can belong to them.

Whoever asks from world A gets what the table says, sees nothing of world B, and changes nothing
when refused; what is of B is answered to the byte as if it did not exist.
"""

import time

import pytest

from tests.access import back_office, canaries, catalogue, desks, sweep
from tests.access.policy import API, PAGES
from tests.access.test_access import DEVELOPMENT, expected_outcomes
from tests.access.world import GROUPS, GUARDIANS, PRINCIPALS, STAFF
from tutorhub.core import access
from tutorhub.core.access import kinds

pytestmark = pytest.mark.django_db
SHARDS, DESKS = 8, 2
MOST_SECONDS = 60
"""Of the processor, for one of the eight parts: together less than 240 s on two of them."""


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARDS))
def test_sec_13(worlds: sweep.Worlds, number: int) -> None:
    started = time.process_time()
    assert sweep.problems(worlds, sweep.shard(number, SHARDS)) == []
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("number", range(DESKS))
def test_sec_13_in_the_back_office(worlds: sweep.Worlds, number: int) -> None:
    started = time.process_time()
    desk = desks.furnish(worlds)
    assert {label for label in access.ADMIN if desks.row_of(label) is None} == WITHOUT_ROWS
    assert back_office.problems(desk, back_office.shard(number, DESKS)) == []
    assert time.process_time() - started < MOST_SECONDS


# An answer of Razorpay's that only its dashboard gives, and a chargeback that was lost.
WITHOUT_ROWS = {"payments.earningreversal", "payments.externalrefund"}


def test_sec_13_every_page_of_the_back_office_is_asked_by_every_group() -> None:
    """A page that the table does not know fails here, and one that is not there any more."""
    names = [name for number in range(DESKS) for name in back_office.shard(number, DESKS)]
    assert set(names) == catalogue.admin_routes()
    assert back_office.RULES.keys() | back_office.SITE.keys() == catalogue.admin_routes()
    cells = list(back_office.cells(names))
    asked = {(cell.name, cell.principal) for cell in cells}
    pages = [name for name in names if not name.endswith(("_add", "_delete", "_history"))]
    assert {(name, who) for name in pages for who in (*STAFF, "anonymous")} <= asked
    assert {(name, "anonymous") for name in names} <= asked
    assert all(len({(name, who) for who in STAFF} & asked) > 1 for name in names)
    assert {cell.principal for cell in cells} == set(PRINCIPALS)
    assert {cell.name for cell in cells if cell.method == "POST"} == set(names)
    actions = {(cell.name, cell.action) for cell in cells if cell.action}
    assert len(actions) == sum(len(rule.actions) for rule in access.ADMIN.values())


def test_sec_13_the_parts_are_all_there_is() -> None:
    parts = [name for number in range(SHARDS) for name in sweep.shard(number, SHARDS)]
    assert sorted(parts) == sorted(sweep.ROWS)
    assert len(list(sweep.cells(parts))) > 4000


def test_sec_13_everybody_asks_for_everything_by_every_method() -> None:
    asked = {
        (cell.name, cell.method, cell.principal)
        for cell in sweep.cells(sorted(sweep.ROWS))
        if (cell.relation, cell.channel) == (sweep.OWN, sweep.NATIVE)
    }
    rows = {name: row for name, row in {**PAGES, **API}.items() if name not in DEVELOPMENT}
    everything = {
        (name, method, principal)
        for name, row in rows.items()
        for method in row.methods.split()
        for principal in PRINCIPALS
    }
    left_out = everything - asked
    assert asked <= everything
    assert {principal for _name, _method, principal in left_out} == GUARDIANS | GROUPS
    for name, method, principal in left_out:
        who = rows[name].rule.who
        if principal in GROUPS:
            # Somebody of the three asks, and the superuser in the same way.
            assert name in API or kinds.STAFF_ROLE not in who
            assert len({(name, method, group) for group in GROUPS} & asked) == 1
        else:
            assert who != kinds.FAMILIES
            assert method != "GET" or kinds.STUDENT not in who
    assert all(
        sweep.expectation(sweep.Cell(*cell, sweep.OWN, sweep.NATIVE))
        == expected_outcomes(cell[0], rows[cell[0]], cell[1], cell[2])
        for cell in asked
    )


def test_sec_13_the_text_of_both_worlds_is_marked(worlds: sweep.Worlds) -> None:
    """A column in which people write and that no mark reaches is named here, with the reason."""
    columns = {f"{model._meta.db_table}.{field.name}" for model, field in canaries.columns()}
    assert columns - worlds.planted == UNMARKED
    assert len(worlds.planted) > 15
    assert worlds.numbers
    assert worlds.things


UNMARKED = {
    # Only ever added to.
    "accounts_consent.guardian_name",
    "tutors_decision.notes",
    # Held by a constraint to the time at which it was said.
    "payments_gatewaydispute.statement",
    "marketplace_review.taken_down_for",
    # How a device is reached, in words of the standard.
    "accounts_passkey.transports",
    # Names by which an erasure looks for what is left; sealed, and shown to nobody.
    "accounts_datarequest.traces",
    # No row in these worlds.
    "accounts_loginattempt.user_agent",
    "payments_externalrefund.note",
    "payments_funding.reference",
    "marketplace_review.text",
    "tutors_casenote.text",
    # What a provider said of a message; the program's own words.
    "notifications_message.error",
}
