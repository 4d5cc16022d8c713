"""The statements by which many tutors are made; `pg_temp.pick(n, salt, many)` picks by hashing."""

HELPERS = [
    "CREATE OR REPLACE FUNCTION pg_temp.pick(n bigint, salt integer, many integer)"
    " RETURNS integer LANGUAGE sql IMMUTABLE AS"
    " $$ SELECT ((hashint8extended(n, salt) & 2147483647) % many)::integer $$",
    "CREATE OR REPLACE FUNCTION pg_temp.key(n bigint, salt text) RETURNS uuid LANGUAGE sql"
    " IMMUTABLE AS $$ SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7'"
    " || substr(md5(salt || n), 1, 3) || '8' || substr(md5(salt || n), 4, 15))::uuid $$",
    "DROP TABLE IF EXISTS pg_temp.demo_spot, pg_temp.demo_subject, pg_temp.demo_board,"
    " pg_temp.demo_week, pg_temp.demo_name, pg_temp.demo_surname, pg_temp.demo_text",
    "CREATE TEMP TABLE demo_spot (nr integer PRIMARY KEY, pin_code text, latitude float8,"
    " longitude float8, city text, state text, language text)",
    "CREATE TEMP TABLE demo_subject (nr integer PRIMARY KEY, slug text)",
    "CREATE TEMP TABLE demo_board (nr integer PRIMARY KEY, state text, codes text[])",
    "CREATE TEMP TABLE demo_week (nr integer PRIMARY KEY, hours bit(168))",
    "CREATE TEMP TABLE demo_name (nr integer PRIMARY KEY, name text, gender text)",
    "CREATE TEMP TABLE demo_surname (nr integer PRIMARY KEY, name text)",
    "CREATE TEMP TABLE demo_text (nr integer PRIMARY KEY, headline text, bio text, degree text)",
    "CREATE TEMP TABLE IF NOT EXISTS demo_tutor (nr bigint, user_id uuid, tutor_id uuid, salt int)",
]

PEOPLE = """
INSERT INTO accounts_user (id, role, phone, name, password, language, is_active, is_staff,
                           is_superuser, session_epoch, joined_at)
SELECT pg_temp.key(n, 'user'), 'tutor', '+918' || lpad(n::text, 9, '0'), f.name || ' ' || s.name,
       '!', 'en', true, false, false, 0, %(now)s
  FROM generate_series(%(start)s::bigint, %(end)s) n
  JOIN pg_temp.demo_name f
    ON f.nr = pg_temp.pick(n, 1, (SELECT count(*)::int FROM pg_temp.demo_name))
  JOIN pg_temp.demo_surname s
    ON s.nr = pg_temp.pick(n, 2, (SELECT count(*)::int FROM pg_temp.demo_surname))
"""

PROFILES = """
INSERT INTO tutors_tutorprofile (
       id, user_id, slug, headline, bio, gender, languages, experience_years, qualifications,
       video_url, place_id, latitude, longitude, city, state, radius_km, status, status_notes,
       submitted_at, approved_at, rating_sum, rating_count, minutes_taught, created_at, updated_at,
       trial_minutes, trial_price_paise, free_hours, listed_until, pending_name)
SELECT pg_temp.key(n, 'tutor'), pg_temp.key(n, 'user'), 'tutor-' || n, x.headline, x.bio, f.gender,
       CASE WHEN spoken < 55 THEN ARRAY['en', p.language] WHEN spoken < 75 THEN ARRAY[p.language]
            WHEN spoken < 90 THEN ARRAY['en', 'hi'] ELSE ARRAY['en'] END
         || CASE WHEN spoken %% 50 = 7 THEN ARRAY['sa'] ELSE '{}' END,
       1 + pg_temp.pick(n, 4, 29), ARRAY[x.degree], '', p.pin_code,
       p.latitude + (pg_temp.pick(n, 5, 4001) - 2000) * 0.00001,
       p.longitude + (pg_temp.pick(n, 6, 4001) - 2000) * 0.00001,
       p.city, p.state, ('{3,5,5,8,8,10,12,15,20,30}'::int[])[1 + pg_temp.pick(n, 7, 10)],
       CASE WHEN n %% 40 = 19 THEN 'SUSPENDED' ELSE 'APPROVED' END, '', %(now)s, %(now)s,
       (reviews * (300 + pg_temp.pick(n, 8, 201))) / 100, reviews,
       reviews * (60 + pg_temp.pick(n, 9, 300)), %(now)s, %(now)s,
       CASE WHEN trial < 4 THEN 30 + 15 * (trial %% 3) END, CASE WHEN trial < 4 THEN 0 END, w.hours,
       CASE WHEN n %% 40 = 39 THEN %(today)s::date - 1 ELSE %(today)s::date + 1000 END, ''
  FROM (SELECT n, pg_temp.pick(n, 3, 100) AS spoken, pg_temp.pick(n, 10, 10) AS trial,
               ('{0,0,0,0,1,2,4,8,12,25,60,120}'::int[])[1 + pg_temp.pick(n, 11, 12)] AS reviews
          FROM generate_series(%(start)s::bigint, %(end)s) n OFFSET 0) t
  JOIN pg_temp.demo_name f
    ON f.nr = pg_temp.pick(n, 1, (SELECT count(*)::int FROM pg_temp.demo_name))
  JOIN pg_temp.demo_spot p ON p.nr = pg_temp.pick(n, 12, 10000)
  JOIN pg_temp.demo_week w ON w.nr = pg_temp.pick(n, 13, 400)
  JOIN pg_temp.demo_text x
    ON x.nr = pg_temp.pick(n, 14, (SELECT count(*)::int FROM pg_temp.demo_text))
"""

# Prices rise steeply: half the tutors take less than a third of the dearest. The same subject
# twice is two offerings for other classes at other prices.
OFFERINGS = """
INSERT INTO tutors_offering (id, tutor_id, subject_id, boards, grade_min, grade_max,
                             online_rate_paise, home_rate_paise)
SELECT pg_temp.key(k, 'offering'), pg_temp.key(n, 'tutor'), s.slug,
       CASE WHEN board < 85 THEN ARRAY['CBSE'] ELSE '{}' END
         || CASE WHEN board %% 4 = 3 THEN ARRAY['ICSE'] ELSE '{}' END
         || CASE WHEN board %% 33 = 11 THEN ARRAY['IB', 'IGCSE'] ELSE '{}' END
         || CASE WHEN board >= 85 OR board %% 5 = 1 THEN coalesce(b.codes, '{NIOS}') ELSE '{}' END,
       grade, least(12, grade + 2 + pg_temp.pick(k, 22, 2)),
       CASE WHEN home < 9 THEN rate END, CASE WHEN home > 2 THEN rate + 10000 END
  FROM (SELECT n, k, pg_temp.pick(k, 20, 100) AS board, 1 + pg_temp.pick(k, 21, 10) AS grade,
               pg_temp.pick(k, 23, 10) AS home,
               5000 * round(4 * exp(pg_temp.pick(k, 24, 1000) * 0.0023))::int AS rate
          FROM generate_series(%(start)s::bigint, %(end)s) n,
               LATERAL generate_series(n * 3, n * 3 + 2) k OFFSET 0) t
  JOIN pg_temp.demo_subject s
    ON s.nr = pg_temp.pick(k, 25, (SELECT count(*)::int FROM pg_temp.demo_subject))
  JOIN pg_temp.demo_spot p ON p.nr = pg_temp.pick(n, 12, 10000)
  LEFT JOIN pg_temp.demo_board b ON b.state = p.state
"""

BADGES = """
INSERT INTO tutors_badge (id, tutor_id, claim, checked_on, valid_until)
SELECT pg_temp.key(n, 'badge'), pg_temp.key(n, 'tutor'), 'identity', %(today)s::date - 95,
       CASE WHEN n %% 40 = 39 THEN %(today)s::date - 1 ELSE %(today)s::date + 1000 END
  FROM generate_series(%(start)s::bigint, %(end)s) n
"""

ENTRIES = """
INSERT INTO tutors_searchentry (
       offering_id, is_home, tutor_id, boards, latitude, longitude, rate, cell, languages,
       listed_until, subject, quality_gap, rating_gap, grades, radius_km, gender, has_trial,
       free_hours)
SELECT offering_id, is_home, tutor_id, boards, latitude, longitude, rate, cell, languages,
       listed_until, subject, quality_gap, rating_gap, grades, radius_km, gender, has_trial,
       free_hours
  FROM tutors_searchsource
 WHERE tutor_id BETWEEN pg_temp.key(%(start)s, 'tutor') AND pg_temp.key(%(end)s, 'tutor')
"""

NAMES = """
INSERT INTO tutors_searchname (tutor_id, words)
SELECT tutor_id, words FROM tutors_searchnamesource
 WHERE tutor_id BETWEEN pg_temp.key(%(start)s, 'tutor') AND pg_temp.key(%(end)s, 'tutor')
"""
SPELLINGS = """
INSERT INTO tutors_searchword (word, sound)
SELECT word, search_sound(word)
  FROM (SELECT DISTINCT unnest(words) AS word FROM tutors_searchname
         WHERE tutor_id BETWEEN pg_temp.key(%(start)s, 'tutor') AND pg_temp.key(%(end)s, 'tutor'))
       AS said
    ON CONFLICT DO NOTHING
"""

CHUNK = [PEOPLE, PROFILES, OFFERINGS, BADGES, ENTRIES, NAMES, SPELLINGS]
