"""The tutor's side: ask for a payout, take it back, or have one made every week."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import standing
from payments.models import Payout, PayoutMethod
from payments.services import earnings
from payments.services.payouts import booking
from tutorhub.core import clock, outbox
from tutorhub.core.errors import Conflict, DomainError, NotAllowed
from tutorhub.core.money import rupees
from tutorhub.core.rules import allows

REQUEST_WEEKLY = "payments.request_weekly_payout"


class NoMethod(DomainError):
    code = "no_payout_method"
    message = gettext_lazy("Tell us first where to pay you, and your PAN.")


class AccountRefused(DomainError):
    code = "payout_account_refused"
    message = gettext_lazy("The bank did not confirm your payout account. Give us another one.")


class TooSmall(DomainError):
    code = "below_minimum"


class NotYet(Conflict):
    code = "not_yet_withdrawable"


@transaction.atomic
def request(*, tutor: User, amount_paise: int, by: User, week: date | None = None) -> Payout:
    """Reserve part of the tutor's earnings for a payout (kind 25).

    An account that is still being checked is no obstacle: the payout waits for it. Raises NoMethod,
    AccountRefused, TooSmall, NotYet, or ledger.Overdraft when there is less than that.
    """
    method = PayoutMethod.objects.current().locked().filter(tutor=tutor).first()
    if method is None:
        raise NoMethod
    _check_request(tutor, method, amount_paise)
    payout = Payout.objects.create(
        tutor=tutor,
        method=method,
        amount_paise=amount_paise,
        rail=settings.PAYOUT_RAIL,
        week=week,
        requested_by=by,
    )
    booking.reserve(payout, by=by)
    booking.tell(payout, "requested", by=by)
    return payout


@transaction.atomic
def cancel(payout: Payout, *, by: User) -> Payout:
    """Take back a request that nobody has decided yet."""
    payout = Payout.objects.locked().get(pk=payout.pk)
    if by.pk != payout.tutor_id:
        raise NotAllowed(_("Only the tutor may take this back."))
    payout.move_to(Payout.Status.CANCELLED, closed_at=clock.now())
    booking.give_back(payout, by=by)
    booking.tell(payout, "cancelled", by=by)
    return payout


@transaction.atomic
def plan_weekly(today: date) -> int:
    """Ask the outbox for this week's payout of every tutor who wants one; how many that are.

    A row of its own for each tutor, so that one whose payout fails stops nobody. The rows of a week
    are written once, however often this runs.
    """
    week = today - timedelta(days=today.weekday())
    tutors = PayoutMethod.objects.weekly().order_by("tutor_id").values_list("tutor_id", flat=True)
    for tutor_id in tutors:
        outbox.later(
            REQUEST_WEEKLY,
            {"tutor": tutor_id, "week": week},
            key=f"payout:weekly:{week}:{tutor_id}",
        )
    return len(tutors)


@transaction.atomic
def request_weekly(*, tutor_id: UUID, week: date) -> Payout | None:
    """Ask for all that the tutor can have, once for this week; None when there is nothing to do.

    Nothing is to do for a tutor who changed their mind, is suspended, whose account cannot be used,
    or who has less than the smallest payout. `week` is its Monday in India.
    """
    method = (
        PayoutMethod.objects.weekly()
        .locked()
        .filter(tutor_id=tutor_id)
        .select_related("tutor")
        .first()
    )
    if method is None or not method.is_valid or method.usable_at > clock.now():
        return None
    if not allows(standing.check_may_act, method.tutor):
        return None
    if Payout.objects.filter(tutor_id=tutor_id, week=week).exists():
        return None
    amount = earnings.summary(method.tutor).withdrawable_paise
    if amount < settings.PAYOUT_MINIMUM_PAISE:
        return None
    return request(tutor=method.tutor, amount_paise=amount, by=method.tutor, week=week)


def _check_request(tutor: User, method: PayoutMethod, amount_paise: int) -> None:
    minimum = settings.PAYOUT_MINIMUM_PAISE
    if amount_paise < minimum:
        raise TooSmall(
            _("The smallest payout is %(amount)s.") % {"amount": rupees(minimum)},
            minimum_paise=minimum,
        )
    if method.validation == PayoutMethod.Validation.FAILED:
        raise AccountRefused
    if method.usable_at > clock.now():
        raise NotYet(_("Your payout account was changed. It can be used in a few days."))
    summary = earnings.summary(tutor)
    if amount_paise <= summary.available_paise and amount_paise > summary.withdrawable_paise:
        raise NotYet(
            _("Your first earnings can be withdrawn %(days)s days after their release.")
            % {"days": settings.PAYOUT_FIRST_WAIT.days},
            withdrawable_paise=summary.withdrawable_paise,
        )
