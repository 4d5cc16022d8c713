"""Staff see what became of a message, and neither its text nor the whole address."""

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import RequestFactory

from notifications.admin import DeliveryInline, MessageAdmin
from notifications.models import Message
from notifications.services import messages
from tutorhub.core import outbox

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"


@pytest.fixture
def request_of_staff(rf: RequestFactory):
    request = rf.get("/")
    user = get_user_model().objects.create(email="s@example.com", role="staff", is_staff=True)
    looks = Permission.objects.filter(
        content_type__app_label="notifications", codename__startswith="view_"
    )
    user.user_permissions.set(looks)
    request.user = user
    request.user.is_verified = lambda: True
    return request


def test_attempts_are_shown_and_addresses_masked(request_of_staff):
    message = messages.tell(template="t", body="A secret text", phone=PHONE)
    outbox.drain()
    admin = MessageAdmin(Message, site)
    pages = [
        admin.changelist_view(request_of_staff),
        admin.change_view(request_of_staff, str(message.pk)),
    ]
    for page in pages:
        text = page.render().content.decode()
        assert "whatsapp" in text
        assert "+9198…10" in text
        assert "9876543210" not in text
        assert "A secret text" not in text


def test_nothing_can_be_changed(request_of_staff):
    inline = DeliveryInline(Message, site)
    assert not inline.has_add_permission(request_of_staff)
    assert not inline.has_change_permission(request_of_staff)
    assert not MessageAdmin(Message, site).has_delete_permission(request_of_staff)
