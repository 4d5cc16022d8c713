"""Which classes have to be over before an account can be erased."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.leaving import Hindrance
from marketplace.models import TutoringSession
from payments.models import PaymentOrder

Status = TutoringSession.Status
COMING = (Status.SCHEDULED, Status.IN_PROGRESS)
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


def _theirs(user: User) -> QuerySet[TutoringSession]:
    """What they teach, what they paid for, and what the family takes that ends with them."""
    paid = PaymentOrder.objects.filter(payer=user, purpose=PaymentOrder.Purpose.SESSION)
    theirs = Q(tutor__user=user) | Q(learner__family__user=user) | Q(order_id__in=paid.values("pk"))
    return TutoringSession.objects.filter(theirs).order_by()


def consequences(user: User) -> Iterator[str]:
    yield _(
        "Searches and offers end. Classes that took place stay on record for the other side,"
        " without your name and without your words in reviews."
    )
