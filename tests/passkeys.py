"""A device with a fingerprint sensor for the browser tests: Chromium's virtual authenticator."""

from typing import Any

from tests.browser import Visitor


class Sensor:
    """`works` says whether the finger is the right one from now on."""

    def __init__(self, visitor: Visitor) -> None:
        self.session = visitor.context.new_cdp_session(visitor.page)
        self.session.send("WebAuthn.enable", {"enableUI": False})
        made = self.session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        self.id = made["authenticatorId"]

    def works(self, is_right: bool) -> None:
        self._send("WebAuthn.setUserVerified", isUserVerified=is_right)

    def keys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._send("WebAuthn.getCredentials")["credentials"]
        return found

    def _send(self, command: str, **values: Any) -> Any:
        return self.session.send(command, {"authenticatorId": self.id, **values})
