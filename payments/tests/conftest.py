import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.tests.factories import StaffFactory
from payments.policies import FINANCE
from tutorhub.core import outbox


@pytest.fixture
def finance(db: None) -> User:
    """A member of staff who looks after money."""
    user = StaffFactory()
    user.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    return user


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The apps above react to news about classes that these tests only make up."""
    monkeypatch.setattr(outbox, "receivers", {})
