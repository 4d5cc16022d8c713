"""The settings of the sabotaged variant."""

from tutorhub.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.chaos.sabotage.SabotageConfig"]  # noqa: F405
