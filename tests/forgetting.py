"""Somebody is forgotten, as a worker would do it."""

from datetime import timedelta

from accounts.services import erasures
from tutorhub.core import clock, outbox


def forget(user, at=None):
    """Erase, let every app do its part, and look a second time."""
    at = at or clock.now()
    with clock.at(at):
        erasures.erase(user, by=user)
        outbox.drain()
    with clock.at(at + timedelta(hours=1, minutes=1)):
        outbox.drain()
