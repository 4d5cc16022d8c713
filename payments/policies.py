"""Who may decide about money."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policies import has_every_right
from payments.models import EvidenceFile, GatewayDispute, PaymentOrder, Payout
from payments.models.two_people import TwoPersonDecision
from tutorhub.core.errors import Conflict, NotAllowed

FINANCE = "finance"
EVIDENCE_FILES = 5
EVIDENCE_WORDS = 2000
# What Razorpay takes as a document; it names no limits here, only in its sister API.
EVIDENCE_MAX_BYTES = {
    "image/jpeg": 4 * 1024 * 1024,
    "image/png": 4 * 1024 * 1024,
    "application/pdf": 2 * 1024 * 1024,
}


class EvidenceClosed(Conflict):
    code = "evidence_closed"
    message = _("It is too late to add something: the answer to the bank is given or being made.")


def is_finance(user: User) -> bool:
    """Whether the user looks after money: the finance group, or a superuser for whom two agree."""
    if not (user.is_active and user.is_staff):
        return False
    return has_every_right(user) or user.groups.filter(name=FINANCE).exists()


def check_is_finance(user: User) -> None:
    if not is_finance(user):
        raise NotAllowed(_("Only finance staff may do this."), code="finance_only")


def check_can_approve(payout: Payout, by: User) -> None:
    """Whoever asked for money never decides about it, superuser or not."""
    check_is_finance(by)
    if by.pk in {payout.requested_by_id, payout.tutor_id}:
        raise NotAllowed(_("Somebody else has to approve this payout."), code="maker_is_checker")


def check_is_second(row: TwoPersonDecision, by: User) -> None:
    """Whoever asked does not approve, superuser or not."""
    check_is_finance(by)
    if by.pk == row.requested_by_id:
        raise NotAllowed(_("Two people are needed for this."), code="maker_is_checker")


def check_can_take_as_credit(order: PaymentOrder, by: User) -> None:
    """A refund that failed is the payer's to take as wallet credit, or finance does it for them."""
    if by.pk != order.payer_id:
        check_is_finance(by)
    if not order.payer.is_family:
        raise NotAllowed(_("Only families have a wallet."), code="no_wallet")


def check_takes_evidence(dispute: GatewayDispute) -> None:
    if not dispute.takes_evidence:
        raise EvidenceClosed


def check_owns_evidence(file: EvidenceFile, by: User) -> None:
    """A tutor's file is the tutor's own until it is sent."""
    if file.giver_id != by.pk or file.kind != EvidenceFile.Kind.TUTOR:
        raise NotAllowed
