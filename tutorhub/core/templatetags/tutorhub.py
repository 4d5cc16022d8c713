"""Template tags that every page may use; loaded as built-ins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutorhub.core import clock, idempotency, money
from tutorhub.core.ids import uuid7
from tutorhub.core.rules import allows as rule_allows

register = template.Library()

register.filter("rupees", money.rupees)
register.filter("rupees_exact", money.rupees_exact)

# What a status means to the reader decides its colour, whatever thing has it.
TONES = {
    "warn": {
        "REQUESTED", "PENDING_PAYMENT", "PENDING", "NEW", "OPEN", "CREATING",
        "DISPUTED", "RECEIVED", "WAITING", "INITIATED", "UNKNOWN",
    },
    "info": {"SCHEDULED", "IN_PROGRESS", "MATCHED", "VIEWED", "SENDING", "CHECKING"},
    "": {
        "COMPLETED", "RELEASED", "RESOLVED", "ACCEPTED", "BOOKED", "APPROVED", "PAID", "PROCESSED",
        "PAID_LATE", "CREDITED",
        "ACTIVE", "PUBLISHED", "VERIFIED", "SHOWN",
    },
    "danger": {"REJECTED", "SUSPENDED", "FAILED", "NO_SHOW", "REVERSED", "REFUSED", "SPOILT"},
}  # fmt: skip


@register.filter
def ist(moment: datetime | None) -> str:
    """`Tue 1 Dec, 6:00 pm` in Indian time; with the year when it is not this one."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.IST)
    day = dateformat.format(local, "D j M" if local.year == clock.today().year else "D j M Y")
    return f"{day}, {ist_time(moment)}"


@register.filter
def ist_day(moment: datetime | None) -> str:
    """`Tuesday 1 December 2026` in Indian time."""
    return dateformat.format(moment.astimezone(clock.IST), "l j F Y") if moment else ""


@register.filter
def ist_time(moment: datetime | None) -> str:
    """`6:00 pm` in Indian time."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.IST)
    half = "am" if local.hour < 12 else "pm"
    return f"{local:%I:%M}".lstrip("0") + f"\u00a0{half}"


@register.simple_tag
def ist_range(start: datetime, end: datetime) -> str:
    """`Tuesday 1 December 2026, 6:00-7:00 pm` in Indian time."""
    first, last = ist_time(start), ist_time(end)
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{ist_day(start)}, {first}-{last}"


@register.filter
def duration(minutes: int) -> str:
    """`45 min`, `1 hour`, `1 h 30 min`."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def initials(name: str) -> str:
    """Up to two letters for the place of a missing photo."""
    words = str(name or "").split()
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@register.filter
def join_words(values: Iterable[Any] | str) -> str:
    """`English, Hindi, Tamil` from a list; a text stays as it is."""
    return values if isinstance(values, str) else ", ".join(str(value) for value in values)


@register.simple_tag
def status_badge(thing: Any, label: str = "") -> SafeString:
    """A badge for something with a `status`, or for a status given as text with its label."""
    status = getattr(thing, "status", thing)
    if not label:
        display = getattr(thing, "get_status_display", None)
        label = display() if display else str(getattr(thing, "label", status))
    label = str(label)
    tone = next((tone for tone, members in TONES.items() if str(status) in members), "plain")
    return format_html('<span class="badge {}">{}</span>', tone, label[:1].upper() + label[1:])


@register.simple_tag
def stars(count: int) -> SafeString:
    """Whole stars of one review, with words for those who do not see them."""
    words = _("%(count)d of 5 stars") % {"count": count}
    return format_html(
        '<span class="stars" data-stars="{}" role="img" aria-label="{}"></span>', count, words
    )


@register.simple_tag
def rating(average: float | None, count: int | str = 0) -> SafeString | str:
    """`★★★★★ 4.9 (64 reviews)`; without an average only how many reviews there are."""
    count = int(count or 0)
    reviews = ngettext("%(count)d review", "%(count)d reviews", count) % {"count": count}
    if not average:
        words = reviews if count else _("No reviews yet")
        return format_html('<span class="muted">{}</span>', words)
    return format_html(
        '<span><span class="stars" data-stars="{}" aria-hidden="true"></span>'
        " <b>{}</b> ({})</span>",
        min(5, int(float(average) + 0.5)),
        f"{float(average):.1f}",
        reviews,
    )


@register.simple_tag
def once_key() -> SafeString:
    """The hidden field that lets a form count once; the view has `idempotency.page`."""
    return format_html('<input type="hidden" name="{}" value="{}">', idempotency.FIELD, uuid7())


@register.simple_tag
def allows(check: str, *args: Any, **kwargs: Any) -> bool:
    """Whether a rule passes: `{% allows "app.policies.check_x" thing user as ok %}`."""
    if ".policies." not in check:
        raise template.TemplateSyntaxError(f"{check} is not a rule of some app's policies")
    return rule_allows(import_string(check), *args, **kwargs)
