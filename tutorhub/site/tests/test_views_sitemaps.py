"""The lists for search engines: whole, valid, and read in ranges."""

import re
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tutorhub.core.cities import cities
from tutorhub.site.demo import scale
from tutorhub.site.queries import CITIES
from tutorhub.site.views import sitemaps
from tutors.models import TutorProfile
from tutors.queries import landing
from tutors.tests.factories import OfferingFactory, TutorDraftFactory, TutorFactory

pytestmark = pytest.mark.django_db


def read(path: str) -> list[str]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    assert response.streaming
    root = ElementTree.fromstring(b"".join(response.streaming_content))
    return [
        loc.text.removeprefix(settings.SITE_URL)
        for loc in root.iter(f"{{{sitemaps.NAMESPACE}}}loc")
    ]


def test_robots_name_it() -> None:
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in Client().get("/robots.txt").text


def test_every_tutor_once_over_all_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "RANGE", 3)
    tutors = [TutorFactory() for _ in range(7)]
    TutorDraftFactory()
    TutorProfile.objects.filter(pk=tutors[1].pk).update(listed_until="2020-01-01")
    type(tutors[4].user).objects.filter(pk=tutors[4].user_id).update(is_active=False)
    lists = read("/sitemap.xml")
    assert lists[:2] == ["/sitemap-pages.xml", "/sitemap-cities.xml"]
    ranges = lists[2:]
    assert len(ranges) == 3
    found = [path for name in ranges for path in read(name)]
    wanted = [
        tutor.get_absolute_url() for number, tutor in enumerate(tutors) if number not in (1, 4)
    ]
    assert found == wanted


@pytest.mark.parametrize(("tutors", "ranges"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2)])
def test_no_range_is_empty(tutors: int, ranges: int) -> None:
    for _ in range(tutors):
        TutorFactory()
    assert len(landing.range_starts(3)) == ranges


def test_a_range_is_read_in_batches_and_not_by_offset() -> None:
    tutors = [TutorFactory() for _ in range(7)]
    with CaptureQueriesContext(connection) as queries:
        rows = list(landing.in_range(UUID(int=0), size=6, batch=2))
    assert [row.slug for row in rows] == [tutor.slug for tutor in tutors[:6]]
    assert len(queries) in (3, 4)
    assert not any("OFFSET" in query["sql"] for query in queries)


def test_ranges_are_read_by_their_index() -> None:
    approved = TutorProfile.objects.filter(status="APPROVED").order_by("pk")
    start = approved.filter(pk__gt=UUID(int=0)).values_list("pk", flat=True)[2:4]
    with connection.cursor() as cursor:
        scale.add_rows(cursor, 0, 499)
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE tutors_tutorprofile")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = start.explain()
    # Nearly all of so few are approved, so that the index of all is as good as that of those.
    assert re.search("Scan using (tutor_approved|tutors_tutorprofile_pkey) ", plan)
    assert "Sort" not in plan


def test_cities_with_enough_tutors_and_their_subjects() -> None:
    for _ in range(3):
        TutorFactory()
    OfferingFactory(tutor=TutorFactory(pin_code="400053", offering=False), subject_slug="maths")
    assert read("/sitemap-cities.xml") == [
        "/tutors/in/bengaluru/",
        "/tutors/in/bengaluru/physics/",
    ]


def test_pages_exist() -> None:
    paths = read("/sitemap-pages.xml")
    assert "/" in paths
    assert [path for path in paths if Client().get(path).status_code != 200] == []


def test_caches_may_keep_it_and_nobody_gets_a_cookie() -> None:
    response: Any = Client().get("/sitemap.xml")
    assert response["Cache-Control"] == "public, max-age=3600"
    assert not response.cookies
    assert Client().head("/sitemap.xml").status_code == 200


def test_the_home_page_leads_to_cities_that_exist() -> None:
    page = Client().get("/").content.decode()
    for _name, slug in CITIES:
        assert f'href="/tutors/in/{slug}/"' in page
        assert slug in cities()
