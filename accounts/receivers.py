"""Work for later."""

from accounts.services import alarms
from tutorhub.core import outbox


@outbox.job(alarms.RING)
def ring_alarm(payload: outbox.Payload) -> None:
    alarms.rang(payload["what"])
