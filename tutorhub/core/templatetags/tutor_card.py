"""A tutor in a list. Drawn in Python: as a template, the cards were half the time of a page."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.template.defaultfilters import floatformat
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutorhub.core import money, storage
from tutorhub.core.templatetags.tutorhub import initials, join_words, rating

register = template.Library()

CARD = """<article class="card"><div class="tutor">
  {face}
  <div class="stack tight">
    <div class="row"><h2><a href="{url}">{name}</a></h2>
      {badges}</div>
    <p>{headline}</p>
    <p class="row small">{facts}</p>
    {why}
  </div>
  <div class="buy"><div><span class="price">{price}</span><span class="muted">/{hour}</span></div>
    {mode}
    <a class="btn small" href="{url}" aria-label="{see}">{see_profile}</a>
    {pick}</div>
</div></article>
"""


@register.simple_tag
def tutor_card(tutor: Mapping[str, Any], first: bool = False) -> SafeString:
    """`tutor` has url, name, headline and rate_paise, and may have what the parts below ask for.

    `first` is for the card on top of the whole list.
    """
    return format_html(
        CARD,
        face=face(tutor["name"], tutor.get("photo"), lazy=not first),
        url=tutor["url"],
        name=tutor["name"],
        badges=_badges(tutor),
        headline=tutor["headline"],
        facts=_facts(tutor),
        why=_why(tutor.get("why"), first=first),
        price=money.rupees(tutor["rate_paise"]),
        hour=_("hour"),
        mode=_optional('<p class="small muted">{}</p>', tutor.get("mode_label")),
        see=_("See %(name)s") % {"name": tutor["name"]},
        see_profile=_("See profile"),
        pick=_pick(tutor),
    )


PICK = """<label class="pick"><input type="checkbox" name="t" value="{slug}" form="compare">\
 <span>{text}<span class="hidden-visually"> {name}</span></span></label>
"""


def _pick(tutor: Mapping[str, Any]) -> SafeString | str:
    """A box to compare the tutor with others, where the card has a `slug`."""
    if not tutor.get("slug"):
        return ""
    return format_html(PICK, slug=tutor["slug"], name=tutor["name"], text=_("Compare"))


FACE = """<picture><source type="image/webp" srcset="{webp_s} 168w, {webp_l} 336w" sizes="84px">\
<img class="face" src="{jpg_s}" srcset="{jpg_s} 168w, {jpg_l} 336w" sizes="84px" width="84" \
height="84" alt=""{lazy}></picture>"""


@register.simple_tag
def face(name: str, photo: UUID | None = None, lazy: bool = False) -> SafeString:
    """The photo on show, or the initials in one of two colours."""
    if not photo:
        shade = "" if len(name) % 2 else " alt"
        return format_html('<div class="face{}" aria-hidden="true">{}</div>', shade, initials(name))
    variants = {
        f"{kind}_{letter}": storage.public_url(photo, f"{size}.{kind}")
        for kind in ("webp", "jpg")
        for letter, size in (("s", 168), ("l", 336))
    }
    return format_html(FACE, lazy=mark_safe(' loading="lazy"') if lazy else "", **variants)


def _badges(tutor: Mapping[str, Any]) -> SafeString:
    """`badges` with label and perhaps checked_on, and `is_new`."""
    badges = format_html_join(
        "\n      ",
        '<span class="badge">✓ {}</span>',
        ((_badge(badge),) for badge in tutor["badges"]),
    )
    if not tutor.get("is_new"):
        return badges
    return badges + format_html('<span class="badge warn">{}</span>', _("New on TutorHub"))


def _badge(badge: Any) -> str:
    if not badge.checked_on:
        return str(badge.label)
    return f"{badge.label} {format_date(badge.checked_on, 'j M Y')}"


def _facts(tutor: Mapping[str, Any]) -> SafeString:
    """`rating`, `review_count`, `hours_taught`, `languages` and `distance_km`."""
    hours, distance_km = tutor.get("hours_taught"), tutor.get("distance_km")
    facts = [
        ngettext("%(hours)s hour taught", "%(hours)s hours taught", hours) % {"hours": hours}
        if hours
        else "",
        join_words(tutor.get("languages") or ""),
        _("%(km)s km away") % {"km": floatformat(distance_km, 1)}
        if distance_km is not None
        else "",
    ]
    drawn = [_optional('<span class="muted">{}</span>', fact) for fact in facts]
    stars = rating(tutor.get("rating"), tutor.get("review_count") or 0)
    return format_html_join("\n      ", "{}", ((part,) for part in [stars, *drawn] if part))


def _why(reasons: Iterable[str] | None, *, first: bool) -> SafeString | str:
    if not reasons:
        return ""
    question = _("Why first:") if first else _("Why here:")
    return format_html('<p class="why"><b>{}</b> {}.</p>', question, ", ".join(reasons))


def _optional(markup: str, text: Any) -> SafeString | str:
    return format_html(markup, text) if text else ""
