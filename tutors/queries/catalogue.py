"""The curriculum in one read, for pages that offer all of it and look up a few."""

from dataclasses import dataclass

from django.db.models import CharField, Value

from curriculum.models import Board, Language, Subject


@dataclass(frozen=True)
class Catalogue:
    """Boards, subjects and languages by code or slug, in their usual order."""

    boards: dict[str, Board]
    subjects: dict[str, Subject]
    languages: dict[str, Language]


def catalogue() -> Catalogue:
    """Everything, by one statement."""

    def kind(name: str) -> Value:
        return Value(name, output_field=CharField())

    none = Value("", output_field=CharField())
    rows = (
        Board.objects.order_by()
        .values_list(kind("board"), "code", "name", "state", "position")
        .union(
            Subject.objects.order_by().values_list(
                kind("subject"), "slug", "name", none, "position"
            ),
            Language.objects.order_by().values_list(
                kind("language"), "code", "name", none, "position"
            ),
            all=True,
        )
    )
    found = Catalogue({}, {}, {})
    for row in sorted(rows, key=lambda row: (row[4], row[3], row[2])):
        _, key, label, region, rank = row
        if row[0] == "board":
            found.boards[key] = Board(code=key, name=label, state=region, position=rank)
        elif row[0] == "subject":
            found.subjects[key] = Subject(slug=key, name=label, position=rank)
        else:
            found.languages[key] = Language(code=key, name=label, position=rank)
    return found
