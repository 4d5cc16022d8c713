"""Two links of one account that are followed at the same moment."""

import threading
from datetime import datetime
from types import SimpleNamespace

import pytest

from accounts.models import EmailChange, User
from accounts.services import emails
from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import clock
from tutorhub.core.tests.threads import Meeting, run_together


@pytest.mark.django_db(transaction=True)
def test_one_address_wins_and_the_other_link_is_used_up(monkeypatch: pytest.MonkeyPatch):
    """The first stops once it has found that its link is good."""
    user, meeting, here = FamilyUserFactory(email="old@example.com"), Meeting(), threading.local()
    now = clock.now()
    for name in ("one", "two"):
        EmailChange.objects.create(
            user=user,
            email=f"{name}@example.com",
            token_hash=emails._digest(name),
            created_at=now,
            expires_at=now + emails.settings.EMAIL_LINK_LIFE,
        )

    def stop_once() -> datetime:
        if getattr(here, "is_first", False):
            here.is_first = False
            meeting.stop()
        return clock.now()

    def first() -> User:
        here.is_first = True
        return emails.confirm("one")

    monkeypatch.setattr(emails, "clock", SimpleNamespace(now=stop_once))
    acts = [first, lambda: meeting.then(lambda: emails.confirm("two"))]
    results = run_together(2, lambda n: acts[n]())
    assert results[0] == user
    assert isinstance(results[1], emails.LinkRefused)
    assert meeting.did_wait
    user.refresh_from_db()
    assert user.email == "one@example.com"
