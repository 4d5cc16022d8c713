"""What this app announces."""

# {order_id, purpose, purpose_id}: the money is in escrow.
ORDER_PAID = "payments.order_paid"
# {order_id, purpose, purpose_id}: money came for an order that had expired or was cancelled. It is
# set aside; whoever listens calls late_money.use or late_money.send_back.
ORDER_PAID_LATE = "payments.order_paid_late"
# {payout_id}
PAYOUT_CHANGED = "payments.payout_changed"
# {dispute_id, status, deducted_paise, order_id, purpose, purpose_id}: a payer's bank disputes the
# payment of an order, or that dispute went on or ended. Whoever passes money on for this purpose
# asks disputes.is_frozen first.
DISPUTE_CHANGED = "payments.dispute_changed"
# {order_id, purpose, purpose_id}: finance gave money of a paid order back. What the order pays for
# may have nothing left to be paid with.
ORDER_REFUNDED = "payments.order_refunded"
