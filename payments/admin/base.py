"""What the pages about money have in common: who may see them, and that nothing is edited."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import sudo
from accounts.models import User
from notifications.queries import masked
from payments.models import CHART, LedgerAccount
from payments.models.chart import RUPEES
from payments.policies import is_finance
from tutorhub.core.money import rupees_exact
from tutorhub.core.readonly import ReadOnlyAdmin

SEES = "_sees_money"


def me(request: HttpRequest) -> User:
    """The member of staff whom the admin site has let in."""
    return cast(User, request.user)


def sees_money(request: HttpRequest) -> bool:
    """Whether this is finance. The menu asks for every model, so a request asks the groups once."""
    known: bool | None = getattr(request, SEES, None)
    if known is None:
        known = is_finance(me(request))
        setattr(request, SEES, known)
    return known


def rupees(field: str, label: str) -> Callable[[Any, Any], str]:
    @admin.display(description=label, ordering=field)
    def show(self: Any, row: Any) -> str:
        paise = getattr(row, field)
        return "" if paise is None else rupees_exact(paise)

    return show


class FinanceAdmin(sudo.AfterCode, ReadOnlyAdmin):
    """Open to the finance group, and to a superuser while a second one agrees.

    Actions that give money back are in `after_code`.
    """

    show_full_result_count = False
    ordering = ["-pk"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_money(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_money(request)


class FinanceInline(admin.TabularInline):
    """Rows that belong to the one shown, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_money(request)


def link(name: str, pk: object, text: object) -> SafeString:
    """A link to the page of one row: `name` is its model's name in lower case."""
    app = "" if "_" in name else "payments_"
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{app}{name}_change", args=[pk]), text)


def money_link(user: User | None) -> str | SafeString:
    """A link to everything that is known of a person's money."""
    if user is None:
        return ""
    url = reverse("admin:payments_person", args=[user.pk])
    return format_html('<a href="{}">{}</a>', url, known_as(user))


def known_as(user: User) -> str:
    """The name, or the ends of the number of somebody who has given none."""
    return user.name or masked(user.phone or user.email or "")


OWNERS = {
    "order": "paymentorder",
    "refund": "refund",
    "payout": "payout",
    "payment": "payment",
    "session": "marketplace_tutoringsession",
}
"""What the owner of an account is, and the model whose page shows it."""


def owner_link(account: LedgerAccount) -> str | SafeString:
    """Whose account this is, as a link."""
    if not account.owner_key or account.code not in CHART:
        return account.owner_key
    owner = CHART[account.code].owner
    if owner in {"student", "tutor"}:
        url = reverse("admin:payments_person", args=[account.owner_key])
        return format_html('<a href="{}">{} {}</a>', url, owner, account.owner_key[:8])
    if owner in OWNERS:
        return link(OWNERS[owner], account.owner_key, f"{owner} {account.owner_key[:8]}")
    return account.owner_key


def in_unit(account: LedgerAccount, amount: int | None) -> str:
    """An amount as its account counts it: rupees, or credits."""
    if amount is None:
        return ""
    return rupees_exact(amount) if account.unit == RUPEES else str(amount)
