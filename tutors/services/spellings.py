"""The words that typing errors are compared with."""

from django.db import connection, transaction

BATCH = 1000

UNUSED = """
SELECT known.word FROM tutors_searchword known
  LEFT JOIN (SELECT DISTINCT unnest(words) AS word FROM tutors_searchname) AS said
    ON said.word = known.word
 WHERE said.word IS NULL LIMIT %s
"""
FORGET = """
DELETE FROM tutors_searchword known
 WHERE known.word = ANY(%s)
   AND NOT EXISTS (SELECT FROM tutors_searchname n WHERE n.words && ARRAY[known.word])
"""


def forget_unused() -> int:
    """Forget up to `BATCH` words that no tutor has any more; how many there were.

    Looking for them takes seconds and is done without a lock. Under it they are looked at again,
    because a tutor may have come who has one: whoever saves a name holds a lock on the table until
    the end, and is waited for.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(UNUSED, [BATCH])
        words = [row[0] for row in cursor.fetchall()]
    if not words:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tutors_searchword IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(FORGET, [words])
        return int(cursor.rowcount)
