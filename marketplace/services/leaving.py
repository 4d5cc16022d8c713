"""Which classes have to be over before an account can be erased."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.leaving import Hindrance
from marketplace.models import TutoringSession
from payments.models import LedgerAccount, PaymentOrder

Status = TutoringSession.Status
COMING = (Status.SCHEDULED, Status.IN_PROGRESS)
OFF = (Status.CANCELLED, Status.EXPIRED)
UNSETTLED = (Status.NO_SHOW, Status.COMPLETED)
PAGE = "marketplace:session-list"


def hindrances(user: User) -> Iterator[Hindrance]:
    """Paid classes to come, classes whose money is not passed on yet, open disputes."""
    statuses = set(_theirs(user).values_list("status", flat=True))
    if statuses & set(COMING):
        text = _("A paid class is still to come. Let it take place, or cancel it.")
        yield Hindrance("coming_class", text, PAGE)
    if statuses & set(UNSETTLED):
        text = _("A class is over and its money is not passed on yet. Confirm it, or wait.")
        yield Hindrance("unsettled_class", text, PAGE)
    if Status.DISPUTED in statuses:
        text = _("There is a dispute about a class. Wait until it is decided.")
        yield Hindrance("disputed_class", text, PAGE)
    if user.is_family and _is_owed_for_class(user):
        text = _("Money is on its way back to you. Wait until it has arrived.")
        yield Hindrance("class_money_under_way", text, PAGE)


def _theirs(user: User) -> QuerySet[TutoringSession]:
    """What they teach, what they paid for, and what the family takes that ends with them."""
    paid = Q(order_id__in=_paid_by(user).values("pk"))
    theirs = Q(tutor__user=user) | Q(learner__family__user=user) | paid
    return TutoringSession.objects.filter(theirs).order_by()


def _is_owed_for_class(user: User) -> bool:
    """Whether money of a class that is off has waited for a bank, and not gone back yet."""
    off = TutoringSession.objects.filter(status__in=OFF, pk__in=_paid_by(user).values("purpose_id"))
    owners = [str(pk) for pk in off.values_list("pk", flat=True)]
    escrow = LedgerAccount.objects.filter(code="session_escrow", owner_key__in=owners)
    return escrow.filter(balance__gt=0).exists()


def _paid_by(user: User) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(payer=user, purpose=PaymentOrder.Purpose.SESSION)


def consequences(user: User) -> Iterator[str]:
    yield _(
        "Searches and offers end. Classes that took place stay on record for the other side,"
        " without your name and without your words in reviews."
    )
