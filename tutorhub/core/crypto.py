"""A column that only the application can read."""

from typing import Any

from django.db import models

from tutorhub.core import sealing


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed in the database (settings.FIELD_KEYS) and plain in Python.

    Every row is sealed differently, so the column can be neither searched nor made unique.
    """

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return sealing.seal(plain) if plain else plain

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return sealing.unseal(value) if value else value
