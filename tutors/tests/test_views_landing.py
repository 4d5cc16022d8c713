"""Pages of cities and subjects, as search engines and people who come from there see them."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils.text import slugify

from tutorhub.core.cities import UnknownCity, around, cities, find_city
from tutorhub.core.models import Place
from tutors.queries import landing
from tutors.tests.factories import (
    OfferingFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

NOINDEX = '<meta name="robots" content="noindex, follow">'


def page_of(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def blocks(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(text) for text in found]


def crowd() -> None:
    for pin_code in ("560034", "560034", "560001"):
        TutorFactory(pin_code=pin_code, offering__online_rate_paise=400_00)


class TestCities:
    def test_every_city_has_a_slug_and_a_place_of_its_own_in_the_middle(self) -> None:
        found = cities()
        pairs = set(Place.objects.values_list("city", "state"))
        assert {(city.name, city.state) for city in found.values()} == pairs
        assert len(found) == len(pairs) > 500
        place = Place.objects.get(pk=found["bengaluru"].pin_code)
        assert place.city == "Bengaluru"

    def test_cities_of_one_name_say_their_state(self) -> None:
        found = cities()
        names = [city.name for city in found.values()]
        twice = next(city for city in found.values() if names.count(city.name) > 1)
        assert twice.slug != re.sub(r"\W+", "-", twice.name.lower())
        assert page_of(f"/tutors/in/{twice.slug}/")

    def test_a_name_alone_means_the_largest_city_of_it(self) -> None:
        sizes = Counter(Place.objects.exclude(city="").values_list("city", "state"))
        names = Counter(slugify(name) for name, _state in sizes)
        for slug in [slug for slug, number in names.items() if number > 1]:
            mine = {pair: n for pair, n in sizes.items() if slugify(pair[0]) == slug}
            found = find_city(slug)
            assert mine[(found.name, found.state)] == max(mine.values()), slug
        assert find_city(" BENGALURU ").slug == "bengaluru"
        with pytest.raises(UnknownCity):
            find_city("Atlantis")

    def test_nearest_first(self) -> None:
        near = around(cities()["bengaluru"], most=3)
        assert len(near) == 3
        assert "bengaluru" not in {city.slug for city in near}
        assert all(12 < city.latitude < 14.5 for city in near)


class TestPage:
    def test_figures_of_the_city_in_title_and_text(self) -> None:
        crowd()
        TutorDraftFactory()
        TutorSuspendedFactory()
        TutorFactory(pin_code="400053")
        page = page_of("/tutors/in/bengaluru/")
        assert "<title>Tutors in Bengaluru" in page
        assert "3 tutors live in Bengaluru." in page
        assert "Half of their prices are below ₹\u00a0525 an hour." in page
        areas = re.findall(r'<a href="/tutors/\?pin_code=(\d+)">', page)
        assert areas[:2] == ["560034", "560001"]
        assert "/tutors/in/bengaluru/physics/" in page
        assert NOINDEX not in page

    def test_one_subject(self) -> None:
        crowd()
        OfferingFactory(tutor=TutorFactory(offering=False), subject_slug="maths")
        page = page_of("/tutors/in/bengaluru/physics/")
        assert "<title>Physics tutors in Bengaluru" in page
        assert "3 tutors live in Bengaluru." in page
        assert page.count("<article") == 3
        assert NOINDEX not in page

    def test_fewer_than_three_are_not_to_be_indexed(self) -> None:
        crowd()
        OfferingFactory(tutor=TutorFactory(offering=False), subject_slug="maths")
        page = page_of("/tutors/in/bengaluru/maths/")
        assert "1 tutor lives in Bengaluru." in page
        assert NOINDEX in page
        assert (
            "/tutors/in/bengaluru/maths/"
            not in page_of("/tutors/in/bengaluru/").partition("Subjects in")[2]
        )
        nobody = page_of("/tutors/in/mumbai/")
        assert "No tutor lives in Mumbai yet." in nobody
        assert NOINDEX in nobody

    def test_neighbours_that_are_worth_a_visit(self) -> None:
        crowd()
        near = around(cities()["bengaluru"], most=2)
        for _ in range(3):
            TutorFactory(pin_code=near[1].pin_code)
        page = page_of("/tutors/in/bengaluru/physics/").partition("Cities near by")[2]
        assert f"/tutors/in/{near[1].slug}/physics/" in page
        assert f"/tutors/in/{near[0].slug}/" not in page

    @pytest.mark.parametrize("path", ["atlantis/", "bengaluru/alchemy/", "Bengaluru/"])
    def test_what_is_not_there(self, path: str) -> None:
        assert Client().get(f"/tutors/in/{path}").status_code == 404

    def test_structured_data(self) -> None:
        crowd()
        TutorFactory(user__name="</script><b>M")
        page = page_of("/tutors/in/bengaluru/physics/")
        crumbs, items = blocks(page)
        assert "<b>M" not in page
        assert [crumb["name"] for crumb in crumbs["itemListElement"]] == [
            "Home",
            "Tutors",
            "Bengaluru",
            "Physics",
        ]
        assert crumbs["itemListElement"][-1]["item"].endswith("/tutors/in/bengaluru/physics/")
        assert items["@type"] == "ItemList"
        assert [item["position"] for item in items["itemListElement"]] == [1, 2, 3, 4]
        assert "</script><b>M" in {item["name"] for item in items["itemListElement"]}

    def test_budget(self, django_assert_max_num_queries: Any) -> None:
        crowd()
        cities()
        with django_assert_max_num_queries(10):
            page = page_of("/tutors/in/bengaluru/physics/")
        with django_assert_max_num_queries(3):
            page_of("/tutors/in/bengaluru/physics/")
        assert len(page) < 50_000


class TestAddresses:
    def test_canonical_and_both_languages(self) -> None:
        tutor = TutorFactory()
        for path in ("/", "/help/", "/privacy/", "/tutors/", tutor.get_absolute_url()):
            page = page_of(f"{path}?pin_code=560034")
            base = re.search(r'<link rel="canonical" href="([^"]+)">', page)
            assert base is not None
            assert base[1].endswith(path)
            assert f'hreflang="hi" href="{base[1]}?hl=hi"' in page
            assert f'hreflang="x-default" href="{base[1]}"' in page

    def test_the_hindi_version_is_an_address_of_its_own(self) -> None:
        client = Client()
        page = client.get("/help/?hl=hi").content.decode()
        assert '<html lang="hi">' in page
        assert re.search(r'rel="canonical" href="[^"]+/help/\?hl=hi"', page)
        # Whoever came by that address goes on in Hindi, and can switch back.
        assert '<html lang="hi">' in client.get("/").content.decode()
        assert '<input type="hidden" name="next" value="/help/">' in page
        client.post("/language/", {"language": "en", "next": "/help/"})
        assert '<html lang="en">' in client.get("/").content.decode()
        client.get("/help/?hl=hi")
        assert '<html lang="en">' in client.get("/").content.decode()

    def test_an_unknown_language_changes_nothing(self) -> None:
        response = Client().get("/help/?hl=xx")
        assert '<html lang="en">' in response.content.decode()
        assert "django_language" not in response.cookies

    @pytest.mark.parametrize("query", ["sort=price", "cursor=garbage"])
    def test_lists_in_another_order_are_passed_through(self, query: str) -> None:
        assert NOINDEX in page_of(f"/tutors/?{query}")
        assert NOINDEX not in page_of("/tutors/?subject=physics")

    def test_private_pages_have_no_canonical_address(self) -> None:
        assert "canonical" not in Client().get("/signin/").content.decode()


def test_the_largest_city_costs_no_more_than_a_page_may(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd()
    monkeypatch.setattr(landing, "MOST", 2)
    figures = landing.count(cities()["bengaluru"])
    assert (figures.total, figures.is_all) == (2, False)
