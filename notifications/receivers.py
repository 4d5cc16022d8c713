"""What the outbox may ask of this app."""

from notifications import personal
from notifications.services import clearing, deliveries, receipts
from tutorhub.core import datamap, outbox, retention

datamap.register(personal.TABLES)
retention.register(clearing.RULES)

outbox.call(deliveries.SEND)(deliveries.send)
outbox.job(deliveries.FALL_BACK)(deliveries.fall_back)
outbox.job(receipts.RECEIVE)(receipts.receive)
