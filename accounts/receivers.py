"""What this app asks of those below."""

from accounts import messages
from accounts.services import send_limits
from notifications.services import deliveries

# A code that goes by a second channel is paid for twice, and both times from the day's budget.
deliveries.register_purse(messages.SIGNIN_CODE.name, send_limits.spend)
