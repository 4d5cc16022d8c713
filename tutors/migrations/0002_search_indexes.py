"""Indexes for search: whom a home-visit circle covers, and who teaches what at which price."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

COVERAGE = """
CREATE INDEX tutor_covers ON tutors_tutorprofile
 USING gist (earth_box(ll_to_earth(latitude, longitude), radius_km * 1000.0))
 WHERE status = 'APPROVED' AND radius_km > 0
"""
ONLINE = """
CREATE INDEX offering_online ON tutors_offering
 (subject_id, grade_min, grade_max, online_rate_paise) INCLUDE (tutor_id)
 WHERE online_rate_paise IS NOT NULL
"""
HOME = """
CREATE INDEX offering_home ON tutors_offering
 (tutor_id, subject_id, grade_min, grade_max, home_rate_paise)
 WHERE home_rate_paise IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("tutors", "0001_initial")]

    operations = [
        CreateExtension("cube"),
        CreateExtension("earthdistance"),
        migrations.RunSQL(COVERAGE, "DROP INDEX tutor_covers"),
        migrations.RunSQL(ONLINE, "DROP INDEX offering_online"),
        migrations.RunSQL(HOME, "DROP INDEX offering_home"),
    ]
