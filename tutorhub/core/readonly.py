"""What staff may look at and never change."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from tutorhub.core.errors import DomainError

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


NUMBER_DIGITS = range(10, 14)


def whole_number(term: str) -> str:
    """What was typed, if it is the number of a mobile as that is kept."""
    digits = re.sub(r"\D", "", term)
    is_number = re.fullmatch(r"[\d\s()+-]+", term) and len(digits) in NUMBER_DIGITS
    return f"+91{digits[-10:]}" if is_number else term


LOOKUPS = {
    *("exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt"),
    *("year", "month", "day", "id", "pk"),
}
"""What the filters of a list ask. What looks into a text is not among them."""


class StaffAdmin(Base):
    """What every model of the back office does otherwise than Django."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters of the page ask.

        Django lets whoever writes an address ask anything of any column, which gives away letter by
        letter what the page hides or masks.
        """
        offered = [*map(_asked_by, self.list_filter), *filter(None, [self.date_hierarchy])]
        return any(_asks(lookup, name) for name in offered) and super().lookup_allowed(
            lookup, value, request
        )

    def each(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        decide: Callable[..., Any],
        did: str | Callable[[Any], str],
    ) -> None:
        """Do one thing to every row; what one of them refuses is said and stops no other.

        `did` says what became of a row, or makes that of what `decide` has returned.
        """
        for row in rows:
            try:
                made = decide(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
            else:
                said = did if isinstance(did, str) else did(made)
                self.message_user(request, f"{row}: {said}.", messages.SUCCESS)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asked before the row is looked for: else a missing one is told apart from a hidden."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A number is found as a whole, however it was typed, and not digit by digit.

        What looks like one may also be the reference of a bank.
        """
        found, is_double = super().get_search_results(request, queryset, search_term)
        number = whole_number(search_term)
        if number == search_term:
            return found, is_double
        more, is_double_too = super().get_search_results(request, queryset, number)
        return found | more, is_double or is_double_too


def _asked_by(item: Any) -> str:
    """The field, or the word in the address, of an entry of `list_filter`."""
    if isinstance(item, str):
        return item
    return str(item[0] if isinstance(item, tuple | list) else item.parameter_name)


def _asks(lookup: str, name: str) -> bool:
    if lookup != name and not lookup.startswith(f"{name}__"):
        return False
    rest = lookup.removeprefix(name).split("__")
    return set(filter(None, rest)) <= LOOKUPS


class ReadOnlyAdmin(StaffAdmin):
    """A page of the back office without a button to add, change or delete anything."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnPageAdmin(ReadOnlyAdmin):
    """One row has a page of its own making: `show`, for whoever may view the model."""

    takes_form = False
    """Whether something can be sent to that page, which `show` then decides about."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        is_sent = request.method == "POST" and not self.takes_form
        if is_sent or not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return self.show(request, self.opts.pk.to_python(object_id))
        except ValidationError as error:
            raise Http404 from error

    def show(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The page of the row with this key; Http404 if there is none."""
        raise NotImplementedError
