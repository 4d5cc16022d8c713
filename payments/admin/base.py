"""What the pages about money have in common: who may see them, and that nothing is edited."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from payments.policies import is_finance
from tutorhub.core.errors import DomainError
from tutorhub.core.money import rupees_exact
from tutorhub.core.readonly import ReadOnlyAdmin


def me(request: HttpRequest) -> User:
    """The member of staff whom the admin site has let in."""
    return cast(User, request.user)


def rupees(field: str, label: str) -> Callable[[Any, Any], str]:
    @admin.display(description=label, ordering=field)
    def show(self: Any, row: Any) -> str:
        return rupees_exact(getattr(row, field) or 0)

    return show


class FinanceAdmin(ReadOnlyAdmin):
    """Open to the finance group and superusers."""

    show_full_result_count = False
    ordering = ["-pk"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_finance(me(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))

    def each(
        self, request: HttpRequest, rows: QuerySet[Any], decide: Callable[..., Any], did: str
    ) -> None:
        """Do one thing to every row; what one of them refuses is said and stops no other."""
        for row in rows:
            try:
                decide(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{row}: {did}.", messages.SUCCESS)


class FinanceInline(admin.TabularInline):
    """Rows that belong to the one shown, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))
