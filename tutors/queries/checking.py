"""Whether what search reads is what it ought to be: the tables against a fresh computation."""

from typing import NamedTuple

from django.db import connection, transaction

from tutors.models import SearchEntry

# A word that nobody has is no mistake: it waits for the night.
STATEMENTS = {
    "entry": """
SELECT coalesce(e.offering_id, s.offering_id)::text
       || CASE WHEN coalesce(e.is_home, s.is_home) THEN ' at home' ELSE ' online' END,
       CASE WHEN e.offering_id IS NULL THEN 'missing' WHEN s.offering_id IS NULL THEN 'left over'
            ELSE 'different' END
  FROM tutors_searchentry e
  FULL JOIN tutors_searchsource s ON s.offering_id = e.offering_id AND s.is_home = e.is_home
 WHERE ({entry}) IS DISTINCT FROM ({source})
 LIMIT %(most)s
""",
    "name": """
SELECT coalesce(n.tutor_id, s.tutor_id)::text,
       CASE WHEN n.tutor_id IS NULL THEN 'missing' WHEN s.tutor_id IS NULL THEN 'left over'
            ELSE 'different' END
  FROM tutors_searchname n FULL JOIN tutors_searchnamesource s ON s.tutor_id = n.tutor_id
 WHERE n.words IS DISTINCT FROM s.words
 LIMIT %(most)s
""",
    "word": """
SELECT said.word, 'missing' FROM (SELECT DISTINCT unnest(words) AS word FROM tutors_searchname) said
 WHERE NOT EXISTS (SELECT FROM tutors_searchword known WHERE known.word = said.word)
 LIMIT %(most)s
""",
}


class Difference(NamedTuple):
    """`kind` is "entry" (by offering), "name" (by tutor) or "word"; `how` it differs."""

    kind: str
    what: str
    how: str


def differences(*, most: int) -> list[Difference]:
    """Up to `most` of each kind. Reads everything: minutes for a million tutors."""
    columns = [field.column for field in SearchEntry._meta.local_fields if field.column]
    entry, source = (", ".join(f"{side}.{name}" for name in columns) for side in ("e", "s"))
    found: list[Difference] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for kind, statement in STATEMENTS.items():
            cursor.execute(statement.format(entry=entry, source=source), {"most": most})
            found += [Difference(kind, what, how) for what, how in cursor.fetchall()]
    return found
