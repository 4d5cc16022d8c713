"""What this app announces."""

# {user_id}: the person asked to be forgotten; apps above erase what they hold.
USER_ERASED = "accounts.user_erased"
# {consent_id}: nothing that needs this consent may run any longer.
CONSENT_WITHDRAWN = "accounts.consent_withdrawn"
# {user_id}
USER_SUSPENDED = "accounts.user_suspended"
