"""What nobody waits for is deleted, and nothing else, from both storages."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tutorhub.core import clock, outbox, storage, sweeping
from tutorhub.core.tests.storages import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys of `papers` that have a row; other prefixes have no owner here."""
    keys: set[str] = set()

    def of(asked: Sequence[str]) -> set[str]:
        return keys & set(asked)

    monkeypatch.setattr(sweeping, "owners", {"papers": of})
    return keys


def made(kind: str) -> str:
    key = storage.private_key(kind)
    storage.put(key, b"x", content_type="image/jpeg")
    return key


def is_there(key: str) -> bool:
    try:
        storage.head(key)
    except storage.MissingFile:
        return False
    return True


def test_after_a_day(world: World, known: set[str]) -> None:
    upload = storage.start_upload(
        key=storage.new_key(), content_type="image/jpeg", size=4, max_size=10
    )
    assert world.post(upload, b"four").status == 204
    kept, orphan, foreign = made("papers"), made("papers"), made("portraits")
    known.add(kept)
    assert sweeping.sweep() == 0
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        assert sweeping.sweep() == 2
        assert sweeping.sweep() == 0
    gone = {upload.fields["key"]: False, orphan: False, kept: True, foreign: True}
    assert {key: is_there(key) for key in gone} == gone


def test_a_sweep_goes_on_where_the_last_one_stopped(
    world: World, known: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is stopped by its time, one by a storage that is away; none begins anew."""
    monkeypatch.setattr(sweeping, "BATCH", 2)
    monkeypatch.setattr(
        sweeping, "owners", {"papers": known.intersection, "portraits": lambda asked: set()}
    )
    keys = sorted(made("papers") for _file in range(5))
    known.update(keys[:4])
    lost = made("portraits")
    listed: list[str] = []
    old_keys = storage.old_keys

    def listing(prefix: str, **rest: Any) -> Iterator[str]:
        for key in old_keys(prefix, **rest):
            listed.append(key)
            yield key

    monkeypatch.setattr(storage, "old_keys", listing)
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        with monkeypatch.context() as patch:
            patch.setattr(sweeping, "MOST_SECONDS", -1)
            assert sweeping.sweep() == 0
        with monkeypatch.context() as patch:
            patch.setattr(storage, "delete", _away)
            with pytest.raises(ConnectionError):
                sweeping.sweep()
        assert sweeping.sweep() == 2
        assert listed == [*keys[:4], keys[4], keys[4], lost]
        listed.clear()
        assert sweeping.sweep() == 0
        assert listed == keys[:4]


def _away(key: str) -> None:
    raise ConnectionError


def test_the_rest_of_a_write_that_was_cut_off(disk: World, known: set[str], settings) -> None:
    kept = made("papers")
    known.add(kept)
    left = settings.PRIVATE_ROOT / "papers" / "tmp1234"
    left.write_bytes(b"half")
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        sweeping.sweep()
    assert not left.exists()
    assert is_there(kept)


def test_what_comes_by_a_form_after_its_key_was_deleted(world: World) -> None:
    upload = storage.start_upload(
        key=storage.new_key(), content_type="image/jpeg", size=4, max_size=10
    )
    key = upload.fields["key"]
    world.post(upload, b"four")
    sweeping.delete_later(key, is_upload=True)
    outbox.drain()
    assert not is_there(key)
    world.post(upload, b"five")
    assert is_there(key)
    with clock.at(clock.now() + timedelta(minutes=7)):
        outbox.drain()
    assert not is_there(key)
