"""A name that is typed while a moderator decides, in real transactions."""

import threading
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import QuerySet

from accounts.services import users
from accounts.tests.factories import StaffFactory
from tutorhub.core.errors import DomainError
from tutorhub.core.tests.threads import somebody_waits, wait_until
from tutors.models import TutorProfile
from tutors.models.profiles import TutorQuerySet
from tutors.queries import changes
from tutors.services import verification
from tutors.tests.factories import BadgeFactory, TutorFactory, TutorPendingFactory, claimed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SHOWN, CHECKED, TYPED = "Meera Iyer", "Meera Rao", "Somebody Else"


class Other(threading.Thread):
    """Does something beside the test; `result` is what it returned, or the code of a refusal."""

    def __init__(self, act: Any) -> None:
        super().__init__()
        self.act, self.result = act, None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.act()
        except DomainError as error:
            self.result = error.code
        finally:
            connections.close_all()

    def settle(self) -> None:
        """Until it waits for a lock of the test, or is through without."""
        wait_until(lambda: somebody_waits() or not self.is_alive())

    def finish(self) -> Any:
        self.join(30)
        return self.result


def names(tutor: TutorProfile) -> tuple[str, str]:
    found = TutorProfile.objects.select_related("user").get(pk=tutor.pk)
    return found.user.name, found.pending_name


def typed_while_a_moderator_approves() -> TutorProfile:
    """The name comes after the moderator has read the case and before the approval is written."""
    tutor = TutorPendingFactory(user__name=CHECKED)
    BadgeFactory(tutor=tutor)
    moderator = StaffFactory(group="moderator")
    claimed(tutor, moderator)
    with transaction.atomic():
        verification.approve(tutor, by=moderator, seen=changes.digest(tutor))
        typing = Other(lambda: users.update_profile(tutor.user, name=TYPED))
        typing.settle()
    typing.finish()
    return tutor


def test_a_name_typed_during_the_approval_waits() -> None:
    assert names(typed_while_a_moderator_approves()) == (CHECKED, TYPED)


def test_control_without_the_lock_it_is_approved_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TutorQuerySet, "locked", QuerySet.all)
    assert names(typed_while_a_moderator_approves()) == (TYPED, "")


def approved_while_it_is_typed(seen: str, tutor: TutorProfile) -> Any:
    """The verdict waits for the lock that the typing holds, and reads the name after it."""
    moderator = StaffFactory(group="moderator")
    claimed(tutor, moderator)
    with transaction.atomic():
        users.update_profile(tutor.user, name=TYPED)
        deciding = Other(
            lambda: (
                verification.accept_changes(tutor, by=moderator, seen=seen)
                if tutor.is_approved
                else verification.approve(tutor, by=moderator, seen=seen)
            )
        )
        deciding.settle()
    return deciding.finish()


def test_a_verdict_that_waited_for_the_lock_reads_the_name_after_it() -> None:
    tutor = TutorPendingFactory(user__name=CHECKED)
    BadgeFactory(tutor=tutor)
    assert approved_while_it_is_typed(changes.digest(tutor), tutor) == "profile_changed"


def test_agreeing_to_an_older_proposal_while_a_newer_one_is_typed() -> None:
    tutor = TutorFactory(user__name=SHOWN)
    users.update_profile(tutor.user, name=CHECKED)
    seen = changes.digest(TutorProfile.objects.get(pk=tutor.pk))
    assert approved_while_it_is_typed(seen, tutor) == "profile_changed"
    assert names(tutor) == (SHOWN, TYPED)


def test_the_other_way_round_the_newer_one_waits_beside_the_agreed() -> None:
    tutor = TutorFactory(user__name=SHOWN)
    users.update_profile(tutor.user, name=CHECKED)
    moderator = StaffFactory(group="moderator")
    claimed(tutor, moderator)
    with transaction.atomic():
        verification.accept_changes(tutor, by=moderator)
        # What was shown until now is a new name from now on.
        typing = Other(lambda: users.update_profile(tutor.user, name=SHOWN.upper()))
        typing.settle()
    typing.finish()
    assert names(tutor) == (CHECKED, SHOWN.upper())
