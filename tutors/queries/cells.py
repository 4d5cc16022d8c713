"""Which cells of the grids may hold tutors who come to a point, or live near it.

Home visits lie in one of four grids by the tutor's radius, classes online in a fifth, at the cell
where the tutor lives. The function `search_cell` of the database puts them there; the numbers here
are the same.
"""

from collections.abc import Iterator
from math import asin, ceil, cos, degrees, floor, radians, sin
from typing import NamedTuple

from tutorhub.core.places import EARTH_RADIUS_KM, distance_km
from tutors.queries.criteria import Mode, Point
from tutors.queries.score import near_points

KM_A_DEGREE = 111.195
# Straight lines on a grid are a little longer or shorter than those on the globe.
SLACK = 0.98


class Grid(NamedTuple):
    """Cells `width_km` wide for radii up to `radius_km`."""

    level: int
    width_km: int
    radius_km: int


HOME_GRIDS = (Grid(0, 4, 5), Grid(1, 5, 10), Grid(2, 8, 20), Grid(3, 20, 50))
# Classes online know no radius; this far they are looked for cell by cell.
ONLINE_GRID = Grid(4, 10, 50)
GRIDS = {
    Mode.HOME: HOME_GRIDS,
    Mode.ONLINE: (ONLINE_GRID,),
    Mode.EITHER: (*HOME_GRIDS, ONLINE_GRID),
}


class Cell(NamedTuple):
    """The number of a cell, and between which distances from the point everything in it lies."""

    number: int
    from_km: float
    until_km: float

    @property
    def most_points(self) -> int:
        return near_points(self.from_km)

    @property
    def least_points(self) -> int:
        return near_points(self.until_km)


def around(point: Point, *, mode: str = Mode.HOME, within_km: float | None = None) -> list[Cell]:
    """The cells to ask for home visits at this point, or for teachers online near it."""
    return [cell for grid in GRIDS[Mode(mode)] for cell in _around(grid, point, within_km)]


def _around(grid: Grid, point: Point, within_km: float | None) -> Iterator[Cell]:
    reach = min(grid.radius_km, within_km or grid.radius_km) / SLACK
    rows, sides = reach / KM_A_DEGREE, _degrees_east(reach, point.latitude)
    for row in range(_row(grid, point.latitude - rows), _row(grid, point.latitude + rows) + 1):
        south, north = (_latitude(grid, number) for number in (row, row + 1))
        width = grid.width_km / KM_A_DEGREE / max(cos(radians((south + north) / 2)), 1e-9)
        first = floor((point.longitude - sides + 180) / width)
        for column in range(first, ceil((point.longitude + sides + 180) / width) + 1):
            west = column * width - 180
            nearest = Point(
                min(max(point.latitude, south), north),
                min(max(point.longitude, west), west + width),
            )
            away = distance_km(*point, *nearest)
            if away * SLACK <= reach:
                number = (grid.level << 28) + (row << 14) + column
                across = (away + 1.5 * grid.width_km) / SLACK
                yield Cell(number, away * SLACK, across)


def _row(grid: Grid, latitude: float) -> int:
    return floor((latitude + 90) * KM_A_DEGREE / grid.width_km)


def _latitude(grid: Grid, row: int) -> float:
    return row * grid.width_km / KM_A_DEGREE - 90


def _degrees_east(km: float, latitude: float) -> float:
    """How far east a circle of this size reaches; near a pole, all around."""
    ratio = sin(km / EARTH_RADIUS_KM) / max(cos(radians(latitude)), 1e-9)
    return degrees(asin(ratio)) if ratio < 1 else 180.0
