from django.contrib import admin

from students.models import Learner
from tutorhub.core.readonly import ReadOnlyAdmin


@admin.register(Learner)
class LearnerAdmin(ReadOnlyAdmin):
    """To look things up for a family that asks; families change their own."""

    list_display = ["id", "grade", "board", "place", "has_live_consent", "created_at"]
    list_select_related = ["board", "place"]
    list_filter = ["grade", "mode"]
    search_fields = ["id", "=family__members__user__phone", "=guardian__phone"]
    ordering = ["-pk"]

    @admin.display(boolean=True)
    def has_live_consent(self, learner: Learner) -> bool:
        return learner.has_live_consent
