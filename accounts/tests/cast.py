"""Short ways to what many tests here begin with."""

import re
import secrets
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.clients import SIGN_IN
from accounts.clients import Client as Device
from accounts.models import AppSession, AuthenticatorProof, KnownDevice, OtpChallenge, User
from accounts.services import factors, page_tokens, tokens
from notifications.models import Message
from tutorhub.core import clock

PHONE = "+919876500001"


def ask_code(client: Client, phone: str = PHONE, **extra: Any) -> Any:
    return client.post(
        "/api/v1/auth/otp/request", {"phone": phone}, content_type="application/json", **extra
    )


def last_code(to: str, template: str = "signin_code") -> str:
    """The newest code that is on its way to the number or address."""
    message = Message.objects.filter(to=to, template=template).order_by("-created_at", "-pk")[0]
    found = re.search(r"\b\d{6}\b", message.text)
    assert found is not None
    return found.group()


def page_token() -> str:
    """What the form of the sign-in page holds when a person has read it."""
    with clock.at(clock.now() - timedelta(seconds=5)):
        return page_tokens.make()


def ask_page(client: Client, phone: str = PHONE, *, follow: bool = False, **data: str) -> Any:
    """Send the form of the sign-in page."""
    return client.post("/signin/", {"phone": phone, "page": page_token(), **data}, follow=follow)


def step_up(user: User, sign_in_id: UUID | None) -> None:
    """As if the person had just entered a fresh code in this sign-in."""
    OtpChallenge.objects.create(
        purpose=OtpChallenge.Purpose.STEP_UP,
        phone=user.phone,
        code_hash="-",
        network="0.0.0.0",
        holder=str(sign_in_id),
        asked_by=str(sign_in_id),
        created_at=clock.now(),
        expires_at=clock.now(),
        used_at=clock.now(),
    )


def strong_step_up(user: User, sign_in_id: UUID | None) -> None:
    """As if the person had just used a second factor in this sign-in."""
    AuthenticatorProof.objects.create(user=user, holder=str(sign_in_id))


def prove_all(user: User, sign_in_id: UUID | None) -> None:
    """The code, and the second factor of whoever has one."""
    step_up(user, sign_in_id)
    if factors.has_any(user):
        strong_step_up(user, sign_in_id)


def unproved() -> None:
    """As if everybody's last code and second factor were from a while ago."""
    OtpChallenge.objects.all().delete()
    AuthenticatorProof.objects.all().delete()


def trusted_browser(user: User) -> Client:
    """A browser of this person that may do everything: known for a week, code entered just now."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    trust(client, user)
    return client


def trust(client: Client, user: User) -> None:
    """Let the browser that this person is signed in with do everything."""
    session = client.session
    device = KnownDevice.objects.create(
        user=user,
        kind="browser",
        secret_hash=str(session.session_key),
        first_seen_at=clock.now() - timedelta(days=7),
    )
    session[SIGN_IN] = {**session[SIGN_IN], "known_device": str(device.pk)}
    session.save()
    prove_all(user, UUID(session[SIGN_IN]["id"]))


def trusted_app(user: User) -> str:
    """An access token of this person that may do everything."""
    return _trusted_app(user)[0].access


def trusted_api(user: User) -> APIClient:
    """The same for tests that skip the token."""
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user, token={"sid": str(_trusted_app(user)[1].pk)})
    return client


def _trusted_app(user: User) -> tuple[tokens.Pair, AppSession]:
    device = KnownDevice.objects.create(
        user=user,
        kind="app",
        secret_hash=secrets.token_hex(),
        first_seen_at=clock.now() - timedelta(days=7),
    )
    pair = tokens.issue(user=user, client=Device(), device=device)
    session = AppSession.objects.get(known_device=device)
    prove_all(user, session.pk)
    return pair, session


def sign_in(client: Client, phone: str, role: str = "student") -> dict[str, Any]:
    """Through the API; the answer of /auth/otp/verify."""
    asked = ask_code(client, phone)
    assert asked.status_code == 202, asked.content
    response = client.post(
        "/api/v1/auth/otp/verify",
        {"phone": phone, "code": last_code(phone), "role": role},
        content_type="application/json",
    )
    assert response.status_code == 200, response.content
    return response.json()


def wrong_code(phone: str) -> str:
    return "111111" if last_code(phone) != "111111" else "222222"


def together(count: int, act: Callable[[int], Any], *, threads: int = 16) -> list[Any]:
    """Run `act(0..count-1)` at once from threads with connections of their own; results in order.

    An exception is a result as well.
    """
    results: list[Any] = [None] * count
    barrier = threading.Barrier(min(threads, count))

    def work(offset: int) -> None:
        try:
            barrier.wait(30)
            for number in range(offset, count, min(threads, count)):
                try:
                    results[number] = act(number)
                except Exception as error:  # noqa: BLE001 - handed to the test as a result
                    results[number] = error
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(n,)) for n in range(min(threads, count))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    return results
