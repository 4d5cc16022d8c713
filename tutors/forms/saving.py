"""Between the filters of the search page and the wishes that are kept: `queries.saved`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tutors.forms.search import HOURS_OF, SearchForm

PART_OF = {(hours["first"], hours["last"]): name for name, hours in HOURS_OF.items()}
SAME = ("subject", "grade", "board", "mode", "gender", "language", "min_rating", "trial", "day")


def wishes(form: SearchForm) -> dict[str, Any]:
    """What a valid form asks for, to be kept; a point from the browser as the PIN code near it."""
    asked = form.cleaned_data
    hours = HOURS_OF.get(asked["time"], {})
    return {
        **{name: asked[name] for name in SAME},
        "budget_max_paise": asked["budget"] * 100 if asked["budget"] else None,
        "pin_code": form.place.pin_code if form.place else "",
        "city": form.in_city.slug if form.in_city else "",
        "free_from": hours.get("first"),
        "free_to": hours.get("last"),
    }


def query_of(wishes: Mapping[str, Any]) -> str:
    """The address of the search page for kept wishes, as far as the page has fields for them."""
    asked = {name: wishes[name] for name in (*SAME, "pin_code", "city") if name in wishes}
    if asked.pop("trial", False):
        asked["trial"] = "on"
    if "min_rating" in asked:
        # 4.0 is the choice "4". The app may wish for stars that the page has no choice for.
        asked["min_rating"] = f"{asked['min_rating']:g}"
        if asked["min_rating"] not in dict(SearchForm.base_fields["min_rating"].choices):
            del asked["min_rating"]
    if wishes.get("budget_max_paise", 0) >= 100:
        asked["budget"] = wishes["budget_max_paise"] // 100
    time = PART_OF.get((wishes.get("free_from", 0), wishes.get("free_to", 24)))
    if time:
        asked["time"] = time
    return urlencode(asked)
