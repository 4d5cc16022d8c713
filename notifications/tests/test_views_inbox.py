"""The development inbox."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from notifications.services import messages
from notifications.tests.factories import SentMessageFactory
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"


def test_the_newest_comes_first_with_the_promised_keys(client: Client, drain):
    messages.tell(phone=PHONE, template="code", body="Old", channels=("sms",))
    with clock.at(clock.now() + timedelta(seconds=5)):
        messages.tell(phone=PHONE, template="code", body="New", channels=("sms",), secret=True)
        drain()
    rows = client.get("/dev/inbox.json", {"to": PHONE}).json()
    assert [row["body"] for row in rows] == ["New", "Old"]
    assert set(rows[0]) >= {"to", "channel", "template", "body", "sent_at"}


@pytest.mark.parametrize(
    "query", ["%2B919876543210", "+919876543210", "919876543210", "9876543210", "%209876543210"]
)
def test_a_plus_may_get_lost_on_the_way(client: Client, query: str):
    SentMessageFactory(to=PHONE)
    SentMessageFactory(to="+919876543211")
    assert len(client.get(f"/dev/inbox.json?to={query}").json()) == 1


def test_all_messages_without_a_filter(client: Client):
    SentMessageFactory()
    SentMessageFactory(to="asha@example.com", channel="email")
    assert len(client.get("/dev/inbox.json").json()) == 2
    assert len(client.get("/dev/inbox.json?to=asha@example.com").json()) == 1


def test_the_page_shows_messages_and_codes_of_staff(client: Client, django_assert_max_num_queries):
    staff = get_user_model().objects.create_superuser(email="s@example.com", password="x")
    TOTPDevice.objects.create(user=staff, confirmed=True)
    tutor = get_user_model().objects.create_person(phone="+919876543210", role="tutor")
    TOTPDevice.objects.create(user=tutor, confirmed=True)
    for _ in range(5):
        SentMessageFactory(body="Your class is paid")
    with django_assert_max_num_queries(4):
        page = client.get("/dev/inbox")
    assert page.status_code == 200
    assert b"Your class is paid" in page.content
    device = TOTPDevice.objects.get(user=staff)
    code = f"{TOTP(device.bin_key).token():06d}"
    codes = client.get("/dev/staff.json").json()
    assert codes == [{"email": staff.email, "name": staff.name, "code": code}]
    assert staff.email.encode() in page.content


@pytest.mark.parametrize("path", ["/dev/inbox", "/dev/inbox.json", "/dev/staff.json"])
def test_production_has_no_such_pages(client: Client, settings, path: str):
    settings.DEVELOPMENT_PAGES = False
    assert client.get(path).status_code == 404
