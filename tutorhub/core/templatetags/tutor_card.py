"""A tutor in a list. Drawn in Python: as a template, the cards were half the time of a page.

The phrases that many cards share (`812 hours taught`) are drawn once for each language. What a
tutor wrote is in none of them, and a card is drawn anew each time.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django import template
from django.template.defaultfilters import floatformat
from django.utils.dateformat import format as format_date
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutorhub.core import memo, money, storage
from tutorhub.core.templatetags import tutorhub
from tutorhub.core.templatetags.tutorhub import initials, join_words

register = template.Library()

NEXT = "\n      "
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
    words, name = _words(), escape(tutor["name"])
    return format_html(
        CARD,
        face=face(tutor["name"], tutor.get("photo"), lazy=not first),
        url=escape(tutor["url"]),
        name=name,
        badges=_badges(tutor, words),
        headline=tutor["headline"],
        facts=_facts(tutor),
        why=_why(tutor.get("why"), words.why_first if first else words.why_here),
        price=_price(tutor["rate_paise"]),
        hour=words.hour,
        mode=_mode(tutor.get("mode_label")),
        see=_of_escaped(words.see % {"name": name}),
        see_profile=words.see_profile,
        pick=_pick(tutor, name, words),
    )


class Words(NamedTuple):
    """What every card says, escaped."""

    hour: SafeString
    see: SafeString
    see_profile: SafeString
    compare: SafeString
    new: SafeString
    why_first: SafeString
    why_here: SafeString


@memo.in_each_language(size=8)
def _words() -> Words:
    return Words(
        hour=escape(_("hour")),
        see=escape(_("See %(name)s")),
        see_profile=escape(_("See profile")),
        compare=escape(_("Compare")),
        new=format_html('<span class="badge warn">{}</span>', _("New on TutorHub")),
        why_first=escape(_("Why first:")),
        why_here=escape(_("Why here:")),
    )


PICK = """<label class="pick"><input type="checkbox" name="t" value="{slug}" form="compare">\
 <span>{text}<span class="hidden-visually"> {name}</span></span></label>
"""


def _pick(tutor: Mapping[str, Any], name: SafeString, words: Words) -> SafeString | str:
    """A box to compare the tutor with others, where the card has a `slug`."""
    if not tutor.get("slug"):
        return ""
    return format_html(PICK, slug=tutor["slug"], name=name, text=words.compare)


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


def _badges(tutor: Mapping[str, Any], words: Words) -> SafeString:
    """`badges` with label and perhaps checked_on, and `is_new`."""
    drawn = NEXT.join(_badge(str(badge.label), badge.checked_on) for badge in tutor["badges"])
    return _of_escaped(drawn + words.new if tutor.get("is_new") else drawn)


@memo.in_each_language(size=1024)
def _badge(label: str, checked_on: date | None) -> SafeString:
    day = f" {format_date(checked_on, 'j M Y')}" if checked_on else ""
    return format_html('<span class="badge">✓ {}</span>', label + day)


def _facts(tutor: Mapping[str, Any]) -> SafeString:
    """`rating`, `review_count`, `hours_taught`, `languages` and `distance_km`."""
    facts = [
        _rating(tutor.get("rating"), tutor.get("review_count") or 0),
        _hours(tutor.get("hours_taught") or 0),
        _muted(join_words(tutor.get("languages") or "")),
        _away(tutor.get("distance_km")),
    ]
    return _of_escaped(NEXT.join(fact for fact in facts if fact))


_rating = memo.in_each_language(size=4096)(tutorhub.rating)


@memo.in_each_language(size=4096)
def _hours(hours: int) -> str:
    said = ngettext("%(hours)s hour taught", "%(hours)s hours taught", hours) % {"hours": hours}
    return _muted(said if hours else "")


@memo.in_each_language(size=1024)
def _away(distance_km: float | None) -> str:
    if distance_km is None:
        return ""
    return _muted(_("%(km)s km away") % {"km": floatformat(distance_km, 1)})


@memo.in_each_language(size=1024)
def _muted(text: str) -> str:
    return format_html('<span class="muted">{}</span>', text) if text else ""


@memo.in_each_language(size=4096)
def _price(rate_paise: int) -> SafeString:
    return escape(money.rupees(rate_paise))


def _mode(label: Any) -> SafeString | str:
    return format_html('<p class="small muted">{}</p>', label) if label else ""


def _why(reasons: Iterable[str] | None, question: SafeString) -> SafeString | str:
    if not reasons:
        return ""
    return format_html('<p class="why"><b>{}</b> {}.</p>', question, ", ".join(reasons))


def _of_escaped(text: str) -> SafeString:
    """Markup that was put together of parts that are escaped."""
    return mark_safe(text)  # noqa: S308 - see above
