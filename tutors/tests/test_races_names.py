"""An account is shut while its headline changes: its words may not come back."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import User
from tutorhub.core.tests.threads import somebody_waits, wait_until
from tutors.models import SearchName, TutorProfile
from tutors.tests import test_search_entries as entries
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db(transaction=True)


def race() -> int:
    tutor = TutorFactory()
    has_shut = threading.Event()

    def shut() -> None:
        try:
            with transaction.atomic():
                User.objects.filter(pk=tutor.user_id).update(is_active=False)
                has_shut.set()
                wait_until(somebody_waits)
        finally:
            connection.close()

    def change() -> None:
        try:
            has_shut.wait(10)
            TutorProfile.objects.filter(pk=tutor.pk).update(headline="Kathakali at dawn")
        finally:
            connection.close()

    threads = [threading.Thread(target=target) for target in (shut, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert TutorProfile.objects.get().headline == "Kathakali at dawn"
    return SearchName.objects.count()


def test_with_the_lock_the_words_are_gone() -> None:
    assert race() == 0


def test_without_the_lock_they_come_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('search_refresh_names'::regproc)")
        function = cursor.fetchone()[0]
        assert entries.LOCK in function
        cursor.execute(function.replace(entries.LOCK, "PERFORM id"))
        try:
            assert race() > 0
        finally:
            cursor.execute(function)
