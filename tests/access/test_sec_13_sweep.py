"""SEC-13: every route, method and person, and every way a thing can belong to them.

Whoever asks from world A gets what the table says, sees nothing of world B, and changes nothing
when refused; what is of B is answered to the byte as if it did not exist.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from rest_framework_simplejwt.tokens import AccessToken

from tests.access import sweep

# Each test is a savepoint inside the worlds' transaction.
pytestmark = pytest.mark.django_db
SHARDS = 8
MOST_SECONDS = 60
"""Of the processor, for one of the eight parts: together less than 240 s on two of them."""


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[sweep.Worlds]:
    """Built once for a worker, and undone at the end."""
    # What people prove lasts as long as the worlds do, however slow the machine is.
    long_lived = override_settings(STEP_UP_LIFE=timedelta(hours=4))
    block = transaction.atomic()
    block._from_testcase = True
    with django_db_blocker.unblock(), long_lived, pytest.MonkeyPatch.context() as patch:
        patch.setattr(AccessToken, "lifetime", timedelta(hours=4))
        with block:
            yield sweep.build()
            transaction.set_rollback(True)


@pytest.mark.parametrize("number", range(SHARDS))
def test_sec_13(worlds: sweep.Worlds, number: int) -> None:
    started = time.process_time()
    assert sweep.problems(worlds, sweep.shard(number, SHARDS)) == []
    assert time.process_time() - started < MOST_SECONDS
