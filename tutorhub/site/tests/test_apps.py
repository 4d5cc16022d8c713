"""What the last app looks at when all are loaded."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tutorhub.site.apps import check_templates


def test_production_does_not_start_without_every_id(settings):
    settings.MESSAGE_TEMPLATE_IDS = {}
    settings.MESSAGE_CHANNELS = {"sms": "notifications.gateway.Msg91", "whatsapp": "off"}
    with pytest.raises(ImproperlyConfigured, match="signin_code/hi/sms"):
        check_templates()
    settings.MESSAGE_CHANNELS = {"sms": "off", "whatsapp": "off"}
    check_templates()
