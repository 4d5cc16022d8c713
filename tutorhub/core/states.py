"""State machines: one dict of edges beside each enum, one way to move along them."""

from typing import Any, ClassVar

from django.db import models

from tutorhub.core.errors import InvalidTransition


class StateMachine(models.Model):
    """A model whose `status` moves only along `TRANSITIONS`."""

    TRANSITIONS: ClassVar[dict[Any, set[Any]]]
    status: Any

    class Meta:
        abstract = True

    def can_move_to(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.status]

    def check_can_move_to(self, status: str) -> None:
        """Raise InvalidTransition where no edge leads to `status`."""
        if not self.can_move_to(status):
            raise InvalidTransition(f"{self._meta.verbose_name}: {self.status} -> {status}")

    def move_to(self, status: str, **values: Any) -> None:
        """Take the edge to `status` and save it with `values`, or raise InvalidTransition.

        Call it on a row that is locked, inside the transaction that gives the reason.
        """
        self.check_can_move_to(status)
        self.status = status
        for name, value in values.items():
            setattr(self, name, value)
        changed = ["status", *values]
        self.save(update_fields=changed)
