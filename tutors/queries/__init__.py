"""Finding tutors, for families who look and for enquiries that ask."""

from tutors.queries.cards import Card
from tutors.queries.comparing import Compared, Span, compare
from tutors.queries.counting import Facets, facets
from tutors.queries.criteria import Mode, Names, Point, SearchCriteria, Sort
from tutors.queries.cursors import Position
from tutors.queries.names import named
from tutors.queries.profiles import missing, own_profile, public_profile
from tutors.queries.progress import progress
from tutors.queries.reasons import Part
from tutors.queries.saved import cleaned, criteria_of, newly_listed
from tutors.queries.search import Match, Page, Result, match, search
from tutors.queries.understanding import Understood, understand

__all__ = [
    "Card",
    "Compared",
    "Facets",
    "Match",
    "Mode",
    "Names",
    "Page",
    "Part",
    "Point",
    "Position",
    "Result",
    "SearchCriteria",
    "Sort",
    "Span",
    "Understood",
    "cleaned",
    "compare",
    "criteria_of",
    "facets",
    "match",
    "missing",
    "named",
    "newly_listed",
    "own_profile",
    "progress",
    "public_profile",
    "search",
    "understand",
]
