from typing import Any

import pytest

from accounts.services import staff
from tutors.tests.desking import member


@pytest.fixture
def moderator(db: None) -> Any:
    """A member of staff who checks papers."""
    return member(staff.MODERATOR)
