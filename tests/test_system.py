"""The real processes together: web, relay, worker, Redis, PostgreSQL and the gateway simulator."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from marketplace.models import SessionEvent, TutoringSession
from marketplace.services import bookings
from marketplace.tests.factories import OfferFactory
from payments.models import LedgerTxn
from payments.services import ledger
from tutorhub.core.processes import die_with_parent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.xdist_group("system"),
]
BIN = Path(sys.executable).parent


class Processes:
    """Real processes on this test's database, killed at the end at the latest."""

    def __init__(self) -> None:
        self.port = free_port()
        self.all: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        host = connection.settings_dict["OPTIONS"]["host"]
        name = connection.settings_dict["NAME"]
        process = subprocess.Popen(
            words,
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": f"postgresql://postgres@/{name}?host={host}",
                "RAZORPAY_BASE_URL": settings.RAZORPAY_BASE_URL,
                "LOG_LEVEL": "WARNING",
            },
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.all.append(process)
        return process

    def web(self) -> subprocess.Popen[bytes]:
        bind = f"127.0.0.1:{self.port}"
        process = self.start(
            str(BIN / "gunicorn"), "tutorhub.wsgi", "--bind", bind, "--threads", "2"
        )
        eventually(lambda: is_up(f"http://{bind}/health/live"))
        return process

    def relay(self) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "manage.py", "relay")

    def worker(self) -> subprocess.Popen[bytes]:
        words = [
            "-A",
            "tutorhub",
            "worker",
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
        ]
        return self.start(str(BIN / "celery"), *words, "--loglevel", "warning")

    def stop(self) -> None:
        for process in self.all:
            kill(process)


@pytest.fixture
def processes(transactional_db: None) -> Iterator[Processes]:
    running = Processes()
    yield running
    running.stop()


@pytest.mark.enable_socket
def test_a_worker_killed_between_capture_and_confirmation(processes, razorpay_simulator):
    """Money that was taken is never without its class, whoever dies in between."""
    session = OfferFactory()
    order = bookings.start_payment(session, by=session.learner.family.user)
    processes.web()
    processes.relay()
    doomed = processes.worker()
    razorpay_simulator.send_to(f"http://127.0.0.1:{processes.port}/webhooks/razorpay")

    with hold_session(session):
        paid = razorpay_simulator.pay(order.razorpay_order_id)
        key = f"rzp:capture:{paid['razorpay_payment_id']}"
        eventually(lambda: LedgerTxn.objects.filter(idem_key=key).exists())
        kill(doomed)
    session.refresh_from_db()
    assert session.status == TutoringSession.Status.PENDING_PAYMENT
    assert ledger.balance("session_escrow", session.pk) == session.price_paise

    processes.worker()
    eventually(lambda: status_of(session) == TutoringSession.Status.SCHEDULED, seconds=90)
    assert LedgerTxn.objects.filter(idem_key=key).count() == 1
    assert session.events.filter(kind=SessionEvent.Kind.PAID).count() == 1
    assert ledger.balance("session_escrow", session.pk) == session.price_paise


class hold_session:  # noqa: N801 - a context manager, read as a verb
    """Hold the lock of a session's row from outside, so that its confirmation has to wait."""

    def __init__(self, session: TutoringSession) -> None:
        self.pk = session.pk
        self.connection = psycopg.connect(
            host=connection.settings_dict["OPTIONS"]["host"],
            user="postgres",
            dbname=connection.settings_dict["NAME"],
        )

    def __enter__(self) -> None:
        self.connection.execute(
            "SELECT 1 FROM marketplace_tutoringsession WHERE id = %s FOR UPDATE", [self.pk]
        )

    def __exit__(self, *error: object) -> None:
        self.connection.rollback()
        self.connection.close()


def status_of(session: TutoringSession) -> str:
    return TutoringSession.objects.values_list("status", flat=True).get(pk=session.pk)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
