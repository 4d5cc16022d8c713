"""What families lose when one of their guardians is erased."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Consent
from accounts.services import erasures
from students import messages
from students.models import FamilyMember, Guardian, GuardianInvite, Learner
from students.services import agreements, families, learners
from tutorhub.core import ids


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Erase what this person brought in. The holder takes the family along, and whoever else is in
    it is told; a second guardian leaves it standing, and the holder answers for the children alone.
    """
    traces = erasures.traces_of(user_id)
    erasures.add_traces(user_id, told=_circle(user_id))
    _forget_invites(traces)
    member = families.leave_for_good(user_id)
    if member is not None and member.is_holder:
        _end(member.family_id, user_id)
    elif member is not None:
        _go_on_without(member.family_id, traces)
    _withdraw_what_is_left(user_id)


def _circle(user_id: UUID) -> list[UUID]:
    """The other guardians of their families, now and before."""
    families = FamilyMember.objects.filter(user=user_id).values("family")
    others = FamilyMember.objects.filter(family__in=families).exclude(user=user_id)
    return list(others.values_list("user", flat=True))


def _end(family_id: UUID, user_id: UUID) -> None:
    children = list(Learner.objects.locked().filter(family=family_id))
    guardians = list(Guardian.objects.filter(family=family_id))
    names = [name for child in children for name in (child.name, child.first_name)]
    erasures.add_traces(
        user_id,
        names=[*names, *(guardian.name for guardian in guardians)],
        guardians=[guardian.phone for guardian in guardians],
    )
    for child in children:
        agreements.end_all(child, by=None)
        learners.erase_now(child)
    for guardian in guardians:
        _blank(guardian)
    GuardianInvite.objects.filter(family=family_id).update(phone="")
    for other in FamilyMember.objects.live().filter(family=family_id).select_related("user"):
        families.leave_for_good(other.user_id)
        messages.guardian_removed(other.user)


def _go_on_without(family_id: UUID, traces: erasures.Traces) -> None:
    """End what the person agreed to, and put the holder where their number stood."""
    for guardian in _guardians_of(family_id, traces):
        instead = _holder_as_guardian(family_id)
        for child in Learner.objects.locked().filter(guardian=guardian):
            agreements.end_all(child, by=None)
            child.guardian = instead or guardian
            child.save(update_fields=["guardian"])
        _blank(guardian)


def _guardians_of(family_id: UUID, traces: erasures.Traces) -> list[Guardian]:
    """Where the person stands, also by a number of before; not where another has that number."""
    members = FamilyMember.objects.live().filter(family=family_id, user__phone__isnull=False)
    others = members.values("user__phone")
    theirs = Q(phone__in=traces.addresses)
    for former in traces.former:
        had_it = Q(phone=former.address, pk__lte=ids.last_before(former.until))
        theirs |= had_it & ~Q(phone__in=others)
    return list(Guardian.objects.filter(theirs, family=family_id).order_by("pk"))


def _withdraw_what_is_left(user_id: UUID) -> None:
    """What they agreed to in a family that they have left, now or long ago."""
    agreed = Consent.objects.live().filter(given_by=user_id).values("subject_id")
    for child in Learner.objects.locked().filter(pk__in=agreed):
        agreements.end_all(child, by=None, given_by=user_id)


def _holder_as_guardian(family_id: UUID) -> Guardian | None:
    """None while the holder has no number; then the child has nobody until somebody agrees."""
    holder = FamilyMember.objects.live().filter(family=family_id).select_related("user").first()
    assert holder is not None, "a family without a holder has no second guardian"
    return families.as_guardian(holder) if holder.user.phone else None


def _forget_invites(traces: erasures.Traces) -> None:
    for each in traces.own:
        invites = GuardianInvite.objects.filter(phone=each.address, created_at__lte=each.until)
        families.close(invites.open(), GuardianInvite.Outcome.DECLINED)
        invites.update(phone="")


def _blank(guardian: Guardian) -> None:
    guardian.name, guardian.phone = "", f"erased-{guardian.pk.hex[-8:]}"
    guardian.save(update_fields=["name", "phone"])
