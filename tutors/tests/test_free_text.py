"""A free question: words that are filters, names with typing errors, and what is only text."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tutors import queries
from tutors.models import SearchName, TutorProfile
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db

API = "/api/v1"


def tutor_called(name: str, **fields: Any) -> TutorProfile:
    return TutorFactory(user__name=name, **fields)


def found(question: str) -> list[str]:
    """Names of the tutors whom the API finds for this question."""
    answer = APIClient().get(f"{API}/tutors/", {"q": question})
    assert answer.status_code == 200, answer.json()
    return [row["name"] for row in answer.json()["results"]]


class TestFilters:
    @pytest.mark.parametrize(
        ("question", "filters", "rest"),
        [
            ("fisics tuter bangalor", {"subject": "physics", "city": "bengaluru"}, ""),
            ("Physics tutor in Bengaluru", {"subject": "physics", "city": "bengaluru"}, ""),
            ("class 10 maths cbse", {"grade": "10", "subject": "maths", "board": "CBSE"}, ""),
            ("10th mathematics", {"grade": "10", "subject": "maths"}, ""),
            ("computer sciense", {"subject": "computer-science"}, ""),
            ("maths in hindi", {"subject": "maths", "language": "hi"}, ""),
            ("hindi", {"subject": "hindi"}, ""),
            ("chemestry online", {"subject": "chemistry", "mode": "online"}, ""),
            ("lady teacher 560034", {"gender": "female", "pin_code": "560034"}, ""),
            ("कक्षा 9 गणित दिल्ली", {"grade": "9", "subject": "maths", "city": "delhi"}, ""),
            ("aurangabad", {"city": "aurangabad-maharashtra"}, ""),
            ("Mira Ayer", {}, "mira ayer"),
            ("biology Meera", {"subject": "biology"}, "meera"),
            ("class 13", {}, "13"),
            ("?! ...", {}, ""),
        ],
    )
    def test_words_become_filters(self, question: str, filters: dict[str, str], rest: str) -> None:
        understood = queries.understand(question)
        assert (understood.filters, understood.text) == (filters, rest)

    def test_a_name_that_somebody_has_is_not_taken_for_a_misspelt_city(self) -> None:
        assert queries.understand("Jaipor").filters == {"city": "jaipur"}
        tutor_called("Jaipor Singh")
        assert queries.understand("Jaipor").text == "jaipor"

    def test_the_city_is_a_place(self) -> None:
        near = tutor_called("Near Home", offering__online_rate_paise=None, radius_km=40)
        tutor_called("Far Away", pin_code="110001", offering__online_rate_paise=None)
        assert found("bangalore physics") == [near.user.name]

    def test_what_is_typed_goes_before_what_was_chosen(self) -> None:
        tutor_called("Physics Only")
        answer = APIClient().get(
            f"{API}/tutors/", {"q": "physics delhi", "subject": "maths", "pin_code": "560034"}
        )
        (row,) = answer.json()["results"]
        assert row["distance_km"] > 1000
        assert answer.json()["understood"] == {
            "filters": {"subject": "physics", "city": "delhi"},
            "names": "",
            "did_you_mean": None,
        }


class TestNames:
    def test_typing_errors_are_forgiven_and_told(self) -> None:
        tutor_called("Meera Iyer")
        tutor_called("Arjun Kulkarni")
        answer = APIClient().get(f"{API}/tutors/", {"q": "Mira Ayer"}).json()
        assert [row["name"] for row in answer["results"]] == ["Meera Iyer"]
        assert answer["understood"]["did_you_mean"] == "meera iyer"

    def test_who_is_called_so_goes_before_who_is_called_nearly_so(self) -> None:
        tutor_called("Meera Iyer")
        tutor_called("Mira Ayer")
        answer = APIClient().get(f"{API}/tutors/", {"q": "Mira Ayer"}).json()
        assert [row["name"] for row in answer["results"]] == ["Mira Ayer"]
        assert answer["understood"]["did_you_mean"] is None

    def test_words_that_nobody_has_together_are_taken_more_widely(self) -> None:
        for name in ("Meera Iyer", "Mira Khan", "Lata Ayer"):
            tutor_called(name)
        assert found("Mira Iyer") == ["Meera Iyer"]

    @pytest.mark.parametrize("question", ["Zoë", "zoe", "ZOË D’Souza", "Zoe\u0308 d'souza"])
    def test_accents_and_capitals_do_not_matter(self, question: str) -> None:
        tutor_called("Zoë D'Souza")
        assert found(question) == ["Zoë D'Souza"]

    @pytest.mark.parametrize("question", ["मीरा अय्यर", "मिरा", "मीरा।"])
    def test_devanagari(self, question: str) -> None:
        tutor_called("मीरा अय्यर")
        tutor_called("राम शर्मा")
        assert found(question) == ["मीरा अय्यर"]

    def test_headlines_too(self) -> None:
        tutor_called("Arjun Kulkarni", headline="IIT Madras engineer, mechanics with joy")
        tutor_called("Meera Iyer")
        assert found("mecanics") == ["Arjun Kulkarni"]

    def test_who_is_not_listed_is_not_found(self) -> None:
        tutor = tutor_called("Meera Iyer")
        TutorProfile.objects.filter(pk=tutor.pk).update(status="SUSPENDED")
        assert found("meera") == []
        assert not SearchName.objects.exists()

    @pytest.mark.parametrize(
        "question",
        [
            '"Meera" & !Iyer | :* <-> (',
            "meera' OR 1=1 --",
            "meera %s %(x)s {0} \\",
            "a" * 200,
            "é" * 200,
            "% _ ; NULL",
            "+-*/ \u200d \u202e",
        ],
    )
    def test_operators_and_quotes_are_text(self, question: str) -> None:
        tutor_called("Meera Iyer")
        assert found(question) in ([], ["Meera Iyer"])

    def test_what_is_longer_is_refused(self) -> None:
        answer = APIClient().get(f"{API}/tutors/", {"q": "a" * 201})
        assert answer.status_code == 400
        assert Client().get("/tutors/", {"q": "a" * 201}).status_code == 200

    def test_a_question_of_200_letters_asks_ten_words(self) -> None:
        assert len(queries.understand("xq yq zq " * 22).rest) <= 10


class TestAtOnce:
    """The words are there with the change, in its transaction."""

    def test_a_renamed_tutor(self) -> None:
        tutor = tutor_called("Meera Iyer")
        User.objects.filter(pk=tutor.user_id).update(name="Leela Menon")
        assert found("leela menon") == ["Leela Menon"]
        assert SearchName.objects.get().words[:2] == ["leela", "menon"]

    def test_a_new_headline(self) -> None:
        tutor = tutor_called("Meera Iyer")
        TutorProfile.objects.filter(pk=tutor.pk).update(headline="Kathakali at dawn")
        assert found("kathakali") == ["Meera Iyer"]

    def test_an_account_shut_and_opened(self) -> None:
        tutor = tutor_called("Meera Iyer")
        User.objects.filter(pk=tutor.user_id).update(is_active=False)
        assert found("meera") == []
        User.objects.filter(pk=tutor.user_id).update(is_active=True)
        assert found("meera") == ["Meera Iyer"]

    def test_what_has_no_words_writes_none(self) -> None:
        tutor_called("Meera Iyer")
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(ctid::text) FROM tutors_searchname")
            before = cursor.fetchone()
            TutorProfile.objects.update(bio="new", radius_km=9, minutes_taught=600)
            cursor.execute("SELECT array_agg(ctid::text) FROM tutors_searchname")
            assert cursor.fetchone() == before


class TestPage:
    def test_words_become_chips_and_leave_the_line(self) -> None:
        tutor_called("Meera Iyer")
        page = Client().get("/tutors/", {"q": "fisics bangalor meera"}).content.decode()
        assert "Meera Iyer" in page
        assert 'name="q" value="meera"' in page
        assert '<option value="physics" selected>' in page
        assert '<input type="hidden" name="city" value="bengaluru">' in page
        assert "near Bengaluru <span" in page

    def test_did_you_mean(self) -> None:
        tutor_called("Meera Iyer")
        page = Client().get("/tutors/", {"q": "Mira Ayer"}).content.decode()
        assert "did you mean “meera iyer”?" in page

    def test_script_in_a_question_is_text(self) -> None:
        page = Client().get("/tutors/", {"q": "<script>alert(1)</script>"}).content.decode()
        assert "<script>alert" not in page
