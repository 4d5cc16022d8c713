"""The words about consent: which are in force, and whether somebody has to be asked again."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, ConsentNotice
from tutorhub.core import memo
from tutorhub.core.errors import DomainError


class NoticeUnknown(DomainError):
    code = "notice_unknown"
    message = _("There is no such notice in this language. Read the one that is in force.")


class NoticeOutdated(DomainError):
    code = "notice_outdated"
    message = _("This notice has been replaced. Read the one that is in force.")


def in_force(language: str) -> ConsentNotice:
    """The notice that is shown now, in English where it is not there in `language`."""
    return _find(settings.CONSENT_NOTICE_VERSION, language) or _english()


def languages() -> list[str]:
    """The languages in which the notice in force can be read and agreed to."""
    return _languages(settings.CONSENT_NOTICE_VERSION)


def find(version: str, language: str) -> ConsentNotice:
    """The notice that somebody says to have read. Raises NoticeUnknown or NoticeOutdated."""
    notice = _find(version, language)
    if notice is None or version > settings.CONSENT_NOTICE_VERSION:
        raise NoticeUnknown
    if version < asked_since():
        raise NoticeOutdated
    return notice


def asked_since() -> str:
    """The last version that changed what people agree to: older consents are asked for again."""
    return _asked_since(settings.CONSENT_NOTICE_VERSION)


def is_current(consent: Consent) -> bool:
    return consent.notice.version >= asked_since()


def _english() -> ConsentNotice:
    notice = _find(settings.CONSENT_NOTICE_VERSION, "en")
    assert notice is not None, "a migration stores the notice that the settings name"
    return notice


@memo.for_a_minute(size=16)
def _find(version: str, language: str) -> ConsentNotice | None:
    return ConsentNotice.objects.filter(version=version, language=language).first()


@memo.for_a_minute(size=4)
def _languages(version: str) -> list[str]:
    notices = ConsentNotice.objects.filter(version=version)
    return sorted(notices.values_list("language", flat=True))


@memo.for_a_minute(size=4)
def _asked_since(version: str) -> str:
    material = ConsentNotice.objects.filter(version__lte=version, is_material=True)
    return max(material.values_list("version", flat=True), default=version)
