"""A paid class: started, ended, confirmed, and its money passed on."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace import messages, policies
from marketplace.models import SessionEvent, TutoringSession
from marketplace.services import class_money
from payments.models import GatewayDispute, PaymentOrder
from payments.services import disputes, earnings, ledger
from students.models import Learner
from students.policies import check_consent
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import DomainError, TooMany
from tutors.services import stats

Status = TutoringSession.Status
Kind = SessionEvent.Kind

RELEASE_JOB = "marketplace.release_session"
END_JOB = "marketplace.end_session"


class WrongCode(DomainError):
    code = "wrong_code"
    message = _("This is not the code on the family's phone.")


class TooManyCodes(TooMany):
    code = "too_many_codes"
    message = _("Too many wrong codes. Please write to us.")


def start(session: TutoringSession, *, by: User, code: str = "") -> TutoringSession:
    """The tutor begins the class; a home visit needs the family's start code.

    Raises policies.WrongMoment or TooEarly, WrongCode, TooManyCodes, students' ConsentMissing.
    """
    policies.check_can_start(session)
    _check_code(session, code, session.start_code)
    return _start(session, by=by)


def complete(session: TutoringSession, *, by: User, code: str = "") -> TutoringSession:
    """The tutor ends the class; a home visit needs the family's end code.

    The tutor's share is booked and held. Raises policies.WrongMoment, WrongCode, TooManyCodes.
    """
    policies.check_can_complete(session)
    _check_code(session, code, session.end_code)
    return _complete(session, by=by)


@transaction.atomic
def confirm(session: TutoringSession, *, by: User) -> TutoringSession:
    """The family says that the class was held; the tutor gets the money. Raises WrongMoment.

    While a bank disputes the payment the money waits for the end of that, and for nothing else.
    """
    session = _locked(session.pk)
    policies.check_can_confirm(session)
    if not session.events.filter(kind=Kind.CONFIRMED).exists():
        SessionEvent.objects.create(session=session, kind=Kind.CONFIRMED, by=by)
    if _is_frozen(session):
        session.release_due_at = clock.now()
        session.save(update_fields=["release_due_at"])
        return session
    return _release(session, by=by)


def queue_due() -> int:
    """Ask for the release of each class nobody spoke about in time. Returns how many."""
    due = TutoringSession.objects.filter(
        status=Status.COMPLETED, release_due_at__lte=clock.now()
    ).values_list("pk", flat=True)
    for pk in due:
        outbox.later(RELEASE_JOB, {"session": pk}, key=f"{RELEASE_JOB}:{pk}")
    return len(due)


def queue_unended() -> int:
    """Ask for the end of each class that its tutor has begun and not ended. Returns how many."""
    now = clock.now()
    unended = TutoringSession.objects.unended(now).values_list("pk", flat=True)
    for pk in unended:
        # By the hour: work that found the tutor back must not stand in the way of a later end.
        outbox.later(END_JOB, {"session": pk}, key=f"{END_JOB}:{pk}:{now:%Y%m%d%H}")
    return len(unended)


@transaction.atomic
def end_unended(session_id: UUID) -> TutoringSession:
    """End a class in its tutor's place, so that the family can say whether it was held. Once.

    The family has all of its time for that from now on.
    """
    session = _locked(session_id)
    if TutoringSession.objects.unended(clock.now()).filter(pk=session.pk).exists():
        return _end(session, by=None)
    return session


@transaction.atomic
def release(session_id: UUID) -> TutoringSession:
    """Pass on the money of a class if its time has come and nothing stands against it."""
    session = _locked(session_id)
    is_due = session.release_due_at is not None and session.release_due_at <= clock.now()
    if session.status == Status.COMPLETED and is_due and not _is_frozen(session):
        return _release(session, by=None)
    return session


@transaction.atomic
def heed_dispute(
    *, session_id: UUID, order_id: UUID, status: str, deducted_paise: int
) -> TutoringSession:
    """The payer's bank disputes the payment of a class, or has decided about it.

    A class that is still to come is off once its money is gone, and what is left of the money goes
    back, as does the money of a class that was called off meanwhile. Money that waited for the end
    of the dispute is passed on if it is due. An order that did not buy the class, because somebody
    else's did or it was over, leaves it as it is; its own money goes back.
    """
    session = _locked(session_id)
    if status == GatewayDispute.Status.UNDER_REVIEW:
        return session
    is_over = status not in GatewayDispute.LIVE
    if session.order_id != order_id:
        # Of an offer the news that it was paid is on the way, and decides.
        if is_over and session.status != Status.PENDING_PAYMENT:
            class_money.give_back(PaymentOrder.objects.get(pk=order_id))
        return release(session.pk)
    if deducted_paise and session.status == Status.SCHEDULED:
        call_off(session, why="payment_disputed")
        messages.class_called_off(session)
        return session
    if session.status == Status.CANCELLED:
        if is_over:
            _give_back(session)
        return session
    messages.payment_disputed(session, is_over=is_over, deducted_paise=deducted_paise)
    return release(session.pk)


@transaction.atomic
def heed_refund(session_id: UUID) -> TutoringSession:
    """Finance gave the money of a class back: one that is still to come and has none left is off.

    With part of its money left the class stays, and earns what is left.
    """
    session = _locked(session_id)
    if session.status == Status.SCHEDULED and not ledger.balance("session_escrow", session.pk):
        session.move_to(Status.CANCELLED, cancelled_at=clock.now())
        _note(session, Kind.CANCELLED, by=None)
        messages.class_refunded(session)
    return session


def call_off(session: TutoringSession, *, why: str) -> None:
    """Cancel a locked class that has not begun; what is left of its money goes back.

    `why` is for the audit trail. The caller tells both sides.
    """
    session.move_to(Status.CANCELLED, cancelled_at=clock.now())
    _give_back(session)
    SessionEvent.objects.create(session=session, kind=Kind.CANCELLED)
    audit.record("session.cancelled", session, why=why)


def _give_back(session: TutoringSession) -> None:
    """Return what is left of the money of a locked class that is off.

    While the payer's bank disputes it, it waits: `heed_dispute` returns what that leaves.
    """
    if not ledger.balance("session_escrow", session.pk):
        return
    assert session.order_id is not None, "a scheduled class was paid"
    class_money.give_back(PaymentOrder.objects.get(pk=session.order_id))


def _is_frozen(session: TutoringSession) -> bool:
    return disputes.is_frozen(purpose=PaymentOrder.Purpose.SESSION, purpose_id=session.pk)


@transaction.atomic
def _start(session: TutoringSession, *, by: User) -> TutoringSession:
    session = _locked(session.pk)
    policies.check_can_start(session)
    check_consent(Learner.objects.locked().get(pk=session.learner_id), "sessions.start")
    session.move_to(Status.IN_PROGRESS, started_at=clock.now(), code_tries=0)
    _note(session, Kind.STARTED, by=by, with_code=session.is_at_home)
    return session


@transaction.atomic
def _complete(session: TutoringSession, *, by: User) -> TutoringSession:
    session = _locked(session.pk)
    policies.check_can_complete(session)
    return _end(session, by=by, with_code=session.is_at_home)


def _end(session: TutoringSession, *, by: User | None, with_code: bool = False) -> TutoringSession:
    now = clock.now()
    wait = timedelta(hours=session.release_hours)
    session.move_to(
        Status.COMPLETED,
        completed_at=now,
        # A class that the tutor ends early has not ended for the family before its time.
        release_due_at=max(now, session.end_at) + wait,
        code_tries=0,
    )
    earnings.recognise(
        session_id=session.pk,
        tutor=session.tutor.user,
        tutor_state=session.tutor.state,
        gross_paise=session.price_paise,
        commission_bps=session.commission_bps,
        by=by,
    )
    stats.add_taught_minutes(session.tutor, session.minutes)
    _note(session, Kind.COMPLETED, by=by, with_code=with_code)
    messages.class_ended(session, by_tutor=by is not None)
    return session


def _release(session: TutoringSession, *, by: User | None) -> TutoringSession:
    session.move_to(Status.RELEASED, released_at=clock.now())
    earnings.release(session_id=session.pk, tutor=session.tutor.user)
    _note(session, Kind.RELEASED, by=by)
    messages.money_released(session)
    return session


def _check_code(session: TutoringSession, code: str, right: str) -> None:
    """Compare a door code, counting the tries before looking, so that guessing ends."""
    if not session.is_at_home:
        return
    with transaction.atomic():
        counted = TutoringSession.objects.filter(
            pk=session.pk, code_tries__lt=policies.CODE_TRIES
        ).update(code_tries=F("code_tries") + 1)
    if not counted:
        raise TooManyCodes
    if not secrets.compare_digest(code.strip().encode(), right.encode()):
        raise WrongCode


def _locked(session_id: UUID) -> TutoringSession:
    return (
        TutoringSession.objects.locked()
        .select_related("subject", "tutor__user", "learner__family")
        .get(pk=session_id)
    )


def _note(session: TutoringSession, kind: str, *, by: User | None, **data: Any) -> None:
    SessionEvent.objects.create(session=session, kind=kind, by=by, data=data)
    audit.record(f"session.{kind}", session, by=by, **data)
