"""Promotional balance: asked for by one person, given by another one."""

import pytest
from django.db import IntegrityError, transaction

from accounts.services.users import AccountClosed
from accounts.tests.factories import StaffFactory, TutorUserFactory
from payments.models import PromoGrant
from payments.services import forgetting, promos, wallets
from payments.tests.paying import legs
from tutorhub.core.errors import InvalidTransition, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(family, finance):
    return promos.ask(user=family, amount_paise=250_00, reason="Sorry for the wait", by=finance)


@pytest.fixture
def second():
    return StaffFactory(group="finance")


def test_the_legs(asked, family, second):
    """Kind 38."""
    assert wallets.balance(family) == (0, 0)
    promos.approve(asked, by=second)
    assert legs(f"promo:{asked.pk}") == {
        ("promo_expense", ""): 250_00,
        ("student_promo", str(family.pk)): -250_00,
    }
    assert wallets.balance(family) == (0, 250_00)


def test_whoever_asked_does_not_give(asked, finance, family):
    with pytest.raises(NotAllowed) as refused:
        promos.approve(asked, by=finance)
    assert refused.value.code == "maker_is_checker"
    assert wallets.balance(family) == (0, 0)


def test_the_database_says_so_too(asked, finance):
    rows = PromoGrant.objects.filter(pk=asked.pk)
    with pytest.raises(IntegrityError, match="promogrant_maker_not_checker"), transaction.atomic():
        rows.update(status="APPROVED", decided_by=finance, decided_at=asked.requested_at)


def test_it_is_given_once(asked, second, family):
    promos.approve(asked, by=second)
    with pytest.raises(InvalidTransition):
        promos.approve(asked, by=second)
    assert wallets.balance(family) == (0, 250_00)


def test_what_is_rejected_is_not_given(asked, finance, second, family):
    promos.reject(asked, by=finance)
    with pytest.raises(InvalidTransition):
        promos.approve(asked, by=second)
    assert wallets.balance(family) == (0, 0)


@pytest.mark.parametrize("act", [promos.approve, promos.reject])
def test_finance_decides(asked, act):
    with pytest.raises(NotAllowed):
        act(asked, by=StaffFactory(group="moderator"))


def test_finance_asks_for_families_and_for_more_than_nothing(family, finance):
    with pytest.raises(NotAllowed):
        promos.ask(user=family, amount_paise=1, reason="x", by=family)
    for user, paise in [(TutorUserFactory(), 1), (family, 0)]:
        with pytest.raises(wallets.BadAmount):
            promos.ask(user=user, amount_paise=paise, reason="x", by=finance)


def test_the_same_again_is_what_waits(asked, family, finance, second):
    again = {"user": family, "amount_paise": 250_00, "reason": "Sorry for the wait"}
    assert promos.ask(**again, by=second) == asked
    promos.approve(asked, by=second)
    assert promos.ask(**again, by=finance) != asked


def test_an_erasure_empties_the_reasons_of_all_that_wait(family, finance):
    for reason in ("The tutor was late", "A fault of the app"):
        promos.ask(user=family, amount_paise=250_00, reason=reason, by=finance)
    forgetting.forget(family.pk)
    assert set(PromoGrant.objects.values_list("reason", "status")) == {("", "REQUESTED")}
    assert PromoGrant.objects.count() == 2


def test_nobody_gives_to_an_account_that_is_closed(asked, family, second):
    family.is_active = False
    family.save()
    with pytest.raises(AccountClosed):
        promos.approve(asked, by=second)
    asked.refresh_from_db()
    assert asked.status == "REQUESTED"
    promos.reject(asked, by=second)
