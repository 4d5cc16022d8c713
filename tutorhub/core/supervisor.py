"""`make run`: every process of TutorHub as a child of this one, in the foreground.

It starts what is missing of PostgreSQL and Redis, migrates, fills the demo data once, and then
keeps web, worker, beat, relay and the simulators of the gateway and of the providers of messages
running until Ctrl-C. Children die with it,
also when it is killed, so that nothing stands in the way of the next start.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tutorhub.core import embedded
from tutorhub.core.processes import die_with_parent

PORT = int(os.environ.get("PORT", "8000"))
GATEWAY_PORT = int(os.environ.get("GATEWAY_PORT", str(PORT + 1100)))
MESSAGES_PORT = int(os.environ.get("MESSAGES_PORT", str(PORT + 1200)))
STOP_SECONDS = 15


@dataclass
class Child:
    """One process that is started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=embedded.ROOT,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def keep_running(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        say(f"{self.name} ended with code {self.process.returncode}; starting it again")
        if time.monotonic() - self.started_at < 5:
            time.sleep(2)
        self.start()

    def stop(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)


def say(text: str) -> None:
    print(f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text, flush=True)


def main() -> int:
    if os.environ.get("TUTORHUB_CHILD"):
        die_with_parent()
    if not port_is_free(PORT):
        say(f"Port {PORT} is taken. Stop what uses it, or choose another: PORT=8010 make run")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupted)
    (embedded.ROOT / "staticfiles").mkdir(exist_ok=True)
    settings = {
        "PORT": str(PORT),
        "RAZORPAY_BASE_URL": f"http://127.0.0.1:{GATEWAY_PORT}",
    }
    os.environ.update({name: os.environ.get(name, value) for name, value in settings.items()})
    children: list[Child] = []
    try:
        say("Starting PostgreSQL and Redis")
        with embedded.servers():
            try:
                children = list(start_all())
                watch(children)
            finally:
                stop_all(children)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def interrupted(number: int, frame: FrameType | None) -> None:
    """Leave through the `finally` blocks, once; a second Ctrl-C must not cut them short."""
    for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_all() -> list[Child]:
    children = commands()
    simulator = next((child for child in children if child.name == "gateway"), None)
    if simulator is not None:
        simulator.start()
    say("Bringing the database up to date")
    manage("prepare")
    app_role = {
        "DATABASE_URL": embedded.app_url(os.environ["DATABASE_URL"]),
        "DB_POOL_MAX": "6",
        "DB_STATEMENT_TIMEOUT_MS": "5000",
        "DB_LOCK_TIMEOUT_MS": "3000",
    }
    for child in children:
        if child is not simulator:
            role = app_role if child.name == "web" else {**app_role, **slow_role()}
            child.environment = {**role, **channels()}
            child.start()
    wait_for(f"http://127.0.0.1:{PORT}/health/ready", children[0])
    greet()
    return children


def channels() -> dict[str, str]:
    """SMS and WhatsApp go to their simulator, unless something else is named.

    Not while the demo data is made: its people get theirs in the inbox of development.
    """
    simulator = f"http://127.0.0.1:{MESSAGES_PORT}"
    wanted = {
        "SMS_CHANNEL": "notifications.gateway.Msg91",
        "WHATSAPP_CHANNEL": "notifications.gateway.WhatsApp",
        "MSG91_BASE_URL": simulator,
        "WHATSAPP_BASE_URL": f"{simulator}/v23.0",
    }
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def slow_role() -> dict[str, str]:
    """Workers may take longer over a statement than a page may."""
    return {"DB_STATEMENT_TIMEOUT_MS": "60000", "DB_POOL_MAX": "3"}


def commands() -> list[Child]:
    """The Procfile's processes, web first, and the simulator unless a real gateway is named."""
    children = []
    for line in (embedded.ROOT / "Procfile").read_text().splitlines():
        name, _, command = line.partition(": ")
        words = shlex.split(command)
        words[0] = str(Path(sys.executable).parent / words[0])
        if name == "web":
            words += ["--bind", f"0.0.0.0:{PORT}"]
        if name == "beat":
            words += ["--pidfile="]
        children.append(Child(name, words))
    if os.environ["RAZORPAY_BASE_URL"] == f"http://127.0.0.1:{GATEWAY_PORT}":
        children.append(
            Child(
                "gateway",
                [
                    *(sys.executable, "-m", "payments.simulator", "--port", str(GATEWAY_PORT)),
                    *("--webhook-url", f"http://127.0.0.1:{PORT}/webhooks/razorpay"),
                    *("--journal", str(embedded.VAR / "gateway.jsonl")),
                ],
            )
        )
    if channels()["MSG91_BASE_URL"] == f"http://127.0.0.1:{MESSAGES_PORT}":
        children.append(
            Child(
                "messages",
                [
                    *(sys.executable, "-m", "notifications.simulator"),
                    *("--port", str(MESSAGES_PORT), "--site", f"http://127.0.0.1:{PORT}"),
                ],
            )
        )
    return children


def manage(*words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=embedded.ROOT,
        check=True,
        preexec_fn=die_with_parent,
    )


def wait_for(url: str, child: Child, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError as error:
            if error.code == 401:
                return
        except OSError:
            pass
        if child.process is not None and child.process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"{child.name} did not come up; its messages are above.")


def watch(children: list[Child]) -> None:
    while True:
        time.sleep(1)
        for child in children:
            child.keep_running()


def stop_all(children: list[Child]) -> None:
    """Ask everyone to finish, give them time, then insist. Databases stop after this."""
    for child in children:
        child.stop(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.stop(signal.SIGKILL)
            child.process.wait()


def greet() -> None:
    site = f"http://127.0.0.1:{PORT}"
    say(
        f"""
TutorHub is running at {site}

  Sign in as          number or e-mail                 how
  a family            +91 90000 00001                  the code is in {site}/dev/inbox
  a tutor             +91 90000 00002                  likewise
  a moderator         moderator@tutorhub.example       {site}/admin/
  finance             finance@tutorhub.example         password `demo-password-please-change`;
                                                       the six digits are in {site}/dev/inbox

Ctrl-C stops everything.
"""
    )


if __name__ == "__main__":
    sys.exit(main())
