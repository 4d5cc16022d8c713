"""The check of search finds what is missing, left over and wrong, and says so by its exit code."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from tutors.models import SearchEntry, SearchName, SearchWord
from tutors.services import spellings
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db


def check() -> str:
    out = StringIO()
    call_command("check_search", stdout=out)
    return out.getvalue()


def test_what_is_right_is_said_to_be() -> None:
    TutorFactory()
    assert "what it ought to be" in check()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM tutors_searchentry WHERE is_home", "at home: missing"),
        ("UPDATE tutors_searchentry SET rate = rate + 1 WHERE NOT is_home", "online: different"),
        ("UPDATE tutors_searchentry SET offering_id = gen_random_uuid()", "online: left over"),
        ("UPDATE tutors_searchname SET words = '{x}'", ": different"),
        ("DELETE FROM tutors_searchname", ": missing"),
        ("DELETE FROM tutors_searchword WHERE word = 'meera'", "word meera: missing"),
    ],
)
def test_each_difference_is_listed(statement: str, said: str) -> None:
    TutorFactory(user__name="Meera Iyer")
    with connection.cursor() as cursor:
        cursor.execute(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="Search differs"):
        call_command("check_search", stdout=out)
    assert said in out.getvalue()


def test_words_that_nobody_has_are_forgotten_and_no_others() -> None:
    tutor = TutorFactory(user__name="Meera Iyer")
    User.objects.filter(pk=tutor.user_id).update(name="Leela Iyer")
    assert SearchWord.objects.filter(word="meera").exists()
    assert spellings.forget_unused() == 1
    assert not SearchWord.objects.filter(word="meera").exists()
    assert set(SearchName.objects.get().words) <= set(
        SearchWord.objects.values_list("word", flat=True)
    )
    assert SearchEntry.objects.exists()
    assert "what it ought to be" in check()
