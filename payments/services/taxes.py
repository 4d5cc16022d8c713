"""What the tax office wants from one tutor: tax withheld, tax collected, and in which state."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, OuterRef, Subquery

from accounts.models import User
from payments.models import PayoutMethod, TaxRate, YearlyGross
from payments.services import rates
from tutorhub.core import clock

NOT_INDIVIDUAL = frozenset("ABCFGJLT")
"""Fourth letters of the PANs of companies, firms and other bodies (Income-tax Rules, 114).

The threshold of section 194-O is for individuals and undivided families only.
"""


@dataclass(frozen=True)
class Position:
    """Where a tutor stands with the tax office today.

    `gross_paise` is what the classes of this financial year came to, without what was reversed.
    `state` is that of the tax profile, or empty.
    """

    has_pan: bool
    is_individual: bool
    gross_paise: int
    has_gstin: bool
    state: str

    def tds_bps(self, in_force: Mapping[str, TaxRate], *, gross_paise: int) -> int:
        """Basis points of the gross that are withheld from a class of this gross.

        The law exempts a tutor while the gross of the year "does not exceed" the threshold, so the
        class that passes it is the first one taxed, and it is taxed as a whole.
        """
        if not self.has_pan:
            return in_force["tds_no_pan"].bps
        threshold = in_force["tds"].threshold_paise or 0
        is_exempt = self.is_individual and self.gross_paise + gross_paise <= threshold
        return 0 if is_exempt else in_force["tds"].bps

    def tcs_bps(self, in_force: Mapping[str, TaxRate]) -> int:
        """Basis points of the taxable value that are collected: only from the GST-registered."""
        return in_force["tcs"].bps if self.has_gstin else 0

    def is_same_state(self, tutor_state: str) -> bool:
        """Whether our commission to this tutor is a supply within the state of the company."""
        company_state: str = settings.COMPANY_STATE
        return (self.state or tutor_state) == company_state


def position(tutor: User) -> Position:
    year = rates.financial_year(clock.today())
    gross = YearlyGross.objects.filter(tutor=OuterRef("pk"), year=year).values("gross_paise")
    pans = PayoutMethod.objects.current().filter(tutor=OuterRef("pk")).values("pan")
    pan, so_far, gstin, state, stated_pan = (
        User.objects.filter(pk=tutor.pk)
        .annotate(
            pan=Subquery(pans[:1]),
            so_far=Subquery(gross),
            gstin=F("tax_profile__gstin"),
            state=F("tax_profile__state"),
            stated_pan=F("tax_profile__pan"),
        )
        .values_list("pan", "so_far", "gstin", "state", "stated_pan")
        .get()
    )
    pan = pan or stated_pan
    return Position(
        has_pan=bool(pan),
        is_individual=bool(pan) and pan[3:4] not in NOT_INDIVIDUAL,
        gross_paise=so_far or 0,
        has_gstin=bool(gstin),
        state=state or "",
    )
