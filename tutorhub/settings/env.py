"""Where settings come from: the environment and `.env` (see .env.example)."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

PRODUCTION = env.str("TUTORHUB_ENV", "development") == "production"
TESTING = "TUTORHUB_TESTING" in os.environ and not PRODUCTION
VAR = Path(env.str("TUTORHUB_VAR", str(BASE_DIR / "var")))


def secret(name: str, development: str) -> str:
    """A setting that production must be given and development has a known value for."""
    value = env.str(name, "" if PRODUCTION else development)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Production needs it; see .env.example.")
    if PRODUCTION and value == development:
        raise ImproperlyConfigured(f"{name} still has its development value. Choose another.")
    return value
