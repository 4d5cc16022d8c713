"""Write what has to be registered with the operators, MSG91 and Meta; see docs/messages.md."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from notifications import catalogue
from notifications.catalogue import SMS, WHATSAPP, Template


class Command(BaseCommand):
    help = "The texts to register for SMS and WhatsApp, or (--file) an empty table for their ids."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", action="store_true", help="the JSON file to fill in")

    def handle(self, *args: Any, file: bool, **options: Any) -> None:
        templates = catalogue.every()
        languages = [language for language, _name in settings.LANGUAGES]
        if file:
            table = {one.name: {lang: _ids(one, lang) for lang in languages} for one in templates}
            self.stdout.write(json.dumps(table, indent=2, ensure_ascii=False))
            return
        for template in templates:
            for language in languages:
                self._write(template, language)

    def _write(self, template: Template, language: str) -> None:
        self.stdout.write(f"== {template.name} ({language}, {template.category})")
        if SMS in template.channels:
            self.stdout.write(f"DLT:      {template.for_dlt(language)}")
            self.stdout.write(f"MSG91:    {template.for_sms(language)}")
        if WHATSAPP in template.channels and template.is_code:
            self.stdout.write("WhatsApp: authentication, copy-code button, Meta's own text")
        elif WHATSAPP in template.channels:
            self.stdout.write(f"WhatsApp: {template.for_whatsapp(language)}")
        self.stdout.write("")


def _ids(template: Template, language: str) -> dict[str, str]:
    """What the table has now, empty where it has nothing."""
    wanted = [channel for channel in template.channels if channel in catalogue.WITH_IDS]
    known = settings.MESSAGE_TEMPLATE_IDS or {}
    return {name: known.get(template.name, {}).get(language, {}).get(name, "") for name in wanted}
