"""Tutors by the words of their names and headlines, and the triggers that keep those words.

docs/search.md explains them.
"""

from django.db import migrations

# What separates words: spaces, signs and marks, those of Devanagari and of good typesetting too.
# Not "all but letters", because the vowel signs of Indian scripts are no letters to a regex. The
# two joiners, which change how a letter looks and not which it is, are dropped first.
WORDS = r"""
CREATE FUNCTION search_words(said text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(word ORDER BY place), '{}')
      FROM (SELECT left(piece, 40) AS word, min(nr) AS place
              FROM regexp_split_to_table(
                       lower(unaccent(translate(normalize(said, NFKC), U&'\200C\200D', ''))),
                       '[\s!-/:-@\[-`{-~\u0080-\u00bf\u0964\u0965\u0970\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff]+')
                   WITH ORDINALITY AS pieces (piece, nr)
             WHERE piece <> '' GROUP BY 1 ORDER BY 2 LIMIT 24) AS words $$;
-- Latin letters by Double Metaphone, with h left out where Indian names have it or not (Kavita,
-- Kavitha); Devanagari without vowel signs and nukta.
CREATE FUNCTION search_sound(word text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN word ~ '^[a-z]+$' THEN dmetaphone(regexp_replace(word, '([bdgjkst])h', '\1', 'g'))
                WHEN word ~ '[\u0904-\u0939]'
                THEN regexp_replace(word, '[\u0900-\u0903\u093a-\u094f\u0955-\u0957]', '', 'g')
                ELSE '' END $$;
"""

SOURCE = """
CREATE VIEW tutors_searchnamesource AS
SELECT t.id AS tutor_id, search_words(u.name || ' ' || t.headline) AS words
  FROM tutors_tutorprofile t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
 WHERE t.status = 'APPROVED' AND t.listed_until IS NOT NULL;
"""

# The same lock as in `search_refresh`, and for the same reason.
REFRESH = """
CREATE FUNCTION search_refresh_names(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    IF cardinality(ids) > 500 THEN
        LOCK TABLE tutors_searchname IN SHARE ROW EXCLUSIVE MODE;
    ELSE
        LOCK TABLE tutors_searchname IN ROW EXCLUSIVE MODE;
        PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 7203))
           FROM (SELECT DISTINCT unnest(ids) AS id ORDER BY 1) AS tutor;
    END IF;
    -- In the order of the alphabet, so that two who bring the same new words wait for each other
    -- in one order.
    INSERT INTO tutors_searchword (word, sound)
    SELECT word, search_sound(word)
      FROM (SELECT DISTINCT unnest(words) AS word FROM tutors_searchnamesource
             WHERE tutor_id = ANY(ids)) AS said
     WHERE NOT EXISTS (SELECT FROM tutors_searchword known WHERE known.word = said.word)
     ORDER BY word
        ON CONFLICT DO NOTHING;
    WITH fresh AS MATERIALIZED (
        SELECT tutor_id, words FROM tutors_searchnamesource WHERE tutor_id = ANY(ids)),
    gone AS (
        DELETE FROM tutors_searchname n
         WHERE n.tutor_id = ANY(ids)
           AND NOT EXISTS (SELECT FROM fresh f WHERE f.tutor_id = n.tutor_id))
    INSERT INTO tutors_searchname AS n (tutor_id, words) SELECT tutor_id, words FROM fresh
        ON CONFLICT (tutor_id) DO UPDATE SET words = excluded.words
     WHERE n.words IS DISTINCT FROM excluded.words;
END $$;
"""

TRIGGERS = """
CREATE FUNCTION search_profile_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh_names(ARRAY(SELECT id FROM fresh WHERE status = 'APPROVED'));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_refresh_names(ARRAY(SELECT id FROM stale));
    ELSE
        PERFORM search_refresh_names(ARRAY(
            SELECT n.id FROM fresh n JOIN stale o ON o.id = n.id
             WHERE (n.status = 'APPROVED' OR o.status = 'APPROVED')
               AND (n.status, n.user_id, n.headline, n.listed_until IS NULL)
                   IS DISTINCT FROM (o.status, o.user_id, o.headline, o.listed_until IS NULL)));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_profile_named_inserted AFTER INSERT ON tutors_tutorprofile
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_profile_named();
CREATE TRIGGER search_profile_named_updated AFTER UPDATE ON tutors_tutorprofile
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION search_profile_named();
CREATE TRIGGER search_profile_named_deleted AFTER DELETE ON tutors_tutorprofile
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION search_profile_named();

CREATE FUNCTION search_account_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh_names(ARRAY(SELECT id FROM tutors_tutorprofile WHERE user_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER search_account_named AFTER UPDATE OF name, is_active ON accounts_user
    FOR EACH ROW WHEN ((OLD.name, OLD.is_active) IS DISTINCT FROM (NEW.name, NEW.is_active))
    EXECUTE FUNCTION search_account_named();
"""

TABLE = """
-- How common a word is decides how search reads, so many words are counted.
ALTER TABLE tutors_searchname ALTER COLUMN words SET STATISTICS 1000;
ALTER TABLE tutors_searchname SET (fillfactor = 90);
"""


class Migration(migrations.Migration):
    dependencies = [("tutors", "0003_ready_answers"), ("accounts", "0002_staff_groups")]

    operations = [
        *(migrations.RunSQL(statement) for statement in (WORDS, SOURCE, REFRESH, TRIGGERS, TABLE)),
    ]
