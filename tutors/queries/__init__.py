"""Finding tutors, for families who look and for enquiries that ask."""

from tutors.queries.cards import Card
from tutors.queries.counting import Facets, facets
from tutors.queries.criteria import Mode, Point, SearchCriteria, Sort
from tutors.queries.cursors import Position
from tutors.queries.profiles import missing, own_profile, public_profile
from tutors.queries.progress import progress
from tutors.queries.reasons import Part
from tutors.queries.search import Match, Page, Result, match, search

__all__ = [
    "Card",
    "Facets",
    "Match",
    "Mode",
    "Page",
    "Part",
    "Point",
    "Position",
    "Result",
    "SearchCriteria",
    "Sort",
    "facets",
    "match",
    "missing",
    "own_profile",
    "progress",
    "public_profile",
    "search",
]
