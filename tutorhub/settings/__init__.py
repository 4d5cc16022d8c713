"""All settings.

Everything that differs between machines comes from the environment (see .env.example). With
nothing set this is a development machine: `manage.py` and `make run` start embedded servers and the
gateway simulator. `TUTORHUB_ENV=production` turns every convenience off and refuses to start
without secrets.
"""

from tutorhub.settings.api import *  # noqa: F403 - settings are all the names there
from tutorhub.settings.env import *  # noqa: F403 - settings are all the names there
from tutorhub.settings.product import *  # noqa: F403 - settings are all the names there
from tutorhub.settings.services import *  # noqa: F403 - settings are all the names there
from tutorhub.settings.site import *  # noqa: F403 - settings are all the names there
from tutorhub.settings.stores import *  # noqa: F403 - settings are all the names there
