"""Why a payer's bank questions a payment, in words that a person understands.

Razorpay passes on the codes of the card networks and of UPI, codes of its own, and names in words.
The list is theirs and grows, so a name that is not known is read by the words in it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNKNOWN = "unknown"

SENTENCES: dict[str, str | Promise] = {
    "not_received": _("The class or service was not given, or only a part of it."),
    "not_as_promised": _("What was given is not what had been promised."),
    "cancelled": _("It had been cancelled, and was charged all the same."),
    "refund_missing": _("A refund was due and did not come."),
    "without_permission": _("The payment was made without the permission of the account's owner."),
    "not_recognised": _("The owner of the account does not recognise the payment."),
    "twice": _("The same thing was charged twice, or had been paid in another way."),
    "wrong_amount": _("The amount that was charged is wrong."),
    "not_confirmed": _("Money left the account, and the payment was never confirmed."),
    "technical": _("The bank sees a technical mistake in the way the payment was made."),
    "no_answer": _("A question about the payment was not answered."),
    UNKNOWN: _("The bank has not told us why."),
}

CODES = {
    "not_received": "13.1 1064 C08 RZP01",
    "not_as_promised": "13.3 13.4 13.5 1062 C31 C32 4853",
    "cancelled": "13.2 13.7 4841 4850 C04 C05 C18 C28",
    "refund_missing": "13.6 13.8 1061 C02 RZP04",
    "without_permission": (
        "10.1 10.2 10.3 10.4 10.5 128 1122 1141 1142 1143 4837 4840 4849 4870 4871 "
        "F10 F14 F24 F29 F30 F31 RZP02 RZP03"
    ),
    "not_recognised": "1104",
    "twice": "12.6.1 12.6.2 1063 1084 4834 C14 P08",
    "wrong_amount": "12.5 1083 1085 A01 P05",
    "not_confirmed": "108 121 1065 RZP05",
    "technical": (
        "11.1 11.2 11.3 12.1 12.2 12.3 12.4 12.7 1081 1082 1121 1123 4808 "
        "A02 A03 M01 P01 P03 P04 P07 P22 P23 RZP07"
    ),
    "no_answer": "1101 1102 1103 RZP06",
}
BY_CODE = {code: meaning for meaning, codes in CODES.items() for code in codes.split()}

# The first that fits counts, so what is said in more words stands before what is said in fewer.
WORDS = [
    ("not_received", ("not_received", "not_provided", "not_delivered", "non_receipt")),
    ("not_as_promised", ("not_as_described", "defective", "counterfeit", "misrepresent")),
    ("refund_missing", ("refund", "credit_not_processed")),
    ("cancelled", ("cancel",)),
    ("not_recognised", ("recogni",)),
    ("without_permission", ("fraud", "unauthori", "no_cardholder_auth", "stolen")),
    ("twice", ("duplicate", "other_means")),
    ("wrong_amount", ("amount",)),
    ("not_confirmed", ("not_credited", "failed_transaction", "no_confirmation")),
    ("technical", ("invalid", "expired", "matching", "processing", "authori", "late_present")),
    ("no_answer", ("not_respond", "not_fulfilled")),
]


def meaning_of(code: str) -> str:
    """One of the keys of `SENTENCES`."""
    if code.strip().upper() in BY_CODE:
        return BY_CODE[code.strip().upper()]
    words = "_".join(code.lower().replace("-", " ").replace("_", " ").split())
    for meaning, signs in WORDS:
        if any(sign in words for sign in signs):
            return meaning
    return UNKNOWN


def sentence(code: str) -> str:
    """What the code says, in the reader's language."""
    return str(SENTENCES[meaning_of(code)])
