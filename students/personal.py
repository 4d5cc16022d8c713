"""The data map of families and their children."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from students.models import Family, FamilyMember, Guardian, GuardianInvite, Learner
from tutorhub.core.datamap import Erased, Table


def _family(user: Any) -> Any:
    return Family.objects.of(user).values("pk")


TABLES = [
    Table("students.Family", plain="id user created_at"),
    Table(
        "students.FamilyMember",
        plain="id family user slot relation joined_at left_at",
        section="family",
        title=_("Guardians with an account"),
        purpose=_("To show the family's children to its guardians and to nobody else"),
        of=lambda user: FamilyMember.objects.filter(family__in=_family(user)),
        since="joined_at",
    ),
    Table(
        "students.GuardianInvite",
        plain="id family relation invited_by created_at expires_at closed_at outcome",
        personal="phone",
        section="family",
        title=_("Invitations"),
        purpose=_("To let a second guardian join the family"),
        kept="account",
        erased=Erased.EMPTIED,
        of=lambda user: GuardianInvite.objects.filter(invited_by=user.pk),
    ),
    Table(
        "students.Guardian",
        plain="id family relation",
        personal="name phone",
        section="family",
        title=_("Guardians"),
        purpose=_("To know who answers for a child, and whom a booked tutor may call"),
        kept="account",
        erased=Erased.EMPTIED,
        of=lambda user: Guardian.objects.filter(family__in=_family(user)),
        since="",
    ),
    Table(
        "students.Learner",
        plain="id family grade board subjects mode budget_min_paise budget_max_paise place"
        " guardian consent created_at paused_at removed_at",
        personal="name languages goals free_hours",
        section="family",
        title=_("Children"),
        purpose=_("To find the right tutor, and to hold classes"),
        kept="account",
        erased=Erased.EMPTIED,
        of=lambda user: Learner.objects.of(user),
    ),
]
