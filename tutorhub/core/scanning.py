"""Asks a virus scanner about a file: `settings.FILE_SCANNER` is `off` or `clamd`.

A scanner that is meant to look and does not answer lets nothing through (Unavailable).
"""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tutorhub.core.contents.errors import Infected
from tutorhub.core.errors import Unavailable

SECONDS = 15
CHUNK = 64 * 1024
# The harmless file that every scanner calls a virus, split so that this one is not called so.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ScannerSilent(Unavailable):
    code = "scanner_silent"
    message = _("Files cannot be checked for viruses at the moment. We try again by ourselves.")


def scan(data: bytes) -> None:
    """Raises Infected, or ScannerSilent when nobody can say."""
    if EICAR in data:
        raise Infected
    if settings.FILE_SCANNER == "clamd":
        _ask_clamd(data)


def _ask_clamd(data: bytes) -> None:
    """clamd's INSTREAM: the length before each piece, a zero at the end, one line back."""
    try:
        with _connected(settings.CLAMD_ADDRESS) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
            answer = _line(clamd)
    except OSError as error:
        raise ScannerSilent from error
    if answer == b"stream: OK":
        return
    if answer.endswith(b" FOUND"):
        raise Infected
    raise ScannerSilent


def _connected(address: str) -> socket.socket:
    """A connection to unix:///run/clamav/clamd.ctl or tcp://host:3310."""
    where = urlsplit(address)
    if where.scheme == "unix":
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(where.path)
        except OSError:
            clamd.close()
            raise
        return clamd
    return socket.create_connection((where.hostname or "", where.port or 3310), timeout=SECONDS)


def _line(clamd: socket.socket) -> bytes:
    answer = b""
    while b"\0" not in answer and len(answer) < 1000:
        piece = clamd.recv(1000)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n")
