"""Bad leads at the desk: who may give the tutor's credit back."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.services import staff
from accounts.tests.factories import StaffFactory
from marketplace.models import Lead
from marketplace.services import leads
from marketplace.tests.factories import LeadAcceptedFactory
from payments.services import credits
from tutorhub.core.errors import NotAllowed

pytestmark = pytest.mark.django_db

LIST = reverse("admin:marketplace_lead_changelist")
ROLES = {
    "moderator": True,
    "finance": False,
    "nobody": False,
    "superuser": False,
    "superuser with glass": True,
}
# Who sees the list, so that an action that is not offered is answered with the list again.
SEES = {"moderator", "superuser", "superuser with glass"}


def member(role: str):
    staff.ensure_groups()
    person = StaffFactory(is_superuser=role == "superuser", glass=role == "superuser with glass")
    person.groups.set(Group.objects.filter(name=role))
    return person


def desk_of(person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = person.totpdevice_set.get().persistent_id
    session.save()
    return client


@pytest.mark.parametrize(("role", "may"), ROLES.items())
def test_the_action_is_for_moderators(role, may):
    lead = LeadAcceptedFactory()
    answer = desk_of(member(role)).post(
        LIST, {"action": "dead_number", "_selected_action": [lead.pk]}, follow=True
    )
    lead.refresh_from_db()
    assert answer.status_code == (200 if role in SEES else 403)
    assert (lead.status == Lead.Status.REFUNDED) is may
    assert credits.balance(lead.tutor.user) == (5 if may else 4)


@pytest.mark.parametrize(("role", "may"), ROLES.items())
def test_the_service_asks_the_same(role, may):
    lead = LeadAcceptedFactory()
    if may:
        assert leads.report_dead_number(lead, by=member(role)).status == Lead.Status.REFUNDED
    else:
        with pytest.raises(NotAllowed):
            leads.report_dead_number(lead, by=member(role))


def test_who_may_only_look_is_not_offered_it():
    person = StaffFactory()
    person.user_permissions.add(Permission.objects.get(codename="view_lead"))
    LeadAcceptedFactory()
    html = desk_of(person).get(LIST).content.decode()
    assert "dead_number" not in html
