"""What the pages of the back office about money say of accounts and rows."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from notifications.queries import masked
from payments.admin import base

register = template.Library()

register.filter("owner_link", base.owner_link)
register.filter("money_link", base.money_link)
register.filter("in_unit", base.in_unit)
register.filter("known_as", base.known_as)
register.filter("masked", masked)


@register.filter
def verbose_name(row: Any) -> str:
    return str(row._meta.verbose_name)


@register.filter
def row_link(row: Any) -> SafeString:
    return base.link(row._meta.model_name, row.pk, row)
