"""TutorHub's settings with other addresses: the same server, middleware and headers, bare views."""

from tutorhub.settings import *  # noqa: F403 - everything else is meant to be the same

ROOT_URLCONF = "benchmarks.bare"
