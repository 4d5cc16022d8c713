"""Product constants (product.md, policies). Amounts are paise, rates basis points."""

from datetime import timedelta

from tutorhub.settings.env import PRODUCTION, TESTING, env, secret

# Development is in a hurry, so that the tour in the README needs no waiting; tests and production
# are not.

HURRIED = env.bool("HURRIED", not PRODUCTION and not TESTING)

# One-time codes (security.md, cases 1 to 5; docs/signin.md). The limits by address are wider in
# development, where everybody comes from the same one.
OTP_LIFE = timedelta(minutes=5)
OTP_GUESSES = 5
OTP_GUESSES_PER_DAY = 10
OTP_RESEND_AFTER = (60, 120, 300)
OTP_SENDS_PER_HOUR = 5
OTP_SENDS_PER_DAY = 8
OTP_SENDS_PER_HOUR_BY_ADDRESS = 200 if HURRIED else 10
OTP_SENDS_PER_DAY_BY_ADDRESS = 1000 if HURRIED else 30
# What strangers may have sent to one number; the rest of its day belongs to devices it knows.
OTP_SENDS_PER_DAY_TO_STRANGERS = 5
OTP_SENDS_PER_HOUR_BY_NEIGHBOURHOOD = 1000 if HURRIED else 60
OTP_SENDS_PER_DAY_BY_NEIGHBOURHOOD = 5000 if HURRIED else 200
OTP_SENDS_PER_HOUR_BY_BLOCK = 200 if HURRIED else 10
OTP_SENDS_PER_DAY_BY_BLOCK = 1000 if HURRIED else 30
OTP_NEW_PHONES_PER_DAY = 5
# By the operator of the network, if there is a file that tells it (docs/signin.md). Nearly all
# families come by few carriers, so those have a share of the day's codes and not a number.
ASN_DATABASE = env.str("ASN_DATABASE", "")
OTP_SENDS_PER_HOUR_BY_OPERATOR = 300
OTP_SENDS_PER_DAY_BY_OPERATOR = 1000
OTP_SENDS_PER_HOUR_BY_HOSTING = 20
OTP_SENDS_PER_DAY_BY_HOSTING = 60
OTP_SHARE_PER_HOUR_BY_CARRIER_PERCENT = 25
OTP_SHARE_PER_DAY_BY_CARRIER_PERCENT = 60
# Jio; Airtel (mobile, broadband, backbone); Vodafone Idea (four); BSNL.
ASN_CARRIERS = frozenset({55836, 45609, 24560, 9498, 38266, 55410, 55644, 45271, 9829})
# Amazon (two), Google Cloud, Microsoft, Oracle, Alibaba, Tencent, DigitalOcean, Akamai (Linode),
# Vultr, OVH, Hetzner, Contabo, Scaleway, Leaseweb, M247, Datacamp (two).
ASN_HOSTING = frozenset(
    {16509, 14618, 396982, 8075, 31898, 45102, 132203, 14061, 63949, 20473, 16276, 24940, 51167}
    | {12876, 60781, 9009, 60068, 212238}
)
# The form of the sign-in page: older than a person needs, younger than an hour.
PAGE_TOKEN_YOUNGEST = timedelta(0) if HURRIED else timedelta(seconds=2)
PAGE_TOKEN_OLDEST = timedelta(hours=1)
# Guessing spread over many numbers: above either of these strangers' devices work for each try and
# known ones do not; above the last of them strangers wait, whatever they have worked.
SPRAY_FAILURES_PER_HOUR = 2000
SPRAY_LEAST_TRIES = 200
SPRAY_LEAST_SUCCESS_PERCENT = 40
SPRAY_FAILURES_PER_HOUR_DESPITE_WORK = 10_000
# That work: so many tries at most, and half of them on average, at so many rounds of PBKDF2 each.
# Together they are a second of a desktop's time at most (docs/signin.md).
WORK_COST = 2000
WORK_TRIES = 2000
WORK_LIFE = timedelta(minutes=5)
SPRAY_FAILURES_PER_HOUR_BY_NEIGHBOURHOOD = 100
SPRAY_FAILURES_PER_HOUR_BY_HOSTING = 20
SPRAY_FAILURES_PER_HOUR_BY_OPERATOR = 200
SPRAY_FAILURES_PER_HOUR_BY_CARRIER = 1000
# Codes that are paid for and not used are somebody's business.
PUMPING_LEAST_SENDS = 50
PUMPING_LEAST_USED_PERCENT = 50
# Devices (security.md, cases 5 and 7).
DEVICE_COOKIE_AGE = timedelta(days=365)
NEW_DEVICE_WAITS = {
    "export": timedelta(0) if HURRIED else timedelta(hours=24),
    "contact": timedelta(0) if HURRIED else timedelta(hours=24),
    "payout_account": timedelta(0) if HURRIED else timedelta(hours=72),
    "withdrawal": timedelta(0) if HURRIED else timedelta(hours=72),
}
DORMANT_AFTER = timedelta(days=3650 if HURRIED else 90)
SEEN_EVERY = timedelta(minutes=5)
STEP_UP_LIFE = timedelta(minutes=5)
# Passkeys: each challenge is good once. The limit by address is for strangers who ask for many.
PASSKEY_CHALLENGE_LIFE = timedelta(minutes=5)
PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS = 1000 if HURRIED else 300
PASSKEY_CHALLENGES_PER_HOUR_BY_SIGN_IN = 60
PASSKEYS_AT_MOST = 10
# How long the new key of an authenticator app waits for its first code.
AUTHENTICATOR_WAITS = timedelta(hours=1)
# Wrong codes of an app in 24 hours: on one device that has entered a right one, and on all others.
AUTHENTICATOR_GUESSES_PER_DAY = 10
AUTHENTICATOR_GUESSES_PER_DAY_BY_OTHERS = 5
# Whether tutors say by passkey or authenticator that it is they, before they say where earnings go
# and before they ask for them. Off elsewhere, for apps written against the contract before this.
PAYOUTS_TAKE_SECOND_FACTOR = env.bool("PAYOUTS_TAKE_SECOND_FACTOR", PRODUCTION)
# Of our apps, which have no address: android:apk-key-hash:…
PASSKEY_APP_ORIGINS = env.list("PASSKEY_APP_ORIGINS", default=[])
EMAIL_LINK_LIFE = timedelta(hours=24)
EMAIL_LINKS_PER_DAY = 5
# What is cleared out, and when.
CODES_KEPT = timedelta(days=2)
DEAD_SIGN_INS_KEPT = timedelta(days=30)
DEVICES_KEPT = timedelta(days=400)
ALARM_EMAIL = env.str("ALARM_EMAIL", "")
SMS_COST_PAISE = env.int("SMS_COST_PAISE", 25)
WHATSAPP_COST_PAISE = env.int("WHATSAPP_COST_PAISE", 15)
SMS_DAILY_BUDGET_PAISE = env.int("SMS_DAILY_BUDGET_PAISE", 2000_00)
REFRESH_IDLE = timedelta(days=14)
REFRESH_ABSOLUTE = timedelta(days=60)
REFRESH_GRACE = timedelta(seconds=30)
# A superuser's rights (docs/signin.md): how long a request waits for a second one, and how long
# they last once that one has agreed.
BREAK_GLASS_WAITS = timedelta(minutes=60)
BREAK_GLASS_LIFE = timedelta(minutes=env.int("BREAK_GLASS_MINUTES", 60))
STAFF_IDLE = timedelta(minutes=30)
STAFF_ABSOLUTE = timedelta(hours=8)
STAFF_FAILURES = 5
STAFF_FAILURES_BY_ADDRESS = 20
STAFF_FAILURES_WINDOW = timedelta(minutes=15)

LEADS_PER_ENQUIRY = 20
ENQUIRY_LIFETIME = timedelta(days=14)
ENQUIRY_REPEAT = timedelta(minutes=10)
LEAD_REFUND_UNOPENED = timedelta(hours=72)
LEAD_REFUND_DUPLICATE = timedelta(days=30)
LEAD_MAX_ACCEPTS = env.int("LEAD_MAX_ACCEPTS", 3)
PAY_WINDOW_LEAD = timedelta(hours=48)
PAY_WINDOW_BEFORE_START = timedelta(hours=2)
PAY_WINDOW_MINIMUM = timedelta(minutes=15)
# How long one guardian has a payment to themselves.
PAY_TURN = timedelta(minutes=15)
# How long after its time a class that was begun and never ended is ended by us; at once if its
# tutor may not end it.
CLASS_END_MISSED = timedelta(hours=12)
RELEASE_AFTER = timedelta(hours=48)
RELEASE_AFTER_FIRST = timedelta(hours=72)
START_EARLIEST = timedelta(days=60) if HURRIED else timedelta(minutes=15)
REVIEW_WINDOW = timedelta(days=14)
REVIEW_HIDDEN_FOR = timedelta(0) if HURRIED else timedelta(days=7)
REVIEWS_FOR_AVERAGE = 3
PAYOUT_RAIL = "razorpayx"
# Between the last moment for a tutor's evidence about a chargeback and the day of our answer.
EVIDENCE_LEAD = timedelta(days=2)
PAYOUT_MINIMUM_PAISE = 500_00
PAYOUT_FIRST_COUNT = 3
PAYOUT_FIRST_WAIT = timedelta(0) if HURRIED else timedelta(days=7)
PAYOUT_METHOD_WAIT = timedelta(0) if HURRIED else timedelta(hours=72)
PAYOUT_FEE_ALLOWANCE_PAISE = 20_00
PAYOUT_CHECK_TRIES = 3

# The seller on invoices. The classification codes (SAC) are for an accountant to confirm.
COMPANY_NAME = secret("COMPANY_NAME", "TutorHub Learning Private Limited (demo)")
COMPANY_ADDRESS = secret("COMPANY_ADDRESS", "4th Floor, 12 Residency Road, Bengaluru 560025")
# A family's wallet. Without top-ups it only holds what was paid back into it.
# What one person in finance may give back of one class or top-up; more takes a second one.
REFUND_ALONE_MAXIMUM_PAISE = env.int("REFUND_ALONE_MAXIMUM_PAISE", 5_000_00)
WALLET_TOPUPS = env.bool("WALLET_TOPUPS", True)
WALLET_TOPUP_MINIMUM_PAISE = 100_00
WALLET_MAXIMUM_PAISE = env.int("WALLET_MAXIMUM_PAISE", 10_000_00)
COMPANY_STATE = env.str("COMPANY_STATE", "Karnataka")
COMPANY_GSTIN = secret("COMPANY_GSTIN", "29AABCT1332L1ZD")
COMPANY_EMAIL = env.str("COMPANY_EMAIL", "accounts@tutorhub.example")
SAC_COMMISSION = env.str("SAC_COMMISSION", "998599")
SAC_CREDITS = env.str("SAC_CREDITS", "998599")

# Reconcilers and the Money health page. A hold that is older than this is red.
RECON_SWEEP_EVERY = timedelta(minutes=5)
RECON_BOOKS_EVERY = timedelta(hours=1)
RECON_SILENCE = timedelta(minutes=30)
RECON_SETTLED_WITHIN = timedelta(days=5)
RECON_QUIET_RUNS_KEPT = timedelta(days=30)
HOLD_AGES = {
    "wallet_hold": timedelta(days=3),
    "promo_hold": timedelta(days=3),
    "session_escrow": timedelta(days=60),
    "unapplied": timedelta(days=1),
    "refund_payable": timedelta(days=10),
    "payout_pending": timedelta(days=5),
    "tutor_held": timedelta(days=14),
    "external_refund_suspense": timedelta(days=2),
    "tutor_receivable": timedelta(days=90),
    "student_receivable": timedelta(days=90),
}

# The notice about children that people agree to; a migration stores its words.
CONSENT_NOTICE_VERSION = "2026-11-01"
# So long a guardian's number may stay unproved before nothing new starts for the child.
GUARDIAN_PROOF_WITHIN = timedelta(days=7)
GUARDIAN_INVITE_LIFE = timedelta(days=7)
GUARDIAN_INVITES_PER_DAY = 5
LEARNER_REMOVED_FOR = timedelta(days=30)
# After this a tutor whose classes with a child are over sees the first name and nothing else.
TUTOR_SEES_CHILD_FOR = timedelta(days=30)

# Somebody asked to be forgotten. What is left is looked for once more after a while, and staff are
# told when it is not over in time. Tax law wants the parties of invoices kept, and the DPDP rules
# want a year of sign-ins: both go into the vault (tutorhub.core.vault).
ERASURE_SECOND_LOOK = timedelta(hours=1)
ERASURE_DUE = timedelta(days=15)
DATA_REQUEST_DUE = timedelta(days=15)
TAX_RECORDS_KEPT = timedelta(days=8 * 366)
SIGN_INS_SEALED_FOR = timedelta(days=366)

# How long things are kept; tutorhub.core.retention clears them out. Some have a setting above.
OUTBOX_KEPT = timedelta(days=30)
LOGIN_LOG_KEPT = timedelta(days=365)
ADMIN_LOG_KEPT = timedelta(days=365)
MESSAGE_TEXTS_KEPT = timedelta(days=90)
MESSAGES_KEPT = timedelta(days=365)
PROVIDER_EVENTS_KEPT = timedelta(days=30)
GATEWAY_BODIES_KEPT = timedelta(days=180)
EVIDENCE_KEPT = timedelta(days=180)
REJECTED_PAPERS_KEPT = timedelta(days=180)
EXPORTS_KEPT = timedelta(days=7)
EXPORT_DUE = timedelta(days=1)
DATA_REQUESTS_KEPT = timedelta(days=3 * 365)
