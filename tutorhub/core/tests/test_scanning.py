"""The virus scanner over a real socket: clean, infected, confused, slow, gone."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tutorhub.core import scanning
from tutorhub.core.contents import Infected
from tutorhub.core.errors import Unavailable

VIRUS = b"this is a virus"


class FakeClamd:
    """Speaks INSTREAM, and calls every stream with VIRUS in it infected."""

    def __init__(self, server: socket.socket, answer: bytes | None) -> None:
        self.server, self.answer, self.seen = server, answer, b""
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                assert lines.read(10) == b"zINSTREAM\0"
                self.seen = b"".join(iter(lambda: self._piece(lines), b""))
                if self.answer is None:
                    return
                infected = b"stream: Test.Virus FOUND\0"
                connection.sendall(infected if VIRUS in self.seen else self.answer)

    def _piece(self, lines: Any) -> bytes:
        (length,) = struct.unpack("!I", lines.read(4))
        return bytes(lines.read(length))


Start = Callable[..., FakeClamd]


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Start]:
    settings.FILE_SCANNER = "clamd"
    if request.param == "unix":
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / "clamd"))
        server.listen()
        settings.CLAMD_ADDRESS = f"unix://{tmp_path / 'clamd'}"
    else:
        server = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    yield lambda answer=b"stream: OK\0": FakeClamd(server, answer)
    server.close()


def test_a_clean_file_passes_and_was_seen_whole(clamd: Start) -> None:
    server, data = clamd(), b"a page " * 100_000
    scanning.scan(data)
    assert server.seen == data


def test_an_infected_file_is_refused(clamd: Start) -> None:
    clamd()
    with pytest.raises(Infected):
        scanning.scan(b"x" * 100_000 + VIRUS)


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"OK\0", None])
def test_anything_but_a_yes_is_no_yes(clamd: Start, answer: bytes | None) -> None:
    clamd(answer)
    with pytest.raises(Unavailable):
        scanning.scan(b"a page")


def test_a_scanner_that_takes_too_long(clamd: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes the connection up: the file is not let through."""
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    with pytest.raises(Unavailable):
        scanning.scan(b"a page")


@pytest.mark.parametrize("address", ["unix:///nowhere/clamd", "tcp://127.0.0.1:9"])
def test_a_scanner_that_is_away(settings: Any, address: str) -> None:
    settings.FILE_SCANNER, settings.CLAMD_ADDRESS = "clamd", address
    with pytest.raises(scanning.ScannerSilent):
        scanning.scan(b"a page")


def test_without_a_scanner_only_the_test_virus_is_known(settings: Any) -> None:
    settings.FILE_SCANNER = "off"
    scanning.scan(VIRUS)
    with pytest.raises(Infected):
        scanning.scan(b"before" + scanning.EICAR)
