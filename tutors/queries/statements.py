"""The statements that find the ids of one page, each reading as little as it can.

Four ways, put together by `compose`:

- *walk*: where no place matters, an index holds the entries in the order asked for; it is read from
  the cursor on until the page is full;
- *covering*: home visits at a point are in about a hundred cells, each of them in order. They are
  read bucket by bucket of keys: of every cell those entries whose key, with the most and the least
  nearness of that cell, can lie in the bucket. The page is full after the first bucket or two;
- *nearest*: by distance, the cells are read ring by ring around the point, of each no more than the
  band of latitudes that the ring can touch. Who is farther than the rings reach comes from a walk
  over all, which is asked only if the rings did not fill the page;
- *gather*: of a few tutors, known by name, all entries are fetched and sorted.

The inner statements read indexes alone; the outer one fetches the few rows of the page. A tutor
with several fitting offerings is shown by the best of them: an entry counts only if no other
fitting entry of the same tutor has a better key or, at the same key, a lower price.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from tutorhub.core import memo
from tutors.queries.cells import KM_A_DEGREE, around
from tutors.queries.conditions import of_mode, of_offering, of_tutor, values
from tutors.queries.criteria import Mode, Point, SearchCriteria, Sort
from tutors.queries.cursors import Position

# The column an index is ordered by, for each sort.
COLUMNS = {Sort.MATCH: "quality_gap", Sort.PRICE: "rate", Sort.RATING: "rating_gap"}
# Where the buckets of home visits end, for each sort: narrow where the best are, then wider.
EDGES: dict[str, list[int]] = {
    Sort.MATCH: [-251, -150, -100, -50, 0, 60, 150, 300, 750],
    Sort.PRICE: [0, 200_00, 250_00, 300_00, 400_00, 600_00, 1000_00, 10_000_00],
    Sort.RATING: [-1, 200, 400, 700, 1200, 4999, 5000],
}
# Distances are sorted by in micrometres, so that no two places share a key by rounding.
MICROMETRES = 1_000_000_000
RINGS_KM = [0, 0.25, 0.5, 1, 2, 4, 8, 14, 22, 34, 50]
# How far north or south of the point a ring reaches, in degrees and with a little to spare.
BAND = f"bucket.upto / {MICROMETRES * KM_A_DEGREE * 0.999}::float8"

IDS = "e.tutor_id, e.offering_id, e.is_home"
KM = "search_km({0}.latitude, {0}.longitude, %(latitude)s, %(longitude)s)"

# `found` keeps the order of its rows, but nobody promises that: the caller sorts the page again.
PAGE = """
SELECT found.tutor_id, found.is_home, e.rate, e.quality_gap, {km} AS km, found.sort_key
  FROM ({found}) AS found
  JOIN tutors_searchentry e ON e.offering_id = found.offering_id AND e.is_home = found.is_home
"""

WALK = """
SELECT {ids}, {key} AS sort_key FROM tutors_searchentry e
 WHERE {mode} AND {offering} AND {tutor} {within} {after} AND {best}
 ORDER BY e.{column} {order}, e.tutor_id {order} LIMIT %(limit)s
"""

# Buckets come one after the other and the limit stops them, so most are never read.
COVERING = """
SELECT near.* FROM unnest(%(over)s::bigint[], %(upto)s::bigint[]) AS bucket (over, upto)
 CROSS JOIN LATERAL (
  SELECT {ids}, {key} AS sort_key
    FROM unnest(%(cells)s::int[], %(most)s::int[], %(least)s::int[]) AS cell (number, most, least)
    JOIN tutors_searchentry e ON e.is_home AND e.cell = cell.number
   CROSS JOIN LATERAL (SELECT {km} AS km) AS d
   WHERE {offering} AND e.{column} > bucket.over + {least} AND e.{column} <= bucket.upto + {most}
     AND {tutor} AND d.km <= e.radius_km {within}
     AND {key} > bucket.over AND {key} <= bucket.upto {after} AND {best}
   ORDER BY sort_key {order}, e.tutor_id {order}) AS near
 LIMIT %(limit)s
"""

NEAREST = """
SELECT near.* FROM unnest(%(over)s::bigint[], %(upto)s::bigint[]) AS bucket (over, upto)
 CROSS JOIN LATERAL (
  SELECT {ids}, {key} AS sort_key
    FROM unnest(%(cells)s::int[], %(from)s::bigint[], %(until)s::bigint[])
         AS cell (number, from_key, until_key)
    JOIN tutors_searchentry e ON e.cell = cell.number
   CROSS JOIN LATERAL (SELECT {km} AS km) AS d
   WHERE cell.from_key <= bucket.upto AND cell.until_key > bucket.over
     AND e.latitude BETWEEN %(latitude)s - {band} AND %(latitude)s + {band}
     AND {mode} AND {offering} AND {tutor} {within}
     AND {key} > bucket.over AND {key} <= bucket.upto {after} AND {best}
   ORDER BY sort_key {order}, e.tutor_id {order}) AS near
 LIMIT %(limit)s
"""

FARTHER = """
SELECT far.* FROM (
  SELECT {ids}, {key} AS sort_key
    FROM tutors_searchentry e CROSS JOIN LATERAL (SELECT {km} AS km) AS d
   WHERE NOT e.is_home AND {offering} AND {tutor} {within}
     AND {key} > %(farthest)s {after} AND {best}
   ORDER BY sort_key {order}, e.tutor_id {order} LIMIT %(limit)s) AS far
"""

# All entries are read anyway, so that one sort by tutor is less than a look at the others for each.
GATHER = """
SELECT e.* FROM (
  SELECT DISTINCT ON (e.tutor_id) {ids}, {key} AS sort_key
    FROM tutors_searchentry e CROSS JOIN LATERAL (SELECT {km} AS km) AS d
   WHERE {mode} AND {offering} AND {tutor} {within}
   ORDER BY e.tutor_id, {among}, e.rate, e.offering_id, e.is_home) AS e
 WHERE true {after}
 ORDER BY e.sort_key {order}, e.tutor_id {order} LIMIT %(limit)s
"""

# Not EXISTS, of which PostgreSQL might make a join that reads everybody.
BEST = """(
   SELECT true FROM tutors_searchentry s
    WHERE s.tutor_id = e.tutor_id AND {offering} AND {mode}
      AND ({key}, s.rate, s.offering_id, s.is_home) < ({own_key}, e.rate, e.offering_id, e.is_home)
    LIMIT 1) IS NOT TRUE"""


def compose(
    criteria: SearchCriteria, *, after: Position | None, limit: int
) -> tuple[str, dict[str, Any]]:
    """The statement for the rows of a page in the direction of `after`, and its parameters.

    What is in braces is SQL from this package; what people typed goes through parameters.
    """
    point = criteria.point
    given = {
        **values(criteria),
        **_buckets(criteria.sort, after),
        **(_of_cells(point, criteria.mode, criteria.within_km) if point else {}),
        "limit": limit,
        "key": after.key if after else None,
        "id": after.id if after else None,
    }
    found = _found(criteria, after)
    return PAGE.format(found=found, km=KM.format("e") if point else "NULL::float8"), given


def _found(criteria: SearchCriteria, after: Position | None) -> str:
    is_by_distance = criteria.sort == Sort.DISTANCE
    if criteria.names is not None and criteria.names.tutors is not None:
        return gather(criteria, after)
    if criteria.point is None or (criteria.mode == Mode.ONLINE and not is_by_distance):
        return walk(criteria, after)
    if is_by_distance:
        near, far = nearest(criteria, after), farther(criteria, after)
        if criteria.mode == Mode.HOME:
            return near
        first, then = (far, near) if _order(after) == "DESC" else (near, far)
        # Not sorted: the second is only asked for what the first left of the page.
        return f"({first}) UNION ALL ({then}) LIMIT %(limit)s"
    home = covering(criteria, after)
    if criteria.mode == Mode.HOME:
        return home
    order = _order(after)
    return (
        f"SELECT * FROM (({home}) UNION ALL ({walk(criteria, after)})) AS either"  # noqa: S608
        f" ORDER BY sort_key {order}, tutor_id {order} LIMIT %(limit)s"
    )


def walk(criteria: SearchCriteria, after: Position | None) -> str:
    """Entries in the order of an index. With a point, those online only."""
    column = COLUMNS[Sort(criteria.sort)]
    shift = " + %(online_points)s" if criteria.sort == Sort.MATCH else ""
    return WALK.format(
        ids=IDS,
        key=f"(e.{column} - %(online_points)s)::bigint" if shift else f"e.{column}::bigint",
        mode="NOT e.is_home" if criteria.point else of_mode(criteria, "e"),
        offering=of_offering(criteria, "e"),
        tutor=of_tutor(criteria, "e"),
        within=f"AND {KM.format('e')} <= %(within)s" if criteria.within_km else "",
        after=_after(after, f"e.{column}", f"%(key)s{shift}"),
        best=best(criteria),
        column=column,
        order=_order(after),
    )


def covering(criteria: SearchCriteria, after: Position | None) -> str:
    """Home visits at the point, in the order of their key."""
    column, is_match = COLUMNS[Sort(criteria.sort)], criteria.sort == Sort.MATCH
    key = f"(e.{column} - search_near_points(d.km))" if is_match else f"e.{column}"
    return COVERING.format(
        column=column,
        least="cell.least" if is_match else "0",
        most="cell.most" if is_match else "0",
        **_placed(criteria, after, f"{key}::bigint"),
    )


def nearest(criteria: SearchCriteria, after: Position | None) -> str:
    """Entries around the point, home visits only where they cover it."""
    return NEAREST.format(
        mode=_reached(criteria),
        band=BAND,
        **_placed(criteria, after, f"floor(d.km * {MICROMETRES})::bigint"),
    )


def gather(criteria: SearchCriteria, after: Position | None) -> str:
    """All entries of a few tutors, sorted."""
    among = f"({_key(criteria, 'd.km', 'e')})::bigint"
    is_by_distance = criteria.sort == Sort.DISTANCE
    has_point = criteria.point is not None
    placed = {
        **_placed(
            criteria, None, f"floor(d.km * {MICROMETRES})::bigint" if is_by_distance else among
        ),
        "km": KM.format("e") if has_point else "NULL::float8",
        "mode": _reached(criteria) if has_point else of_mode(criteria, "e"),
        "after": _after(after, "e.sort_key", "%(key)s"),
        "order": _order(after),
    }
    return GATHER.format(among=among, **placed)


def _reached(criteria: SearchCriteria) -> str:
    """The mode, home visits only where they cover the point."""
    return {
        Mode.ONLINE: "NOT e.is_home",
        Mode.HOME: "e.is_home AND d.km <= e.radius_km",
        Mode.EITHER: "(NOT e.is_home OR d.km <= e.radius_km)",
    }[Mode(criteria.mode)]


def farther(criteria: SearchCriteria, after: Position | None) -> str:
    """Entries online beyond the rings."""
    return FARTHER.format(**_placed(criteria, after, f"floor(d.km * {MICROMETRES})::bigint"))


def _placed(criteria: SearchCriteria, after: Position | None, key: str) -> dict[str, str]:
    """The parts of a statement that reckons with distances `d.km`."""
    return {
        "ids": IDS,
        "km": KM.format("e"),
        "key": key,
        "offering": of_offering(criteria, "e"),
        "tutor": of_tutor(criteria, "e"),
        "within": "AND d.km <= %(within)s" if criteria.within_km else "",
        "after": _after(after, key, "%(key)s"),
        "best": best(criteria),
        "order": _order(after),
    }


def best(criteria: SearchCriteria) -> str:
    """The condition that no other fitting entry of the tutor comes before this one."""
    mode, km = of_mode(criteria, "s"), KM.format("s")
    if criteria.point and criteria.mode != Mode.ONLINE:
        covers = f"{km} <= s.radius_km"
        mode += f" AND (NOT s.is_home OR {covers})"
        if criteria.within_km:
            mode += f" AND {km} <= %(within)s"
    return BEST.format(
        offering=of_offering(criteria, "s"),
        mode=mode,
        key=_key(criteria, km, "s"),
        own_key=_key(criteria, KM.format("e"), "e"),
    )


def _key(criteria: SearchCriteria, km: str, entry: str) -> str:
    """What decides between the offerings of one tutor; all of them are equally far away."""
    if criteria.sort == Sort.DISTANCE:
        return f"{entry}.rate"
    column = COLUMNS[Sort(criteria.sort)]
    if criteria.sort != Sort.MATCH or criteria.point is None:
        return f"{entry}.{column}"
    return (
        f"{entry}.{column} - CASE WHEN {entry}.is_home THEN search_near_points({km})"
        " ELSE %(online_points)s END"
    )


def _after(after: Position | None, key: str, value: str) -> str:
    if after is None:
        return ""
    return f"AND ({key}, e.tutor_id) {'<' if after.is_backwards else '>'} ({value}, %(id)s)"


def _order(after: Position | None) -> str:
    return "DESC" if after is not None and after.is_backwards else "ASC"


def _buckets(sort: str, after: Position | None) -> dict[str, Any]:
    """Ranges of keys, each above `over` up to `upto`, in the order in which they are wanted."""
    rings = [round(km * MICROMETRES) - (km == 0) for km in RINGS_KM]
    edges = rings if sort == Sort.DISTANCE else EDGES[sort]
    pairs = list(pairwise(edges))
    if after is not None and after.is_backwards:
        pairs = [(low, min(high, after.key)) for low, high in pairs[::-1] if low < after.key]
    elif after is not None:
        pairs = [(max(low, after.key - 1), high) for low, high in pairs if high >= after.key]
    return {
        "over": _array(low for low, _ in pairs),
        "upto": _array(high for _, high in pairs),
        "farthest": rings[-1],
    }


@memo.for_a_minute(size=1024)
def _of_cells(point: Point, mode: str, within_km: float | None) -> dict[str, str]:
    """Kept because many people ask from the same PIN code, and the next page asks once more."""
    cells = around(point, mode=mode, within_km=within_km)
    return {
        "cells": _array(cell.number for cell in cells),
        "most": _array(cell.most_points for cell in cells),
        "least": _array(cell.least_points for cell in cells),
        "from": _array(int(cell.from_km * MICROMETRES) for cell in cells),
        "until": _array(int(cell.until_km * MICROMETRES) for cell in cells),
    }


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL reads an array: psycopg would look at each of hundreds of numbers by itself."""
    return f"{{{','.join(map(str, numbers))}}}"
