"""The two worlds of the sweep, for the tests that ask in them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.services.access_tokens import AccessToken
from tests.access import sweep


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[sweep.Worlds]:
    """Built once for a module and worker, and undone at the end; a test is a savepoint inside."""
    # What people prove lasts as long as the worlds do, however slow the machine is.
    long_lived = override_settings(STEP_UP_LIFE=timedelta(hours=4))
    block = transaction.atomic()
    block._from_testcase = True
    with django_db_blocker.unblock(), long_lived, pytest.MonkeyPatch.context() as patch:
        patch.setattr(AccessToken, "lifetime", timedelta(hours=4))
        with block:
            yield sweep.build()
            transaction.set_rollback(True)
