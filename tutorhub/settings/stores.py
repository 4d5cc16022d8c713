"""PostgreSQL, Redis, and the work of Celery."""

from datetime import timedelta

from celery.schedules import crontab

from tutorhub.settings.env import TESTING, env

# Databases

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///tutorhub")}
DATABASES["default"].update(
    ATOMIC_REQUESTS=False,
    CONN_MAX_AGE=0,
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": "test_tutorhub"},
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    # A page fails fast; a test waits for its machine.
    connect_timeout=30 if TESTING else 2,
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
