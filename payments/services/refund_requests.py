"""Refunds too large for one person in finance: one asks, another one gives the money back."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import OrderRefund, PaymentOrder, RefundRequest
from payments.services import refund_decisions, two_people
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict
from tutorhub.core.rules import broken_rule

Status = RefundRequest.Status


class AlreadyRequested(Conflict):
    code = "already_requested"
    message = _("A large refund of this order waits for a second person already.")


@transaction.atomic
def decide_or_ask(
    order: PaymentOrder,
    *,
    by: User,
    amount_paise: int | None = None,
    to_wallet: bool | None = None,
    from_tutor: bool = False,
) -> OrderRefund | RefundRequest:
    """Give it back at once, or where that takes two people, ask for the second one.

    Raises what `refund_decisions.decide` does, and AlreadyRequested.
    """
    try:
        with transaction.atomic():
            return refund_decisions.decide(
                order,
                by=by,
                amount_paise=amount_paise,
                to_wallet=to_wallet,
                from_tutor=from_tutor,
            )
    except refund_decisions.TwoNeeded:
        wanted = {"amount_paise": amount_paise, "is_to_wallet": to_wallet}
        return _ask(RefundRequest(order=order, is_from_tutor=from_tutor, **wanted), by)


def _ask(request: RefundRequest, by: User) -> RefundRequest:
    request.requested_by = by
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        if broken_rule(error) != "refund_request_once":
            raise
        raise AlreadyRequested from None
    audit.record("refund.requested", request, by=by, amount_paise=request.amount_paise)
    return request


@transaction.atomic
def approve(request: RefundRequest, *, by: User) -> RefundRequest:
    """Give it back, if that is still possible. Whoever asked cannot.

    Raises InvalidTransition where it is decided, and what `refund_decisions.decide` does.
    """
    request = two_people.to_approve(request, by=by)
    decision = refund_decisions.decide(
        request.order,
        by=by,
        asked_by=request.requested_by,
        amount_paise=request.amount_paise,
        to_wallet=request.is_to_wallet,
        from_tutor=request.is_from_tutor,
    )
    request.move_to(Status.APPROVED, decision=decision, decided_by=by, decided_at=clock.now())
    audit.record("refund.approved", request, by=by)
    return request


def reject(request: RefundRequest, *, by: User) -> RefundRequest:
    """Nothing is given back."""
    return two_people.reject(request, by=by, action="refund.rejected")
