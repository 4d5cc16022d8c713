"""What an integration without effect keys does: it books whatever it is told, each time.

TutorHub has two guards against booking a payment twice: the ledger's unique key and the payment's
own state, read under its lock. Either alone is enough, so this takes both away, for captures only.
"""

from typing import Any
from uuid import uuid4

from django.apps import AppConfig
from django.db import transaction


class SabotageConfig(AppConfig):
    name = "benchmarks.chaos"
    label = "sabotage"

    def ready(self) -> None:
        from payments.services import attempts, captures, ledger

        post = ledger.post

        def post_every_time(*, key: str, **fact: Any) -> ledger.Txn:
            if key.startswith("rzp:capture:"):
                key = f"{key}:{uuid4().hex}"
            return post(key=key, **fact)

        @transaction.atomic
        def apply_every_time(entity: Any, claimed_order_id: str) -> Any:
            order = captures._locked_order(entity, claimed_order_id)
            payment = attempts.locked(order, entity)
            if entity["status"] == "captured" and payment.captured_at is not None:
                post_every_time(
                    kind="session_paid",
                    key=f"rzp:capture:{payment.razorpay_payment_id}",
                    legs=[
                        ledger.debit("rzp_clearing", payment.amount_paise),
                        ledger.credit("session_escrow", payment.amount_paise, order.purpose_id),
                    ],
                    refs={"order": order.pk, "payment": payment.pk},
                )
                return payment
            return apply_once(entity, claimed_order_id)

        apply_once = captures._apply
        ledger.post = post_every_time  # type: ignore[assignment]
        captures._apply = apply_every_time
