"""The entries of search: how they are computed, and the triggers that keep them.

docs/search.md explains them. `tutors/queries/score.py` and `tutors/queries/cells.py` hold the same
arithmetic for the program; tests compare the two.
"""

from django.db import migrations

# Each part of the score is rounded on its own, so that the parts add up.
SCORE = """
CREATE FUNCTION search_rating_points(stars integer, reviews integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(350 * least(1, greatest(0, ((stars + 21)::float8 / (reviews + 5) - 3) / 2)) + 0.5)::integer $$;
CREATE FUNCTION search_hours_points(minutes integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(150 * least(1, ln(1 + minutes / 60.0::float8) / ln(1001::float8)) + 0.5)::integer $$;
CREATE FUNCTION search_years_points(years integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 10 * least(years, 10) $$;
CREATE FUNCTION search_price_points(rate integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(150 * least(1, greatest(0, 1 - ln(rate / 10000.0::float8) / ln(50::float8))) + 0.5)::integer $$;
CREATE FUNCTION search_near_points(km float8) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(250 * greatest(0.3::float8, 1 - km / 15) + 0.5)::integer $$;
-- An average counts from three reviews on, as REVIEWS_FOR_AVERAGE says; a test compares the two.
CREATE FUNCTION search_rating_gap(stars integer, reviews integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN reviews >= 3 THEN 5000 - (stars * 1000::bigint / reviews)::integer ELSE 5000 END $$;
CREATE FUNCTION search_km(lat1 float8, lon1 float8, lat2 float8, lon2 float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 12742 * asin(least(1, sqrt(sin(radians(lat2 - lat1) / 2) ^ 2
           + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2))) $$;
"""

# Four grids, one for each class of radius, so that a question asks few cells of each, and a fifth
# for classes online, which have a place for those who want somebody near. A row of
# cells has the width of its own latitude, so both sides count the same columns.
CELLS = """
CREATE FUNCTION search_cell_of(level integer, km float8, latitude float8, longitude float8) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (level << 28)
         + (floor((latitude + 90) * 111.195 / km)::integer << 14)
         + floor((longitude + 180) * 111.195 / km
                 * cos(radians((floor((latitude + 90) * 111.195 / km) + 0.5) * km / 111.195 - 90)))::integer $$;
CREATE FUNCTION search_cell(radius_km integer, latitude float8, longitude float8) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN radius_km <= 5 THEN search_cell_of(0, 4, latitude, longitude)
                WHEN radius_km <= 10 THEN search_cell_of(1, 5, latitude, longitude)
                WHEN radius_km <= 20 THEN search_cell_of(2, 8, latitude, longitude)
                ELSE search_cell_of(3, 20, latitude, longitude) END $$;
"""

# What the entries ought to be, computed from the tables that people write to.
SOURCE = """
CREATE VIEW tutors_searchsource AS
WITH codes AS (
    SELECT (SELECT array_agg(code::text ORDER BY number) FROM curriculum_board) AS boards,
           (SELECT array_agg(number ORDER BY number) FROM curriculum_board) AS board_numbers,
           (SELECT array_agg(code::text ORDER BY number) FROM curriculum_language) AS languages,
           (SELECT array_agg(number ORDER BY number) FROM curriculum_language) AS language_numbers)
SELECT o.id AS offering_id, m.is_home, t.id AS tutor_id,
       (SELECT coalesce(bit_or(1::bigint << c.board_numbers[array_position(c.boards, b::text)]), 0)
          FROM codes c, unnest(o.boards) b) AS boards,
       t.latitude, t.longitude, m.rate,
       CASE WHEN m.is_home THEN search_cell(t.radius_km, t.latitude, t.longitude)
            ELSE coalesce(search_cell_of(4, 10, t.latitude, t.longitude), -1) END AS cell,
       (SELECT coalesce(bit_or(1 << c.language_numbers[array_position(c.languages, l::text)]), 0)
          FROM codes c, unnest(t.languages) l) AS languages,
       t.listed_until, s.number AS subject,
       (750 - search_rating_points(t.rating_sum, t.rating_count) - search_hours_points(t.minutes_taught)
            - search_years_points(t.experience_years) - search_price_points(m.rate))::smallint AS quality_gap,
       search_rating_gap(t.rating_sum, t.rating_count)::smallint AS rating_gap,
       ((1 << (o.grade_max + 1)) - (1 << o.grade_min))::smallint AS grades,
       t.radius_km,
       (CASE t.gender WHEN 'female' THEN 1 WHEN 'male' THEN 2 WHEN 'other' THEN 3 ELSE 0 END)::smallint AS gender,
       t.trial_minutes IS NOT NULL AS has_trial,
       t.free_hours
  FROM tutors_tutorprofile t
  JOIN accounts_user u ON u.id = t.user_id AND u.is_active
  JOIN tutors_offering o ON o.tutor_id = t.id
  JOIN curriculum_subject s ON s.slug = o.subject_id
 CROSS JOIN LATERAL (VALUES (false, o.online_rate_paise), (true, o.home_rate_paise)) AS m (is_home, rate)
 WHERE t.status = 'APPROVED' AND t.listed_until IS NOT NULL AND m.rate IS NOT NULL
   AND (NOT m.is_home OR t.radius_km > 0 AND t.latitude IS NOT NULL);
"""

COLUMNS = (
    "offering_id, is_home, tutor_id, boards, latitude, longitude, rate, cell, languages,"
    " listed_until, subject, quality_gap, rating_gap, grades, radius_km, gender, has_trial,"
    " free_hours"
)
CHANGING = COLUMNS.removeprefix("offering_id, is_home, ")

# The lock comes first and the entries are computed by a later statement, which sees what others
# have committed: without it two transactions that change a name and a profile would each write
# entries that lack the other's change. Many tutors at once lock the table, for lack of lock space.
REFRESH = """
CREATE FUNCTION search_refresh(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    IF cardinality(ids) > 500 THEN
        LOCK TABLE tutors_searchentry IN SHARE ROW EXCLUSIVE MODE;
    ELSE
        LOCK TABLE tutors_searchentry IN ROW EXCLUSIVE MODE;
        PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 7203))
           FROM (SELECT DISTINCT unnest(ids) AS id ORDER BY 1) AS tutor;
    END IF;
    WITH fresh AS MATERIALIZED (
        SELECT {columns} FROM tutors_searchsource WHERE tutor_id = ANY(ids)),
    gone AS (
        DELETE FROM tutors_searchentry e
         WHERE e.tutor_id = ANY(ids)
           AND NOT EXISTS (SELECT FROM fresh f
                            WHERE f.offering_id = e.offering_id AND f.is_home = e.is_home))
    INSERT INTO tutors_searchentry AS e ({columns}) SELECT {columns} FROM fresh
        ON CONFLICT (offering_id, is_home) DO UPDATE
       SET ({changing}) = ROW({excluded})
     WHERE ({present})
           IS DISTINCT FROM
           ({excluded});
END $$;
"""

TRIGGERS = """
CREATE FUNCTION search_profile_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(ARRAY(SELECT id FROM fresh WHERE status = 'APPROVED'));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_refresh(ARRAY(SELECT id FROM stale));
    ELSE
        PERFORM search_refresh(ARRAY(
            SELECT n.id FROM fresh n JOIN stale o ON o.id = n.id
             WHERE (n.status = 'APPROVED' OR o.status = 'APPROVED')
               AND (n.status, n.user_id, n.listed_until, n.latitude, n.longitude, n.radius_km, n.gender,
                    n.languages, n.trial_minutes, n.free_hours, n.rating_sum, n.rating_count,
                    search_hours_points(n.minutes_taught), n.experience_years)
                   IS DISTINCT FROM
                   (o.status, o.user_id, o.listed_until, o.latitude, o.longitude, o.radius_km, o.gender,
                    o.languages, o.trial_minutes, o.free_hours, o.rating_sum, o.rating_count,
                    search_hours_points(o.minutes_taught), o.experience_years)));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_profile_inserted AFTER INSERT ON tutors_tutorprofile
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_profile_changed();
CREATE TRIGGER search_profile_updated AFTER UPDATE ON tutors_tutorprofile
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION search_profile_changed();
CREATE TRIGGER search_profile_deleted AFTER DELETE ON tutors_tutorprofile
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION search_profile_changed();

CREATE FUNCTION search_offering_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(ARRAY(SELECT DISTINCT tutor_id FROM fresh));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_refresh(ARRAY(SELECT DISTINCT tutor_id FROM stale));
    ELSE
        PERFORM search_refresh(ARRAY(SELECT tutor_id FROM stale UNION SELECT tutor_id FROM fresh));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_offering_inserted AFTER INSERT ON tutors_offering
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_offering_changed();
CREATE TRIGGER search_offering_updated AFTER UPDATE ON tutors_offering
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION search_offering_changed();
CREATE TRIGGER search_offering_deleted AFTER DELETE ON tutors_offering
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION search_offering_changed();

CREATE FUNCTION search_account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh(ARRAY(SELECT id FROM tutors_tutorprofile WHERE user_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER search_account_changed AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active)
    EXECUTE FUNCTION search_account_changed();
"""

LISTED_UNTIL = """
CREATE FUNCTION tutor_identity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tutor uuid;
BEGIN
    FOREACH tutor IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.tutor_id]
                                      WHEN 'DELETE' THEN ARRAY[OLD.tutor_id]
                                      ELSE ARRAY[OLD.tutor_id, NEW.tutor_id] END LOOP
        UPDATE tutors_tutorprofile t SET listed_until = b.until
          FROM (SELECT max(coalesce(valid_until, DATE '9999-12-31')) AS until
                  FROM tutors_badge WHERE tutor_id = tutor AND claim = 'identity') b
         WHERE t.id = tutor AND t.listed_until IS DISTINCT FROM b.until;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER tutor_identity_changed AFTER INSERT OR UPDATE OR DELETE ON tutors_badge
    FOR EACH ROW EXECUTE FUNCTION tutor_identity_changed();
"""

TABLE = """
-- Reading the indexes alone needs a table that was vacuumed not long ago.
ALTER TABLE tutors_searchentry
  SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
"""


def with_columns(statement):
    """Fill in the lists of columns, with the names of both sides where an entry is compared."""
    names = CHANGING.split(", ")
    return statement.format(
        columns=COLUMNS,
        changing=CHANGING,
        present=", ".join(f"e.{name}" for name in names),
        excluded=", ".join(f"excluded.{name}" for name in names),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tutors", "0001_initial"),
        ("accounts", "0002_staff_groups"),
        ("curriculum", "0002_catalogue"),
    ]

    operations = [
        migrations.RunSQL(statement)
        for statement in (
            *(SCORE, CELLS, SOURCE, with_columns(REFRESH), LISTED_UNTIL, with_columns(TABLE)),
            TRIGGERS,
        )
    ]
