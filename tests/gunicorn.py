"""The web server as it runs in production, two processes, on the database of the test."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from tutorhub.core.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def serving(**environment: str) -> Iterator[str]:
    """Run gunicorn for the length of the block and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "tutorhub.wsgi", "--worker-class", "gthread"),
        *("--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"),
        *("--log-level", "warning"),
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url(), **environment},
        preexec_fn=die_with_parent,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def database_url() -> str:
    """The URL of the database that this test runs on."""
    settings = connection.settings_dict
    query = urlencode({"host": settings["OPTIONS"].get("host") or settings["HOST"]})
    user = quote(settings["USER"] or "")
    return f"postgresql://{user}@/{settings['NAME']}?{query}"


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("gunicorn did not start")
        time.sleep(0.1)
