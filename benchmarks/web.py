"""Gunicorn as in production: two processes of four threads and a database pool."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tutorhub.core.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
LIKE_PRODUCTION = {
    "DB_POOL_MAX": "6",
    "DB_STATEMENT_TIMEOUT_MS": "5000",
    "DB_LOCK_TIMEOUT_MS": "3000",
}


@contextlib.contextmanager
def web(settings: str, **environment: str) -> Iterator[int]:
    """Serve under these settings and yield the port. What the server says goes to a file."""
    port = free_port()
    log = Path(os.environ["TUTORHUB_VAR"]) / f"{settings}.log"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "tutorhub.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--keep-alive", "60", "--log-level", "warning"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            **LIKE_PRODUCTION,
            **environment,
            "DJANGO_SETTINGS_MODULE": settings,
        },
        stderr=log.open("wb"),
        preexec_fn=die_with_parent,
    )
    try:
        wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until something answers, whatever it says."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise SystemExit(f"gunicorn did not come up:\n{log.read_text()}")
