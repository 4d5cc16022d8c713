"""By which words a tutor is found, beside what the filters know."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tutors.models.profiles import TutorProfile


class SearchName(models.Model):
    """The words in name and headline of a listed tutor, without accents and in small letters.

    PostgreSQL writes these rows by triggers, as it does those of `SearchEntry`; nothing else may.
    """

    tutor = models.OneToOneField(
        TutorProfile, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    words = ArrayField(models.TextField())

    class Meta:
        # Without a list of pending changes, which every search would have to read to its end.
        indexes = [GinIndex(name="name_words", fields=["words"], fastupdate=False)]

    def __str__(self) -> str:
        return " ".join(self.words)


class SearchWord(models.Model):
    """A word that some tutor has, or had until last night, with how it sounds."""

    word = models.TextField(primary_key=True)
    sound = models.TextField()

    class Meta:
        indexes = [
            models.Index(name="word_sound", fields=["sound", "word"]),
            GinIndex(name="word_letters", fields=["word"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word
