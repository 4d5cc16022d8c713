"""One factory per kind of person."""

from typing import Any

import factory
from django.contrib.auth.models import Group
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from factory.django import DjangoModelFactory

from accounts.models import Consent, ConsentNotice, Relation, Role, User
from accounts.services import break_glass, notices, staff
from tutorhub.core import memo
from tutorhub.core.ids import uuid7


class FamilyUserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    role = Role.STUDENT
    phone = factory.Sequence(lambda n: f"+9198{n % 10**8:08d}")
    name = factory.Sequence(lambda n: f"Asha {n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_person(**kwargs)


class TutorUserFactory(FamilyUserFactory):
    role = Role.TUTOR
    phone = factory.Sequence(lambda n: f"+9197{n % 10**8:08d}")
    name = factory.Sequence(lambda n: f"Ravi {n}")


class StaffFactory(DjangoModelFactory[User]):
    """Staff with a confirmed TOTP device; `totp_token(user)` is its code of this moment."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    role = Role.STAFF
    is_staff = True
    phone = None
    email = factory.Sequence(lambda n: f"staff{n}@example.com")
    name = factory.Sequence(lambda n: f"Staff {n}")

    @factory.post_generation
    def password(self, create: bool, value: str | None, **kwargs: Any) -> None:
        self.set_password(value or "correct horse battery")
        self.save()

    @factory.post_generation
    def device(self, create: bool, value: object, **kwargs: Any) -> None:
        if value is not False:
            TOTPDevice.objects.create(user=self, name="phone", confirmed=True)

    @factory.post_generation
    def group(self, create: bool, value: str | None, **kwargs: Any) -> None:
        """The group whose rights they have: `StaffFactory(group="finance")`."""
        if value:
            staff.ensure_groups()
            self.groups.add(Group.objects.get(name=value))

    @factory.post_generation
    def glass(self, create: bool, value: bool | None, **kwargs: Any) -> None:
        """Every right, as if another superuser had just agreed: `StaffFactory(glass=True)`."""
        if value:
            self.is_superuser = True
            self.save()
            glass = break_glass.ask(self, reason="a test")
            break_glass.agree(glass, by=StaffFactory(is_superuser=True))


class ConsentFactory(DjangoModelFactory[Consent]):
    """A consent on the notice in force, ticked by who signs in with the guardian's number."""

    class Meta:
        model = Consent

    subject_id = factory.LazyFunction(uuid7)
    given_by = factory.SubFactory(FamilyUserFactory)
    purpose = Consent.Purpose.LEARNER_PROFILE
    notice = factory.LazyFunction(lambda: notices.in_force("en"))
    guardian_name = "Meera"
    guardian_phone = "+919876543210"
    relation = Relation.MOTHER
    method = Consent.Method.OWN_NUMBER


def totp_token(user: User) -> str:
    """The code that the staff member's device shows now."""
    device = TOTPDevice.objects.get(user=user)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def newer_notice(version: str, settings: Any, *, is_material: bool = True) -> ConsentNotice:
    """Put a newer notice into force, in English; returns it."""
    notice = ConsentNotice.objects.create(
        version=version, language="en", title="News", sections=[], is_material=is_material
    )
    settings.CONSENT_NOTICE_VERSION = version
    memo.forget()
    return notice
