"""Where a tutor is paid."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.tests.factories import TutorUserFactory
from notifications.models import Message
from payments.models import PayoutMethod
from payments.services import payout_checks, payout_methods, payouts
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.errors import TooMany


@pytest.fixture
def tutor(db, settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    return factories.rich_tutor(200_000)


def ask(tutor):
    return factories.payouts_request(tutor)


def fresh(payout):
    payout.refresh_from_db()
    return payout


class TestMethod:
    def test_the_details_are_sealed(self, tutor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT account_number, pan FROM payments_payoutmethod")
            (account, pan) = cursor.fetchone()
        assert "123456789012" not in account
        assert "ABCDE1234F" not in pan
        method = payout_methods.current(tutor)
        assert (method.account_number, method.pan) == ("123456789012", "ABCDE1234F")
        assert "1234567890" not in method.hint

    def test_the_same_details_again_change_nothing(self, tutor):
        assert factories.make_method(tutor).pk == factories.make_method(tutor).pk
        assert PayoutMethod.objects.count() == 1

    def test_a_changed_account_waits_and_its_owner_is_told(self, tutor):
        factories.make_method(tutor, account_number="999988887777")
        with pytest.raises(payouts.NotYet):
            ask(tutor)
        assert Message.objects.filter(template="payout_method_changed").exists()

    def test_a_payout_keeps_the_account_it_was_asked_for(self, tutor):
        payout = ask(tutor)
        factories.make_method(tutor, account_number="999988887777")
        assert fresh(payout).method.account_number == "123456789012"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("pan", "ABCDE12345"),
            ("pan", ""),
            ("ifsc", "HDFC1001234"),
            ("account_number", "12"),
            ("account_number", "12a4567890"),
        ],
    )
    def test_wrong_details_name_the_field(self, db, field, value):
        with pytest.raises(payout_methods.BadMethod) as caught:
            factories.make_method(TutorUserFactory(), **{field: value})
        assert caught.value.extra["field"] == field

    def test_people_may_write_with_spaces_and_small_letters(self, db):
        method = factories.make_method(TutorUserFactory(), pan="abcde 1234 f", ifsc="hdfc0001234")
        assert (method.pan, method.ifsc) == ("ABCDE1234F", "HDFC0001234")

    def test_a_better_account_after_one_that_was_never_good_does_not_wait(self, db):
        tutor = TutorUserFactory()
        factories.make_method(tutor, is_checked=False)
        method = factories.make_method(tutor, account_number="999988887777", is_checked=False)
        assert method.usable_at <= clock.now()

    def test_a_refused_account_can_be_tried_again(self, tutor):
        PayoutMethod.objects.update(validation="failed")
        assert factories.make_method(tutor, is_checked=False).validation == ""
        assert PayoutMethod.objects.count() == 2

    def test_nobody_tries_out_accounts_all_day(self, db):
        """Each costs a rupee to check."""
        tutor = TutorUserFactory()
        for number in range(payout_methods.MOST_A_DAY):
            factories.make_method(tutor, account_number=f"99998888777{number}")
        with pytest.raises(TooMany):
            factories.make_method(tutor, account_number="123412341234")
        with clock.at(clock.now() + timedelta(days=1, minutes=1)):
            factories.make_method(tutor, account_number="123412341234")

    def test_the_weekly_payout_is_switched_and_survives_a_change_of_account(self, tutor):
        assert payout_methods.set_weekly(tutor=tutor, is_weekly=True).is_weekly
        assert factories.make_method(tutor, account_number="999988887777").is_weekly
        assert not payout_methods.set_weekly(tutor=tutor, is_weekly=False).is_weekly

    def test_without_an_account_nothing_can_be_weekly(self, db):
        with pytest.raises(payouts.NoMethod):
            payout_methods.set_weekly(tutor=TutorUserFactory(), is_weekly=True)

    def test_two_workers_keep_one_fund_account(self, tutor):
        first, second = PayoutMethod.objects.get(tutor=tutor), PayoutMethod.objects.get(tutor=tutor)
        payout_checks._remember(first, "razorpay_fund_account_id", "fa_first")
        payout_checks._remember(second, "razorpay_fund_account_id", "fa_second")
        assert second.razorpay_fund_account_id == "fa_first"
