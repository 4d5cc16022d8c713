"""Searches that a family keeps: ten at most, told once of new tutors, gone with the account."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from rest_framework.test import APIClient

from accounts import news as accounts_news
from accounts.models import User
from accounts.tests.cast import trusted_browser
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core import clock, outbox
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import OutboxRow
from tutors import queries
from tutors.forms import SearchForm, saving
from tutors.models import SavedSearch, TutorProfile
from tutors.services import saved
from tutors.tasks import tell_saved_searches
from tutors.tests.factories import SavedSearchFactory, TutorFactory

API = "/api/v1/students/searches/"
PHYSICS = {"subject": "physics", "grade": 11}


def told() -> list[Message]:
    return list(Message.objects.filter(template="saved_search_new_tutors"))


def day(number: int) -> Any:
    """That many days from now."""
    return clock.at(clock.now() + timedelta(days=number))


def beat() -> None:
    """What beat starts once a day, and the work that it asks for."""
    tell_saved_searches()
    outbox.drain()


@pytest.mark.django_db
class TestTelling:
    def test_of_new_tutors_who_fit_and_once(self) -> None:
        TutorFactory(approved_at=clock.now() - timedelta(days=2))
        search = SavedSearchFactory()
        with day(1):
            TutorFactory(offering__subject_slug="maths")
        with day(2):
            beat()
            assert told() == []
            TutorFactory()
            TutorFactory()
        with day(3):
            beat()
            (message,) = told()
            assert "Physics, Class 11" in message.body
            assert ": 2." in message.body
            assert message.user_id == search.user_id
        with day(4):
            beat()
        assert len(told()) == 1

    def test_a_second_call_of_the_day_asks_for_nothing(self) -> None:
        SavedSearchFactory()
        for _ in range(2):
            tell_saved_searches()
        assert OutboxRow.objects.filter(handler=saved.TELL).count() == 1

    def test_a_repeated_delivery_tells_nothing(self) -> None:
        search = SavedSearchFactory(told_until=clock.now() - timedelta(hours=1))
        TutorFactory()
        now = clock.now()
        assert saved.tell(search.pk, until=now) == 1
        assert saved.tell(search.pk, until=now) == 0
        assert len(told()) == 1

    @pytest.mark.parametrize("change", ["no messages", "account shut", "removed"])
    def test_nobody_who_does_not_want_it(self, change: str) -> None:
        search = SavedSearchFactory(told_until=clock.now() - timedelta(hours=1))
        TutorFactory()
        now = clock.now()
        if change == "no messages":
            saved.set_told(search, by=search.user, is_told=False)
            SavedSearch.objects.update(told_until=now - timedelta(hours=1))
        elif change == "account shut":
            User.objects.filter(pk=search.user_id).update(is_active=False)
        else:
            saved.remove(search, by=search.user)
        assert saved.tell(search.pk, until=now) == 0
        assert told() == []

    def test_who_was_only_restored_is_not_new(self) -> None:
        tutor = TutorFactory(approved_at=clock.now() - timedelta(days=9), status="SUSPENDED")
        search = SavedSearchFactory(told_until=clock.now() - timedelta(days=1))
        TutorProfile.objects.filter(pk=tutor.pk).update(status="APPROVED")
        assert saved.tell(search.pk, until=clock.now()) == 0

    def test_in_hindi(self) -> None:
        user = FamilyUserFactory(language="hi")
        search = SavedSearchFactory(user=user, told_until=clock.now() - timedelta(hours=1))
        TutorFactory()
        saved.tell(search.pk, until=clock.now())
        assert "शिक्षक" in told()[0].body


@pytest.mark.django_db
class TestKeeping:
    def test_ten_and_no_more(self) -> None:
        user = FamilyUserFactory()
        for grade in range(1, 11):
            saved.save(by=user, name="x", wishes={"grade": grade})
        with pytest.raises(saved.TooManySearches):
            saved.save(by=user, name="x", wishes={"grade": 11})

    def test_the_same_twice_is_refused(self) -> None:
        user = FamilyUserFactory()
        saved.save(by=user, name="x", wishes=PHYSICS)
        with pytest.raises(saved.AlreadySaved):
            saved.save(by=user, name="y", wishes={**PHYSICS, "mode": "either", "city": ""})

    @pytest.mark.parametrize(
        ("wishes", "query"),
        [
            ({"min_rating": 4.0}, "min_rating=4"),
            ({"min_rating": 4.5}, "min_rating=4.5"),
            ({"min_rating": 3.7}, ""),
            ({"budget_max_paise": 60_050}, "budget=600"),
            ({"budget_max_paise": 50}, ""),
        ],
    )
    def test_the_address_of_a_kept_search_is_one_that_the_page_accepts(
        self, wishes: dict[str, Any], query: str
    ) -> None:
        assert saving.query_of(wishes) == query
        assert SearchForm(QueryDict(query)).is_valid()

    def test_only_ones_own(self) -> None:
        search, other = SavedSearchFactory(), FamilyUserFactory()
        with pytest.raises(NotAllowed):
            saved.remove(search, by=other)
        with pytest.raises(NotAllowed):
            saved.set_told(search, by=other, is_told=False)
        assert SavedSearch.objects.get().is_told

    def test_forgotten_when_the_account_is_erased(self) -> None:
        search, other = SavedSearchFactory(), SavedSearchFactory()
        outbox.announce(accounts_news.USER_ERASED, user_id=search.user_id)
        outbox.drain()
        assert list(SavedSearch.objects.all()) == [other]

    def test_the_page_asks_again_what_was_kept(self) -> None:
        form = SearchForm(
            {
                "q": "physics bangalore",
                "grade": "11",
                "budget": "800",
                "day": "0",
                "time": "morning",
                "trial": "on",
                "min_rating": "4.5",
                "gender": "female",
                "sort": "price",
            }
        )
        assert form.is_valid()
        kept = queries.cleaned(saving.wishes(form))
        assert (kept["day"], kept["free_from"]) == (0, 0)
        asked = queries.criteria_of(kept)
        again = SearchForm(dict(part.split("=") for part in saving.query_of(kept).split("&")))
        assert again.is_valid()
        assert again.criteria() == asked
        assert asked.subject is not None
        assert asked.has_trial
        assert len(asked.free_hours) == 12

    def test_a_point_of_the_browser_is_kept_as_a_pin_code(self) -> None:
        form = SearchForm({"lat": "12.93", "lon": "77.62"})
        assert form.is_valid()
        kept = queries.cleaned(saving.wishes(form))
        assert list(kept) == ["pin_code"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "kept"), [(True, 10), (False, 11)])
def test_two_at_once_do_not_make_eleven(
    is_locked: bool, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock on the person both would count nine."""
    user = FamilyUserFactory()
    for grade in range(1, 10):
        saved.save(by=user, name="x", wishes={"grade": grade})
    both = threading.Barrier(2, timeout=3)
    create = SavedSearch.objects.create

    def slowly(**fields: Any) -> SavedSearch:
        """Both have counted before one writes, where nothing keeps them apart."""
        with suppress(threading.BrokenBarrierError):
            both.wait()
        return create(**fields)

    monkeypatch.setattr(SavedSearch.objects, "create", slowly)
    if not is_locked:
        monkeypatch.setattr(User.objects, "select_for_update", lambda **_: User.objects.all())

    def one(grade: int) -> None:
        with suppress(saved.TooManySearches):
            saved.save(by=user, name="x", wishes={"grade": grade})
        connection.close()

    threads = [threading.Thread(target=one, args=[grade]) for grade in (11, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert SavedSearch.objects.count() == kept


@pytest.mark.django_db
class TestPage:
    def test_save_tell_and_remove(self) -> None:
        user = FamilyUserFactory()
        client = trusted_browser(user)
        TutorFactory()
        page = client.get("/tutors/?q=physics&grade=11").content.decode()
        assert "Save this search" in page
        assert 'name="query" value="grade=11&amp;mode=either&amp;subject=physics"' in page
        client.post("/searches/", {"query": "grade=11&subject=physics"})
        search = SavedSearch.objects.get()
        assert (search.name, search.wishes) == ("Physics, Class 11", PHYSICS)
        page = client.get("/searches/").content.decode()
        assert 'href="/tutors/?subject=physics&amp;grade=11"' in page
        client.post(f"/searches/{search.pk}/tell/", {"is_told": "0"})
        assert not SavedSearch.objects.get().is_told
        client.post(f"/searches/{search.pk}/remove/")
        assert not SavedSearch.objects.exists()

    def test_an_eleventh_is_refused_in_words(self) -> None:
        user = FamilyUserFactory()
        for grade in range(1, 11):
            SavedSearchFactory(user=user, wishes={"grade": grade})
        answer = trusted_browser(user).post("/searches/", {"query": "grade=12"}, follow=True)
        assert "Ten saved searches is the most" in answer.content.decode()

    def test_others_see_no_button(self, client: Client) -> None:
        TutorFactory()
        assert "Save this search" not in client.get("/tutors/").content.decode()


@pytest.mark.django_db
class TestApi:
    @pytest.fixture
    def api(self) -> APIClient:
        client = APIClient()
        client.force_authenticate(FamilyUserFactory())
        return client

    def test_the_whole_way(self, api: APIClient) -> None:
        wishes = {
            "subject": "Physics",
            "grade": 11,
            "pin_code": "560034",
            "budget_max_paise": 80000,
        }
        made = api.post(API, {"name": "Ravi", "wishes": wishes}, format="json")
        assert made.status_code == 201, made.json()
        assert made.json()["wishes"] == {**wishes, "subject": "physics"}
        (listed,) = api.get(API).json()
        url = f"{API}{listed['id']}"
        assert api.patch(url, {"is_told": False}, format="json").json()["is_told"] is False
        assert api.delete(url).status_code == 204
        assert api.get(api and API).json() == []

    @pytest.mark.parametrize(
        ("wishes", "status"),
        [({"subject": "nonsense"}, 400), ({"grade": 13}, 400), ({"pin_code": "999999"}, 422)],
    )
    def test_bad_wishes(self, api: APIClient, wishes: dict[str, Any], status: int) -> None:
        body = {"name": "x", "wishes": wishes}
        assert api.post(API, body, format="json").status_code == status

    def test_somebody_elses_is_not_found(self, api: APIClient) -> None:
        search = SavedSearchFactory()
        assert api.delete(f"{API}{search.pk}").status_code == 404
        assert SavedSearch.objects.exists()
