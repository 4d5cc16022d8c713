"""What is left of a person in the money: figures and dates that point at nobody.

Tax law wants the parties of an invoice and the PAN behind tax that was withheld for some years.
They go into the vault, and PostgreSQL lets an invoice be emptied only when they are there.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import erasures
from payments.models import (
    Earning,
    EvidenceFile,
    GatewayDispute,
    GatewayEvent,
    Invoice,
    Payment,
    PaymentOrder,
    Payout,
    PayoutMethod,
    PromoGrant,
    RefundPreference,
    TaxProfile,
)
from payments.services import clearing, webhook_traces
from tutorhub.core import audit, clock, outbox, vault

FORGET_WEBHOOKS = "payments.forget_webhooks"
NAMED = ("name", "address", "gstin", "email")
"""What is emptied of a party; its state stays, for it says which tax was due."""


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Seal what tax law wants kept and empty the rest. Twice is fine."""
    user = User.objects.get(pk=user_id)
    # First, because it asks for the ids of payout methods, which are emptied.
    forget_webhooks(user_id)
    _seal_invoices(user)
    _seal_tax(user)
    TaxProfile.objects.filter(user=user).delete()
    RefundPreference.objects.filter(user=user).delete()
    for method in PayoutMethod.objects.locked().filter(tutor=user):
        _empty_method(method)
    Payout.objects.filter(tutor=user).exclude(reason="").update(reason="")
    PromoGrant.objects.filter(user=user).exclude(reason="").update(reason="")
    _forget_disputes(user)
    later = clock.now() + settings.ERASURE_SECOND_LOOK / 2
    outbox.later(FORGET_WEBHOOKS, {"user_id": user.pk}, due_at=later)
    audit.record("payments.erased", user)


def _seal_invoices(user: User) -> None:
    for invoice, side in _invoices(user):
        party: dict[str, Any] = getattr(invoice, side)
        if not any(party.get(name) for name in NAMED):
            continue
        kept = {"number": invoice.text, "side": side, "party": party}
        vault.keep("invoice", invoice.pk, kept, for_=settings.TAX_RECORDS_KEPT)
        emptied = {**party, **dict.fromkeys(NAMED, "")}
        Invoice.objects.filter(pk=invoice.pk).update(**{side: emptied})


def _invoices(user: User) -> Iterator[tuple[Invoice, str]]:
    """Where this person stands, and on which side."""
    for invoice in Invoice.objects.filter(recipient=user).order_by("pk"):
        yield invoice, "buyer"
    taught = PaymentOrder.objects.filter(terms__tutor=str(user.pk)).values("pk")
    receipts = Invoice.objects.filter(series=Invoice.Series.RECEIPT, about_id__in=taught)
    for receipt in receipts.exclude(recipient=user).order_by("pk"):
        yield receipt, "seller"


def _seal_tax(user: User) -> None:
    """Who tax was withheld from, where money was ever earned."""
    if not Earning.objects.filter(tutor=user).exists():
        return
    profile = TaxProfile.objects.filter(user=user).first()
    methods = PayoutMethod.objects.filter(tutor=user).exclude(pan="").order_by("pk")
    names = ("legal_name", "address", "state", "gstin", "pan")
    kept = {
        "profile": {name: getattr(profile, name) for name in names} if profile else None,
        "pans": [{"pan": method.pan, "name": method.holder_name} for method in methods],
    }
    if any(kept.values()):
        vault.keep("tax", user.pk, kept, for_=settings.TAX_RECORDS_KEPT)


def _empty_method(method: PayoutMethod) -> None:
    """The row stays for the payouts that went there, and is never used again."""
    texts = (
        *("holder_name", "account_number", "ifsc", "vpa", "pan", "hint"),
        *("registered_name", "validation_note"),
        *("razorpay_contact_id", "razorpay_fund_account_id", "razorpay_validation_id"),
    )
    for name in texts:
        setattr(method, name, "")
    method.is_weekly = False
    method.replaced_at = method.replaced_at or clock.now()
    method.save(update_fields=[*texts, "is_weekly", "replaced_at"])


def _forget_disputes(user: User) -> None:
    """Papers and words for a bank, once the bank has decided."""
    theirs = Q(payment__order__payer=user) | Q(payment__order__terms__tutor=str(user.pk))
    over = GatewayDispute.objects.filter(theirs).exclude(status__in=GatewayDispute.LIVE)
    clearing.delete_evidence(EvidenceFile.objects.locked().filter(dispute__in=over))
    over.update(summary="", statement="", note="", stated_by=None, stated_at=None)


def forget_webhooks(user_id: UUID) -> None:
    """Empty what Razorpay told us about this person's money and was worked through, or is nobody's.

    Called a second time a while later, for what was still waiting at the first.
    """
    theirs = Q(found_by__overlap=[*_ids_at_razorpay(user_id)])
    for own in erasures.traces_of(user_id).own:
        trace = webhook_traces.of_address(own.address)
        theirs |= Q(found_by__contains=[trace], received_at__lte=own.until)
    events = GatewayEvent.objects.filter(theirs)
    events.exclude(status__in=GatewayEvent.WAITING).update(body=b"", found_by=None)


def _ids_at_razorpay(user_id: UUID) -> Iterator[str]:
    orders = PaymentOrder.objects.filter(payer=user_id)
    payments = Payment.objects.filter(order__payer=user_id)
    payouts = Payout.objects.filter(tutor=user_id)
    methods = PayoutMethod.objects.filter(tutor=user_id)
    for rows, name in (
        (orders, "razorpay_order_id"),
        (payments, "razorpay_payment_id"),
        (payouts, "razorpay_payout_id"),
        (methods, "razorpay_contact_id"),
        (methods, "razorpay_fund_account_id"),
        (methods, "razorpay_validation_id"),
    ):
        yield from filter(None, rows.values_list(name, flat=True))
