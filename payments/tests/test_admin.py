"""Money in the back office."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.services import staff_codes
from accounts.tests.factories import StaffFactory
from payments.models import CreditPack, Funding, Payout, PayoutMethod, PromoGrant, TaxRate
from payments.services import ledger
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent
from tutorhub.core.readonly import ReadOnlyAdmin

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "payments"]


def desk(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = user.totpdevice_set.get().persistent_id
    staff_codes.note(session)
    session.save()
    return client


def page(model, name="changelist", *args) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def payout(settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    factories.fund_float()
    return factories.payouts_request(factories.rich_tutor(), 80_000)


def act(client, action, payout, **values):
    return client.post(
        page(Payout), {"action": action, "_selected_action": [payout.pk], **values}, follow=True
    )


@pytest.mark.parametrize("model", MODELS)
class TestPages:
    def test_finance_sees_them(self, model, finance, payout):
        client = desk(finance)
        assert client.get(page(model)).status_code == 200
        first = model.objects.first()
        if first is not None:
            assert client.get(page(model, "change", first.pk)).status_code == 200

    def test_a_moderator_does_not(self, model):
        assert desk(StaffFactory()).get(page(model)).status_code == 403

    def test_nothing_but_packs_can_be_edited(self, model, finance, payout):
        first = model.objects.first()
        is_open = model is CreditPack
        assert isinstance(admin.site._registry[model], ReadOnlyAdmin) != is_open
        client = desk(finance)
        can_add = model in (CreditPack, Funding, PromoGrant, TaxRate)
        assert client.get(page(model, "add")).status_code == (200 if can_add else 403)
        if first is not None:
            assert client.post(page(model, "delete", first.pk)).status_code == 403
            if not is_open:
                assert client.post(page(model, "change", first.pk)).status_code == 403


def test_finance_approves(payout, finance, razorpay_simulator):
    act(desk(finance), "approve", payout)
    payout.refresh_from_db()
    assert (payout.status, payout.approved_by) == ("APPROVED", finance)
    assert AuditEvent.objects.filter(action="payout.approved", actor_id=finance.pk).exists()


def test_a_reference_of_digits_alone_is_found(payout, finance):
    """As long as a mobile number, which is looked for as well."""
    Payout.objects.filter(pk=payout.pk).update(utr="629800012345")
    client = desk(finance)
    assert str(payout.pk) in client.get(page(Payout), {"q": "629800012345"}).content.decode()
    assert str(payout.pk) not in client.get(page(Payout), {"q": "62980001234"}).content.decode()


def test_whoever_asked_does_not_approve(payout, finance):
    Payout.objects.filter(pk=payout.pk).update(requested_by=finance)
    answer = act(desk(finance), "approve", payout)
    payout.refresh_from_db()
    assert payout.status == "REQUESTED"
    assert "Somebody else has to approve" in answer.content.decode()


def test_a_rejection_needs_its_reason(payout, finance):
    client = desk(finance)
    act(client, "reject", payout)
    payout.refresh_from_db()
    assert payout.status == "REQUESTED"
    act(client, "reject", payout, reason="The name differs.")
    payout.refresh_from_db()
    assert (payout.status, payout.reason) == ("REJECTED", "The name differs.")


@pytest.mark.parametrize(("days", "added"), [(0, 0), (1, 1)])
def test_a_new_rate_never_changes_the_past(finance, days, added):
    desk(finance).post(
        page(TaxRate, "add"),
        {
            "name": "gst",
            "label": "GST",
            "bps": 2000,
            "from_on": clock.today() + timedelta(days=days),
        },
    )
    assert TaxRate.objects.filter(name="gst", bps=2000).count() == added
    assert AuditEvent.objects.filter(action="tax_rate.added").count() == added


def test_a_changed_pack_is_on_record(finance):
    pack = CreditPack.objects.get(code="pack-5")
    desk(finance).post(
        page(CreditPack, "change", pack.pk),
        {"code": "pack-5", "credits": 6, "base_paise": 29_900, "is_on_sale": "on"},
    )
    pack.refresh_from_db()
    assert pack.credits == 6
    event = AuditEvent.objects.get(action="credit_pack.saved")
    assert event.data == {"changed": ["credits"]}


def test_many_are_decided_one_by_one(payout, finance, razorpay_simulator):
    """One that cannot be approved is said and stops no other."""
    waiting = factories.payouts_request(factories.rich_tutor(), 60_000)
    PayoutMethod.objects.filter(pk=waiting.method_id).update(validation="", validated_at=None)
    third = factories.payouts_request(factories.rich_tutor(), 70_000)
    answer = desk(finance).post(
        page(Payout),
        {"action": "approve", "_selected_action": [payout.pk, waiting.pk, third.pk]},
        follow=True,
    )
    text = answer.content.decode()
    assert [p.status for p in Payout.objects.order_by("amount_paise")] == [
        *("REQUESTED", "APPROVED", "APPROVED"),
    ]
    assert text.count(": approved.") == 2
    assert "The bank has not confirmed this tutor" in text


def test_an_account_is_confirmed_by_hand_and_its_numbers_stay_sealed(payout, finance):
    method = payout.method
    PayoutMethod.objects.update(validation="failed")
    client = desk(finance)
    shown = client.get(page(PayoutMethod, "change", method.pk)).content.decode()
    assert method.account_number not in shown
    assert method.pan not in shown
    client.post(
        page(PayoutMethod),
        {"action": "confirm", "_selected_action": [method.pk], "reason": "Cheque seen"},
    )
    method.refresh_from_db()
    assert method.is_valid


class TestFunding:
    def enter(self, client, rupees="1000.50", reference="UTR77"):
        return client.post(
            page(Funding, "add"), {"rupees": rupees, "reference": reference}, follow=True
        )

    def book(self, client, funding):
        return client.post(
            page(Funding),
            {"action": "approve", "_selected_action": [funding.pk]},
            follow=True,
        )

    def test_two_people(self, finance):
        client = desk(finance)
        assert "UTR77" in self.enter(client).content.decode()
        funding = Funding.objects.get()
        assert (funding.amount_paise, funding.status) == (1000_50, "REQUESTED")
        assert "Two people are needed" in self.book(client, funding).content.decode()
        assert ledger.balance("rzpx_float") == 0
        self.book(desk(StaffFactory(glass=True)), funding)
        assert ledger.balance("rzpx_float") == 1000_50

    def test_what_was_entered_before_is_said_on_the_form(self, finance):
        client = desk(finance)
        self.enter(client)
        assert "entered before" in self.enter(client, rupees="5").content.decode()
        assert Funding.objects.count() == 1
