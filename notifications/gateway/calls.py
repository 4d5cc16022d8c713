"""One careful POST: time-outs, no proxies, no redirects, no answer larger than it may be."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from notifications.gateway.interface import TryAgain, Unknown

TIMEOUT = (2.0, 5.0)
"""Seconds to connect, seconds to wait for bytes."""
LARGEST = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def is_success(self) -> bool:
        return self.status // 100 == 2


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    """POST JSON, read JSON. Raises TryAgain if nobody can have heard us, else Unknown.

    Every call has a connection of its own: one from a pool may have been closed by the other side
    in the meantime, and then nobody could say whether the message was taken.
    """
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.post(
                url,
                data=json.dumps(body, ensure_ascii=False).encode(),
                headers={**headers, "Content-Type": "application/json"},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, _json(response))
    except requests.RequestException as error:
        name = type(error).__name__
        raise (TryAgain(name) if _was_never_heard(error) else Unknown(name)) from error


def _json(response: requests.Response) -> dict[str, Any]:
    raw = b""
    for chunk in response.iter_content(8192):
        raw += chunk
        if len(raw) > LARGEST:
            raise Unknown(f"{response.status_code} too large")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Unknown(f"{response.status_code} no JSON") from error
    if not isinstance(body, dict):
        raise Unknown(f"{response.status_code} no object")
    return body


def _was_never_heard(error: requests.RequestException) -> bool:
    """Whether there was no connection at all, so that nothing can have been sent."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def is_one_of(given: str, secrets: Iterable[str]) -> bool:
    """Whether this is one of our secrets, in a time that tells nothing. Empty ones never are."""
    raw = given.encode(errors="surrogatepass")
    return any(hmac.compare_digest(raw, secret.encode()) for secret in secrets if secret)
