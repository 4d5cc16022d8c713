"""A stand-in for Razorpay: real HTTP, signed webhooks, a checkout page, and faults on request.

It knows nothing of Django and nothing of TutorHub. It is written from Razorpay's documents, and is
what development, the demo and the tests talk to. Started with `python -m payments.simulator`.
"""
