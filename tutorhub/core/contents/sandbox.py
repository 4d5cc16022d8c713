"""Opens files in a child process, so that a hostile one takes down nothing but that."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutorhub.core.contents.errors import BY_CODE, RefusedContent, TooComplex
from tutorhub.core.errors import Unavailable

log = logging.getLogger(__name__)

# `-I` keeps the environment and the working directory out of the child's search for modules.
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from inside.main import main; main()"
WALL_SECONDS = 20
READY = b"R"


@dataclass(frozen=True)
class Made:
    """What the child says about a file, and what it made of it."""

    report: dict[str, Any]
    blobs: list[bytes]


def run(task: str, data: bytes, *, limits: dict[str, int] | None = None, **options: Any) -> Made:
    """Raises RefusedContent where the file is at fault, Unavailable where the machine is."""
    job = json.dumps({"task": task, "limits": limits or {}, **options})
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-c", BOOT, str(Path(__file__).parent), job],
            input=data,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooComplex from error
    if not child.stdout.startswith(READY):
        log.error("the child process for files did not start, exit %s", child.returncode)
        raise Unavailable
    line, newline, rest = child.stdout[len(READY) :].partition(b"\n")
    if not newline or child.returncode != 0:
        # Killed by a limit (negative), or the file broke the reader.
        raise TooComplex if child.returncode < 0 else RefusedContent
    return _made(json.loads(line), rest)


def _made(report: dict[str, Any], rest: bytes) -> Made:
    if "refused" in report:
        raise BY_CODE[report["refused"]]
    blobs, at = [], 0
    for length in report["lengths"]:
        blobs.append(rest[at : at + length])
        at += length
    return Made(report, blobs)
