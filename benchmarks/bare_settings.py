"""TutorHub's settings without anything between the server and the view."""

from tutorhub.settings import *  # noqa: F403 - everything else is meant to be the same

ROOT_URLCONF = "benchmarks.bare"
MIDDLEWARE: list[str] = []
