"""What a page or a list costs does not grow with what stands on it: a few rows or many."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.models.enquiries import LeadQuerySet
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    order_for,
)
from students.models import Learner
from students.tests.factories import LearnerFactory
from tests.access import sweep
from tests.access.world import PEOPLE
from tutorhub.core import clock, memo
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db

MANY = 12
# A device that has proved itself is led on; a link of a letter is of nobody here.
LEFT_OUT = {"accounts:email-confirm"}
MEASURED = sorted(
    name
    for name, row in sweep.ROWS.items()
    if "GET" in row.methods.split() and row.allowed and name not in LEFT_OUT
)


def more_of_everything(worlds: sweep.Worlds) -> None:
    """Many rows in every list that the family and the tutor of world A see."""
    world = worlds.a
    learner = Learner.objects.get(pk=world.ids["learner"]["pk"])
    for number in range(MANY):
        LearnerFactory(family=learner.family)
        enquiry = EnquiryFactory(learner=learner)
        LeadFactory(enquiry=enquiry, tutor=world.tutor)
        LeadFactory(enquiry=EnquiryFactory(), tutor=world.tutor)
        lead = LeadAcceptedFactory(tutor=world.tutor, enquiry__learner=learner)
        start = clock.now() + timedelta(days=20 + number)
        end = start + timedelta(hours=1)
        order_for(OfferFactory(lead=lead, start_at=start, end_at=end))
        TutorFactory()


def cost(worlds: sweep.Worlds, name: str, who: str) -> int:
    """How many queries one GET takes."""
    client = worlds.client(who, sweep.NATIVE, is_api=name.startswith("api:"))
    address = reverse(name, kwargs=worlds.a.ids[sweep.ROWS[name].ids])
    cache.clear()
    memo.forget()
    with sweep.undone(), CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        if response.streaming:
            b"".join(response)
    return len(queries)


def asked(name: str) -> str:
    allowed = sweep.ROWS[name].allowed
    return next(who for who in ("tutor", "family", "anonymous", *sorted(PEOPLE)) if who in allowed)


def prices(worlds: sweep.Worlds, names: list[str]) -> dict[str, int]:
    """What each GET costs now."""
    worlds.forget_clients()
    return {name: cost(worlds, name, asked(name)) for name in names}


def dearer(worlds: sweep.Worlds, names: list[str]) -> dict[str, tuple[int, int]]:
    """What costs more when there is more: what it did cost, and what it does."""
    before = prices(worlds, names)
    more_of_everything(worlds)
    now = prices(worlds, names)
    return {n: (before[n], now[n]) for n in names if now[n] > before[n] + SLACK}


SLACK = 2
"""A list that was empty before asks once more for what belongs to its rows."""
MOST = 40
# What is held of somebody is counted table by table, however many rows there are.
ONE_FOR_EACH_TABLE = {"accounts:data-show", "api:me-data"}
MOST_OF_THE_DATA = 60


def test_many_rows_cost_what_a_few_do(worlds: sweep.Worlds) -> None:
    assert dearer(worlds, MEASURED) == {}


def test_the_control_a_list_that_asks_for_each_row(
    worlds: sweep.Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LeadQuerySet, "with_details", lambda self: self)
    assert dearer(worlds, ["marketplace:lead-list"]).keys() == {"marketplace:lead-list"}


def test_no_page_costs_more_than_the_dearest(worlds: sweep.Worlds) -> None:
    found = prices(worlds, MEASURED)
    dear = {name: price for name, price in found.items() if price > MOST}
    assert dear.keys() == ONE_FOR_EACH_TABLE
    assert max(dear.values()) <= MOST_OF_THE_DATA
