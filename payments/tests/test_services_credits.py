import pytest
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import TutorUserFactory
from payments.models import (
    CreditLot,
    CreditPack,
    CreditUse,
    Invoice,
    LedgerEntry,
    OrderRefund,
    PaymentOrder,
    Refund,
)
from payments.services import credits, ledger
from payments.tests import factories
from tutorhub.core.errors import NotAllowed
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import run_together


@pytest.fixture
def tutor(db):
    return TutorUserFactory()


class TestBuying:
    def test_a_pack_is_credited_with_its_revenue_deferred(self, tutor):
        """Kind 17: Rs 499 and 18 % GST."""
        factories.give_credits(tutor, "pack-10")
        assert credits.balance(tutor) == 10
        assert ledger.balance("lead_deferred", tutor.pk) == 49_900
        assert ledger.balance("gst_output_cgst") + ledger.balance("gst_output_sgst") == 8_982
        assert ledger.balance("lead_issued") == 10

    def test_the_price_is_the_one_when_it_was_asked_for(self, tutor):
        """Scenario 18."""
        order = factories.make_topup(tutor, "pack-5")
        CreditPack.objects.filter(code="pack-5").update(base_paise=999_00, credits=1)
        factories.pay(order, amount=35_282)
        assert credits.balance(tutor) == 5
        CreditPack.objects.filter(code="pack-5").update(base_paise=299_00, credits=5)

    def test_asking_twice_gives_the_same_order(self, tutor):
        first = factories.make_topup(tutor)
        second = credits.start_topup(pack=CreditPack.objects.get(code="pack-10"), by=tutor)
        assert first.pk == second.pk

    def test_two_tutors_may_buy_the_same_pack(self, tutor):
        assert factories.make_topup(tutor).pk != factories.make_topup(TutorUserFactory()).pk

    def test_a_pack_that_is_paid_late_is_credited_all_the_same(self, tutor):
        order = factories.make_topup(tutor)
        order.move_to(PaymentOrder.Status.EXPIRED)
        factories.pay(order)
        assert credits.balance(tutor) == 10

    def test_a_pack_that_is_off_sale_cannot_be_bought(self, tutor):
        with pytest.raises(credits.PackNotOnSale):
            credits.start_topup(pack=CreditPack(code="x", is_on_sale=False), by=tutor)


class TestClaiming:
    def test_a_claim_earns_the_credits_price(self, tutor):
        """Kind 18."""
        factories.give_credits(tutor)
        credits.claim(tutor=tutor, lead_id=uuid7())
        assert credits.balance(tutor) == 9
        assert ledger.balance("lead_revenue") == 4_990

    def test_the_last_credit_takes_the_rest(self, tutor):
        factories.give_credits(tutor, "pack-25")
        for _ in range(25):
            credits.claim(tutor=tutor, lead_id=uuid7())
        assert ledger.balance("lead_revenue") == 99_900
        assert ledger.balance("lead_deferred", tutor.pk) == 0

    @pytest.mark.scenario(21)
    def test_without_credits_the_packs_are_offered(self, tutor):
        with pytest.raises(credits.OutOfCredits) as caught:
            credits.claim(tutor=tutor, lead_id=uuid7())
        offered = caught.value.extra["packs"]
        assert [pack["price_paise"] for pack in offered] == [35_282, 58_882, 117_882]
        assert caught.value.extra["credits"] == 0

    def test_the_same_lead_costs_once(self, tutor):
        factories.give_credits(tutor)
        lead = uuid7()
        assert credits.claim(tutor=tutor, lead_id=lead) == credits.claim(tutor=tutor, lead_id=lead)
        assert credits.balance(tutor) == 9

    def test_the_oldest_lot_goes_first(self, tutor):
        factories.give_credits(tutor, "pack-5")
        factories.give_credits(tutor, "pack-25")
        for _ in range(6):
            credits.claim(tutor=tutor, lead_id=uuid7())
        used = CreditLot.objects.order_by("pk").values_list("used", flat=True)
        assert list(used) == [5, 1]

    def test_a_claim_takes_few_statements(self, tutor, django_assert_max_num_queries):
        factories.give_credits(tutor)
        credits.claim(tutor=tutor, lead_id=uuid7())
        with django_assert_max_num_queries(8):
            credits.claim(tutor=tutor, lead_id=uuid7())


class TestRefunding:
    def test_a_refund_undoes_the_claim(self, tutor):
        """Kind 19."""
        factories.give_credits(tutor)
        lead = uuid7()
        credits.claim(tutor=tutor, lead_id=lead)
        credits.refund(tutor=tutor, lead_id=lead)
        credits.refund(tutor=tutor, lead_id=lead)
        assert credits.balance(tutor) == 10
        assert ledger.balance("lead_revenue") == 0
        assert ledger.balance("lead_deferred", tutor.pk) == 49_900

    def test_a_refunded_lead_cannot_be_claimed_again(self, tutor):
        factories.give_credits(tutor)
        lead = uuid7()
        credits.claim(tutor=tutor, lead_id=lead)
        credits.refund(tutor=tutor, lead_id=lead)
        with pytest.raises(credits.Conflict):
            credits.claim(tutor=tutor, lead_id=lead)


class TestRefundingUnused:
    """Kind 20."""

    def test_everything_goes_back_to_where_it_came_from(self, tutor, finance):
        factories.give_credits(tutor, "pack-10")
        lot = CreditLot.objects.get()
        decision = credits.refund_unused(lot, by=finance)
        factories.settle()
        entries = LedgerEntry.objects.filter(txn__idem_key=f"refund:{decision.pk}:initiate")
        assert {(e.account.code, e.unit, e.debit - e.credit) for e in entries} == {
            ("lead_credits", "LEAD", 10),
            ("lead_issued", "LEAD", -10),
            ("lead_deferred", "INR", 49_900),
            ("gst_output_cgst", "INR", 4_491),
            ("gst_output_sgst", "INR", 4_491),
            ("refund_payable", "INR", -58_882),
        }
        refund = Refund.objects.get()
        assert (refund.amount_paise, refund.payment) == (58_882, lot.order.payments.get())
        assert credits.balance(tutor) == 0

    def test_a_credit_note_corrects_the_invoice(self, tutor, finance):
        factories.give_credits(tutor, "pack-10")
        decision = credits.refund_unused(CreditLot.objects.get(), by=finance)
        note = Invoice.objects.get(series="CN")
        assert note.corrects == Invoice.objects.get(series="TH")
        assert (note.about, note.about_id) == ("pack_refund", decision.pk)
        assert (note.base_paise, note.total_paise) == (49_900, 58_882)

    def test_what_was_used_stays_paid(self, tutor, finance):
        factories.give_credits(tutor, "pack-25")
        for _ in range(8):
            credits.claim(tutor=tutor, lead_id=uuid7())
        decision = credits.refund_unused(CreditLot.objects.get(), by=finance)
        earned = 8 * (99_900 // 25)
        assert ledger.balance("lead_revenue") == earned
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        gst = 2 * (8_991 * 17 // 25)
        assert decision.amount_paise == 99_900 - earned + gst
        lot = CreditLot.objects.get()
        assert (lot.used, lot.returned, lot.left) == (8, 17, 0)

    def test_a_lead_given_back_later_can_be_paid_back_too(self, tutor, finance):
        factories.give_credits(tutor, "pack-5")
        credits.claim(tutor=tutor, lead_id=(lead := uuid7()))
        credits.refund_unused(CreditLot.objects.get(), by=finance)
        credits.refund(tutor=tutor, lead_id=lead)
        credits.refund_unused(CreditLot.objects.get(), by=finance)
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        assert credits.balance(tutor) == 0
        assert Invoice.objects.filter(series="CN").count() == 2

    def test_twice_is_once(self, tutor, finance):
        factories.give_credits(tutor)
        credits.refund_unused(CreditLot.objects.get(), by=finance)
        with pytest.raises(credits.NothingUnused):
            credits.refund_unused(CreditLot.objects.get(), by=finance)

    def test_only_finance_decides(self, tutor):
        factories.give_credits(tutor)
        with pytest.raises(NotAllowed):
            credits.refund_unused(CreditLot.objects.get(), by=tutor)

    def test_credits_paid_back_cannot_be_claimed(self, tutor, finance):
        factories.give_credits(tutor)
        credits.refund_unused(CreditLot.objects.get(), by=finance)
        with pytest.raises(credits.OutOfCredits):
            credits.claim(tutor=tutor, lead_id=uuid7())


@given(
    base=st.integers(100, 10**7),
    count=st.integers(1, 50),
    moves=st.lists(st.booleans(), max_size=99),
)
def test_what_a_lot_has_earned_is_always_what_its_used_credits_cost(base, count, moves):
    lot, costs = CreditLot(base_paise=base, credits=count), []
    for is_claim in moves:
        if is_claim and lot.left:
            costs.append(lot.next_cost_paise)
            lot.used, lot.earned_paise = lot.used + 1, lot.earned_paise + costs[-1]
        elif not is_claim and costs:
            lot.used, lot.earned_paise = lot.used - 1, lot.earned_paise - costs.pop(0)
        assert 0 <= lot.earned_paise == sum(costs) <= base
        assert lot.left > 0 or lot.earned_paise == base


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.mark.scenario(21)
    def test_240_claims_on_100_credits(self):
        tutor = TutorUserFactory()
        for _ in range(4):
            factories.give_credits(tutor, "pack-25")
        results = run_together(
            240, lambda n: credits.claim(tutor=tutor, lead_id=uuid7()), threads=8
        )
        assert sum(isinstance(result, CreditUse) for result in results) == 100
        assert sum(isinstance(result, credits.OutOfCredits) for result in results) == 140
        assert credits.balance(tutor) == 0
        assert ledger.balance("lead_revenue") == 4 * 99_900

    @pytest.mark.scenario(21)
    def test_one_lead_from_sixteen_sides_costs_one_credit(self):
        """Scenario 21."""
        tutor = TutorUserFactory()
        factories.give_credits(tutor)
        lead = uuid7()
        results = run_together(16, lambda n: credits.claim(tutor=tutor, lead_id=lead))
        assert len({result.pk for result in results}) == 1
        assert credits.balance(tutor) == 9

    def test_claims_against_a_refund_of_the_unused(self, finance):
        """Every credit is claimed or paid back, and none is both."""
        tutor = TutorUserFactory()
        factories.give_credits(tutor, "pack-25")
        lot = CreditLot.objects.get()

        def work(number):
            if number == 8:
                return credits.refund_unused(lot, by=finance)
            return credits.claim(tutor=tutor, lead_id=uuid7())

        results = run_together(16, work)
        claimed = sum(isinstance(result, CreditUse) for result in results)
        lot.refresh_from_db()
        assert (lot.used, lot.returned) == (claimed, 25 - claimed)
        assert credits.balance(tutor) == 0
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        assert {type(r) for r in results} <= {CreditUse, OrderRefund, credits.OutOfCredits}

    def test_control_without_the_lock_the_lots_go_wrong(self, monkeypatch):
        """The ledger still refuses what is too much; which credit was whose is lost."""
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        tutor = TutorUserFactory()
        factories.give_credits(tutor, "pack-25")
        lead = uuid7()
        results = run_together(16, lambda n: credits.claim(tutor=tutor, lead_id=lead))
        assert any(isinstance(result, Exception) for result in results)
