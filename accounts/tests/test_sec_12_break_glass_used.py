"""SEC-12: nothing is looked at with every right that is not in the audit trail."""

from datetime import timedelta

import pytest
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import BreakGlass
from accounts.policies import has_every_right
from accounts.services import break_glass
from accounts.tests.test_sec_12_break_glass import LEARNERS, address, again, agreed, desk, pair
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("how", ["is ended", "runs out"])
def test_sec_12_what_is_opened_while_it_ends_is_in_the_audit_trail(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner could end it in another tab at the moment of a look that nobody should see."""
    first, second = pair()
    client, glass = desk(first), agreed(first, second)

    def late_look(self: ModelAdmin, request: HttpRequest) -> QuerySet:
        if how == "runs out":
            BreakGlass.objects.update(ends_at=glass.agreed_at + timedelta(microseconds=1))
        elif has_every_right(again(first)):
            break_glass.end(glass, by=first)
        return ModelAdmin.get_queryset(self, request)

    monkeypatch.setattr("students.admin.LearnerAdmin.get_queryset", late_look)
    assert client.get(LEARNERS).status_code == 200
    assert not has_every_right(again(first))
    used = AuditEvent.objects.get(action="break_glass.used")
    assert (used.object_id, used.data) == (str(glass.pk), {"method": "GET", "path": LEARNERS})


def test_sec_12_the_end_itself_is_no_way_around_it() -> None:
    first, second = pair()
    client, glass = desk(first), agreed(first, second)
    client.post(address(glass, "end"))
    used = AuditEvent.objects.get(action="break_glass.used")
    assert used.data == {"method": "POST", "path": address(glass, "end")}


def test_sec_12_of_several_the_one_that_is_open_is_named() -> None:
    """One that was refused and one that is over stand beside it."""
    first, second = pair()
    client = desk(first)
    break_glass.end(agreed(first, second), by=first)
    break_glass.end(break_glass.ask(first, reason="case 8"), by=second)
    glass = agreed(first, second)
    client.get(LEARNERS)
    assert AuditEvent.objects.get(action="break_glass.used").object_id == str(glass.pk)
