"""SEC-10: who is suspended, signed out everywhere or changed is so from the next request on."""

import pytest
from django.test import Client

from accounts.api.authentication import NoTokenNeeded
from accounts.clients import Client as Device
from accounts.models import BrowserSession, KnownDevice, Role, User
from accounts.services import erasures, proofs, signin, tokens, users
from accounts.tests.cast import last_code
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from accounts.tests.urls import every_url
from tutorhub.core.errors import Conflict, NotAllowed
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def tutor() -> User:
    return TutorUserFactory()


@pytest.fixture
def moderator() -> User:
    return StaffFactory()


def test_sec_10_a_suspended_tutors_token_fails_everywhere_at_once(tutor: User, moderator: User):
    access = tokens.issue(user=tutor, client=Device()).access
    client = Client(headers={"Authorization": f"Bearer {access}"})
    assert client.get("/api/v1/me").status_code == 200

    users.suspend(tutor, by=moderator, reason="papers were false")

    tried, wrong = 0, []
    for path, view in every_url():
        if not path.startswith("/api/v1/"):
            continue
        if NoTokenNeeded in view.view_class.authentication_classes:
            continue
        for method in METHODS:
            if hasattr(view.view_class, method):
                tried += 1
                status = getattr(client, method)(path).status_code
                wrong += [(method, path, status)] if status != 403 else []
    assert tried >= 4
    assert wrong == []


def test_sec_10_a_suspended_tutors_cookie_is_nobody_and_opens_nothing(tutor: User, moderator: User):
    client = Client()
    client.force_login(tutor, backend="accounts.backends.PhoneBackend")
    assert client.get("/signin/").status_code == 302

    users.suspend(tutor, by=moderator, reason="papers were false")

    response = client.get("/signin/")
    assert response.status_code == 200
    assert not response.wsgi_request.user.is_authenticated
    for path in ("/tutor/", "/leads/", "/earnings/"):
        assert client.get(path).status_code == 403


def test_sec_10_a_suspended_tutor_cannot_sign_in_or_refresh(tutor: User, moderator: User):
    refresh = tokens.issue(user=tutor, client=Device()).refresh
    users.suspend(tutor, by=moderator, reason="papers were false")
    signin.request_code(phone=tutor.phone, client=Device())
    with pytest.raises(signin.AccountSuspended):
        signin.verify_code(phone=tutor.phone, code=last_code(tutor.phone), client=Device())
    with pytest.raises(signin.AccountSuspended):
        tokens.rotate(refresh=refresh, client=Device())


def test_sec_10_restoring_does_not_revive_old_tokens(tutor: User, moderator: User):
    pair = tokens.issue(user=tutor, client=Device())
    users.suspend(tutor, by=moderator, reason="papers were false")
    users.restore(tutor, by=moderator, reason="they were right")
    client = Client(headers={"Authorization": f"Bearer {pair.access}"})
    assert client.get("/api/v1/me").status_code == 401
    with pytest.raises(tokens.SessionEnded):
        tokens.rotate(refresh=pair.refresh, client=Device())
    signin.request_code(phone=tutor.phone, client=Device())
    assert signin.verify_code(phone=tutor.phone, code=last_code(tutor.phone), client=Device())
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {
        "user.suspended",
        "user.restored",
    }


def test_sec_10_an_account_that_let_its_number_go_can_be_restored(tutor: User, moderator: User):
    """Staff shut it while they look into whose it is; it was not erased."""
    device = KnownDevice.objects.create(user=tutor, kind="app", secret_hash="x", proof_due=True)
    tokens.issue(user=tutor, client=Device(), device=device)
    proofs.start_clean(tutor, tutor.app_sessions.get().pk)
    users.suspend(tutor, by=moderator, reason="whose is it?")
    assert users.restore(tutor, by=moderator, reason="the tutor's").is_active
    erasures.erase(tutor, by=tutor)
    with pytest.raises(Conflict, match="erased"):
        users.restore(tutor, by=moderator, reason="back")


def test_sec_10_a_new_epoch_ends_cookies_and_tokens(tutor: User):
    access = tokens.issue(user=tutor, client=Device()).access
    client = Client()
    client.force_login(tutor, backend="accounts.backends.PhoneBackend")
    User.objects.update(session_epoch=1)
    assert client.get("/signin/").status_code == 200
    assert not BrowserSession.objects.filter(user=tutor).exists()
    bearer = Client(headers={"Authorization": f"Bearer {access}"})
    assert bearer.get("/api/v1/me").status_code == 401


def test_sec_10_the_role_is_read_from_the_database(tutor: User):
    access = tokens.issue(user=tutor, client=Device()).access
    client = Client(headers={"Authorization": f"Bearer {access}"})
    User.objects.filter(pk=tutor.pk).update(role=Role.STUDENT)
    assert client.get("/api/v1/me").json()["role"] == "student"


def test_sec_10_who_may_decide(tutor: User, moderator: User):
    with pytest.raises(Conflict):
        users.suspend(tutor, by=moderator, reason=" ")
    with pytest.raises(NotAllowed):
        users.suspend(StaffFactory(), by=moderator, reason="no")
    with pytest.raises(NotAllowed):
        users.suspend(moderator, by=moderator, reason="no")
    erased = erasures.erase(FamilyUserFactory(), by=tutor)
    with pytest.raises(Conflict):
        users.restore(erased, by=moderator, reason="back")
