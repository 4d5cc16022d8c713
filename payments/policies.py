"""Who may decide about money."""

from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Funding, PaymentOrder, Payout
from tutorhub.core.errors import NotAllowed

FINANCE = "finance"


def is_finance(user: User) -> bool:
    """Whether the user looks after money: the finance group, or a superuser."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or user.groups.filter(name=FINANCE).exists()


def check_is_finance(user: User) -> None:
    if not is_finance(user):
        raise NotAllowed(_("Only finance staff may do this."), code="finance_only")


def check_can_approve(payout: Payout, by: User) -> None:
    """Whoever asked for money never decides about it, superuser or not."""
    check_is_finance(by)
    if by.pk in {payout.requested_by_id, payout.tutor_id}:
        raise NotAllowed(_("Somebody else has to approve this payout."), code="maker_is_checker")


def check_can_decide_funding(funding: Funding, by: User) -> None:
    check_is_finance(by)
    if by.pk == funding.requested_by_id:
        raise NotAllowed(_("Two people are needed for this."), code="maker_is_checker")


def check_can_take_as_credit(order: PaymentOrder, by: User) -> None:
    """A refund that failed is the payer's to take as wallet credit, or finance does it for them."""
    if by.pk != order.payer_id:
        check_is_finance(by)
    if not order.payer.is_family:
        raise NotAllowed(_("Only families have a wallet."), code="no_wallet")
