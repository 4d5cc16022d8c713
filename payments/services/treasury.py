"""Moving our own money between our own accounts: two people, never one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments.policies import check_is_finance
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core.errors import NotAllowed


@transaction.atomic
def fund_payouts(*, amount_paise: int, reference: str, by: User, approved_by: User) -> ledger.Txn:
    """Book a bank transfer into the RazorpayX account (kind 36); `reference` is the bank's."""
    check_is_finance(by)
    check_is_finance(approved_by)
    if by.pk == approved_by.pk:
        raise NotAllowed(_("Two people are needed for this."), code="maker_is_checker")
    return ledger.post(
        kind="payouts_funded",
        key=f"treasury:fund:{reference}",
        legs=[debit("rzpx_float", amount_paise), credit("bank", amount_paise)],
        actor=by,
        refs={"reference": reference, "approved_by": approved_by.pk},
    )
