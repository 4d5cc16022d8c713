"""django-hordak in a database of its own on the same server, with nothing around it."""

import os

import environ

DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DATABASES["default"]["NAME"] = "bench_hordak"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "mptt",
    "hordak",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "benchmark"
SILENCED_SYSTEM_CHECKS = ["models.W042"]
USE_TZ = True
DEFAULT_CURRENCY = HORDAK_INTERNAL_CURRENCY = "INR"
CURRENCIES = HORDAK_CURRENCIES = ["INR"]
