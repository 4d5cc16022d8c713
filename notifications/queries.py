"""Reads of messages: what went out about something, and the development inbox."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from notifications.models import Message


def count_about(path: str, user_id: UUID) -> int:
    """How many messages that name this page went out to somebody."""
    sent = Message.objects.filter(user_id=user_id, status=Message.Status.SENT, is_secret=False)
    return sent.filter(body__contains=path).count()


def inbox(to: str, limit: int = 100) -> list[dict[str, Any]]:
    """What was said to people, newest first; `to` limits it to one number or e-mail address.

    A message is here as soon as its reason is true, by the channel that is tried first or was tried
    last, whatever its provider thinks of it. Only what was too late is not.
    """
    messages = Message.objects.exclude(error="expired").order_by("-created_at", "-pk")
    if to:
        wanted = address(to)
        messages = messages.filter(Q(to=wanted) | Q(phone=wanted) | Q(email=wanted))
    return [
        {
            "to": message.to,
            "channel": message.channel,
            "template": message.template,
            "subject": message.subject,
            "body": message.text,
            "language": message.language,
            "sent_at": message.sent_at or message.created_at,
            "status": message.status,
        }
        for message in messages[:limit]
    ]


def address(text: str) -> str:
    """An address from a URL, where the plus of a number may have become a space or be missing."""
    text = text.strip()
    digits = text.lstrip("+").replace(" ", "")
    if not digits.isdigit():
        return text
    return f"+91{digits}" if len(digits) == 10 else f"+{digits}"


def masked(address: str) -> str:
    """An address as those may see it who need not know it: the ends of a number, of a name."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"{address[:5]}…{address[-2:]}" if len(address) > 8 else "…"


def staff_codes() -> list[dict[str, str]]:
    """The current TOTP code of every member of staff."""
    devices = TOTPDevice.objects.filter(confirmed=True, user__is_staff=True).select_related("user")
    return [
        {
            "email": device.user.email,
            "name": device.user.name,
            "code": f"{_totp(device).token():0{device.digits}d}",
        }
        for device in devices.order_by("user__email")
    ]


def _totp(device: TOTPDevice) -> TOTP:
    return TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
