"""An e-mail address is the account's once the link was followed."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import EmailChange, FormerAddress, KnownDevice, User
from accounts.services import emails, stepup
from accounts.tests.cast import PHONE, together, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from accounts.tests.test_services_phone_changes import signed_in
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.errors import TooMany

db = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)

EMAIL = "asha@example.com"


def link(email: str = EMAIL) -> str:
    """The token in the newest link that went to the address."""
    text = Message.objects.filter(template="confirm_email", to=email).latest("created_at").text
    found = re.search(r"/account/email/([\w-]+)/", text)
    assert found is not None
    return found[1]


def ask(user: User, sign_in_id: UUID, email: str = EMAIL) -> None:
    emails.request(user, sign_in_id, email=email)


@db
def test_the_link_is_what_makes_it_the_accounts():
    user, here = signed_in(phone=PHONE, email="old@example.com")
    ask(user, here, "Asha@Example.com")
    token = link("Asha@Example.com")
    assert User.objects.get(pk=user.pk).email == "old@example.com"
    assert token not in str(list(EmailChange.objects.values()))
    page = Client().get(f"/account/email/{token}/")
    assert page.status_code == 200
    assert User.objects.get(pk=user.pk).email == "old@example.com"
    assert Client().post(f"/account/email/{token}/").status_code == 302
    assert User.objects.get(pk=user.pk).email == EMAIL
    assert Message.objects.filter(template="email_changed", to="old@example.com").exists()
    assert FormerAddress.objects.get().address == "old@example.com"
    again = Client().post(f"/account/email/{token}/")
    assert again.status_code == 400


@db
def test_a_link_dies_after_a_day_and_when_a_newer_one_was_followed():
    user, here = signed_in(phone=PHONE)
    ask(user, here)
    first = link()
    ask(user, here, "second@example.com")
    emails.confirm(link("second@example.com"))
    with pytest.raises(emails.LinkRefused):
        emails.confirm(first)
    ask(user, here)
    with clock.at(clock.now() + timedelta(hours=24)), pytest.raises(emails.LinkRefused):
        emails.confirm(link())
    with pytest.raises(emails.LinkRefused):
        emails.confirm("made-up")


@db
def test_an_address_that_is_taken_gets_the_same_answer_until_the_link_is_followed():
    StaffFactory(email=EMAIL)
    user, here = signed_in(phone=PHONE)
    ask(user, here)
    with pytest.raises(emails.EmailTaken):
        emails.confirm(link())
    assert User.objects.get(pk=user.pk).email is None


@db
def test_it_takes_a_code_of_a_moment_ago_and_five_a_day_are_enough():
    user, here = signed_in(phone=PHONE)
    for _ in range(5):
        ask(user, here)
    with pytest.raises(TooMany):
        ask(user, here)
    with clock.at(clock.now() + timedelta(minutes=6)), pytest.raises(stepup.StepUpNeeded):
        ask(user, here)


@db
def test_the_page_sends_the_link():
    user = FamilyUserFactory(phone=PHONE)
    browser = trusted_browser(user)
    assert browser.post("/account/email/", {"email": "no address"}).status_code == 400
    assert browser.post("/account/email/", {"email": EMAIL}).status_code == 302
    assert Client().get(f"/account/email/{link()}/").status_code == 200
    KnownDevice.objects.update(first_seen_at=clock.now())
    refused = browser.post("/account/email/", {"email": EMAIL})
    assert refused.status_code == 400
    assert b"You are on a new device" in refused.content


@race
def test_of_ten_who_ask_at_once_five_are_sent():
    user, here = signed_in(phone=PHONE)
    results = together(10, lambda n: ask(user, here))
    assert sum(isinstance(result, TooMany) for result in results) == 5
    assert EmailChange.objects.count() == 5


@race
def test_negative_control_without_the_lock_more_are_sent(monkeypatch: pytest.MonkeyPatch):
    user, here = signed_in(phone=PHONE)
    queryset = type(User.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **options: self)
    results = together(10, lambda n: ask(user, here), threads=10)
    assert sum(result is None for result in results) > 5
