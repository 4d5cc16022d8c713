"""Stand-ins for MSG91 and Meta's WhatsApp Cloud API: real HTTP, receipts, and faults on request.

They know nothing of Django and nothing of TutorHub, are written from the vendors' documents, and
are what development and the tests talk to. Started with `python -m notifications.simulator`.

`http`, `scheduler` and `faults` are what any simulator needs; the payment gateway's uses them too.
They stand here and not in `tutorhub.core`, because importing `tutorhub` loads Celery and Django,
and a simulator is a small program of its own.
"""
