"""What this app announces."""

# {user_id}: the person asked to be forgotten; apps above erase what they hold.
USER_ERASED = "accounts.user_erased"
# {subject_id, purpose, withdrawn_at}: what was begun before that moment and needs it has to stop.
CONSENT_WITHDRAWN = "accounts.consent_withdrawn"
# {user_id}: the suspended account is open again.
USER_RESTORED = "accounts.user_restored"
# {user_id}
USER_SUSPENDED = "accounts.user_suspended"
