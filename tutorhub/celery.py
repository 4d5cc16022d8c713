"""The Celery application. Only the relay and beat publish; see docs/architecture.md."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutorhub.settings")

app = Celery("tutorhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
