"""Django's sessions in a table of ours, where each row says whose it is.

Whoever signs in, however it comes about, is in the registry: there is no browser session of a
person that the person cannot see and end.
"""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.clients import SIGN_IN
from accounts.models import BrowserSession
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row of this session; a sign-in that says nothing about itself begins now."""
        user_id = data.get(SESSION_KEY)
        now = clock.now().isoformat()
        if user_id is not None:
            data.setdefault(SIGN_IN, {"id": str(uuid7()), "created_at": now, "seen_at": now})
        else:
            data.pop(SIGN_IN, None)
        row = cast(BrowserSession, super().create_model_instance(data))
        about = data.get(SIGN_IN, {})
        row.user_id = user_id
        row.public_id = about.get("id") or uuid7()
        row.known_device_id = about.get("known_device")
        row.device, row.network = about.get("device", ""), about.get("network", "")
        row.created_at = datetime.fromisoformat(about.get("created_at", now))
        row.seen_at = datetime.fromisoformat(about.get("seen_at", now))
        return row
