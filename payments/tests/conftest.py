import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from payments.models import PaymentOrder
from payments.policies import FINANCE
from payments.tests.factories import make_method
from payments.tests.paying import callback, opened
from payments.tests.simulator import RazorpaySimulator
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


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What this app announced, in order."""
    heard: list[str] = []
    monkeypatch.setattr(outbox, "announce", lambda kind, **payload: heard.append(kind))
    return heard


@pytest.fixture
def order(db: None, razorpay_simulator: RazorpaySimulator) -> PaymentOrder:
    """An order for a class, open at the simulator."""
    return opened()


@pytest.fixture
def paid(order: PaymentOrder, razorpay_simulator: RazorpaySimulator) -> PaymentOrder:
    """The same, paid there, and the payer back with us."""
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    order.refresh_from_db()
    return order


@pytest.fixture
def tutor(db: None) -> User:
    """A tutor whom the bank has confirmed."""
    user = TutorUserFactory()
    make_method(user)
    return user


@pytest.fixture
def family(db: None) -> User:
    return FamilyUserFactory()
