"""Short ways to what many tests here begin with."""

import re
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

from notifications.models import Message

PHONE = "+919876500001"


def ask_code(client: Client, phone: str = PHONE, **extra: Any) -> Any:
    return client.post(
        "/api/v1/auth/otp/request", {"phone": phone}, content_type="application/json", **extra
    )


def last_code(phone: str) -> str:
    """The newest code that is on its way to the number."""
    message = Message.objects.filter(to=phone, template="signin_code").order_by(
        "-created_at", "-pk"
    )[0]
    found = re.search(r"\b\d{6}\b", message.text)
    assert found is not None
    return found.group()


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
