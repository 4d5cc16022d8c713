"""What is taught in Indian schools, by whom it is examined, and in which languages.

Each row has a small `number`, given once and never to another row: search keeps boards and
languages as bits at that place, and subjects as that number.
"""

from django.db import models

GRADES = range(1, 13)


class Board(models.Model):
    """An examination board; `state` is empty for the boards of the whole country."""

    code = models.CharField(primary_key=True, max_length=12)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=1000)

    class Meta:
        ordering = ["position", "state", "name"]
        constraints = [
            models.CheckConstraint(name="board_is_a_bit", condition=models.Q(number__lte=62))
        ]

    def __str__(self) -> str:
        return self.code if not self.state else f"{self.state} ({self.code})"


class Subject(models.Model):
    """A school subject, or an art or skill that tutors teach school children."""

    slug = models.SlugField(primary_key=True, max_length=40)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=1000)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Language(models.Model):
    """A language lessons are given in, by ISO 639 code."""

    code = models.CharField(primary_key=True, max_length=3)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=1000)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(name="language_is_a_bit", condition=models.Q(number__lte=30))
        ]

    def __str__(self) -> str:
        return self.name
