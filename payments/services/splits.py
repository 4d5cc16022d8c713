"""The arithmetic of a class's money (payments.md 5.4): integers, and the tutor gets the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from payments.models import Earning
from tutorhub.core.money import BPS, pct, split_inclusive

PARTS = (
    *("commission_paise", "cgst_paise", "sgst_paise", "igst_paise"),
    *("tds_paise", "tcs_paise", "net_paise"),
)


@dataclass(frozen=True)
class Breakdown:
    """Where the money of one class goes, in paise; rates in basis points.

    `lacks_pan` is of an estimate: more tax is withheld because the tutor's PAN is not known yet.
    """

    gross: int
    commission: int
    commission_bps: int
    gst: int
    gst_bps: int
    gst_parts: Mapping[str, int]
    tds: int
    tds_bps: int
    tcs: int
    tcs_bps: int
    net: int
    lacks_pan: bool = field(default=False, compare=False, repr=False)


def split(
    *,
    gross_paise: int,
    commission_bps: int,
    gst_bps: int,
    is_same_state: bool,
    tds_bps: int,
    tcs_bps: int = 0,
) -> Breakdown:
    """The arithmetic alone (payments.md 5.4): every part is rounded once, the tutor gets the rest.

    Tax is withheld (TDS) of the gross, and collected (TCS) of the taxable value: the price of a
    tutor who is registered for GST includes that tax.
    """
    commission = pct(gross_paise, commission_bps)
    if is_same_state:
        half = pct(commission, gst_bps // 2)
        parts = {"cgst": half, "sgst": half, "igst": 0}
    else:
        parts = {"cgst": 0, "sgst": 0, "igst": pct(commission, gst_bps)}
    gst = sum(parts.values())
    tds = pct(gross_paise, tds_bps)
    tcs = pct(split_inclusive(gross_paise, gst_bps)[0], tcs_bps)
    net = gross_paise - commission - gst - tds - tcs
    if net < 0:
        raise ValueError("commission and tax are more than the price")
    return Breakdown(
        gross=gross_paise,
        commission=commission,
        commission_bps=commission_bps,
        gst=gst,
        gst_bps=gst_bps,
        gst_parts=parts,
        tds=tds,
        tds_bps=tds_bps,
        tcs=tcs,
        tcs_bps=tcs_bps,
        net=net,
    )


def split_kept(
    *,
    kept_paise: int,
    fee_paise: int,
    gst_bps: int,
    is_same_state: bool,
    tds_bps: int,
    tcs_bps: int = 0,
) -> Breakdown:
    """Split what is kept of a cancelled class: our fee, which includes its GST, and the tutor's.

    The fee stands where the commission of a class does; of two halves of an odd GST the second one
    takes the odd paisa.
    """
    fee, gst = split_inclusive(fee_paise, gst_bps)
    half = gst // 2
    within = {"cgst": half, "sgst": gst - half, "igst": 0}
    tds = pct(kept_paise, tds_bps)
    tcs = pct(split_inclusive(kept_paise, gst_bps)[0], tcs_bps)
    net = kept_paise - fee_paise - tds - tcs
    if net < 0:
        raise ValueError("fee and tax are more than what is kept")
    return Breakdown(
        gross=kept_paise,
        commission=fee,
        commission_bps=fee * BPS // kept_paise if kept_paise else 0,
        gst=gst,
        gst_bps=gst_bps,
        gst_parts=within if is_same_state else {"cgst": 0, "sgst": 0, "igst": gst},
        tds=tds,
        tds_bps=tds_bps,
        tcs=tcs,
        tcs_bps=tcs_bps,
        net=net,
    )


def taken(earning: Earning, left: Mapping[str, int], gross_paise: int) -> dict[str, int]:
    """What each part gives when `gross_paise` of an earning are taken back; `left` is what is left.

    What stays is split as a class of that price would be, so the parts of several reversals add up
    to the booked ones. Of a few paise rounding may take more than all: then the tutor gives none.
    """
    stays = split(
        gross_paise=sum(left.values()) - gross_paise,
        commission_bps=earning.commission_bps,
        gst_bps=earning.gst_bps,
        is_same_state=earning.igst_paise == 0,
        tds_bps=earning.tds_bps,
        tcs_bps=earning.tcs_bps,
    )
    kept = columns(stays)
    taken, rest = {}, gross_paise
    for name in PARTS[:-1]:
        taken[name] = min(rest, max(0, left[name] - kept[name]))
        rest -= taken[name]
    return {**taken, "net_paise": rest}


def columns(parts: Breakdown) -> dict[str, int]:
    """The parts and rates by the names of an earning's columns."""
    return {
        "gross_paise": parts.gross,
        "commission_bps": parts.commission_bps,
        "commission_paise": parts.commission,
        "cgst_paise": parts.gst_parts["cgst"],
        "sgst_paise": parts.gst_parts["sgst"],
        "igst_paise": parts.gst_parts["igst"],
        "gst_bps": parts.gst_bps,
        "tds_bps": parts.tds_bps,
        "tds_paise": parts.tds,
        "tcs_bps": parts.tcs_bps,
        "tcs_paise": parts.tcs,
        "net_paise": parts.net,
    }
