"""What the outbox may ask of this app."""

from notifications.services import deliveries, receipts
from tutorhub.core import outbox

outbox.call(deliveries.SEND)(deliveries.send)
outbox.job(deliveries.FALL_BACK)(deliveries.fall_back)
outbox.job(receipts.RECEIVE)(receipts.receive)
