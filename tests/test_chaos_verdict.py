"""What the kill drill would see: its check of families is clean for what is right, only then."""

import pytest

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from benchmarks import chaos
from benchmarks.chaos import families, sabotage
from benchmarks.chaos.history import TO_SOURCE, TO_WALLET, History, Story
from benchmarks.chaos.verdict import Verdict
from payments.models import LedgerTxn, PaymentOrder
from payments.services import captures, ledger, orders, refund_decisions
from payments.tests.paying import opened
from tutorhub.core import outbox

pytestmark = pytest.mark.django_db

TOPPED, PRICE = 30_000, 100_000


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch):
    """The class that these tests pay for is made up."""
    monkeypatch.setattr(outbox, "receivers", {})


@pytest.fixture
def pays(razorpay_simulator):
    def pay(order):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        captures.verify_callback(**handed)
        return handed["razorpay_payment_id"]

    return pay


@pytest.fixture
def story(pays):
    """A class paid from the wallet and at the gateway, as its family remembers it."""
    family = FamilyUserFactory()
    topup = orders.open_at_gateway(orders.start_topup(amount_paise=TOPPED, by=family))
    topped = {pays(topup): TOPPED}
    order = opened(payer=family, method="mixed")
    return Story(
        order.purpose_id,
        family.pk,
        "mixed",
        topped=topped,
        order=order.pk,
        wallet_paise=TOPPED,
        gateway_paise=PRICE - TOPPED,
        payment=pays(order),
        is_over=True,
    )


@pytest.fixture
def verdict(story, razorpay_simulator):
    def judge() -> Verdict:
        found = Verdict()
        outbox.drain()
        families.judge(found, History(stories=[story]), razorpay_simulator.simulator)
        return found

    return judge


def give_back(story, paise, way):
    order = PaymentOrder.objects.get(pk=story.order)
    staff = StaffFactory(group="finance")
    refund_decisions.decide(order, by=staff, amount_paise=paise, to_wallet=way == TO_WALLET)


@pytest.mark.parametrize("way", [TO_SOURCE, TO_WALLET])
@pytest.mark.parametrize("paise", [0, 40_000, PRICE])
def test_what_is_right_is_clean(story, verdict, way, paise):
    if paise:
        give_back(story, paise, way)
    story.refund_paise, story.refund_way = paise, way
    assert verdict().lines == []


def test_a_refund_that_was_made_twice(story, verdict):
    for _ in range(2):
        give_back(story, 40_000, TO_SOURCE)
    story.refund_paise, story.refund_way = 40_000, TO_SOURCE
    found = verdict()
    assert (found.doubled, found.lost) == (1, 0)
    assert found.paise == 40_000


def test_a_refund_that_was_promised_and_not_made(story, verdict):
    story.refund_paise, story.refund_way = PRICE, TO_WALLET
    found = verdict()
    assert (found.doubled, found.lost) == (0, 1)
    assert found.paise == 2 * PRICE  # missing in the wallet, and still in escrow


def test_a_refund_that_went_the_other_way(story, verdict):
    give_back(story, PRICE, TO_WALLET)
    story.refund_paise, story.refund_way = PRICE, TO_SOURCE
    assert verdict().paise == 2 * (PRICE - TOPPED)


def test_a_paisa_from_nowhere(story, verdict):
    """Nobody was told anything of it, and the family's last word was not the last."""
    story.is_over = False
    assert verdict().is_clean
    ledger.post(
        kind="attack",
        key="a paisa",
        legs=[ledger.debit("bank", 1), ledger.credit("student_wallet", 1, story.family)],
    )
    assert verdict().paise == 1


def test_a_hold_that_was_not_given_back(story, verdict):
    ledger.post(
        kind="attack",
        key="a hold",
        legs=[
            ledger.debit("session_escrow", 500, story.session),
            ledger.credit("wallet_hold", 500, story.order),
        ],
    )
    assert verdict().paise == 500


@pytest.mark.parametrize(("is_sabotaged", "booked"), [(False, 1), (True, 2)])
def test_the_sabotage_books_what_it_is_told_twice(monkeypatch, pays, is_sabotaged, booked):
    """The control of the drill: it must be able to fail, whatever is renamed in the product."""
    monkeypatch.setattr(ledger, "post", ledger.post)
    monkeypatch.setattr(captures, "_apply", captures._apply)
    if is_sabotaged:
        sabotage.SabotageConfig("benchmarks.chaos", chaos).ready()
    payment_id = pays(opened())
    captures.apply_capture(payment_id)
    key = f"rzp:capture:{payment_id}"
    assert LedgerTxn.objects.filter(idem_key__startswith=key).count() == booked
