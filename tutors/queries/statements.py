"""The statements that find the ids of one page, each reading as little as it can.

Three ways, put together by `compose`:

- *walk*: where no place matters, an index holds the entries in the order asked for; it is read from
  the cursor on until the page is full;
- *covering*: home visits at a point are in about a hundred cells, each of them in order. The best
  few of every cell give a key that the page's last row has at least (`edge`); then every cell is
  read down to where nothing can reach that key any more. Nothing is left out by guessing;
- *nearest*: by distance, an index of places is read from the point outwards.

A tutor with several fitting offerings is shown by the best of them: an entry counts only if no
other fitting entry of the same tutor has a better key or, at the same key, a lower price.
"""

from dataclasses import replace
from typing import Any

from tutors.queries.conditions import of_mode, of_offering, of_tutor, values
from tutors.queries.criteria import Mode, SearchCriteria, Sort
from tutors.queries.cursors import Position

# How many of each cell are looked at first.
PROBE = 8
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

ENTRY = "e.tutor_id, e.offering_id, e.is_home, e.rate, e.quality_gap"
KM = "search_km({entry}.latitude, {entry}.longitude, %(latitude)s, %(longitude)s)"
# The column an index is ordered by, for each sort.
COLUMNS = {Sort.MATCH: "quality_gap", Sort.PRICE: "rate", Sort.RATING: "rating_gap"}

WALK = """
SELECT {entry}, {km} AS km, {key} AS sort_key
  FROM tutors_searchentry e
 WHERE {mode} AND {offering} AND {tutor} {within} {after} AND {best}
 ORDER BY e.{column} {order}, e.tutor_id {order} LIMIT %(limit)s
"""

COVERING = """
SELECT found.* FROM
 (WITH cell AS MATERIALIZED (
    SELECT * FROM unnest(%(cells)s::int[], %(near_points)s::int[]) AS c (number, points)),
  probe AS (
    SELECT tutor_id, min(sort_key) AS sort_key
      FROM cell CROSS JOIN LATERAL (
        SELECT e.tutor_id, {key} AS sort_key
          FROM tutors_searchentry e CROSS JOIN LATERAL (SELECT {km} AS km) AS d
         WHERE e.is_home AND e.cell = cell.number AND {offering} AND {tutor} AND {covers} {after}
           AND {probe_best}
         ORDER BY e.{column} {order}, e.tutor_id {order} LIMIT %(probe)s) AS near
     GROUP BY tutor_id),
  edge AS MATERIALIZED (
    SELECT sort_key, tutor_id FROM probe
     ORDER BY sort_key {order}, tutor_id {order} OFFSET %(limit)s - 1 LIMIT 1)
  SELECT near.* FROM cell CROSS JOIN LATERAL (
    SELECT {entry}, d.km, {key} AS sort_key
      FROM tutors_searchentry e CROSS JOIN LATERAL (SELECT {km} AS km) AS d
     WHERE e.is_home AND e.cell = cell.number AND {offering} AND {tutor} AND {covers} {after}
       AND {within_edge} AND {best}) AS near
   ORDER BY sort_key {order}, tutor_id {order} LIMIT %(limit)s) AS found
"""

BEST = """(
   SELECT (s.offering_id, s.is_home) = (e.offering_id, e.is_home) FROM tutors_searchentry s
    WHERE s.tutor_id = e.tutor_id AND {offering} AND {mode}
    ORDER BY {key}, s.rate, s.offering_id, s.is_home LIMIT 1)"""


def compose(
    criteria: SearchCriteria, *, after: Position | None, limit: int
) -> tuple[str, dict[str, Any]]:
    """The statement for the rows of a page in the direction of `after`, and its parameters."""
    given = {
        **values(criteria),
        "limit": limit,
        "probe": PROBE,
        "key": after.key if after else None,
        "id": after.id if after else None,
    }
    order = "DESC" if after is not None and after.is_backwards else "ASC"
    if criteria.point is None or criteria.mode == Mode.ONLINE:
        return walk(criteria, after, order), given
    home = covering(criteria, after, order)
    if criteria.mode == Mode.HOME:
        return home, given
    both = f"({home}) UNION ALL ({walk(criteria, after, order)})"  # noqa: S608
    statement = (
        f"SELECT * FROM ({both}) AS found"  # noqa: S608
        f" ORDER BY sort_key {order}, tutor_id {order} LIMIT %(limit)s"
    )
    return statement, given


def walk(criteria: SearchCriteria, after: Position | None, order: str) -> str:
    """Entries in the order of an index. With a point, those online only."""
    mode = replace(criteria, mode=Mode.ONLINE) if criteria.point else criteria
    column, has_point = COLUMNS[Sort(criteria.sort)], criteria.point is not None
    shift = " + %(online_points)s" if criteria.sort == Sort.MATCH else ""
    return WALK.format(
        entry=ENTRY,
        km=KM.format(entry="e") if has_point else "NULL::float8",
        key=f"(e.{column} - %(online_points)s)::bigint" if shift else f"e.{column}::bigint",
        mode=of_mode(mode, "e"),
        offering=of_offering(criteria, "e"),
        tutor=of_tutor(criteria, "e"),
        within=f"AND {KM.format(entry='e')} <= %(within)s" if criteria.within_km else "",
        after=_after(after, f"e.{column}", f"%(key)s{shift}"),
        best=best(criteria, km="search_km(e.latitude, e.longitude, %(latitude)s, %(longitude)s)"),
        column=column,
        order=order,
    )


def covering(criteria: SearchCriteria, after: Position | None, order: str) -> str:
    """Home visits at the point, in the order of their key."""
    column, is_match = COLUMNS[Sort(criteria.sort)], criteria.sort == Sort.MATCH
    is_best = best(criteria, km="d.km")
    key = "e.{0} - search_near_points(d.km)".format(column) if is_match else f"e.{column}"
    return COVERING.format(
        entry=ENTRY,
        km=KM.format(entry="e"),
        key=f"({key})::bigint",
        offering=of_offering(criteria, "e"),
        tutor=of_tutor(criteria, "e"),
        covers="d.km <= e.radius_km" + (" AND d.km <= %(within)s" if criteria.within_km else ""),
        after=_after(after, f"({key})", "%(key)s") + _reach(after, is_match),
        within_edge=_within_edge(column, order, is_match),
        best=is_best,
        # Any entry's key is one its tutor has at least; after a cursor that tutor may be past.
        probe_best=is_best if after else "true",
        column=column,
        order=order,
    )


def best(criteria: SearchCriteria, *, km: str) -> str:
    """The condition that no other fitting entry of the tutor comes before this one."""
    mode = of_mode(criteria, "s")
    if criteria.point and criteria.mode == Mode.EITHER:
        near_enough = f"{km} <= s.radius_km" + (
            f" AND {km} <= %(within)s" if criteria.within_km else ""
        )
        mode = f"(NOT s.is_home OR {near_enough})"
    column = COLUMNS[Sort(criteria.sort)]
    key = f"s.{column}"
    if criteria.sort == Sort.MATCH and criteria.point:
        points = f"CASE WHEN s.is_home THEN search_near_points({km}) ELSE %(online_points)s END"
        key = f"s.{column} - {points}"
    return BEST.format(offering=of_offering(criteria, "s"), mode=mode, key=key)


def _after(after: Position | None, key: str, value: str) -> str:
    if after is None:
        return ""
    sign = "<" if after.is_backwards else ">"
    return f"AND ({key}, e.tutor_id) {sign} ({value}, %(id)s)"


def _reach(after: Position | None, is_match: bool) -> str:
    """A bound that the index understands on what comes after the cursor."""
    if after is None or not is_match:
        return ""
    if after.is_backwards:
        return " AND e.quality_gap <= %(key)s + cell.points"
    return " AND e.quality_gap >= %(key)s + 75"


def _within_edge(column: str, order: str, is_match: bool) -> str:
    if not is_match:
        sign, last = (">=", f"(-1, '{LAST_ID.replace('f', '0')}')") if order == "DESC" else ("<=", f"(2147483647, '{LAST_ID}')")
        return (
            f"(e.{column}, e.tutor_id) {sign} (coalesce((SELECT sort_key FROM edge), "
            f"{last[1:].split(',')[0]}), coalesce((SELECT tutor_id FROM edge), "
            f"{last.split(', ')[1][:-1]}::uuid))"
        )
    if order == "DESC":
        return "e.quality_gap >= coalesce((SELECT sort_key FROM edge) + 75, -1000)"
    return "e.quality_gap <= coalesce((SELECT sort_key FROM edge) + cell.points, 10000)"
