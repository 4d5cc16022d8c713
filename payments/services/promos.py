"""Promotional balance for families: one person in finance asks for it, another one gives it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.users import AccountClosed
from payments import messages
from payments.models import PromoGrant
from payments.policies import check_is_finance
from payments.services import ledger, two_people
from payments.services.ledger import credit, debit
from payments.services.wallets import BadAmount
from tutorhub.core import audit, clock

Status = PromoGrant.Status


@transaction.atomic
def ask(*, user: User, amount_paise: int, reason: str, by: User) -> PromoGrant:
    """Propose to give a family promotional balance; the same again is what waits already.

    Raises NotAllowed or wallets.BadAmount.
    """
    check_is_finance(by)
    if not user.is_family or amount_paise <= 0:
        raise BadAmount(_("Promotional balance is for families, and more than nothing."))
    grant, is_new = PromoGrant.objects.get_or_create(
        user=user,
        amount_paise=amount_paise,
        reason=reason,
        status=Status.REQUESTED,
        defaults={"requested_by": by},
    )
    if not is_new:
        return grant
    audit.record("promo.requested", grant, by=by, amount_paise=amount_paise)
    return grant


@transaction.atomic
def approve(grant: PromoGrant, *, by: User) -> PromoGrant:
    """Give it (kind 38). Whoever asked cannot.

    Raises InvalidTransition where it is decided, AccountClosed for a family that has left.
    """
    grant = two_people.to_approve(grant, by=by)
    # Under its lock, because an account that is left may have no balance.
    if not User.objects.select_for_update(no_key=True).get(pk=grant.user_id).is_active:
        raise AccountClosed
    grant.move_to(Status.APPROVED, decided_by=by, decided_at=clock.now())
    ledger.post(
        kind="promo_granted",
        key=f"promo:{grant.pk}",
        legs=[
            debit("promo_expense", grant.amount_paise),
            credit("student_promo", grant.amount_paise, grant.user_id),
        ],
        actor=grant.requested_by_id,
        refs={"grant": grant.pk, "approved_by": by.pk},
    )
    audit.record("promo.granted", grant, by=by, amount_paise=grant.amount_paise)
    messages.promo_granted(grant)
    return grant


def reject(grant: PromoGrant, *, by: User) -> PromoGrant:
    """Nothing is given."""
    return two_people.reject(grant, by=by, action="promo.rejected")
