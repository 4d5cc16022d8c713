"""The relay: its own process, the only one that publishes outbox rows to the broker."""

import logging
import signal
import time
from typing import Any

import kombu.exceptions
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from tutorhub.core import outbox, tasks

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Publish due outbox rows to the workers, for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=0.3, help="seconds between two looks")

    def handle(self, *args: Any, pause: float, **options: Any) -> None:
        self.running = True
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while self.running:
            if not self.publish():
                time.sleep(pause)

    def stop(self, *args: object) -> None:
        self.running = False

    def publish(self) -> int:
        """Publish one batch. A broker or database that is away is waited for, not died of."""
        close_old_connections()
        try:
            due = outbox.lease_due()
            for row_id in due:
                tasks.deliver.apply_async([str(row_id)], retry=False)
        except (kombu.exceptions.OperationalError, OperationalError) as error:
            log.warning("the relay waits: %s", error)
            return 0
        return len(due)
