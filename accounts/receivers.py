"""What this app asks of those below, and its work for later."""

from accounts import messages
from accounts.services import alarms, send_limits
from notifications.services import deliveries
from tutorhub.core import outbox

# A code that goes by a second channel is paid for twice, and both times from the day's budget.
for code in messages.CODES:
    deliveries.register_purse(code.name, send_limits.spend)


@outbox.job(alarms.RING)
def ring_alarm(payload: outbox.Payload) -> None:
    alarms.rang(payload["what"])
