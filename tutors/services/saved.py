"""Searches that families keep, and telling them of tutors who are new and fit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, TooMany
from tutors import messages, queries
from tutors.models import SavedSearch
from tutors.policies import SEARCHES_A_PERSON, check_is_own_search

TELL = "tutors.tell_saved_search"
# A profile that is being approved at this moment may be committed with a time before `now`.
SETTLED_AFTER = timedelta(minutes=5)
BATCH = 500


class TooManySearches(TooMany):
    code = "too_many_searches"
    message = _("Ten saved searches is the most. Remove one first.")


class AlreadySaved(Conflict):
    code = "already_saved"
    message = _("You have saved this search already.")


@transaction.atomic
def save(*, by: User, name: str, wishes: Mapping[str, Any], is_told: bool = True) -> SavedSearch:
    """Keep a question. Raises TooManySearches or AlreadySaved."""
    # The person's row is locked: the number of searches is a rule about all of them together.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    kept, mine = queries.cleaned(wishes), SavedSearch.objects.of(by)
    if mine.filter(wishes=kept).exists():
        raise AlreadySaved
    if mine.count() >= SEARCHES_A_PERSON:
        raise TooManySearches
    search = SavedSearch.objects.create(user=by, name=name[:60], wishes=kept, is_told=is_told)
    audit.record("saved_search.saved", search, by=by)
    return search


@transaction.atomic
def set_told(search: SavedSearch, *, by: User, is_told: bool) -> SavedSearch:
    """Tell of new tutors from now on, or no more."""
    fresh = SavedSearch.objects.locked().get(pk=search.pk)
    check_is_own_search(fresh, by)
    if fresh.is_told != is_told:
        fresh.is_told, fresh.told_until = is_told, clock.now()
        fresh.save(update_fields=["is_told", "told_until"])
        audit.record("saved_search.told_set", fresh, by=by, is_told=is_told)
    return fresh


@transaction.atomic
def remove(search: SavedSearch, *, by: User) -> None:
    fresh = SavedSearch.objects.locked().filter(pk=search.pk).first()
    if fresh is None:
        return
    check_is_own_search(fresh, by)
    audit.record("saved_search.removed", fresh, by=by)
    fresh.delete()


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Everything that this person has saved, when the account is erased."""
    SavedSearch.objects.filter(user_id=user_id).delete()


def ask_for_all() -> int:
    """Once a day: ask for work on each search that wants to be told; how many there are.

    The key lets a second call of the same day ask for nothing more.
    """
    until, day = clock.now() - SETTLED_AFTER, clock.today().isoformat()
    wanted = SavedSearch.objects.filter(is_told=True, user__is_active=True).order_by("pk")
    count, last = 0, None
    while True:
        rest = wanted.filter(pk__gt=last) if last else wanted
        ids = list(rest.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return count
        _ask_for(ids, until=until, day=day)
        count, last = count + len(ids), ids[-1]


@transaction.atomic
def _ask_for(ids: list[UUID], *, until: datetime, day: str) -> None:
    for pk in ids:
        payload = {"search": str(pk), "until": until.isoformat()}
        outbox.later(TELL, payload, key=f"{TELL}:{pk}:{day}")


@transaction.atomic
def tell(search_id: UUID, *, until: datetime) -> int:
    """Tell the family of tutors listed since the last time who fit; how many there are.

    What was told is noted in the same transaction, so that a repeat has nothing to tell.
    """
    search = SavedSearch.objects.locked().select_related("user").filter(pk=search_id).first()
    if search is None or not search.is_told or not search.user.is_active:
        return 0
    if search.told_until >= until:
        return 0
    found = queries.newly_listed(search.wishes, after=search.told_until, until=until)
    search.told_until = until
    search.save(update_fields=["told_until"])
    if found:
        messages.new_tutors(search, found)
    return found
