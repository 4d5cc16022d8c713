"""What the ledger moved for a payer: one row a transaction, in two statements to the database.

Transactions are found by the accounts of the wallet and, where money came from or went to Razorpay,
by the keys of the payer's payments, refunds and chargebacks. Those of the last days only: the rows
behind the keys carry times of their own, which are those of the transaction but for an instant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from payments.services.statements.periods import Period

NEAR = timedelta(days=1)
WALLET = ["student_wallet", "student_promo", "student_receivable"]
HOLDS = ["wallet_hold", "promo_hold"]

KEYS = """
    SELECT 'rzp:capture:' || p.razorpay_payment_id AS key, o.id AS order_id
      FROM payments_payment p JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND p.captured_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'order:' || id || ':apply_late', id FROM payments_paymentorder
     WHERE payer_id = %(user)s AND status = 'PAID_LATE' AND method = 'mixed'
    UNION ALL
    SELECT 'refund:' || r.id || ':initiate', o.id
      FROM payments_orderrefund r JOIN payments_paymentorder o ON o.id = r.order_id
     WHERE o.payer_id = %(user)s AND r.created_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'refund:' || r.id || ':initiate', o.id
      FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
      JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND r.decision_id IS NULL
       AND r.created_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'refund:' || r.id || ':covered', o.id
      FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
      JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND r.status = 'FAILED'
       AND r.closed_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'rzp:refund:' || x.razorpay_refund_id, o.id
      FROM payments_externalrefund x JOIN payments_payment p ON p.id = x.payment_id
      JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND x.seen_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'external_refund:' || x.id || ':resolve', o.id
      FROM payments_externalrefund x JOIN payments_payment p ON p.id = x.payment_id
      JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND x.resolved_at BETWEEN %(from)s AND %(to)s
    UNION ALL
    SELECT 'rzp:dispute:' || d.razorpay_dispute_id || ':lost', o.id
      FROM payments_gatewaydispute d JOIN payments_payment p ON p.id = d.payment_id
      JOIN payments_paymentorder o ON o.id = p.order_id
     WHERE o.payer_id = %(user)s AND d.status = 'lost'
       AND d.closed_at BETWEEN %(from)s AND %(to)s
"""
MOVED = f"""
    WITH keys AS ({KEYS}), found AS (
        SELECT t.id, keys.order_id FROM keys JOIN ledger_txn t ON t.idem_key = keys.key
        UNION ALL
        SELECT t.id, (t.refs->>'order')::uuid
          FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
          JOIN ledger_txn t ON t.id = e.txn_id
         WHERE a.code = ANY(%(wallet)s) AND a.owner_key = %(user)s::text),
    mine AS (SELECT id, max(order_id::text)::uuid AS order_id FROM found GROUP BY id)
    SELECT t.kind, t.effective_at, m.order_id, coalesce(o.description, g.reason, ''), f.*
      FROM mine m JOIN ledger_txn t ON t.id = m.id
      LEFT JOIN payments_paymentorder o ON o.id = m.order_id
      LEFT JOIN payments_promogrant g ON g.id = (t.refs->>'grant')::uuid
      JOIN LATERAL (
        SELECT coalesce(sum(e.debit) FILTER (WHERE a.code = 'rzp_clearing'), 0) AS paid,
               coalesce(sum(e.credit) FILTER (WHERE a.code = 'rzp_clearing'), 0)
               + coalesce(sum(e.credit - e.debit) FILTER (WHERE a.code = 'refund_payable'), 0)
               AS back,
               coalesce(sum(e.credit - e.debit)
                        FILTER (WHERE a.code = ANY(%(both)s)), 0) AS wallet
          FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
         WHERE e.txn_id = t.id) f ON true
     WHERE t.effective_at >= %(start)s AND t.effective_at < %(end)s
       AND (f.paid, f.back, f.wallet) <> (0, 0, 0)
"""  # noqa: S608 - constants
BEFORE = """
    SELECT coalesce(sum(e.credit - e.debit), 0)
      FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
      JOIN ledger_txn t ON t.id = e.txn_id
     WHERE t.effective_at < %(start)s
       AND (a.code, a.owner_key) IN (
            SELECT unnest(%(wallet)s::text[]), %(user)s::text
             UNION ALL
            SELECT unnest(%(holds)s::text[]), id::text FROM payments_paymentorder
             WHERE payer_id = %(user)s AND method = 'mixed')
"""


@dataclass(frozen=True)
class Moved:
    """One transaction, in paise: through Razorpay to us, back, and in the wallet with its holds.

    What is promised to go back counts when it is promised. A debt is a wallet below zero.
    """

    kind: str
    at: datetime
    order_id: str
    what: str
    paid_paise: int
    back_paise: int
    wallet_paise: int


def moved(user: User, period: Period) -> Iterator[Moved]:
    """Everything that moved in a period, in no order."""
    for kind, at, order_id, what, *paise in _rows(MOVED, user, period):
        yield Moved(kind, at, str(order_id or ""), what, *(int(one) for one in paise))


def in_wallet_before(user: User, period: Period) -> int:
    """What was in the wallet when the period began, held or not, less what was owed."""
    return int(_rows(BEFORE, user, period)[0][0])


def _rows(sql: str, user: User, period: Period) -> list[Any]:
    values: dict[str, Any] = {
        "user": user.pk,
        "start": period.start_at,
        "end": period.end_at,
        "from": period.start_at - NEAR,
        "to": period.end_at + NEAR,
        "wallet": WALLET,
        "holds": HOLDS,
        "both": [*WALLET, *HOLDS],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
