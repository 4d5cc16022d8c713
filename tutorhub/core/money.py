"""Money is an integer number of paise. Rates are basis points (1 bps = 0.01 %)."""

BPS = 10_000


def pct(paise: int, bps: int) -> int:
    """`bps` basis points of `paise`, half a paisa rounded up. Raises ValueError below zero."""
    if paise < 0 or bps < 0:
        raise ValueError("pct() takes no negative amounts")
    return (paise * bps + BPS // 2) // BPS


def split_inclusive(paise: int, bps: int) -> tuple[int, int]:
    """Split a price that includes tax at `bps` into (base, tax), which add up to `paise`."""
    base = (paise * BPS + (BPS + bps) // 2) // (BPS + bps)
    return base, paise - base


def for_duration(rate_paise: int, minutes: int) -> int:
    """Price in paise of `minutes` at `rate_paise` per hour, half a paisa rounded up."""
    return (rate_paise * minutes + 30) // 60


def rupees(paise: int) -> str:
    """Paise as people in India write them: `₹ 1,23,456.50`; whole rupees without the paise."""
    sign = "- " if paise < 0 else ""
    whole, fraction = divmod(abs(paise), 100)
    tail = f".{fraction:02d}" if fraction else ""
    return f"{sign}₹\u00a0{group_indian(whole)}{tail}"


def rupees_exact(paise: int) -> str:
    """Like `rupees`, always with two digits of paise, for columns of figures."""
    sign = "- " if paise < 0 else ""
    whole, fraction = divmod(abs(paise), 100)
    return f"{sign}₹\u00a0{group_indian(whole)}.{fraction:02d}"


def group_indian(number: int) -> str:
    """Digits in the Indian grouping: thousands, then lakh and crore by two."""
    digits = str(number)
    head, last = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, last])


def percent(bps: int) -> str:
    """A rate in basis points as people read it: 1500 is `15 %`, with a space that never breaks."""
    return f"{bps / 100:g}\u00a0%"
