"""Families and learners for tests and demo data."""

import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import ConsentFactory, FamilyUserFactory
from students.models import Family, Guardian, Learner, Mode


class FamilyFactory(DjangoModelFactory):
    class Meta:
        model = Family

    user = factory.SubFactory(FamilyUserFactory)


class GuardianFactory(DjangoModelFactory):
    class Meta:
        model = Guardian

    family = factory.SubFactory(FamilyFactory)
    name = "Priya Sharma"
    phone = factory.Sequence(lambda n: f"+9198{n:08d}")
    relation = "mother"


class LearnerFactory(DjangoModelFactory):
    class Meta:
        model = Learner
        skip_postgeneration_save = True

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
    consent = factory.SubFactory(ConsentFactory, given_by=factory.SelfAttribute("..family.user"))

    @factory.post_generation
    def subjects(self, create, extracted, **kwargs):
        if create:
            self.subjects.set(extracted or ["physics", "maths"])
