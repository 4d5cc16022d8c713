"""What this app announces. Each payload is {tutor_id}.

APPROVED for the first time; SUSPENDED by a moderator; UNLISTED because the proof of identity lapsed
or was refused after all; LISTED again after one of the last two.
"""

TUTOR_APPROVED = "tutor_approved"
TUTOR_SUSPENDED = "tutor_suspended"
TUTOR_UNLISTED = "tutor_unlisted"
TUTOR_LISTED = "tutor_listed"
