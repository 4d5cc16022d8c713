"""What a family looks for again and again."""

from typing import Any

from django.conf import settings
from django.db import models

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def of(self, user: Any) -> "SavedSearchQuerySet":
        return self.filter(user=user)

    def locked(self) -> "SavedSearchQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class SavedSearch(models.Model):
    """A question with a name. `wishes` holds what `queries.saved` writes and reads.

    Of tutors who were listed up to `told_until` the family was told, or saw them itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=60)
    wishes = models.JSONField(default=dict)
    is_told = models.BooleanField(default=True)
    told_until = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
