"""Whom we call, and our keys: the gateway, files, messages, app shops, secrets at rest."""

import json
from datetime import timedelta

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tutorhub.settings.env import BASE_DIR, PRODUCTION, TESTING, VAR, env, secret

# The gateway

RAZORPAY_BASE_URL = env.str(
    "RAZORPAY_BASE_URL",
    "https://api.razorpay.com" if PRODUCTION else "http://127.0.0.1:9100",
)
RAZORPAY_CHECKOUT_URL = env.str(
    "RAZORPAY_CHECKOUT_URL",
    "https://checkout.razorpay.com/v1/checkout.js"
    if PRODUCTION
    else f"{RAZORPAY_BASE_URL}/v1/checkout.js",
)
if PRODUCTION and not RAZORPAY_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("RAZORPAY_BASE_URL is not https: is this the simulator?")
RAZORPAY_KEY_ID = secret("RAZORPAY_KEY_ID", "rzp_test_simulator")
RAZORPAY_KEY_SECRET = secret("RAZORPAY_KEY_SECRET", "sim_key_secret")
RAZORPAY_WEBHOOK_SECRETS = [
    secret("RAZORPAY_WEBHOOK_SECRET", "sim_webhook_secret"),
    *env.list("RAZORPAY_WEBHOOK_SECRETS_PREVIOUS", default=[]),
]
RAZORPAYX_ACCOUNT_NUMBER = secret("RAZORPAYX_ACCOUNT_NUMBER", "2323230000000001")

# Private files: on this disk or in an S3 bucket that browsers post to

PRIVATE_STORAGE = env.str("PRIVATE_STORAGE", "disk")
PRIVATE_ROOT = VAR / ("private-test" if TESTING else "private")
# What looks at uploads for viruses: clamd or off. A scanner that does not answer lets nothing in.
FILE_SCANNER = env.str("FILE_SCANNER", "" if PRODUCTION else "off")
if FILE_SCANNER not in {"clamd", "off"}:
    raise ImproperlyConfigured("FILE_SCANNER is not set. Say clamd or off.")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "unix:///run/clamav/clamd.ctl")
# Where browsers fetch public pictures: from this site when empty, else from a network of caches in
# front of it or of the bucket's prefix public/.
PHOTO_ORIGIN = env.str("PHOTO_ORIGIN", "").rstrip("/")
AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", "")
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", "ap-south-1")
AWS_S3_ENDPOINT_URL = env.str("AWS_S3_ENDPOINT_URL", "") or None
_bucket_host = f"{AWS_STORAGE_BUCKET_NAME}.s3"
_upload_origins = (
    [
        AWS_S3_ENDPOINT_URL or f"https://{_bucket_host}.{AWS_S3_REGION_NAME}.amazonaws.com",
        *([] if AWS_S3_ENDPOINT_URL else [f"https://{_bucket_host}.amazonaws.com"]),
    ]
    if PRIVATE_STORAGE == "s3"
    else []
)

_checkout_origins = (
    ["https://checkout.razorpay.com", "https://api.razorpay.com"]
    if PRODUCTION
    else [RAZORPAY_BASE_URL]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *([PHOTO_ORIGIN] if PHOTO_ORIGIN else [])],
        "font-src": [SELF],
        "connect-src": [SELF, *_upload_origins],
        "form-action": [SELF, *_checkout_origins, *_upload_origins],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
CHECKOUT_ORIGINS = _checkout_origins

# Messages to people

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.locmem.EmailBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 587 if PRODUCTION else 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", PRODUCTION)
EMAIL_TIMEOUT = 8
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "TutorHub <hello@tutorhub.example>")


def channel(name: str, production: str = "") -> str:
    """The class behind a channel (or "off"); production has to choose, and not the dev inbox."""
    path: str = env.str(name, production if PRODUCTION else "notifications.gateway.DevInbox")
    if not path or (PRODUCTION and path.endswith(".DevInbox")):
        raise ImproperlyConfigured(f"{name} is not set. Name the provider's class, or off.")
    return path


MESSAGE_CHANNELS = {
    "sms": channel("SMS_CHANNEL"),
    "whatsapp": channel("WHATSAPP_CHANNEL"),
    "email": channel("EMAIL_CHANNEL", "notifications.gateway.Smtp"),
}
_uses_msg91 = MESSAGE_CHANNELS["sms"] == "notifications.gateway.Msg91"
_uses_whatsapp = MESSAGE_CHANNELS["whatsapp"] == "notifications.gateway.WhatsApp"


def of_provider(name: str, development: str, *, is_used: bool) -> str:
    """A secret that production must be given if it uses the provider."""
    return env.str(name, "") if PRODUCTION and not is_used else secret(name, development)


def provider_url(name: str, production: str, *, is_used: bool) -> str:
    url: str = env.str(name, production if PRODUCTION else "http://127.0.0.1:9200").rstrip("/")
    if PRODUCTION and is_used and not url.startswith("https://"):
        raise ImproperlyConfigured(f"{name} is not https: is this the simulator?")
    return url


MSG91_BASE_URL = provider_url("MSG91_BASE_URL", "https://control.msg91.com", is_used=_uses_msg91)
MSG91_AUTH_KEY = of_provider("MSG91_AUTH_KEY", "sim_msg91_key", is_used=_uses_msg91)
MSG91_WEBHOOK_SECRETS = [
    of_provider("MSG91_WEBHOOK_SECRET", "sim_msg91_webhook_secret", is_used=_uses_msg91),
    *env.list("MSG91_WEBHOOK_SECRETS_PREVIOUS", default=[]),
]
WHATSAPP_BASE_URL = provider_url(
    "WHATSAPP_BASE_URL", "https://graph.facebook.com/v23.0", is_used=_uses_whatsapp
)
WHATSAPP_PHONE_NUMBER_ID = of_provider(
    "WHATSAPP_PHONE_NUMBER_ID", "100000000000001", is_used=_uses_whatsapp
)
WHATSAPP_ACCESS_TOKEN = of_provider(
    "WHATSAPP_ACCESS_TOKEN", "sim_whatsapp_token", is_used=_uses_whatsapp
)
WHATSAPP_APP_SECRETS = [
    of_provider("WHATSAPP_APP_SECRET", "sim_whatsapp_app_secret", is_used=_uses_whatsapp),
    *env.list("WHATSAPP_APP_SECRETS_PREVIOUS", default=[]),
]
WHATSAPP_VERIFY_TOKEN = of_provider(
    "WHATSAPP_VERIFY_TOKEN", "sim_whatsapp_verify_token", is_used=_uses_whatsapp
)


def template_ids() -> dict[str, dict[str, dict[str, str]]] | None:
    """The providers' ids of our templates, from a JSON file; None where the simulators take any.

    Whether it is complete is looked at when all apps are loaded (tutorhub/site/apps.py).
    """
    path = env.str("MESSAGE_TEMPLATES_FILE", "")
    if not path and PRODUCTION and (_uses_msg91 or _uses_whatsapp):
        raise ImproperlyConfigured(
            "MESSAGE_TEMPLATES_FILE is not set. SMS and WhatsApp need the ids of our templates;"
            " see docs/messages.md."
        )
    if not path:
        return None
    try:
        ids: dict[str, dict[str, dict[str, str]]] = json.loads((BASE_DIR / path).read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"MESSAGE_TEMPLATES_FILE cannot be read ({type(error).__name__})."
        ) from error
    return ids


MESSAGE_TEMPLATE_IDS = template_ids()
# How long one channel may take to deliver before the next has its turn: when a person waits for a
# code, for anything else, and after a call without an answer.
MESSAGE_FALLBACK_AFTER_CODE = timedelta(seconds=30)
MESSAGE_FALLBACK_AFTER = timedelta(minutes=10)
MESSAGE_FALLBACK_AFTER_UNKNOWN = timedelta(seconds=20)

# Secrets at rest (bank accounts, PAN, codes on their way): Fernet keys, newest first.

FIELD_KEYS = env.list("FIELD_KEYS", default=[]) or [
    secret("FIELD_KEY", "ZGV2ZWxvcG1lbnQtb25seS1rZXktMDEyMzQ1Njc4OWE=")
]
# What is sealed with this key nobody here can open; the private half of this one is in no file.
VAULT_PUBLIC_KEY = secret("VAULT_PUBLIC_KEY", "ulrNfYYrD4oRDKKp/f1XqVhEGQ7IKvt6AVd3c1jAUxM=")
OTP_PEPPER = secret("OTP_PEPPER", "development-only-" + "p" * 30)

# Whether the app's door asks for proof that the app is genuine, and what the shops know it by.

APP_ATTESTATION = env.str("APP_ATTESTATION", "off")
if APP_ATTESTATION not in {"off", "required"}:
    raise ImproperlyConfigured("APP_ATTESTATION is neither off nor required.")
PLAY_INTEGRITY_PACKAGE = env.str("PLAY_INTEGRITY_PACKAGE", "")
PLAY_INTEGRITY_DECRYPTION_KEY = env.str("PLAY_INTEGRITY_DECRYPTION_KEY", "")
PLAY_INTEGRITY_VERIFICATION_KEY = env.str("PLAY_INTEGRITY_VERIFICATION_KEY", "")
APP_ATTEST_APP_ID = env.str("APP_ATTEST_APP_ID", "")
APP_ATTESTORS = {
    **(
        {"android": "accounts.gateway.play_integrity.PlayIntegrity"}
        if PLAY_INTEGRITY_PACKAGE
        else {}
    ),
    **({"ios": "accounts.gateway.app_attest.AppAttest"} if APP_ATTEST_APP_ID else {}),
}
if APP_ATTESTATION == "required" and not APP_ATTESTORS:
    raise ImproperlyConfigured(
        "APP_ATTESTATION is required, and neither PLAY_INTEGRITY_PACKAGE nor APP_ATTEST_APP_ID is"
        " set."
    )
if PLAY_INTEGRITY_PACKAGE:
    for _name in ("PLAY_INTEGRITY_DECRYPTION_KEY", "PLAY_INTEGRITY_VERIFICATION_KEY"):
        if not env.str(_name, ""):
            raise ImproperlyConfigured(f"{_name} is not set. PLAY_INTEGRITY_PACKAGE needs it.")
ATTESTATION_LIFE = timedelta(minutes=5)
