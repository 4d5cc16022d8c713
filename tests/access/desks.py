"""What the sweep of the back office asks for: two worlds with a row of everything, and staff."""

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Consent, LoginAttempt, SmsBudgetDay, User
from marketplace.models import Review
from notifications.models import Message, ProviderEvent
from payments.models import (
    EvidenceFile,
    Funding,
    GatewayEvent,
    PaymentOrder,
    PayoutMethod,
    PromoGrant,
    ReconItem,
    ReconRun,
    RefundRequest,
    RefusedWebhooks,
    Settlement,
    SettlementRow,
)
from students.models import GuardianInvite
from tests.access import canaries, sweep
from tests.access.world import EVERYONE, SHUT, SIGNED_OUT, STAFF
from tutorhub.core import access, clock, datamap, memo, storage
from tutorhub.core.ids import uuid7
from tutorhub.core.tests import files
from tutors.models import Decision, ReviewClaim, TutorDocument
from tutors.services import viewing
from tutors.tests.desking import confirmed
from tutors.tests.factories import DocumentFactory

OUTSIDERS = (*sorted(EVERYONE - STAFF), *sorted(SHUT | SIGNED_OUT), "staff_without_device")
APP_ASKED = "payments"


@dataclass
class Desk:
    """The two worlds with a row of everything that staff can look at, and staff at their desks."""

    worlds: sweep.Worlds
    ids: dict[str, dict[str, Any]]
    secrets: dict[str, str]
    """A text that nobody is shown, and what it is."""
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, principal: str) -> Client:
        if principal not in self.clients:
            client = self.worlds.a.page_client(principal)
            client.handler = next((c.handler for c in self.clients.values()), client.handler)
            if principal in STAFF:
                confirmed(client)
            self.clients[principal] = client
        return self.clients[principal]


def furnish(worlds: sweep.Worlds) -> Desk:
    """Everything that the pages name, in the transaction of the test; and what is secret."""
    worlds.forget_clients()
    cache.clear()
    memo.forget()
    people = User.objects.exclude(role="staff")
    people.update(email=Concat(Value("me-"), Cast("pk", CharField()), Value("@people.example")))
    tutor = worlds.a.tutor
    paper: TutorDocument = DocumentFactory(
        tutor=tutor, kind="degree", stored_key=storage.private_key("papers")
    )
    storage.put(paper.stored_key, files.pdf("SECRET"), content_type="application/pdf")
    moderator = worlds.a.users["moderator"]
    ReviewClaim.objects.create(
        tutor=tutor, moderator=moderator, expires_at=clock.now() + timedelta(hours=4)
    )
    viewing.open_paper(paper, by=moderator)
    EvidenceFile.objects.filter(pk=worlds.a.ids["evidence"]["pk"]).update(
        status=EvidenceFile.Status.RECEIVED,
        stored_key=storage.private_key("accepted"),
        received_at=clock.now(),
    )
    _rows_of_the_books(worlds)
    canaries.plant("A")
    desk = Desk(worlds, _addresses(worlds, paper), _secrets())
    for principal in (*OUTSIDERS, *STAFF):
        # Before the first request, because what those write is undone.
        desk.client(principal)
    return desk


def _rows_of_the_books(worlds: sweep.Worlds) -> None:
    """What no family and no tutor of these worlds has led to."""
    now, finance, family = clock.now(), worlds.a.users["finance"], worlds.a.users["family"]
    phone, digest = str(family.phone), "0" * 64
    LoginAttempt.objects.create(kind="code", phone=phone, ip="203.0.113.7", user=family)
    SmsBudgetDay.objects.create(day=clock.today())
    ProviderEvent.objects.create(provider="sms", sha256=digest, sealed="sealed-by-the-key")
    Decision.objects.create(
        tutor=worlds.a.tutor, verdict="approved", notes="cAX-tutors_decision.notes",
        decided_by=worlds.a.users["moderator"],
    )  # fmt: skip
    Review.objects.create(
        session_id=worlds.a.ids["past"]["pk"], tutor=worlds.a.tutor, side="family",
        written_by=family, stars=5, text="Good",
    )  # fmt: skip
    Funding.objects.create(
        amount_paise=100, reference="cAX-payments_funding.reference", requested_by=finance
    )
    PromoGrant.objects.create(user=family, amount_paise=100, reason="Sorry", requested_by=finance)
    order = PaymentOrder.objects.filter(payer=family).earliest("pk")
    RefundRequest.objects.create(order=order, amount_paise=100, requested_by=finance)
    entity = {"contact": phone, "email": family.email, "vpa": "asha@upi"}
    GatewayEvent.objects.create(
        event_key="event-1", sha256=digest, body=json.dumps({"payload": entity}).encode()
    )
    RefusedWebhooks.objects.create(hour=now, last_at=now)
    run = ReconRun.objects.create(kind="R1")
    ReconItem.objects.create(kind="R1", run=run, ref="pay_1", problem="missing_here")
    settlement = Settlement.objects.create(
        razorpay_settlement_id="setl_1", amount_paise=1, settled_at=now
    )
    SettlementRow.objects.create(
        settlement=settlement, entity_id="pay_1", kind="payment", credit_paise=1, debit_paise=0,
        settled_on=now,
    )  # fmt: skip


def _addresses(worlds: sweep.Worlds, paper: TutorDocument) -> dict[str, dict[str, Any]]:
    a = worlds.a
    tutor = ContentType.objects.get_for_model(a.tutor)
    nothing: dict[str, Any] = {}
    ids: dict[str, dict[str, Any]] = dict.fromkeys(access.admin_names(), nothing)
    for label, rule in access.ADMIN.items():
        row = row_of(label)
        name = label.replace(".", "_")
        pk = {"object_id": row.pk if row is not None else uuid7()}
        ids |= {f"{name}_{verb}": pk for verb in ("change", "delete", "history")}
        ids |= {page.name: {"pk": a.tutor.pk} for page in rule.pages}
    photo, papers = a.ids["photo"], {"pk": paper.pk}
    glass = {"pk": row_of("accounts.breakglass").pk}
    return {
        **ids,
        "accounts_breakglass_now": nothing,
        "accounts_breakglass_ask": nothing,
        **dict.fromkeys(("accounts_breakglass_agree", "accounts_breakglass_end"), glass),
        "tutors_desk": nothing,
        "tutors_desk_next": nothing,
        **dict.fromkeys(("tutors_paper", "tutors_paper_open", "tutors_tutordocument_open"), papers),
        "payments_find": nothing,
        "payments_health": nothing,
        "payments_health_check": nothing,
        "app_list": {"app_label": APP_ASKED},
        "view_on_site": {"content_type_id": tutor.pk, "object_id": str(a.tutor.pk)},
        "tutors_tutorprofile_decide": {"pk": a.tutor.pk, "verb": "suspend"},
        "tutors_tutordocument_review": {**papers, "verb": "verify"},
        "tutors_paper_page": {**papers, "number": 1},
        "tutors_tutorphoto_look": photo,
        "tutors_tutorphoto_decide": {**photo, "verb": "show"},
        "payments_person": {"pk": a.users["family"].pk},
        "payments_gatewaydispute_contest": {"pk": row_of("payments.gatewaydispute").pk},
        "payments_evidencefile_open": a.ids["evidence"],
    }


def row_of(label: str) -> Any:
    """The first row of a model's list; None where these worlds have none."""
    return apps.get_model(label)._default_manager.order_by("pk").first()


def _secrets() -> dict[str, str]:
    """What no member of staff is shown: numbers and addresses but masked, and keys not at all."""
    found = dict.fromkeys(canaries.numbers(), "a number")
    written = [
        *Consent.objects.values_list("guardian_phone", flat=True),
        *GuardianInvite.objects.values_list("phone", flat=True),
        *Message.objects.exclude(to__contains="@").values_list("to", flat=True),
        "asha@upi",
    ]
    found |= dict.fromkeys((to[-10:] for to in written), "a number")
    emails = User.objects.exclude(role="staff").values_list("email", flat=True)
    found |= dict.fromkeys((str(email) for email in emails), "an address")
    for device in TOTPDevice.objects.all():
        seed = base64.b32encode(device.bin_key).decode().rstrip("=")
        found |= dict.fromkeys((device.key, seed), "the seed of an authenticator")
    for method in PayoutMethod.objects.all():
        found |= dict.fromkeys((method.account_number, method.pan, method.vpa), "of a bank account")
    for table in datamap.tables():
        for name in table.hidden.split():
            for value in table.model._default_manager.values_list(name, flat=True):
                found[str(value)] = f"{table.label}.{name}"
    return {text: what for text, what in found.items() if len(text) > LONG_ENOUGH}


LONG_ENOUGH = 8
"""What is shorter may stand on a page by chance."""
