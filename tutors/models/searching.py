"""What search reads instead of the tables that people write to."""

from django.db import models

from tutors.models.hours import FreeHoursField
from tutors.models.profiles import Offering, TutorProfile

# What the filters ask for stands in the indexes too, so that an entry which does not fit is passed
# over without a look at the table. One filter that does not would cost that look for each entry.
FILTERED = [
    "offering",
    "boards",
    "rate",
    "languages",
    "listed_until",
    "rating_gap",
    "grades",
    "gender",
    "is_home",
    "has_trial",
    "free_hours",
]
PLACED = ["latitude", "longitude", "radius_km"]
ORDERS = (
    ("quality", ["quality_gap"]),
    ("price", ["rate"]),
    ("rating", ["rating_gap"]),
    ("subject_quality", ["subject", "quality_gap"]),
    ("subject_price", ["subject", "rate"]),
    ("subject_rating", ["subject", "rating_gap"]),
)


class SearchEntry(models.Model):
    """One offering of a listed tutor in one mode, with all that search filters and sorts by.

    PostgreSQL writes these rows by triggers, in the transaction that changes a profile, an
    offering, a badge or an account; nothing else may. docs/search.md explains columns and indexes.
    """

    pk = models.CompositePrimaryKey("offering_id", "is_home")
    offering = models.ForeignKey(
        Offering, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    tutor = models.ForeignKey(
        TutorProfile, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    boards = models.BigIntegerField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    rate = models.IntegerField()
    cell = models.IntegerField()
    languages = models.IntegerField()
    listed_until = models.DateField()
    subject = models.SmallIntegerField()
    quality_gap = models.SmallIntegerField()
    rating_gap = models.SmallIntegerField()
    grades = models.SmallIntegerField()
    radius_km = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    is_home = models.BooleanField()
    has_trial = models.BooleanField()
    free_hours = FreeHoursField()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            models.Index(name="entry_tutor", fields=["tutor", "subject"]),
            *(
                models.Index(name=f"entry_{name}", fields=[*fields, "tutor"], include=FILTERED)
                for name, fields in ORDERS
            ),
            *(
                models.Index(
                    name=f"entry_home_{name}",
                    fields=["cell", *fields, "tutor"],
                    include=[*FILTERED, *PLACED],
                    condition=models.Q(is_home=True),
                )
                for name, fields in ORDERS
            ),
            models.Index(
                name="entry_place",
                fields=["cell", "subject", "latitude", "tutor"],
                include=[*FILTERED, "longitude", "radius_km"],
            ),
            models.Index(
                name="entry_near",
                fields=["cell", "latitude", "tutor"],
                include=[*FILTERED, "subject", "longitude", "radius_km"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} {'home' if self.is_home else 'online'}"
