"""What the outbox may ask of this app."""

from notifications.services import messages
from tutorhub.core import outbox

outbox.call(messages.SEND)(messages.send)
