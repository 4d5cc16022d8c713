"""E-mail, and the channel of development that sends nothing."""

import smtplib

from django.core.mail import EmailMessage

from notifications.gateway.interface import Outgoing, Refused, TryAgain


class DevInbox:
    """Sends nothing: `/dev/inbox` shows what would have gone out. Development and tests only."""

    is_instant = True
    has_receipts = False
    may_repeat = True

    def send(self, message: Outgoing) -> str:
        return f"dev-{message.key}"


class Smtp:
    """E-mail through Django's e-mail settings. The same key is the same Message-ID."""

    is_instant = False
    has_receipts = False
    may_repeat = True

    def send(self, message: Outgoing) -> str:
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            to=[message.to],
            headers={"Message-ID": f"<{message.key}@tutorhub>"},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(error) from error
        except OSError as error:
            raise TryAgain(type(error).__name__) from error
        return message.key


def _judged(error: smtplib.SMTPRecipientsRefused) -> Refused | TryAgain:
    """A server says 5xx for a mailbox that does not exist, 4xx for one that is full or slow."""
    code = max(status for status, _text in error.recipients.values())
    return Refused(f"smtp {code}") if code >= 500 else TryAgain(f"smtp {code}")
