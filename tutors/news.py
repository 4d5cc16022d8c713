"""What this app announces. Each payload is {tutor_id}."""

TUTOR_APPROVED = "tutor_approved"
TUTOR_SUSPENDED = "tutor_suspended"
TUTOR_RESTORED = "tutor_restored"
