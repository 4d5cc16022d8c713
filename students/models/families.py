"""The account of a parent or student, and the grown-ups who answer for its children."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Relation, User
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

HOLDER = 1
SECOND = 2


class FamilyQuerySet(models.QuerySet["Family"]):
    def of(self, user: User) -> "FamilyQuerySet":
        """The family that this person belongs to now."""
        return self.filter(members__user=user, members__left_at__isnull=True)

    def locked(self) -> "FamilyQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Family(models.Model):
    """One or two guardians with accounts of the role `student`, and their learners.

    `user` is the *holder*, who made it, and who may invite and remove the second guardian.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="family"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return f"family {self.pk}"


class MemberQuerySet(models.QuerySet["FamilyMember"]):
    def of(self, user: User) -> "MemberQuerySet":
        """The live members of the family that this person belongs to now."""
        family = FamilyMember.objects.live().filter(user=user).values("family")
        return self.live().filter(family__in=family)

    def live(self) -> "MemberQuerySet":
        return self.filter(left_at__isnull=True)


class FamilyMember(models.Model):
    """A guardian with an account who sees the family's children, from a day to a day.

    Slot 1 is the holder, slot 2 the second guardian; the constraints keep it to one of each, and a
    person to one family at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    slot = models.PositiveSmallIntegerField(choices=[(HOLDER, "holder"), (SECOND, "second")])
    relation = models.CharField(max_length=12, choices=Relation.choices, default=Relation.PARENT)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["slot", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="family_slot_taken_once",
                fields=["family", "slot"],
                condition=Q(left_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="guardian_in_one_family", fields=["user"], condition=Q(left_at__isnull=True)
            ),
            models.CheckConstraint(name="family_slot_valid", condition=Q(slot__in=[1, 2])),
            models.CheckConstraint(
                name="family_member_relation_valid", condition=Q(relation__in=Relation.values)
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"

    @property
    def is_holder(self) -> bool:
        return self.slot == HOLDER


class InviteQuerySet(models.QuerySet["GuardianInvite"]):
    def open(self) -> "InviteQuerySet":
        return self.filter(closed_at__isnull=True, expires_at__gt=clock.now())

    def locked(self) -> "InviteQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class GuardianInvite(models.Model):
    """A holder's invitation to a phone number, good for whoever signs in with it until it ends."""

    class Outcome(models.TextChoices):
        OPEN = "", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="invites")
    phone = models.CharField(max_length=16)
    relation = models.CharField(max_length=12, choices=Relation.choices)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(name="invite_phone", fields=["phone", "created_at"])]
        constraints = [
            models.CheckConstraint(
                name="invite_relation_valid", condition=Q(relation__in=Relation.values)
            ),
            models.CheckConstraint(
                name="invite_closed_with_outcome",
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(
                    closed_at__isnull=False,
                    outcome__in=["accepted", "declined", "taken_back"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"invite {self.pk}"


class Guardian(models.Model):
    """The adult who answers for a learner: whom the consent names and a booked tutor may call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="guardians")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    relation = models.CharField(max_length=12, choices=Relation.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guardian_once_per_family", fields=["family", "phone", "name", "relation"]
            ),
            models.CheckConstraint(
                name="guardian_relation_valid",
                condition=models.Q(relation__in=Relation.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name
