import pytest
from pytest_django.fixtures import Settings

from accounts.tests.authenticator import SITE


@pytest.fixture
def site_of_passkeys(settings: Settings) -> None:
    """The site is where the authenticators of `Authenticator` make their passkeys."""
    settings.SITE_URL = SITE
