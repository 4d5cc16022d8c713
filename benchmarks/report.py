"""What was measured, for people and for machines."""

import json
import operator
from dataclasses import asdict, dataclass

COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """A value and the goal it is held against, such as `<= 2.0`."""

    value: float
    goal: str
    unit: str

    @property
    def is_met(self) -> bool:
        sign, limit = self.goal.split()
        return bool(COMPARE[sign](self.value, float(limit)))


def show(figures: dict[str, Figure]) -> None:
    """A line for each figure, then all of them as one JSON object on the last line."""
    for name, figure in figures.items():
        verdict = "met" if figure.is_met else "MISSED"
        print(f"{name:28} {figure.value:10.2f} {figure.unit:12} goal {figure.goal:10} {verdict}")
    print(json.dumps({name: asdict(figure) for name, figure in figures.items()}))
