"""The public page of a tutor: what it says to families, to other sites and to search engines."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from PIL import Image

from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import previews as core_previews
from tutors.models import TutorProfile
from tutors.services import previews
from tutors.tests.factories import BadgeFactory, OfferingFactory, TutorFactory, TutorPendingFactory

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"


def page_of(tutor: TutorProfile, query: str = "", client: Client | None = None) -> str:
    response = (client or Client()).get(f"/tutors/{tutor.slug}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def structured(page: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    made: dict[str, Any] = json.loads(blocks[0])
    return made


def fresh(tutor: TutorProfile) -> TutorProfile:
    from tutors import queries

    return queries.public_profile(TutorProfile.objects.all()).get(pk=tutor.pk)


class TestWhatFamiliesSee:
    def test_badges_name_the_degree_only_where_one_can_be_meant(self) -> None:
        one = TutorFactory(qualifications=["M.Sc. Physics"])
        BadgeFactory(tutor=one, claim="degree")
        assert "✓ M.Sc. Physics, checked" in page_of(one)
        two = TutorFactory(qualifications=["M.Sc. Physics", "B.Ed."])
        BadgeFactory(tutor=two, claim="degree")
        assert "✓ Degree checked" in page_of(two)
        assert "12 Oct 2026" in page_of(two)

    def test_the_trial_class(self) -> None:
        assert "Trial class" not in page_of(TutorFactory())
        free = TutorFactory(trial_minutes=30, trial_price_paise=0)
        assert "A first class of 30 minutes is free." in page_of(free)
        paid = TutorFactory(trial_minutes=45, trial_price_paise=150_00)
        assert "A first class of 45 minutes costs ₹\u00a0150." in page_of(paid)

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (59, "answers within the hour"),
            (65, "answers in about 1 hour"),
            (125, "answers in about 2 hours"),
            (3 * 24 * 60, "answers in about 3 days"),
        ],
    )
    def test_how_fast_the_tutor_answers(self, minutes: int, words: str) -> None:
        assert words in page_of(TutorFactory(response_minutes=minutes))

    def test_nothing_is_said_of_answers_while_there_are_few(self) -> None:
        page = page_of(TutorFactory())
        assert "answers in about" not in page
        assert "answers within" not in page

    def test_distance_from_the_pin_code(self) -> None:
        tutor = TutorFactory(pin_code="560034")
        far = re.search(r"([\d.]+) km from you", page_of(tutor, "?pin_code=560001"))
        assert far is not None
        assert 3 < float(far[1]) < 10
        assert "0 km from you" in page_of(tutor, "?pin_code=560034")
        assert "km from you" not in page_of(tutor)
        assert "km from you" not in page_of(tutor, "?pin_code=999999")

    def test_budget(self, django_assert_max_num_queries: Any) -> None:
        tutor = TutorFactory(trial_minutes=30, trial_price_paise=0, rating_sum=20, rating_count=4)
        for slug in ("maths", "chemistry"):
            OfferingFactory(tutor=tutor, subject_slug=slug)
        client = Client()
        client.force_login(FamilyUserFactory(), backend=PHONE)
        with django_assert_max_num_queries(10):
            page = page_of(tutor, "?pin_code=560001", client)
        with django_assert_max_num_queries(10):
            page_of(tutor, "", client)
        assert len(page) < 40_000


class TestLinkPreview:
    def test_tags(self) -> None:
        tutor = TutorFactory(user__name="Meera Iyer")
        page = page_of(tutor)
        url = f"http://localhost:8000/tutors/{tutor.slug}/"
        tags = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))
        assert tags["og:title"] == "Meera Iyer"
        assert tags["og:url"].endswith(f"/tutors/{tutor.slug}/")
        assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
        assert tags["twitter:card"] == "summary_large_image"
        assert tags["og:image"].startswith(tags["og:url"] + "card-"), (tags, url)

    def test_the_picture_and_its_headers(self) -> None:
        tutor = TutorFactory(user__name="मीरा Iyer")
        BadgeFactory(tutor=tutor, claim="police")
        path = f"/tutors/{tutor.slug}/card-{previews.mark_of(fresh(tutor))}.jpg"
        answer = Client().get(path)
        with Image.open(BytesIO(answer.content)) as image:
            assert (image.format, *image.size) == ("JPEG", 1200, 630)
            assert len(image.getcolors(1_000_000) or ()) > 100
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Type"] == "image/jpeg"
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies

    @pytest.mark.parametrize("change", ["name", "headline", "price", "badge"])
    def test_its_address_changes_with_what_is_on_it(self, change: str) -> None:
        tutor = TutorFactory()
        before = previews.mark_of(fresh(tutor))
        assert before == previews.mark_of(fresh(tutor))
        if change == "name":
            tutor.user.name = "Somebody Else"
            tutor.user.save()
        elif change == "headline":
            TutorProfile.objects.filter(pk=tutor.pk).update(headline="Anew")
        elif change == "price":
            tutor.offerings.update(online_rate_paise=90_00)
        else:
            BadgeFactory(tutor=tutor, claim="address")
        assert previews.mark_of(fresh(tutor)) != before
        old = Client().get(f"/tutors/{tutor.slug}/card-{before}.jpg")
        assert old.status_code == 302
        assert "immutable" not in old["Cache-Control"]
        assert Client().get(old.url).status_code == 200

    def test_a_hindi_address_answers_a_reader_of_english_in_hindi(self) -> None:
        """Whoever follows a link in a message has no language of ours; caches keep the picture."""
        tutor = TutorFactory()
        BadgeFactory(tutor=tutor, claim="police")
        with translation.override("hi"):
            hindi = previews.mark_of(fresh(tutor))
        english = previews.mark_of(fresh(tutor))
        assert hindi != english
        pictures = [
            Client().get(f"/tutors/{tutor.slug}/card-{mark}.jpg") for mark in (hindi, english)
        ]
        assert [picture.status_code for picture in pictures] == [200, 200]
        assert pictures[0].content != pictures[1].content

    def test_it_is_drawn_once_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tutor, drawn = TutorFactory(), []
        draw = core_previews.draw
        monkeypatch.setattr(core_previews, "draw", lambda *a: drawn.append(a) or draw(*a))
        path = f"/tutors/{tutor.slug}/card-{previews.mark_of(fresh(tutor))}.jpg"
        first, second = Client().get(path), Client().get(path)
        assert first.content == second.content
        assert len(drawn) == 1

    def test_who_is_not_listed_has_none(self) -> None:
        tutor = TutorPendingFactory()
        mark = previews.mark_of(fresh(tutor))
        assert Client().get(f"/tutors/{tutor.slug}/card-{mark}.jpg").status_code == 404


class TestStructuredData:
    def test_person_service_and_offers(self) -> None:
        tutor = TutorFactory(user__name="Meera Iyer")
        data = structured(page_of(tutor))
        assert (data["@type"], data["provider"]["@type"]) == ("Service", "Person")
        assert data["provider"]["name"] == "Meera Iyer"
        assert data["areaServed"] == {"@type": "City", "name": "Bengaluru"}
        offers = [(offer["name"], offer["price"]) for offer in data["offers"]]
        assert offers == [
            ("Physics, class 9-12, online", "500.00"),
            ("Physics, class 9-12, at home", "650.00"),
        ]

    def test_a_rating_from_three_reviews_on(self) -> None:
        few = structured(page_of(TutorFactory(rating_sum=10, rating_count=2)))
        assert "aggregateRating" not in few
        data = structured(page_of(TutorFactory(rating_sum=14, rating_count=3)))
        assert data["aggregateRating"]["ratingValue"] == 4.7
        assert data["aggregateRating"]["reviewCount"] == 3

    def test_what_a_tutor_writes_cannot_leave_its_place(self) -> None:
        evil = '</script><script>alert(1)</script> & "quoted" <!--'
        tutor = TutorFactory(headline=evil, user__name='<img src=x> & "M"')
        page = page_of(tutor)
        assert structured(page)["name"] == evil
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "<!--" not in page

    def test_nothing_for_programs_while_nobody_may_see_it(self) -> None:
        tutor = TutorPendingFactory()
        client = Client()
        client.force_login(tutor.user, backend=PHONE)
        page = page_of(tutor, client=client)
        assert "ld+json" not in page
        assert "og:image" not in page
