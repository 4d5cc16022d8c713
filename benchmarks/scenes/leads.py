"""Fifty tutors accept one lead at the same moment, against one tutor alone."""

import itertools
import json
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.clients import Client
from accounts.services import tokens
from benchmarks.report import Figure
from benchmarks.timing import Answer, Connection, median
from marketplace.models import Enquiry, Lead, TutoringSession
from payments.models import CreditPack
from payments.services import captures, credits, orders
from students.models import Learner
from students.tests.factories import LearnerFactory
from tutorhub.core import clock
from tutors.models import TutorProfile

TUTORS = 50
ROUNDS = 5
ALONE = 10
"""Accepts without contention in each round."""


@dataclass(frozen=True)
class Accept:
    """One tutor's answer to one lead, ready to be sent."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Tally:
    """What came back."""

    alone_ms: list[float]
    contended_ms: list[float]
    statuses: Counter[int]
    over_booked: int = 0


def measure(ours: int, gateway_url: str) -> dict[str, Figure]:
    settings.RAZORPAY_BASE_URL = gateway_url
    tutors = _tutors_with_credits(gateway_url)
    learner = Learner.objects.first() or LearnerFactory()
    hours = itertools.count(24)
    tally = Tally([], [], Counter())
    connections = [Connection(ours) for _ in tutors]
    for number in range(ROUNDS + 1):
        enquiry = _enquiry(learner)
        contended = [_accept(enquiry, tutor, next(hours)) for tutor in tutors]
        single = [_accept(_enquiry(learner), tutor, next(hours)) for tutor in tutors[:ALONE]]
        alone = [_send(connections[0], accept) for accept in single]
        together, seconds = _at_once(connections, contended)
        if number:
            _count(tally, enquiry, alone, together, seconds)
    for connection in connections:
        connection.close()
    return _figures(tally)


def _figures(tally: Tally) -> dict[str, Figure]:
    expected = {201: ROUNDS * (settings.LEAD_MAX_ACCEPTS + ALONE)}
    expected[409] = ROUNDS * (TUTORS - settings.LEAD_MAX_ACCEPTS)
    wrong = sum((tally.statuses - Counter(expected)).values()) + tally.over_booked
    alone, contended = median(tally.alone_ms), median(tally.contended_ms)
    print(
        f"lead_accept: {alone:.2f} ms alone, {contended:.2f} ms each of {TUTORS} at once;"
        f" answers {dict(tally.statuses)}",
        flush=True,
    )
    return {
        "lead_accept_failures": Figure(wrong, "<= 0", "answers"),
        "lead_accept_contended": Figure(round(contended / alone, 2), "<= 2.0", "times alone"),
    }


def _count(
    tally: Tally, enquiry: Enquiry, alone: list[Answer], together: list[Answer], seconds: float
) -> None:
    tally.alone_ms += [answer.milliseconds for answer in alone]
    tally.contended_ms.append(seconds * 1000 / len(together))
    tally.statuses.update(answer.status for answer in [*alone, *together])
    offers = TutoringSession.objects.filter(enquiry=enquiry).count()
    tally.over_booked += abs(offers - settings.LEAD_MAX_ACCEPTS)


def _at_once(connections: list[Connection], accepts: list[Accept]) -> tuple[list[Answer], float]:
    """Send them all in one moment; the answers, and the seconds until the last."""
    answers: list[Answer] = []
    gate = threading.Barrier(len(accepts) + 1)

    def send(connection: Connection, accept: Accept) -> None:
        gate.wait()
        answers.append(_send(connection, accept))

    threads = [
        threading.Thread(target=send, args=pair) for pair in zip(connections, accepts, strict=True)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return answers, time.perf_counter() - started


def _send(connection: Connection, accept: Accept) -> Answer:
    return connection.post(accept.path, accept.body, accept.headers)


def _tutors_with_credits(gateway_url: str) -> list[TutorProfile]:
    """Tutors without classes, each with a pack of credits bought at the simulator."""
    free = TutorProfile.objects.listed().filter(sessions=None).select_related("user")
    tutors = list(free.order_by("pk")[:TUTORS])
    pack = max(CreditPack.objects.on_sale(), key=lambda pack: pack.credits)
    for tutor in tutors:
        order = orders.open_at_gateway(credits.start_topup(pack=pack, by=tutor.user))
        captures.apply_capture(_paid(gateway_url, order.razorpay_order_id or ""))
    return tutors


def _paid(gateway_url: str, order_id: str) -> str:
    body = json.dumps({"outcome": "success"}).encode()
    request = urllib.request.Request(f"{gateway_url}/_sim/orders/{order_id}/pay", body)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["razorpay_payment_id"])


def _enquiry(learner: Learner) -> Enquiry:
    return Enquiry.objects.create(
        learner=learner,
        subject_id="physics",
        grade=learner.grade,
        board_id=learner.board_id,
        mode="online",
        budget_max_paise=100_000,
        place_id=learner.place_id,
    )


def _accept(enquiry: Enquiry, tutor: TutorProfile, hour: int) -> Accept:
    """Each at another hour, so that no tutor's calendar is in the way."""
    lead = Lead.objects.create(enquiry=enquiry, tutor=tutor)
    start_at = clock.now() + timedelta(hours=hour)
    offer = {
        "start_at": start_at.isoformat(),
        "duration_min": 60,
        "rate_paise": 60_000,
        "message": "I can begin next week.",
    }
    access = tokens.issue(user=tutor.user, client=Client()).access
    return Accept(
        path=reverse("api:leads-accept", args=[lead.pk]),
        body=json.dumps(offer).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {access}"},
    )
