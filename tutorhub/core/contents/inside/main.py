"""The child process: reads one file, answers with one line of JSON and what it made of the file."""

import json
import sys
from collections.abc import Callable
from typing import Any

from . import images, marking, pdfs
from .confine import confine, peak_memory_bytes
from .refusal import RefusedFile

READY = b"R"
Answer = tuple[dict[str, Any], list[bytes]]


def clean(data: bytes, job: dict[str, Any]) -> Answer:
    """The file made again without anything but what it shows."""
    if job["content_type"] == "application/pdf":
        return pdfs.clean(data)
    return images.clean(data, job["content_type"])


def page(data: bytes, job: dict[str, Any]) -> Answer:
    """One page as a picture, with a mark on it if there is one."""
    if job["content_type"] == "application/pdf":
        report, blobs = pdfs.draw(data, job["number"])
    else:
        report, blobs = images.clean(data, job["content_type"], longest=pdfs.DRAWN_LONGEST)
    return report, [marking.stamp(blob, job["mark"]) for blob in blobs] if job["mark"] else blobs


JOBS: dict[str, Callable[[bytes, dict[str, Any]], Answer]] = {
    "clean": clean,
    "page": page,
    "portrait": lambda data, job: images.portrait(data, job["content_type"]),
    "faces": lambda data, _job: images.faces(data),
}


def main() -> None:
    job = json.loads(sys.argv[2])
    confine(**job.pop("limits"))
    out = sys.stdout.buffer
    out.write(READY)
    out.flush()
    blobs: list[bytes] = []
    try:
        report, blobs = JOBS[job["task"]](sys.stdin.buffer.read(), job)
    except RefusedFile as refusal:
        report = {"refused": refusal.code}
    except (MemoryError, RecursionError):
        report = {"refused": "too_complex"}
    report |= {"lengths": [len(blob) for blob in blobs], "peak": peak_memory_bytes()}
    out.write(json.dumps(report).encode() + b"\n" + b"".join(blobs))
    out.flush()
