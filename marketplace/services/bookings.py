"""From an offer to a paid class: holding the time, asking for money, and what payments tell us.

Locks are taken in one order: enquiry, sessions by id, tutor, learner, and below them payments.
"""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace import messages, policies
from marketplace.models import Enquiry, Lead, SessionEvent, Side, TutoringSession
from marketplace.services import class_money
from payments.models import PaymentOrder
from payments.services import earnings, freezes, holds, late_money, orders
from students.models import Learner
from students.policies import ConsentMissing, check_consent
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict
from tutorhub.core.rules import broken_rule
from tutors.models import TutorProfile

Status = TutoringSession.Status
Kind = SessionEvent.Kind

EXPIRE_JOB = "marketplace.expire_session"
PURPOSE = PaymentOrder.Purpose.SESSION
PAYING = (*PaymentOrder.LIVE, PaymentOrder.Status.PAID)
TUTOR_RULE = "session_tutor_not_double_booked"
LEARNER_RULE = "session_learner_not_double_booked"
TAKEN = ("status", "order_id", "paid_at", "is_first_of_pair")
"""What `_take` writes."""


class SlotTaken(Conflict):
    code = "slot_taken"
    message = _("You already have a class or an open offer at this time.")


class JustPaid(Conflict):
    code = "just_paid"
    message = _("The other guardian has just paid for this class.")


class LearnerBusy(Conflict):
    code = "learner_busy"
    message = _("The child already has a paid class at this time.")


def hold(session: TutoringSession) -> TutoringSession:
    """Save a new offer, which holds the tutor's time, with the terms in force. Raises SlotTaken.

    Needs the tutor's lock: two offers racing for one slot would otherwise end in a deadlock.
    """
    session.status = Status.PENDING_PAYMENT
    session.commission_bps = earnings.commission_bps(kind="session", on=clock.today())
    session.policy = policies.policy_in_force()
    session.pay_by = policies.pay_deadline(session.start_at)
    session.is_first_of_pair = not _have_met(session)
    if session.is_at_home:
        session.start_code, session.end_code = _door_code(), _door_code()
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        if broken_rule(error) == TUTOR_RULE:
            raise SlotTaken from error
        raise
    return session


def start_payment(
    session: TutoringSession, *, by: User, method: str = PaymentOrder.Method.RAZORPAY
) -> PaymentOrder:
    """Ask the family for the price and open the order at the gateway; safe to repeat.

    From the wallet it is paid at once. An order that the other guardian has left alone makes way.
    Raises policies.OfferOver, LearnerBusy, JustPaid, payments' AnotherPays or GatewayAway,
    wallets.WalletShort, or what students.policies.check_consent raises.
    """
    unpaid = holds.found_unpaid(purpose=PURPOSE, purpose_id=session.pk, payer=by, method=method)
    try:
        order = _order(session, by=by, method=method, unpaid=unpaid)
    except orders.AnotherPays:
        if not holds.make_way(purpose=PURPOSE, purpose_id=session.pk, payer=by):
            raise
        order = _order(session, by=by, method=method)
    return orders.open_at_gateway(order)


@transaction.atomic
def order_paid(*, order_id: UUID, session_id: UUID) -> TutoringSession:
    """The money is in escrow: book the class, or send the money back where it cannot be held.

    What the payer's bank disputes waits for the bank (`sessions.heed_dispute`). Being told twice
    changes nothing.
    """
    session = _locked_with_rivals(session_id)
    if session.order_id == order_id:
        return session
    order = PaymentOrder.objects.get(pk=order_id)
    if not order.is_given_back and _may_be_booked(session) and _take(session, order_id):
        _booked(session)
    else:
        class_money.tell_payer(session, order, waits=not class_money.give_back(order))
        _give_up(session)
    return session


@transaction.atomic
def order_paid_late(*, order_id: UUID, session_id: UUID) -> TutoringSession:
    """Money came after the order had ended: book the class if its time is free, else return it.

    The class stays on offer while somebody else is paying for it, or has paid.
    """
    session = _locked_with_rivals(session_id)
    if session.order_id == order_id:
        return session
    order = PaymentOrder.objects.get(pk=order_id)
    if _may_be_booked(session) and _take_late(session, order):
        _booked(session)
    else:
        late_money.send_back(order)
        class_money.tell_payer(session, order, waits=late_money.waits(order))
        others = PaymentOrder.objects.for_purpose(PURPOSE, session_id).exclude(pk=order_id)
        if not others.filter(status__in=PAYING).exists():
            _give_up(session)
    return session


def queue_unpaid() -> int:
    """Ask for the end of each offer whose time to pay is over. Returns how many."""
    over = TutoringSession.objects.unpaid().filter(pay_by__lte=clock.now())
    ids = list(over.values_list("pk", flat=True))
    for pk in ids:
        outbox.later(EXPIRE_JOB, {"session": pk}, key=f"{EXPIRE_JOB}:{pk}")
    return len(ids)


@transaction.atomic
def expire(session_id: UUID) -> TutoringSession:
    """Free the time of an offer that was not paid; do nothing if it was paid meanwhile."""
    session = locked(session_id)
    if session.status != Status.PENDING_PAYMENT or session.pay_by > clock.now():
        return session
    paid = PaymentOrder.objects.for_purpose(PURPOSE, session.pk)
    if paid.filter(status=PaymentOrder.Status.PAID).exists():
        # Its news is on the way and will book the class.
        return session
    session.move_to(Status.EXPIRED)
    orders.expire_for(purpose=PURPOSE, purpose_id=session.pk)
    SessionEvent.objects.create(session=session, kind=Kind.EXPIRED)
    audit.record("session.expired", session)
    messages.offer_expired(session)
    return session


@transaction.atomic
def cancel(session: TutoringSession, *, by: User) -> TutoringSession:
    """Withdraw an unpaid offer. Raises policies.CancellationUnavailable or OfferOver."""
    session = locked(session.pk)
    policies.check_can_cancel(session)
    end_offer(session, tell=Side.TUTOR if by.is_family else Side.FAMILY, by=by)
    return session


def end_offer(session: TutoringSession, *, tell: Side, by: User | None = None) -> None:
    """End a locked offer that was not paid; `tell` is the side that does not know it yet."""
    _end(session, Kind.CANCELLED, by=by)
    messages.offer_cancelled(session, tell)


def end_offers_of(user_id: UUID) -> None:
    """End every unpaid offer to or by somebody who may not do business any more."""
    theirs = TutoringSession.objects.unpaid().filter(
        Q(tutor__user=user_id) | Q(learner__family__user=user_id)
    )
    for pk in theirs.order_by("pk").values_list("pk", flat=True):
        session = locked(pk)
        if session.status == Status.PENDING_PAYMENT:
            is_tutor = session.tutor.user_id == user_id
            end_offer(session, tell=Side.FAMILY if is_tutor else Side.TUTOR)


def locked_offers(enquiry: Enquiry) -> list[TutoringSession]:
    """The unpaid offers of a locked enquiry, locked."""
    return list(
        TutoringSession.objects.locked()
        .unpaid()
        .filter(enquiry=enquiry)
        .select_related("tutor__user", "learner__family", "subject")
    )


def mark_read(session: TutoringSession, *, by: User) -> None:
    """Note that the family has seen this answer, which ends the right to the credit back."""
    lead = session.lead
    if by.is_family and lead is not None and lead.opened_by_family_at is None:
        Lead.objects.filter(pk=lead.pk, opened_by_family_at__isnull=True).update(
            opened_by_family_at=clock.now()
        )


def _withdraw(session: TutoringSession) -> None:
    """End a locked offer because the family paid for another; the tutor is told."""
    _end(session, Kind.WITHDRAWN)
    messages.offer_withdrawn(session)


def _end(session: TutoringSession, kind: str, *, by: User | None = None) -> None:
    session.move_to(Status.CANCELLED, cancelled_at=clock.now())
    orders.cancel_for(purpose=PURPOSE, purpose_id=session.pk)
    SessionEvent.objects.create(session=session, kind=kind, by=by)
    audit.record(f"session.{kind}", session, by=by)


def _door_code() -> str:
    return f"{secrets.randbelow(10_000):04d}"


@transaction.atomic
def _order(
    session: TutoringSession,
    *,
    by: User,
    method: str = PaymentOrder.Method.RAZORPAY,
    unpaid: PaymentOrder | None = None,
) -> PaymentOrder:
    session = (
        TutoringSession.objects.locked()
        .select_related("subject", "lead", "tutor")
        .get(pk=session.pk)
    )
    policies.check_can_pay(session)
    check_consent(Learner.objects.locked().get(pk=session.learner_id), "bookings.start_payment")
    others = TutoringSession.objects.paid().filter(learner_id=session.learner_id)
    if others.overlapping(session.start_at, session.end_at).exists():
        raise LearnerBusy
    paid = PaymentOrder.objects.for_purpose(PURPOSE, session.pk).exclude(payer=by)
    if paid.filter(status=PaymentOrder.Status.PAID).exists():
        # Its news is on the way and will book the class.
        raise JustPaid
    mark_read(session, by=by)
    return orders.create(
        purpose=PURPOSE,
        purpose_id=session.pk,
        payer=by,
        amount_paise=session.price_paise,
        expires_at=session.pay_by,
        description=gettext("%(subject)s class") % {"subject": session.subject},
        terms={"tutor": str(session.tutor.user_id)},
        method=method,
        unpaid=unpaid,
    )


def locked(session_id: UUID) -> TutoringSession:
    """A session under its own lock and that of its enquiry, which orders its offers."""
    enquiry_id = TutoringSession.objects.values_list("enquiry_id", flat=True).get(pk=session_id)
    if enquiry_id:
        Enquiry.objects.locked().get(pk=enquiry_id)
    return (
        TutoringSession.objects.locked()
        .select_related("enquiry", "subject", "tutor__user", "learner__family")
        .get(pk=session_id)
    )


def _locked_with_rivals(session_id: UUID) -> TutoringSession:
    """A session as `locked` has it, with the offers that end when it is booked, locked before it.

    Afterwards it would be too late: whoever begins to pay for one of them holds it, and waits for
    the learner.
    """
    session = TutoringSession.objects.only("enquiry_id").get(pk=session_id)
    if session.enquiry_id:
        Enquiry.objects.locked().get(pk=session.enquiry_id)
        rivals = Q(enquiry=session.enquiry_id, status=Status.PENDING_PAYMENT)
        list(TutoringSession.objects.locked().filter(rivals | Q(pk=session_id)))
    return locked(session_id)


def _may_be_booked(session: TutoringSession) -> bool:
    if not _may_teach(session.tutor):
        return False
    if session.enquiry is not None and session.enquiry.status != Enquiry.Status.MATCHED:
        return False
    is_held = session.status == Status.PENDING_PAYMENT and session.end_at > clock.now()
    is_missed = session.status == Status.EXPIRED and session.start_at > clock.now()
    return is_held or is_missed


def _rivals(session: TutoringSession) -> list[UUID]:
    """The other unpaid offers of its enquiry."""
    if session.enquiry is None:
        return []
    return [offer.pk for offer in locked_offers(session.enquiry)]


def _may_teach(tutor: TutorProfile) -> bool:
    return tutor.is_approved and tutor.user.is_active


def _locked_tutor(session: TutoringSession) -> TutorProfile:
    """The tutor and the account behind, locked: a suspension of either waits for the booking.

    It then finds the class and calls it off; the other way round the booking finds a suspension.
    """
    return (
        TutorProfile.objects.select_related("user")
        .select_for_update(of=("self", "user"), no_key=True)
        .get(pk=session.tutor_id)
    )


def _have_met(session: TutoringSession) -> bool:
    """Whether this family has booked this tutor before."""
    booked = TutoringSession.objects.paid().filter(tutor=session.tutor_id)
    return booked.filter(learner__family=session.learner.family_id).exists()


def _take(session: TutoringSession, order_id: UUID) -> bool:
    """Book the time of a locked session for tutor and learner, if both are free and may meet."""
    if not _may_teach(_locked_tutor(session)):
        return False
    learner = Learner.objects.locked().get(pk=session.learner_id)
    try:
        check_consent(learner, "bookings.order_paid")
        with transaction.atomic():
            session.move_to(
                Status.SCHEDULED,
                order_id=order_id,
                paid_at=clock.now(),
                is_first_of_pair=not _have_met(session),
            )
    except ConsentMissing:
        return False
    except IntegrityError as error:
        if broken_rule(error) not in (TUTOR_RULE, LEARNER_RULE):
            raise
        session.refresh_from_db(fields=TAKEN)
        return False
    return True


def _take_late(session: TutoringSession, order: PaymentOrder) -> bool:
    """Book the time with money that came late, if it is free and the wallet still has its part."""
    try:
        with transaction.atomic():
            if not _take(session, order.pk):
                return False
            # Those that `_booked` ends, before the receipt's number is taken: whoever pays one of
            # them has its lock, and waits for the next number.
            orders.lock_live(purpose=PURPOSE, purpose_ids=[session.pk, *_rivals(session)])
            late_money.use(order)
    except (late_money.WalletSpent, orders.OrderClosed, freezes.Disputed):
        # The wallet lacks its part, or the money was given back or disputed before we heard of it.
        session.refresh_from_db(fields=TAKEN)
        return False
    return True


def _booked(session: TutoringSession) -> None:
    """What follows a booking: the enquiry ends, its other offers are withdrawn, both are told."""
    assert session.order_id is not None, "it was just written"
    payer = PaymentOrder.objects.select_related("payer").get(pk=session.order_id).payer
    SessionEvent.objects.create(
        session=session,
        kind=Kind.PAID,
        by=payer,
        data={"amount_paise": session.price_paise},
    )
    audit.record("session.scheduled", session, order=str(session.order_id))
    # The other guardian may have a payment open for what has just been paid.
    orders.cancel_for(purpose=PURPOSE, purpose_id=session.pk)
    if session.enquiry is not None:
        session.enquiry.move_to(Enquiry.Status.BOOKED, closed_at=clock.now())
        session.enquiry.leads.filter(status__in=Lead.WAITING).update(status=Lead.Status.EXPIRED)
        for other in locked_offers(session.enquiry):
            _withdraw(other)
    messages.class_booked(session)


def _give_up(session: TutoringSession) -> None:
    """An offer that cannot be booked is over, for whoever else wants to pay for it as well."""
    if session.status == Status.PENDING_PAYMENT:
        session.move_to(Status.CANCELLED, cancelled_at=clock.now())
        orders.cancel_for(purpose=PURPOSE, purpose_id=session.pk)
