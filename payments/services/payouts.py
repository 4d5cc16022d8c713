"""Payouts: asked for by the tutor, approved by somebody else, sent once, closed by the bank."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import locks
from payments import gateway, messages, news
from payments.models import Payout, PayoutMethod
from payments.policies import check_can_approve, check_is_finance
from payments.services import earnings, ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError, NotAllowed
from tutorhub.core.money import rupees

log = logging.getLogger(__name__)

SEND = "payments.send_payout"
IMPS_LIMIT_PAISE = 5_00_000_00

NOT_PAID = {"failed", "rejected", "cancelled"}
UNDER_WAY = {"pending", "queued", "scheduled", "processing"}


class NoMethod(DomainError):
    code = "no_payout_method"
    message = gettext_lazy("Tell us first where to pay you, and your PAN.")


class TooSmall(DomainError):
    code = "below_minimum"


class NotYet(Conflict):
    code = "not_yet_withdrawable"


class FloatTooLow(Conflict):
    code = "payout_account_too_low"
    message = gettext_lazy("The payout account holds too little for this. Fund it first.")


class UnknownPayout(Conflict):
    """The gateway speaks of a payout that is not in our books (yet)."""

    code = "unknown_payout"


@transaction.atomic
def request(*, tutor: User, amount_paise: int, by: User) -> Payout:
    """Reserve part of the tutor's earnings for a payout (kind 25).

    Raises NoMethod, TooSmall, NotYet, or ledger.Overdraft when there is less than that.
    """
    method = PayoutMethod.objects.current().locked().filter(tutor=tutor).first()
    if method is None:
        raise NoMethod
    _check_request(tutor, method, amount_paise)
    payout = Payout.objects.create(
        tutor=tutor, method=method, amount_paise=amount_paise, requested_by=by
    )
    ledger.post(
        kind="payout_requested",
        key=f"payout:{payout.pk}:request",
        legs=[
            debit("tutor_earnings", amount_paise, tutor.pk),
            credit("payout_pending", amount_paise, payout.pk),
        ],
        actor=by,
        refs={"payout": payout.pk},
    )
    _tell(payout, "requested", by=by)
    return payout


@transaction.atomic
def approve(payout: Payout, *, by: User) -> Payout:
    """Let a payout go out (kind 26: nothing is booked) and have it sent."""
    payout = Payout.objects.locked().get(pk=payout.pk)
    check_can_approve(payout, by)
    # Two approvals at once would each find the account full enough for itself alone.
    locks.hold("float", "rzpx")
    _check_float(payout)
    payout.move_to(Payout.Status.APPROVED, approved_by=by, decided_at=clock.now())
    outbox.later(SEND, {"payout": payout.pk}, key=f"payout:{payout.pk}")
    _tell(payout, "approved", by=by)
    return payout


@transaction.atomic
def reject(payout: Payout, *, by: User, reason: str) -> Payout:
    """Say no, with a reason that the tutor sees; the money goes back to the earnings."""
    check_is_finance(by)
    payout = Payout.objects.locked().get(pk=payout.pk)
    payout.move_to(
        Payout.Status.REJECTED, reason=reason[:300], decided_at=clock.now(), closed_at=clock.now()
    )
    _return(payout, by=by)
    _tell(payout, "rejected", by=by)
    messages.payout_changed(payout)
    return payout


@transaction.atomic
def cancel(payout: Payout, *, by: User) -> Payout:
    """Take back a request that nobody has decided yet."""
    payout = Payout.objects.locked().get(pk=payout.pk)
    if by.pk != payout.tutor_id:
        raise NotAllowed(_("Only the tutor may take this back."))
    payout.move_to(Payout.Status.CANCELLED, closed_at=clock.now())
    _return(payout, by=by)
    _tell(payout, "cancelled", by=by)
    return payout


def send(payout_id: UUID, done: Callable[[], None]) -> None:
    """Send an approved payout, under a key that makes a repeat harmless. Speaks to the network.

    No answer is not a failure: the error goes up, and the outbox asks again with the same key.
    """
    payout = _begin(payout_id)
    entity: gateway.Entity | None = None
    refusal: gateway.Refused | None = None
    if payout.status == Payout.Status.SENDING and not payout.razorpay_payout_id:
        try:
            entity = gateway.client().create_payout(
                account_number=settings.RAZORPAYX_ACCOUNT_NUMBER,
                fund_account_id=_fund_account(payout.method),
                amount_paise=payout.amount_paise,
                mode=_mode(payout),
                reference_id=payout.reference,
                narration="TutorHub earnings",
                idempotency_key=str(payout.pk),
            )
        except gateway.Refused as error:
            refusal = error
            entity = _already_sent(payout)
    with transaction.atomic():
        if entity is not None:
            record(payout.pk, entity)
        elif refusal is not None:
            _refused(payout.pk, refusal)
        done()


def apply(entity: gateway.Entity) -> None:
    """Move our payout to where Razorpay's stands. Raises UnknownPayout."""
    reference = str(entity.get("reference_id") or "")
    payout_id = (
        Payout.objects.filter(razorpay_payout_id=entity["id"]).values_list("pk", flat=True).first()
    )
    if payout_id is None and reference.startswith("po-") and len(reference) == 35:
        payout_id = UUID(hex=reference.removeprefix("po-"))
    if payout_id is None or not Payout.objects.filter(pk=payout_id).exists():
        raise UnknownPayout(f"payout {entity['id']} is not ours")
    record(payout_id, entity)


@transaction.atomic
def record(payout_id: UUID, entity: gateway.Entity) -> Payout:
    """Write down what Razorpay says about a payout; stale news changes nothing."""
    payout = Payout.objects.locked().get(pk=payout_id)
    if payout.razorpay_payout_id not in (None, entity["id"]) or (
        entity["amount"] != payout.amount_paise
    ):
        log.error("payout %s does not fit %s", payout.pk, entity["id"])
        return payout
    if payout.razorpay_payout_id is None:
        payout.razorpay_payout_id = entity["id"]
        payout.save(update_fields=["razorpay_payout_id"])
    status = str(entity.get("status"))
    if status == "processed" and payout.can_move_to(Payout.Status.PROCESSED):
        _processed(payout, entity)
    elif status in NOT_PAID and payout.can_move_to(Payout.Status.FAILED):
        _failed(payout, _why(entity))
    elif status == "reversed" and payout.can_move_to(Payout.Status.REVERSED):
        _reversed(payout, _why(entity))
    elif status not in NOT_PAID | UNDER_WAY | {"processed", "reversed"}:
        log.error("payout %s has the unknown status %s", payout.pk, status)
    return payout


def _check_request(tutor: User, method: PayoutMethod, amount_paise: int) -> None:
    minimum = settings.PAYOUT_MINIMUM_PAISE
    if amount_paise < minimum:
        raise TooSmall(
            _("The smallest payout is %(amount)s.") % {"amount": rupees(minimum)},
            minimum_paise=minimum,
        )
    if method.usable_at > clock.now():
        raise NotYet(_("Your payout account was changed. It can be used in a few days."))
    summary = earnings.summary(tutor)
    if amount_paise <= summary.available_paise and amount_paise > summary.withdrawable_paise:
        raise NotYet(
            _("Your first earnings can be withdrawn %(days)s days after their release.")
            % {"days": settings.PAYOUT_FIRST_WAIT.days},
            withdrawable_paise=summary.withdrawable_paise,
        )


def _check_float(payout: Payout) -> None:
    """Our account has to cover this payout, those on their way, and a fee for each."""
    under_way = Payout.objects.filter(
        status__in=[Payout.Status.APPROVED, Payout.Status.SENDING]
    ).aggregate(total=Sum("amount_paise"))["total"]
    count = Payout.objects.filter(
        status__in=[Payout.Status.APPROVED, Payout.Status.SENDING]
    ).count()
    needed = (under_way or 0) + payout.amount_paise
    needed += (count + 1) * settings.PAYOUT_FEE_ALLOWANCE_PAISE
    if ledger.balance("rzpx_float") < needed:
        raise FloatTooLow


@transaction.atomic
def _begin(payout_id: UUID) -> Payout:
    """Commit the intent before the call, so that a crash leaves a payout that is looked after."""
    payout = Payout.objects.locked().select_related("method", "tutor").get(pk=payout_id)
    if payout.status == Payout.Status.APPROVED:
        payout.move_to(Payout.Status.SENDING)
        _tell(payout, "sending")
    return payout


def _fund_account(method: PayoutMethod) -> str:
    """Razorpay's id of the account, made on first use; a second after a lost answer is harmless."""
    if method.razorpay_fund_account_id:
        return method.razorpay_fund_account_id
    client = gateway.client()
    if not method.razorpay_contact_id:
        contact = client.create_contact(
            name=method.holder_name,
            email=method.tutor.email or "",
            phone=method.tutor.phone or "",
            reference_id=method.tutor_id.hex,
        )
        _remember(method, "razorpay_contact_id", contact["id"])
    if method.kind == PayoutMethod.Kind.UPI:
        account = client.create_fund_account_vpa(
            contact_id=method.razorpay_contact_id, address=method.vpa
        )
    else:
        account = client.create_fund_account_bank(
            contact_id=method.razorpay_contact_id,
            name=method.holder_name,
            ifsc=method.ifsc,
            account_number=method.account_number,
        )
    _remember(method, "razorpay_fund_account_id", account["id"])
    return method.razorpay_fund_account_id


def _remember(method: PayoutMethod, field: str, value: str) -> None:
    """Keep the first answer: two workers must ask for one payout with the same account."""
    PayoutMethod.objects.filter(pk=method.pk, **{field: ""}).update(**{field: value})
    method.refresh_from_db(fields=[field])


def _already_sent(payout: Payout) -> gateway.Entity | None:
    """After a refusal: the payout that Razorpay has for us all the same, under our reference.

    A repeat that differs from the first request is refused although the first one was performed.
    """
    found = gateway.client().find_payouts_by_reference(
        payout.reference, account_number=settings.RAZORPAYX_ACCOUNT_NUMBER
    )
    return found[0] if found else None


def _mode(payout: Payout) -> str:
    if payout.method.kind == PayoutMethod.Kind.UPI:
        return "UPI"
    return "IMPS" if payout.amount_paise <= IMPS_LIMIT_PAISE else "NEFT"


def _why(entity: gateway.Entity) -> str:
    details = entity.get("status_details")
    return str(details.get("description") or "") if isinstance(details, dict) else ""


def _refused(payout_id: UUID, refusal: gateway.Refused) -> None:
    payout = Payout.objects.locked().get(pk=payout_id)
    log.error("payout %s was refused: %s", payout.pk, refusal)
    if payout.can_move_to(Payout.Status.FAILED):
        _failed(payout, refusal.description)


def _processed(payout: Payout, entity: gateway.Entity) -> None:
    payout.move_to(
        Payout.Status.PROCESSED,
        utr=str(entity.get("utr") or "")[:40],
        fees_paise=int(entity.get("fees") or 0),
        tax_paise=int(entity.get("tax") or 0),
        closed_at=clock.now(),
    )
    ledger.post(
        kind="payout_processed",
        key=f"rzpx:payout:{payout.razorpay_payout_id}:processed",
        legs=[
            debit("payout_pending", payout.amount_paise, payout.pk),
            credit("rzpx_float", payout.amount_paise),
        ],
        refs={"payout": payout.pk},
    )
    if payout.fees_paise:
        ledger.post(
            kind="payout_fee",
            key=f"rzpx:payout:{payout.razorpay_payout_id}:fee",
            legs=[
                debit("payout_fees", payout.fees_paise - payout.tax_paise),
                debit("gst_input", payout.tax_paise),
                credit("rzpx_float", payout.fees_paise),
            ],
            refs={"payout": payout.pk},
        )
    _tell(payout, "processed")
    messages.payout_changed(payout)


def _failed(payout: Payout, reason: str) -> None:
    payout.move_to(Payout.Status.FAILED, reason=reason[:300], closed_at=clock.now())
    _return(payout)
    _tell(payout, "failed")
    messages.payout_changed(payout)


def _reversed(payout: Payout, reason: str) -> None:
    """The bank sent the money back. What goes where depends on how far the payout had come."""
    was = payout.status
    payout.move_to(Payout.Status.REVERSED, reason=reason[:300], closed_at=clock.now())
    if was == Payout.Status.SENDING:
        _return(payout)
    elif was == Payout.Status.PROCESSED:
        ledger.post(
            kind="payout_reversed",
            key=f"rzpx:payout:{payout.razorpay_payout_id}:reversed",
            legs=[
                debit("rzpx_float", payout.amount_paise + payout.fees_paise),
                credit("tutor_earnings", payout.amount_paise, payout.tutor_id),
                credit("payout_fees", payout.fees_paise - payout.tax_paise),
                credit("gst_input", payout.tax_paise),
            ],
            refs={"payout": payout.pk},
        )
    _tell(payout, "reversed")
    messages.payout_changed(payout)


def _return(payout: Payout, *, by: User | None = None) -> None:
    """Give the reserved money back to the earnings (kind 27)."""
    ledger.post(
        kind="payout_returned",
        key=f"payout:{payout.pk}:return",
        legs=[
            debit("payout_pending", payout.amount_paise, payout.pk),
            credit("tutor_earnings", payout.amount_paise, payout.tutor_id),
        ],
        actor=by,
        refs={"payout": payout.pk},
    )


def _tell(payout: Payout, verb: str, *, by: User | None = None) -> None:
    audit.record(f"payout.{verb}", payout, by=by, amount_paise=payout.amount_paise)
    outbox.announce(news.PAYOUT_CHANGED, payout_id=payout.pk)
