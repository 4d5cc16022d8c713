"""Somebody asks to be forgotten: what has to be settled first, and what is left afterwards."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client

from accounts.models import DataRequest, KnownDevice, LoginAttempt, OtpChallenge, User
from accounts.services import data_requests, erasures, leaving
from accounts.tests.cast import PHONE, last_code, sign_in, step_up, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from marketplace.services import sessions
from marketplace.tests.factories import (
    LeadFactory,
    make_completed,
    make_released,
    make_scheduled,
)
from marketplace.tests.hearing import run_news
from notifications.models import Message
from payments.models import Refund
from payments.queries.payments import refund_view
from payments.services import disputes, ledger, orders, wallets
from payments.tests import factories as money
from payments.tests.disputing import dispute_of, end, payment_of
from students.tests.factories import LearnerFactory, add_guardian
from tests.forgetting import forget
from tutorhub.core import clock, outbox, vault
from tutorhub.core.models import OutboxRow, SealedRecord
from tutors.tests.factories import TutorFactory, TutorSuspendedFactory

pytestmark = pytest.mark.django_db

# The other half of the vault's key in development; in production nobody here would have it.
PRIVATE = "2EzW14geYo22oUpCyHBYOHoKlqNycxWCdCZuZwV+g0g="


def bearer(pair):
    return {"Authorization": f"Bearer {pair['access']}"}


def reasons(user):
    return {each.code for each in leaving.hindrances(user)}


class TestHindrances:
    def test_nothing_stands_in_the_way_of_a_new_account(self):
        for user in (FamilyUserFactory(), TutorUserFactory()):
            assert leaving.hindrances(user) == []
            assert not erasures.leave(user, by=user).is_active

    def test_money_in_the_wallet(self):
        family = FamilyUserFactory()
        money.fund_wallet(family)
        assert reasons(family) == {"wallet_balance"}
        with pytest.raises(leaving.CannotLeaveYet, match="300") as refusal:
            erasures.leave(family, by=family)
        assert [each["code"] for each in refusal.value.extra["reasons"]] == ["wallet_balance"]
        assert User.objects.get(pk=family.pk).is_active

    def test_a_gift_alone_is_no_reason_to_stay(self):
        family = FamilyUserFactory()
        money.fund_wallet(family, 0, promo_paise=5_000)
        assert reasons(family) == set()

    def test_a_payment_and_a_refund_under_way(self):
        family = FamilyUserFactory()
        money.failed_refund(family)
        assert reasons(family) == {"refund_under_way"}
        money.make_order(payer=family)
        assert reasons(family) == {"refund_under_way", "payment_under_way"}

    def test_a_payment_that_was_given_up_until_razorpay_has_said_that_nothing_was_paid(self):
        family = FamilyUserFactory()
        money.fund_wallet(family, 500_00)
        order = money.make_order(payer=family, method="mixed", amount_paise=900_00)
        orders.give_up(order, by=family)
        assert reasons(family) == {"payment_under_way"}
        wallets.release_hold(order)
        assert reasons(family) == {"wallet_balance"}

    def test_money_that_is_set_aside(self):
        family = FamilyUserFactory()
        order = money.make_order(payer=family)
        orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
        assert reasons(family) == set()
        money.pay(order)
        assert reasons(family) == {"payment_under_way"}

    def test_a_refund_that_failed_and_that_the_bank_has_paid_is_over(self):
        family = FamilyUserFactory()
        refund = money.failed_refund(family)
        amount = {"amount": refund.payment.amount_paise}
        about = {"id": "disp_1", "payment_id": refund.payment.razorpay_payment_id}
        lost = {"status": "lost", "amount_deducted": refund.payment.amount_paise}
        disputes.apply({**about, **amount, **lost})
        view = refund_view(Refund.objects.get(pk=refund.pk), refund.payment.order)
        assert not view.can_take_as_credit
        assert (view.steps[-1].state, "another way" in str(view.steps[-1].title)) == ("done", True)
        assert reasons(family) == set()

    def test_earnings_and_a_payout(self):
        tutor = TutorUserFactory()
        money.earn(tutor, is_released=False)
        assert reasons(tutor) == {"held_earnings"}
        rich = money.rich_tutor()
        assert reasons(rich) == {"payable_earnings"}
        with clock.at(clock.now() + timedelta(days=8)):
            money.payouts_request(rich)
        assert reasons(rich) == {"payable_earnings", "payout_under_way"}

    def test_a_paid_class_that_is_to_come_for_both_sides(self):
        session = make_scheduled()
        assert reasons(session.learner.family.user) == {"coming_class"}
        assert reasons(session.tutor.user) == {"coming_class"}

    def test_a_class_that_is_not_settled(self):
        session = make_completed()
        assert reasons(session.learner.family.user) == {"unsettled_class"}
        assert reasons(session.tutor.user) == {"held_earnings", "unsettled_class"}

    def test_money_of_a_class_that_is_off_and_waits_for_the_bank(self):
        """Until it has gone back, not only until the bank has decided."""
        session = make_scheduled()
        family, tutor = session.learner.family.user, session.tutor.user
        chargeback = dispute_of(payment_of(session.pk))
        with transaction.atomic():
            sessions.call_off(session, why="test")
        assert reasons(family) == {"open_dispute", "class_money_under_way"}
        end(chargeback, "won")
        assert reasons(family) == {"class_money_under_way"}
        assert reasons(tutor) == set()
        run_news()
        assert reasons(family) == {"refund_under_way"}

    def test_a_debt(self):
        tutor = TutorUserFactory()
        ledger.post(
            kind="write_off",
            key="test:debt",
            legs=[
                ledger.debit("tutor_receivable", 500, tutor.pk),
                ledger.credit("write_off", 500),
            ],
        )
        assert reasons(tutor) == {"debt"}


class TestApi:
    @pytest.fixture
    def token(self, client: Client):
        return sign_in(client, PHONE)

    def test_it_takes_a_step_up_and_shuts_the_account_at_once(self, client: Client, token):
        header = bearer(token)
        refused = client.delete("/api/v1/me", headers=header)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
            403,
            "step_up_required",
        )
        user = User.objects.get()
        step_up(user, user.app_sessions.get().pk)
        assert client.delete("/api/v1/me", headers=header).status_code == 204
        assert client.get("/api/v1/me", headers=header).status_code == 401
        refresh = {"refresh": token["refresh"]}
        again = client.post("/api/v1/auth/token/refresh", refresh, content_type="application/json")
        assert again.status_code == 401

    def test_the_reasons_are_in_the_answer(self, client: Client, token):
        user = User.objects.get()
        money.fund_wallet(user)
        step_up(user, user.app_sessions.get().pk)
        refused = client.delete("/api/v1/me", headers=bearer(token))
        body = refused.json()
        assert refused.status_code == 409
        assert body["errors"][0]["code"] == "cannot_leave_yet"
        assert [each["code"] for each in body["reasons"]] == ["wallet_balance"]
        assert User.objects.get().phone == PHONE


class TestPage:
    ADDRESS = "/account/data/erase/"

    def test_it_says_what_happens_and_asks_for_a_code_first(self, client: Client):
        user = FamilyUserFactory()
        client.force_login(user, backend="accounts.backends.PhoneBackend")
        page = client.get(self.ADDRESS)
        assert page.status_code == 200
        assert b"Erase my account" not in page.content
        assert client.post(self.ADDRESS, {"is_sure": "on"}).url.startswith("/account/confirm/")
        assert User.objects.get(pk=user.pk).is_active

    def test_a_tick_and_a_code_erase_the_account(self):
        user = FamilyUserFactory()
        browser = trusted_browser(user)
        assert b"Erase my account" in browser.get(self.ADDRESS).content
        assert browser.post(self.ADDRESS, {}).status_code == 400
        assert User.objects.get(pk=user.pk).is_active
        done = browser.post(self.ADDRESS, {"is_sure": "on"}, follow=True)
        assert done.redirect_chain[-1][0] == "/"
        assert not User.objects.get(pk=user.pk).is_active
        assert browser.get("/account/").status_code == 302

    def test_what_stands_in_the_way_is_there_with_the_way_to_it(self):
        user = FamilyUserFactory()
        money.fund_wallet(user)
        browser = trusted_browser(user)
        page = browser.get(self.ADDRESS).content.decode()
        assert "₹\u00a0300 in your wallet" in page
        assert 'href="/wallet/"' in page
        assert browser.post(self.ADDRESS, {"is_sure": "on"}).status_code == 409
        assert User.objects.get(pk=user.pk).is_active

    def test_the_holder_reads_that_the_family_ends_for_both(self):
        family = LearnerFactory().family
        words = "The family ends for the other guardian too"
        assert words not in str(leaving.consequences(family.user))
        second = add_guardian(family).user
        assert words in str(leaving.consequences(family.user))
        assert "stays with the other guardian" in str(leaving.consequences(second))

    def test_a_suspended_tutor_does_not_slip_away(self):
        tutor = TutorSuspendedFactory()
        assert reasons(tutor.user) == {"suspended"}


def note_of(row, words):
    """What the admin keeps about a row that staff have looked at."""
    return LogEntry.objects.create(
        user=StaffFactory(),
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=words,
        change_message=words,
        action_flag=2,
    )


def told(user, *values):
    return Message.objects.create(
        user_id=user.pk,
        to=user.phone,
        channel="sms",
        template="t",
        body=f"TutorHub: a class with {values[0]} is near",
        values_text=json.dumps(values),
        status="sent",
        sent_at=clock.now(),
    )


def is_empty(row):
    row.refresh_from_db()
    if isinstance(row, LogEntry):
        return (row.object_repr, row.change_message) == ("", "")
    return (row.body, row.values_text) == ("", "")


class TestNames:
    """People may be called like anything that stands in the records of everybody."""

    @pytest.fixture
    def session(self):
        return make_released()

    @pytest.mark.parametrize("name", ["e", "class", "TutorHub", "Om"])
    def test_what_others_read_stays(self, session, name):
        child, tutor = session.learner, session.tutor.user
        type(child).objects.filter(pk=child.pk).update(name=name)
        elsewhere = TutorFactory().user
        others = [
            note_of(elsewhere, "e class TutorHub Om Kumar"),
            told(elsewhere, "Om"),
            told(tutor, "Somebody"),
        ]
        theirs = [note_of(child, name), told(tutor, f"{name} Kumar", "5")]
        forget(child.family.user)
        assert [is_empty(row) for row in others] == [False] * 3
        assert [is_empty(row) for row in theirs] == [True] * 2

    def test_a_whole_name_is_found_where_staff_have_written_it(self, session):
        user = session.tutor.user
        User.objects.filter(pk=user.pk).update(name="Ravi Kumar")
        note = note_of(TutorFactory(), "copied from Ravi Kumar")
        forget(user)
        assert is_empty(note)

    def test_a_family_that_only_asked_forgets_the_tutor_too(self):
        lead = LeadFactory()
        family, tutor = lead.enquiry.learner.family, lead.tutor.user
        both = [told(user, tutor.name) for user in (family.user, add_guardian(family).user)]
        forget(tutor)
        assert [is_empty(row) for row in both] == [True, True]

    def test_the_other_guardian_forgets_the_one_who_goes(self):
        family = LearnerFactory().family
        second = add_guardian(family).user
        message = told(family.user, second.name)
        forget(second)
        assert is_empty(message)


class TestAccount:
    def test_log_codes_devices_and_messages_keep_nobody(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        last_code(PHONE)
        assert LoginAttempt.objects.exclude(phone="").exists()
        forget(user)
        assert not LoginAttempt.objects.exclude(phone="", user_agent="", ip="0.0.0.0").exists()
        assert not OtpChallenge.objects.exists()
        assert not KnownDevice.objects.exists()
        assert not Message.objects.exclude(to="", body="", phone="").exists()
        request = DataRequest.objects.get()
        assert (request.kind, request.status, request.traces) == ("erasure", "DONE", "")

    def test_a_year_of_sign_ins_is_in_the_vault(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        forget(user)
        record = SealedRecord.objects.get(kind="sign_ins", about=user.pk)
        assert PHONE not in record.sealed
        kept = vault.unseal(record.sealed, PRIVATE)
        assert {row["phone"] for row in kept} == {PHONE}
        assert record.until - clock.today() >= timedelta(days=365)

    def test_twice_is_once(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        forget(user)
        forget(user)
        assert DataRequest.objects.count() == SealedRecord.objects.count() == 1
        for row in OutboxRow.objects.filter(kind="accounts.user_erased"):
            outbox.handlers[row.handler].run(row.payload)
        assert SealedRecord.objects.count() == 1

    def test_whoever_has_the_number_next_keeps_what_is_theirs(self, client: Client):
        sign_in(client, PHONE)
        first = User.objects.get()
        erasures.erase(first, by=first)
        outbox.drain()
        with clock.at(clock.now() + timedelta(minutes=30)):
            sign_in(client, PHONE)
        second = User.objects.get(phone=PHONE)
        with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
            outbox.drain()
        assert DataRequest.objects.get().status == "DONE"
        assert LoginAttempt.objects.filter(phone=PHONE, user=second).exists()
        assert OtpChallenge.objects.filter(phone=PHONE).exists()
        assert Message.objects.filter(phone=PHONE).exists()

    def test_the_second_look_waits_for_every_app(self, client: Client):
        sign_in(client, PHONE)
        user = User.objects.get()
        with transaction.atomic():
            erasures.erase(user, by=user)
        request = DataRequest.objects.get()
        row = OutboxRow.objects.filter(kind="accounts.user_erased").first()
        OutboxRow.objects.filter(pk=row.pk).update(done_at=None, dead_at=clock.now())
        erasures.finish(request.pk)
        assert DataRequest.objects.get().status == "ASKED"
        OutboxRow.objects.filter(pk=row.pk).update(done_at=clock.now(), dead_at=None)
        outbox.drain()
        erasures.finish(request.pk)
        assert DataRequest.objects.get().status == "DONE"

    def test_open_requests_are_closed_and_never_overdue(self):
        user = FamilyUserFactory()
        for kind in ("correction", "grievance"):
            data_requests.ask(user, kind=kind, words="my name is wrong")
        answered = data_requests.ask(user, kind="grievance", words="late")
        data_requests.close(answered, by=StaffFactory(group="moderator"), answer="sorry")
        forget(user)
        requests = DataRequest.objects.exclude(kind="erasure")
        assert {(row.status, row.words, row.answer) for row in requests} == {("DONE", "", "")}
        with clock.at(clock.now() + timedelta(days=30)):
            assert erasures.watch() == 0

    def test_staff_hear_of_an_erasure_that_is_late(self, client: Client, caplog):
        sign_in(client, PHONE)
        user = User.objects.get()
        erasures.erase(user, by=user)
        assert erasures.watch() == 0
        with clock.at(clock.now() + timedelta(days=16)):
            assert erasures.watch() == 1
            assert OutboxRow.objects.filter(kind="accounts.ring_alarm").exists()
