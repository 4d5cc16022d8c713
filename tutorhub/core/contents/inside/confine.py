"""The walls around the child process. They are put up before a byte of the file is read."""

import ctypes
import resource
from pathlib import Path

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 12
OPEN_FILES = 32
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000


def confine(memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound memory, time and files, write nothing to a disk, and see no network.

    A kernel may forbid the empty network of its own; the other walls stand without it.
    """
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def peak_memory_bytes() -> int:
    """The most that was resident. (`ru_maxrss` would begin with what the parent had.)"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
