"""What the header and the phone's tab bar offer to whom."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

HOME = "M3 11l9-8 9 8M5 9.5V20h5v-6h4v6h5V9.5"
SEARCH = "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5"
CALENDAR = "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"
TEACH = "M12 4L2 9l10 5 10-5zM6 11.5V17c3 3 9 3 12 0v-5.5"
HELP = (
    "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.8v.2"
)
INBOX = "M4 5h16l1 9v5H3v-5zM3 14h5l2 3h4l2-3h5"
WALLET = "M3 7h15a3 3 0 0 1 3 3v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3 7l12-4v4M16 14h.1"
RUPEE = "M7 4h10M7 9h10M7 4c8 0 8 9 0 9l7 7"
DESK = "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z"


@dataclass(frozen=True)
class Item:
    label: Text
    path: str
    icon: str
    short_label: Text = ""
    current: bool = False

    @property
    def short(self) -> Text:
        return self.short_label or self.label


ANONYMOUS = (
    Item(_("Home"), "/", HOME),
    Item(_("Find tutors"), "/tutors/", SEARCH),
    Item(_("Become a tutor"), "/signin/?role=tutor", TEACH, _("Teach")),
    Item(_("Help"), "/help/", HELP),
)
FAMILY = (
    Item(_("Home"), "/family/", HOME),
    Item(_("Find tutors"), "/tutors/", SEARCH),
    Item(_("Classes"), "/classes/", CALENDAR),
    Item(_("Wallet"), "/wallet/", WALLET),
)
TUTOR = (
    Item(_("Home"), "/tutor/", HOME),
    Item(_("Leads"), "/leads/", INBOX),
    Item(_("Classes"), "/classes/", CALENDAR),
    Item(_("Earnings"), "/earnings/", RUPEE),
)
STAFF = (
    Item(_("Home"), "/", HOME),
    Item(_("Find tutors"), "/tutors/", SEARCH),
    Item(_("Back office"), "/admin/", DESK),
)
FAMILY_ACCOUNT = (
    Item(_("Payments"), "/payments/", ""),
    Item(_("Saved searches"), "/searches/", ""),
    Item(_("Learners"), "/family/learners/", ""),
    Item(_("Consents"), "/family/consents/", ""),
    Item(_("Guardians"), "/family/people/", ""),
    Item(_("Your account"), "/account/", ""),
    Item(_("Help"), "/help/", ""),
)
TUTOR_ACCOUNT = (
    Item(_("Your profile"), "/tutor/profile/", ""),
    Item(_("Documents"), "/tutor/documents/", ""),
    Item(_("Credits"), "/credits/", ""),
    Item(_("Bank account or UPI"), "/payout-method/", ""),
    Item(_("Tax details"), "/tax-profile/", ""),
    Item(_("Your account"), "/account/", ""),
    Item(_("Help"), "/help/", ""),
)


def main(user: Any, path: str) -> list[Item]:
    """The entries for this person, the one that leads to `path` marked."""
    items: tuple[Item, ...] = ANONYMOUS
    if user is not None and user.is_authenticated:
        items = FAMILY if user.is_family else TUTOR if user.is_tutor else STAFF
    return [
        Item(item.label, item.path, item.icon, item.short_label, current=_leads_to(item.path, path))
        for item in items
    ]


def account(user: Any) -> tuple[Item, ...]:
    """What stands in the menu behind the person's initials."""
    if user is None or not user.is_authenticated:
        return ()
    return FAMILY_ACCOUNT if user.is_family else TUTOR_ACCOUNT if user.is_tutor else ()


def _leads_to(item_path: str, path: str) -> bool:
    if "?" in item_path:
        return False
    return path == item_path or (item_path not in ("/", "/tutor/") and path.startswith(item_path))
