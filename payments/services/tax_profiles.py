"""Who somebody is to the tax office: for invoices, and for tax collected at source."""

import re
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import locks
from payments.models import PayoutMethod, TaxProfile
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError

PAN = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ADDRESS_LEAST = 10

# The first two digits of a GSTIN, with the states as India Post's directory (core.Place) writes
# them. 25 and 28 are the codes of states that were merged or divided since; they are still in use.
STATE_CODES: Mapping[str, tuple[str, ...]] = {
    "Andaman and Nicobar Islands": ("35",),
    "Andhra Pradesh": ("37", "28"),
    "Arunachal Pradesh": ("12",),
    "Assam": ("18",),
    "Bihar": ("10",),
    "Chandigarh": ("04",),
    "Chhattisgarh": ("22",),
    "Dadra and Nagar Haveli and Daman and Diu": ("26", "25"),
    "Delhi": ("07",),
    "Goa": ("30",),
    "Gujarat": ("24",),
    "Haryana": ("06",),
    "Himachal Pradesh": ("02",),
    "Jammu and Kashmir": ("01",),
    "Jharkhand": ("20",),
    "Karnataka": ("29",),
    "Kerala": ("32",),
    "Ladakh": ("38",),
    "Lakshadweep": ("31",),
    "Madhya Pradesh": ("23",),
    "Maharashtra": ("27",),
    "Manipur": ("14",),
    "Meghalaya": ("17",),
    "Mizoram": ("15",),
    "Nagaland": ("13",),
    "Odisha": ("21",),
    "Puducherry": ("34",),
    "Punjab": ("03",),
    "Rajasthan": ("08",),
    "Sikkim": ("11",),
    "Tamil Nadu": ("33",),
    "Telangana": ("36",),
    "Tripura": ("16",),
    "Uttar Pradesh": ("09",),
    "Uttarakhand": ("05",),
    "West Bengal": ("19",),
}
STATES = tuple(STATE_CODES)


class BadTaxProfile(DomainError):
    """A part of it cannot be right; `extra["field"]` says which."""

    code = "bad_tax_profile"
    message = gettext_lazy("This cannot be right.")


def of(user: User) -> TaxProfile | None:
    return TaxProfile.objects.filter(user=user).first()


@transaction.atomic
def save(
    *,
    user: User,
    legal_name: str,
    address: str,
    state: str,
    gstin: str = "",
    pan: str | None = None,
    by: User | None = None,
) -> TaxProfile:
    """Write down who somebody is to the tax office. Raises BadTaxProfile.

    Without `pan` the one that is known stays; an empty one takes it out. Invoices that were issued
    keep what was true then; the split of a class asks at its completion.
    """
    values = {
        "legal_name": " ".join(legal_name.split()),
        "address": address.strip(),
        "state": state,
        "gstin": re.sub(r"\s", "", gstin).upper(),
    }
    hold_pan(user)
    known = TaxProfile.objects.select_for_update(no_key=True).filter(user=user).first()
    before = known.pan if known is not None else ""
    values["pan"] = before if pan is None else re.sub(r"\s", "", pan).upper()
    _check(user, **values)
    if known is not None and all(getattr(known, name) == new for name, new in values.items()):
        return known
    profile, _is_new = TaxProfile.objects.update_or_create(
        user=user, defaults={**values, "changed_at": clock.now()}
    )
    audit.record("tax_profile.saved", profile, by=by or user, has_gstin=bool(profile.gstin))
    return profile


def hold_pan(user: User) -> None:
    """Wait for whoever else is changing where this person's PAN stands: here or for payouts."""
    locks.hold("pan", str(user.pk))


def is_same_pan(user: User, pan: str) -> bool:
    """Whether this PAN of a payout account agrees with the tax profile, if there is one."""
    profile = of(user)
    return profile is None or profile.known_pan in {"", pan}


def check_digit(first_fourteen: str) -> str:
    """The last sign of a GSTIN from the ones before it: Luhn mod N over 36 digits.

    Every second digit counts double, beginning with the second; of each product the digits in base
    36 are added; the check digit brings the sum to a multiple of 36. Source: the algorithm of the
    GST Network as implemented in python-stdnum (stdnum.in_.gstin, which uses stdnum.luhn with this
    alphabet); the tests hold it to published numbers.
    """
    total = 0
    for place, sign in enumerate(first_fourteen):
        product = DIGITS.index(sign) * (1 + place % 2)
        total += product // len(DIGITS) + product % len(DIGITS)
    return DIGITS[-total % len(DIGITS)]


def _check(user: User, *, legal_name: str, address: str, state: str, gstin: str, pan: str) -> None:
    if len(legal_name) < 3:
        raise BadTaxProfile(_("Write the full name."), field="legal_name")
    if state not in STATE_CODES:
        raise BadTaxProfile(_("Choose a state."), field="state")
    method = PayoutMethod.objects.current().filter(tutor=user).first()
    paid_to = method.pan if method is not None else ""
    if pan:
        _check_pan(pan, paid_to)
    if gstin:
        _check_gstin(gstin, address=address, state=state, pan=pan or paid_to)


def _check_pan(pan: str, paid_to: str) -> None:
    if not PAN.fullmatch(pan):
        raise BadTaxProfile(_("A PAN looks like ABCDE1234F."), field="pan")
    if paid_to and paid_to != pan:
        raise BadTaxProfile(
            _("Your payout account has another PAN. If that one is wrong, change it there first."),
            field="pan",
        )


def _check_gstin(gstin: str, *, address: str, state: str, pan: str) -> None:
    if len(address) < ADDRESS_LEAST:
        raise BadTaxProfile(_("A GST invoice needs the full address."), field="address")
    if not GSTIN.fullmatch(gstin):
        raise BadTaxProfile(_("A GSTIN looks like 29ABCDE1234F1ZW."), field="gstin")
    if check_digit(gstin[:14]) != gstin[14]:
        raise BadTaxProfile(_("There is a typing error in this GSTIN."), field="gstin")
    if gstin[:2] not in STATE_CODES[state]:
        raise BadTaxProfile(_("This GSTIN belongs to another state."), field="gstin")
    if pan and pan != gstin[2:12]:
        raise BadTaxProfile(_("This GSTIN belongs to another PAN than yours."), field="gstin")
