"""What can be said to people: one template for each kind of message.

India's operators (DLT) and WhatsApp let through only texts that were registered beforehand, and
want a template's id and its values instead of a finished sentence. So every app defines its
templates once, beside the functions that use them, and the text that people read, the text that is
registered and the order of the values are one and the same. docs/messages.md says how to register
them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext

WHATSAPP, SMS, EMAIL = "whatsapp", "sms", "email"
EVERYWHERE = (WHATSAPP, SMS, EMAIL)
NOT_BY_SMS = (WHATSAPP, EMAIL)
WITH_IDS = (SMS, WHATSAPP)
"""The channels on which nothing goes out without a registered template."""

BRAND = "TutorHub"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


class Category(StrEnum):
    """What WhatsApp calls it; an authentication template has one value, and that is the code."""

    UTILITY = "utility"
    AUTHENTICATION = "authentication"


@dataclass(frozen=True)
class Template:
    """One kind of message. `text` and `subject` are message ids with `%(name)s` for the values.

    `channels` are tried in turn until one has delivered. `also_by_email` sends a second copy by
    e-mail at once: for notices that must also reach somebody whose phone was taken.
    """

    name: str
    text: str
    subject: str = ""
    category: Category = Category.UTILITY
    channels: tuple[str, ...] = EVERYWHERE
    also_by_email: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the values in the order of the English text, which is that of {{1}}, {{2}}.

        A translation may use them in another order, under the same numbers.
        """
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))

    @property
    def is_code(self) -> bool:
        return self.category == Category.AUTHENTICATION

    def ordered(self, values: Mapping[str, object]) -> list[str]:
        """The values as texts, in order. Raises KeyError for one that is missing."""
        return [str(values[name]) for name in self.values]

    def body(self, values: Mapping[str, object], language: str) -> str:
        with translation.override(language):
            return gettext(self.text) % values

    def title(self, language: str) -> str:
        with translation.override(language):
            return gettext(self.subject) if self.subject else ""

    def for_sms(self, language: str) -> str:
        """The text to register with MSG91, whose values have names. DLT wants the brand in it."""
        return f"{BRAND}: " + self._with(language, "##{name}##")

    def for_dlt(self, language: str) -> str:
        """The same text as the operators' portal wants it. Its order is that of the language."""
        return f"{BRAND}: " + self._with(language, "{{#var#}}")

    def for_whatsapp(self, language: str) -> str:
        """The text to register with Meta, which takes none that begins or ends with a value."""
        return f"{BRAND}: " + self._with(language, "{{{{{n}}}}}") + f"\n{BRAND}"

    def _with(self, language: str, holder: str) -> str:
        names = self.values
        with translation.override(language):
            return _PLACEHOLDER.sub(
                lambda found: holder.format(name=found[1], n=names.index(found[1]) + 1),
                gettext(self.text),
            )


_templates: dict[str, Template] = {}


def define(name: str, text: str, **more: object) -> Template:
    """Make and register a template. Two with one name are a mistake."""
    template = Template(name, text, **more)  # type: ignore[arg-type]
    if _templates.setdefault(name, template) != template:
        raise ValueError(f"two templates are called {name}")
    return template


def find(name: str) -> Template | None:
    return _templates.get(name)


def every() -> list[Template]:
    """All templates of all apps, by name. Each app's `messages` module defines its own."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "messages"):
            import_module(f"{config.name}.messages")
    return sorted(_templates.values(), key=lambda template: template.name)


def provider_id(name: str, channel: str, language: str) -> str:
    """Under which id the provider knows this template; empty if nobody told us.

    Without a table of ids (development) it is the name and the language, which the simulators take.
    """
    table = settings.MESSAGE_TEMPLATE_IDS
    if table is None:
        return f"{name}_{language}" if name in _templates else ""
    return str(table.get(name, {}).get(language, {}).get(channel, ""))


def missing(channels: Iterable[str]) -> list[str]:
    """`template/language/channel` for every id that production needs and does not have."""
    wanted = [channel for channel in channels if channel in WITH_IDS]
    return [
        f"{template.name}/{language}/{channel}"
        for template in every()
        for language, _name in settings.LANGUAGES
        for channel in template.channels
        if channel in wanted and not provider_id(template.name, channel, language)
    ]
