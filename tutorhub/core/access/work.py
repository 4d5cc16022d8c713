"""What works without anybody's request: on whose behalf, and what keeps it from being abused.

`SYSTEM` work takes no order from a person: what it does follows from the state of the database,
which services have changed after their own checks. Ids in a payload come from the transaction that
wrote the row, never from a request.
"""

from dataclasses import dataclass

SYSTEM = "system"
OPERATOR = "operator"
"""Somebody with a shell on a server."""
GATEWAY = "gateway"
"""A provider whose signature was checked before the row was written."""


@dataclass(frozen=True)
class Work:
    actor: str
    what: str


TASKS: dict[str, Work] = {
    "core.deliver": Work(SYSTEM, "runs one row of the outbox"),
    "core.clear_out": Work(SYSTEM, "asks for every rule of retention"),
    "core.seal_audit": Work(SYSTEM, "seals the audit trail"),
    "accounts.check_audit": Work(SYSTEM, "compares the audit trail with its seals"),
    "accounts.watch_chores": Work(
        SYSTEM, "sounds the alarm over seals and rules of retention that are late"
    ),
    "accounts.watch_requests": Work(SYSTEM, "sounds the alarm over requests that are overdue"),
    "tutors.watch_badges": Work(SYSTEM, "reminds of badges that end, and ends them"),
    "tutors.tell_saved_searches": Work(SYSTEM, "tells families of new tutors who fit"),
    "tutors.forget_search_words": Work(SYSTEM, "forgets words of names that nobody has"),
    "accounts.watch_codes": Work(SYSTEM, "sounds the alarm over codes"),
    "tutors.forget_uploads": Work(SYSTEM, "forgets uploads that never arrived"),
    "marketplace.expire_unpaid": Work(SYSTEM, "ends offers that nobody paid"),
    "marketplace.release_due": Work(
        SYSTEM, "ends classes that nobody ended, and confirms those that nobody questioned"
    ),
    "payments.book_fees": Work(SYSTEM, "books the gateway's fees"),
    "payments.check_books": Work(SYSTEM, "checks that the ledger adds up"),
    "payments.check_payout_methods": Work(SYSTEM, "asks the bank about new accounts"),
    "payments.notice_silence": Work(SYSTEM, "sounds the alarm when no webhook comes"),
    "payments.plan_weekly_payouts": Work(SYSTEM, "asks for payouts that tutors want weekly"),
    "payments.process_gateway_events": Work(GATEWAY, "does what stored webhooks say"),
    "payments.reconcile_money_out": Work(SYSTEM, "compares refunds and payouts with the gateway"),
    "payments.reconcile_orders": Work(SYSTEM, "compares open orders with the gateway"),
    "payments.reconcile_settlements": Work(SYSTEM, "compares settlements with the gateway"),
    "payments.release_holds": Work(SYSTEM, "gives back what an order has held too long"),
    "payments.sweep_payments": Work(SYSTEM, "looks for payments that no webhook told of"),
}

HANDLERS: dict[str, Work] = {
    "core.clear_rule": Work(SYSTEM, "deletes or empties what is older than its rule allows"),
    "core.delete_file": Work(SYSTEM, "deletes a file whose row is gone"),
    "notifications.send": Work(SYSTEM, "sends one message"),
    "notifications.fall_back": Work(SYSTEM, "tries the next channel"),
    "notifications.receive": Work(GATEWAY, "notes a receipt"),
    "accounts.ring_alarm": Work(SYSTEM, "tells staff"),
    "accounts.forget_account": Work(SYSTEM, "erases what accounts hold of somebody"),
    "accounts.finish_erasure": Work(SYSTEM, "notes that every app has forgotten somebody"),
    "accounts.list_erasure": Work(SYSTEM, "writes the list of erasures to the storage"),
    "accounts.make_export": Work(SYSTEM, "makes the copy that somebody asked for"),
    "payments.forget_webhooks": Work(SYSTEM, "empties webhooks about somebody, once more"),
    "payments.forget_payments": Work(SYSTEM, "seals or empties the names in the books"),
    "tutors.forget_person": Work(SYSTEM, "erases a tutor's page and papers, and kept searches"),
    "tutors.remind_of_badge": Work(SYSTEM, "says that a badge comes to its last day"),
    "tutors.lapse_badge": Work(SYSTEM, "ends a badge and what hangs on it"),
    "tutors.ring_alarm": Work(SYSTEM, "tells staff that a moderator opens many papers"),
    "tutors.tell_saved_search": Work(SYSTEM, "tells one family of new tutors who fit"),
    "marketplace.end_new_business_of_unlisted": Work(
        SYSTEM, "ends the leads of a tutor whose proof of identity has lapsed"
    ),
    "marketplace.welcome_back_account": Work(SYSTEM, "gives leads to a restored account"),
    "marketplace.welcome_back_tutor": Work(SYSTEM, "gives leads to a restored tutor"),
    "tutors.check_document": Work(SYSTEM, "looks into an uploaded paper"),
    "tutors.check_photo": Work(SYSTEM, "looks into an uploaded photo"),
    "tutors.publish_photo": Work(SYSTEM, "puts an approved photo where everybody sees it"),
    "students.forget_family": Work(SYSTEM, "erases a family's data"),
    "students.erase_learner": Work(SYSTEM, "erases a learner who was removed"),
    "marketplace.book_paid_session": Work(SYSTEM, "books a class that is paid"),
    "marketplace.book_late_session": Work(SYSTEM, "books or pays back one paid too late"),
    "marketplace.heed_refund": Work(SYSTEM, "notes that a class was paid back"),
    "marketplace.heed_payment_dispute": Work(SYSTEM, "notes that a bank questions a payment"),
    "marketplace.heed_withdrawn_consent": Work(SYSTEM, "ends the search for a learner"),
    "marketplace.end_business_of_suspended": Work(SYSTEM, "ends what a shut account has open"),
    "marketplace.end_business_of_erased": Work(SYSTEM, "ends what an erased account has open"),
    "marketplace.end_business_of_hidden_tutor": Work(
        SYSTEM, "ends what a suspended tutor has open"
    ),
    "marketplace.expire_session": Work(SYSTEM, "ends an offer at its time"),
    "marketplace.expire_enquiry": Work(SYSTEM, "ends an enquiry at its time"),
    "marketplace.show_enquiry": Work(SYSTEM, "gives a lead to a tutor who is back"),
    "marketplace.end_session": Work(SYSTEM, "ends a class that its tutor did not end"),
    "marketplace.release_session": Work(SYSTEM, "confirms a class at its time"),
    "marketplace.refund_lead": Work(SYSTEM, "gives a credit back"),
    "marketplace.publish_review": Work(SYSTEM, "shows a review at its time"),
    "payments.process_event": Work(GATEWAY, "does what a stored webhook says"),
    "payments.apply_capture": Work(SYSTEM, "books a payment, after asking the gateway"),
    "payments.release_hold": Work(SYSTEM, "gives back what an order holds"),
    "payments.send_refund": Work(SYSTEM, "asks the gateway for a refund that was decided"),
    "payments.answer_dispute": Work(SYSTEM, "sends the answer that finance has written"),
    "payments.send_payout": Work(SYSTEM, "sends a payout that a second person approved"),
    "payments.request_weekly_payout": Work(SYSTEM, "asks for one tutor's weekly payout"),
    "payments.check_payout_method": Work(SYSTEM, "asks the bank about one account"),
}

COMMANDS: dict[str, Work] = {
    "relay": Work(SYSTEM, "hands rows of the outbox to workers"),
    "setup_staff": Work(OPERATOR, "makes an account of staff; in the audit trail"),
    "break_glass": Work(
        OPERATOR, "gives a superuser every right for a while; in the audit trail, and mailed"
    ),
    "message_templates": Work(OPERATOR, "prints what to register with the providers"),
    "fund_payouts": Work(OPERATOR, "fills the simulator's account; refused in production"),
    "grant_app_role": Work(OPERATOR, "takes rights away from the database role of the web"),
    "demo": Work(OPERATOR, "fills an empty database with people who do not exist"),
    "prepare": Work(OPERATOR, "makes a fresh installation ready"),
    "check_search": Work(OPERATOR, "compares the search with the profiles; changes nothing"),
    "data_map": Work(OPERATOR, "prints what is held of people"),
    "verify_audit": Work(OPERATOR, "compares the audit trail with its seals"),
    "reapply_erasures": Work(OPERATOR, "erases again what a restored backup brought back"),
    "open_vault": Work(OPERATOR, "reads sealed records, with a key that is on no server"),
    "access": Work(OPERATOR, "prints this table"),
}
