"""The family of a person: found under its lock, or made."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from students.models import Family, FamilyMember, Guardian, GuardianInvite
from students.models.families import HOLDER
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict


class FamilyLeft(Conflict):
    code = "family_left"
    message = gettext_lazy("You are not in this family any more.")


@transaction.atomic
def locked_of(user: User) -> Family:
    """The family that this person belongs to, locked; their own, where they belong to none.

    Raises FamilyLeft for somebody who was removed at this very moment.
    """
    family = Family.objects.of(user).first()
    if family is None:
        # Two first requests at once make one family: the account is one row.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        family = Family.objects.of(user).first() or _made(user)
    family = Family.objects.locked().get(pk=family.pk)
    # Whoever was removed while this waited has to ask again, and gets a family of their own.
    if not FamilyMember.objects.live().filter(user=user, family=family).exists():
        raise FamilyLeft
    return family


def _made(user: User) -> Family:
    family, _is_new = Family.objects.get_or_create(user=user)
    FamilyMember.objects.create(family=family, user=user, slot=HOLDER)
    return family


@transaction.atomic
def leave_for_good(user_id: UUID) -> FamilyMember | None:
    """End the membership of somebody who asked to be forgotten, and return it; None without one."""
    member = FamilyMember.objects.live().filter(user=user_id).first()
    if member is None:
        return None
    Family.objects.locked().get(pk=member.family_id)
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])
    if member.is_holder:
        invites = GuardianInvite.objects.open().filter(family=member.family_id)
        close(invites, GuardianInvite.Outcome.TAKEN_BACK)
    audit.record("family.left", member)
    return member


def as_guardian(member: FamilyMember) -> Guardian:
    """A member, who has a number, as the one who answers for children."""
    person: User = member.user
    guardian, _is_new = Guardian.objects.get_or_create(
        family_id=member.family_id,
        name=person.name or _("Guardian"),
        phone=person.phone,
        relation=member.relation,
    )
    return guardian


def close(invites: QuerySet[GuardianInvite], outcome: str) -> None:
    invites.update(closed_at=clock.now(), outcome=outcome)
