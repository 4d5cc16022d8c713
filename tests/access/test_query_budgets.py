"""What a page or a list costs does not grow with what stands on it: a few rows or many."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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
from tutorhub.core import memo
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
    for _number in range(MANY):
        LearnerFactory(family=learner.family)
        enquiry = EnquiryFactory(learner=learner)
        LeadFactory(enquiry=enquiry, tutor=world.tutor)
        LeadFactory(enquiry=EnquiryFactory(), tutor=world.tutor)
        lead = LeadAcceptedFactory(tutor=world.tutor, enquiry__learner=learner)
        order_for(OfferFactory(lead=lead))
        TutorFactory()


def cost(worlds: sweep.Worlds, name: str, who: str) -> tuple[int, list[str]]:
    """How many queries one GET takes, and which."""
    client = worlds.client(who, sweep.NATIVE, is_api=name.startswith("api:"))
    address = reverse(name, kwargs=worlds.a.ids[sweep.ROWS[name].ids])
    cache.clear()
    memo.forget()
    with sweep.undone(), CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        if response.streaming:
            b"".join(response)
    return len(queries), [query["sql"] for query in queries.captured_queries]


def asked(name: str) -> str:
    allowed = sweep.ROWS[name].allowed
    return next(who for who in ("tutor", "family", "anonymous", *sorted(PEOPLE)) if who in allowed)


@pytest.fixture
def prices(worlds: sweep.Worlds) -> dict[str, int]:
    """What every GET costs before there is more."""
    worlds.forget_clients()
    return {name: cost(worlds, name, asked(name))[0] for name in MEASURED}


def test_many_rows_cost_what_a_few_do(worlds: sweep.Worlds, prices: dict[str, int]) -> None:
    more_of_everything(worlds)
    dearer = {
        name: (prices[name], now)
        for name in MEASURED
        if (now := cost(worlds, name, asked(name))[0]) > prices[name] + SLACK
    }
    assert dearer == {}


def test_no_page_costs_more_than_the_dearest(prices: dict[str, int]) -> None:
    assert {name: price for name, price in prices.items() if price > MOST} == {}


SLACK = 2
"""A list that was empty before asks once more for what belongs to its rows."""
MOST = 40
