"""The second guardian: invited by phone number, joining by signing in with it, leaving.

Inviting asks nothing about the number, so nobody learns from it who has an account. Locks: family,
then the invitation.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models import User
from accounts.services import locks
from students import messages, policies, queries
from students.models import Family, FamilyMember, GuardianInvite, Learner
from students.models.families import SECOND
from students.services import families
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, TooMany

DAY = timedelta(days=1)
Outcome = GuardianInvite.Outcome


class FamilyFull(Conflict):
    code = "family_full"
    message = _("This family has two guardians already.")


class OwnNumber(DomainError):
    code = "own_number"
    message = _("This is your own number. Give that of the other guardian.")


class InvitedTooOften(TooMany):
    code = "invited_too_often"
    message = _("You have sent many invitations today. Please try again tomorrow.")


class InviteOver(Conflict):
    code = "invite_over"
    message = _("This invitation is over. Ask for a new one.")


class HasOwnFamily(Conflict):
    code = "has_own_family"
    message = _("You look after children in another family here, so you cannot join this one.")


@transaction.atomic
def invite(*, by: User, phone: str, relation: str) -> GuardianInvite:
    """Invite whoever has this number. The answer is the same for every number.

    A number that got several invitations today, from whomever, is sent no more of them. Raises
    policies.OnlyHolder, FamilyFull, OwnNumber, InvitedTooOften or phones.NotAnIndianMobile.
    """
    phone = phones.parse(phone)
    family = families.locked_of(by)
    policies.check_is_holder(queries.member(by))
    if phone == by.phone:
        raise OwnNumber
    check_has_place(family)
    since = clock.now() - DAY
    if family.invites.filter(created_at__gt=since).count() >= settings.GUARDIAN_INVITES_PER_DAY:
        raise InvitedTooOften(retry_after=int(DAY.total_seconds()))
    locks.hold("phone", phone)
    sent = GuardianInvite.objects.filter(phone=phone, created_at__gt=since).count()
    families.close(family.invites.open().filter(phone=phone), Outcome.TAKEN_BACK)
    made = GuardianInvite.objects.create(
        family=family,
        phone=phone,
        relation=relation,
        invited_by=by,
        expires_at=clock.now() + settings.GUARDIAN_INVITE_LIFE,
    )
    if sent < settings.GUARDIAN_INVITES_PER_DAY:
        messages.invited(phone=phone, language=by.language)
    audit.record("guardian.invited", made, by=by)
    return made


@transaction.atomic
def take_back(invite: GuardianInvite, *, by: User) -> GuardianInvite:
    """The holder does not want that any more. Twice is fine. Raises policies.OnlyHolder."""
    policies.check_is_holder(queries.member(by))
    families.close(
        GuardianInvite.objects.open().filter(pk=invite.pk, family__user=by), Outcome.TAKEN_BACK
    )
    audit.record("guardian.invite_taken_back", invite, by=by)
    return GuardianInvite.objects.get(pk=invite.pk)


@transaction.atomic
def decline(invite: GuardianInvite, *, by: User) -> None:
    """Say no; the family is not told."""
    families.close(queries.invites_to(by).filter(pk=invite.pk), Outcome.DECLINED)
    audit.record("guardian.invite_declined", invite, by=by)


@transaction.atomic
def accept(invite: GuardianInvite, *, by: User) -> FamilyMember:
    """Join the family: `by` has signed in with the number that was invited.

    Raises InviteOver, FamilyFull or HasOwnFamily.
    """
    own = FamilyMember.objects.live().filter(user=by).first()
    pks = {invite.family_id, own.family_id if own else invite.family_id}
    locked = {family.pk: family for family in Family.objects.locked().filter(pk__in=pks)}
    family = locked[invite.family_id]
    found = (
        GuardianInvite.objects.locked().open().filter(pk=invite.pk, phone=by.phone or "").first()
    )
    if found is None:
        raise InviteOver
    check_has_place(family)
    _leave_empty_family(by, locked)
    member = FamilyMember.objects.create(
        family=family, user=by, slot=SECOND, relation=found.relation
    )
    families.close(GuardianInvite.objects.filter(pk=found.pk), Outcome.ACCEPTED)
    audit.record("guardian.joined", member, by=by)
    messages.guardian_joined(family.user, by)
    return member


@transaction.atomic
def remove(member: FamilyMember, *, by: User) -> None:
    """End the second guardian's membership: the holder for them, or they for themselves.

    What they agreed to for a child stays until it is withdrawn. Raises policies.OnlyHolder, or
    FamilyMember.DoesNotExist for somebody of another family.
    """
    mine = queries.member(by)
    if mine is None or mine.pk != member.pk:
        policies.check_is_holder(mine)
    assert mine is not None, "checked above"
    Family.objects.locked().get(pk=mine.family_id)
    member = (
        FamilyMember.objects.live().select_related("user").get(pk=member.pk, family=mine.family_id)
    )
    if member.is_holder:
        raise policies.OnlyHolder(_("The guardian who made this family cannot be removed from it."))
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])
    audit.record("guardian.left", member, by=by)
    messages.guardian_removed(member.user)


def check_has_place(family: Family) -> None:
    """Raise FamilyFull where two guardians are there. Needs the family's lock."""
    if FamilyMember.objects.live().filter(family=family, slot=SECOND).exists():
        raise FamilyFull


def _leave_empty_family(user: User, locked: Collection[UUID]) -> None:
    """End a membership in a family of one's own without children. Raises HasOwnFamily."""
    own = FamilyMember.objects.live().filter(user=user).first()
    if own is None:
        return
    is_empty = own.is_holder and own.family_id in locked
    if not is_empty or Learner.objects.filter(family=own.family_id).exists():
        raise HasOwnFamily
    own.left_at = clock.now()
    own.save(update_fields=["left_at"])
