"""A pytest plugin: how many workers `-n auto` means."""

import os


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for the database and for the browser."""
    return (os.cpu_count() or 1) + 1
