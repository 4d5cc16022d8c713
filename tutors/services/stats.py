"""The tutor's own figures, kept beside the profile because search sorts by them."""

from django.db.models import F

from tutors.models import FreeHours, TutorProfile


def add_taught_minutes(tutor: TutorProfile, minutes: int) -> None:
    """Count a class that was given; call it in the transaction that completes the class."""
    TutorProfile.objects.filter(pk=tutor.pk).update(minutes_taught=F("minutes_taught") + minutes)


def add_rating(tutor: TutorProfile, stars: int) -> None:
    """Count a published review of 1 to 5 stars; call it in the transaction that publishes it."""
    if not 1 <= stars <= 5:
        raise ValueError("a review has 1 to 5 stars")
    TutorProfile.objects.filter(pk=tutor.pk).update(
        rating_sum=F("rating_sum") + stars, rating_count=F("rating_count") + 1
    )


def remove_rating(tutor: TutorProfile, stars: int) -> None:
    """Count a review no more; call it in the transaction that takes it down."""
    TutorProfile.objects.filter(pk=tutor.pk).update(
        rating_sum=F("rating_sum") - stars, rating_count=F("rating_count") - 1
    )


def set_free_hours(tutor: TutorProfile, hours: FreeHours) -> None:
    """Say in which hours of the week the tutor is free; call it where those change."""
    TutorProfile.objects.filter(pk=tutor.pk).exclude(free_hours=hours).update(free_hours=hours)


def set_response(tutor: TutorProfile, minutes: int) -> None:
    """Say how long the tutor usually takes to answer a family."""
    TutorProfile.objects.filter(pk=tutor.pk).update(response_minutes=minutes)
