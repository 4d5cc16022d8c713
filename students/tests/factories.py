"""Families and learners for tests and demo data."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.models import Consent
from accounts.tests.factories import ConsentFactory, FamilyUserFactory
from students.models import Family, FamilyMember, Guardian, GuardianInvite, Learner, Mode
from students.models.families import HOLDER, SECOND
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class FamilyFactory(DjangoModelFactory):
    class Meta:
        model = Family
        skip_postgeneration_save = True

    user = factory.SubFactory(FamilyUserFactory)

    @factory.post_generation
    def member(self, create, extracted, **kwargs):
        if create:
            FamilyMember.objects.create(family=self, user=self.user, slot=HOLDER)


class GuardianFactory(DjangoModelFactory):
    class Meta:
        model = Guardian

    family = factory.SubFactory(FamilyFactory)
    name = "Priya Sharma"
    phone = factory.Sequence(lambda n: f"+9196{n:08d}")
    relation = "mother"


class LearnerFactory(DjangoModelFactory):
    class Meta:
        model = Learner
        skip_postgeneration_save = True

    id = factory.LazyFunction(uuid7)
    family = factory.SubFactory(FamilyFactory)
    name = "Aarav Sharma"
    grade = 11
    board_id = "CBSE"
    mode = Mode.EITHER
    budget_min_paise = 300_00
    budget_max_paise = 800_00
    place_id = "560034"
    languages = ["en", "hi"]
    guardian = factory.SubFactory(GuardianFactory, family=factory.SelfAttribute("..family"))
    consent = factory.SubFactory(
        ConsentFactory,
        subject_id=factory.SelfAttribute("..id"),
        given_by=factory.SelfAttribute("..family.user"),
    )

    @factory.post_generation
    def classes(self, create, extracted, **kwargs):
        if create:
            ConsentFactory(
                subject_id=self.pk,
                given_by=self.family.user,
                purpose=Consent.Purpose.CLASSES,
            )

    @factory.post_generation
    def subjects(self, create, extracted, **kwargs):
        if create:
            self.subjects.set(extracted or ["physics", "maths"])


def add_guardian(family: Family, **values) -> FamilyMember:
    """A second guardian of the family, with an account of their own."""
    user = values.pop("user", None) or FamilyUserFactory()
    return FamilyMember.objects.create(family=family, user=user, slot=SECOND, **values)


def invitation(family: Family, *, phone: str = "+919822200022", **values) -> GuardianInvite:
    """An open invitation by the holder to this number."""
    return GuardianInvite.objects.create(
        family=family,
        phone=phone,
        relation="father",
        invited_by=family.user,
        expires_at=clock.now() + timedelta(days=7),
        **values,
    )
