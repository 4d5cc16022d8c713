"""The people of the journey tests and the town around them: staff, gateway, post and clock."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.test import Client

from accounts.models import User
from accounts.services import staff
from payments.models import LedgerAccount, LedgerEntry
from payments.services import ledger, treasury
from payments.tests.simulator import RazorpaySimulator
from tutorhub.core.tests import files

PASSWORD = "a long staff passphrase"
STAFF = {
    "moderator@example.com": staff.MODERATOR,
    "finance@example.com": staff.FINANCE,
    "second@example.com": staff.FINANCE,
}
PAYOUT_ACCOUNT_PAISE = 10_000_00
PAPER = files.pdf("Republic of India", "a passport")


@dataclass
class Person:
    """Somebody with the app in their hand."""

    phone: str
    role: str
    client: Client = field(default_factory=Client)
    tokens: dict[str, Any] = field(default_factory=dict)

    def sign_in(self) -> str:
        """With a code from the inbox; answers what the person has to do next."""
        self.post("auth/otp/request", {"phone": self.phone}, wants=202)
        code = re.search(r"\b\d{6}\b", self.messages("signin_code")[0]["body"])
        assert code is not None
        body = {"phone": self.phone, "code": code.group(), "role": self.role}
        self.tokens = self.post("auth/otp/verify", body)
        assert self.tokens["user"]["role"] == self.role
        return str(self.tokens["user"]["next"])

    def come_back(self) -> None:
        """Access tokens last five minutes; refresh tokens are used once."""
        refresh = {"refresh": self.tokens["refresh"]}
        self.tokens.update(self.post("auth/token/refresh", refresh))

    def step_up(self) -> None:
        """Enter a fresh code, before something sensitive."""
        self.post("me/step-up/request", wants=202)
        code = re.search(r"\b\d{6}\b", self.messages("step_up_code")[0]["body"])
        assert code is not None
        self.post("me/step-up/verify", {"code": code.group()}, wants=204)

    def get(self, path: str, query: dict[str, Any] | None = None, *, wants: int = 200) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query, headers=self._headers())
        assert answer.status_code == wants, answer.content
        return answer.json()

    def post(self, path: str, body: Any = None, *, wants: int = 200, verb: str = "post") -> Any:
        answer = getattr(self.client, verb)(
            f"/api/v1/{path}",
            body or {},
            content_type="application/json",
            headers=self._headers(),
        )
        assert answer.status_code == wants, answer.content
        return answer.json() if answer.content else None

    def messages(self, template: str) -> list[dict[str, Any]]:
        sent = self.client.get("/dev/inbox.json", {"to": self.phone}).json()
        return [message for message in sent if message["template"] == template]

    def _headers(self) -> dict[str, str]:
        access = self.tokens.get("access")
        return {"Authorization": f"Bearer {access}"} if access else {}


@dataclass
class Town:
    """Everything around the people: the gateway, the post, the clock."""

    simulator: RazorpaySimulator
    drain: Callable[[], int]
    clock: Any
    people: list[Person] = field(default_factory=list)

    def wait_until(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        self.drain()
        for person in self.people:
            person.come_back()

    def deliver(self) -> None:
        """The gateway's webhooks arrive, and the worker works through them."""
        assert set(self.simulator.deliver(Client())) == {200}
        self.drain()

    def deliver_again(self, event: str) -> None:
        for webhook in self.simulator.webhooks(event):
            answer = Client().post(
                "/webhooks/razorpay",
                data=webhook["body"].encode(),
                content_type="application/json",
                headers=webhook["headers"],
            )
            assert answer.status_code == 200
        self.drain()


def hire_staff() -> list[User]:
    """A moderator and two people of finance, who put money into the payout account together."""
    people = [
        staff.create(email=email, name=group.title(), password=PASSWORD, groups=[group])[0]
        for email, group in STAFF.items()
    ]
    treasury.fund_payouts(
        amount_paise=PAYOUT_ACCOUNT_PAISE, reference="UTR1", by=people[1], approved_by=people[2]
    )
    return people


def sign_in_staff(email: str) -> Client:
    """E-mail, password and authenticator code, through the form of the back office."""
    client = Client()
    codes = {row["email"]: row["code"] for row in client.get("/dev/staff.json").json()}
    form = {"username": email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form).status_code == 200
    answer = client.post("/admin/login/", {**form, "otp_token": codes[email]})
    assert answer.status_code == 302, answer.content.decode()
    return client


def balances() -> list[tuple[str, int]]:
    """Every account that holds something, by code, after a look at the books as a whole."""
    sums = LedgerEntry.objects.values("unit").annotate(off=Sum(F("debit") - F("credit"))).order_by()
    assert {row["unit"]: row["off"] for row in sums} == {"INR": 0, "LEAD": 0}
    left = [
        (account.code, ledger.balance(account.code, account.owner_key))
        for account in LedgerAccount.objects.order_by("code")
    ]
    return [(code, amount) for code, amount in left if amount]
