"""Moving our own money between our own accounts: two people, never one."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Funding
from payments.policies import check_is_finance
from payments.services import ledger, two_people
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict


class KnownReference(Conflict):
    code = "known_reference"


@transaction.atomic
def ask_funding(*, amount_paise: int, reference: str, by: User) -> Funding:
    """Enter a bank transfer into the account that payouts are sent from; somebody else books it.

    `reference` is the bank's. The same transfer again returns what was entered; raises
    KnownReference when it was entered with another amount.
    """
    check_is_finance(by)
    try:
        with transaction.atomic():
            funding = Funding.objects.create(
                amount_paise=amount_paise, reference=reference, requested_by=by
            )
    except IntegrityError:
        known = Funding.objects.exclude(status=Funding.Status.REJECTED).get(reference=reference)
        if known.amount_paise != amount_paise:
            raise KnownReference(_("This reference was entered with another amount.")) from None
        return known
    audit.record("funding.requested", funding, by=by, amount_paise=amount_paise)
    return funding


@transaction.atomic
def approve_funding(funding: Funding, *, by: User) -> Funding:
    """Book it (kind 36). Whoever entered it cannot."""
    funding = two_people.to_approve(funding, by=by)
    funding.move_to(Funding.Status.APPROVED, decided_by=by, decided_at=clock.now())
    ledger.post(
        kind="payouts_funded",
        key=f"treasury:fund:{funding.reference}",
        legs=[debit("rzpx_float", funding.amount_paise), credit("bank", funding.amount_paise)],
        actor=funding.requested_by_id,
        refs={"funding": funding.pk, "reference": funding.reference, "approved_by": by.pk},
    )
    audit.record("funding.approved", funding, by=by, amount_paise=funding.amount_paise)
    return funding


def reject_funding(funding: Funding, *, by: User) -> Funding:
    """Nothing is booked."""
    return two_people.reject(funding, by=by, action="funding.rejected")


@transaction.atomic
def fund_payouts(*, amount_paise: int, reference: str, by: User, approved_by: User) -> Funding:
    """Both steps at once, for two people at one desk; the same transfer again changes nothing."""
    funding = ask_funding(amount_paise=amount_paise, reference=reference, by=by)
    if funding.status == Funding.Status.APPROVED:
        return funding
    return approve_funding(funding, by=approved_by)
