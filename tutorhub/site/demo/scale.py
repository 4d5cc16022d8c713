"""Many tutors for measurements: plain rows in bulk, without papers, decisions or money."""

from collections.abc import Callable, Iterator
from random import Random

from django.db import connection, transaction

from accounts.models import Role, User
from curriculum.models import Board, Subject
from tutorhub.core import clock
from tutorhub.core.models import Place
from tutorhub.site.demo import words
from tutors.models import Badge, Offering, TutorProfile

BATCH = 2_000
OFFERINGS_EACH = 3
SEED = 7


def fill(wanted: int, say: Callable[[str], None]) -> None:
    """Add approved tutors all over India until there are `wanted`."""
    missing = wanted - TutorProfile.objects.listed().count()
    first = TutorProfile.objects.count()
    random = Random(SEED)  # noqa: S311 - rows for measurements
    maker = Maker(random)
    for start in range(0, missing, BATCH):
        size = min(BATCH, missing - start)
        maker.add(range(first + start, first + start + size))
        say(f"Tutors in bulk: {start + size} of {missing}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tutors_tutorprofile")
        cursor.execute("ANALYZE tutors_offering")


class Maker:
    """Makes batches of tutors from what the database knows of places and subjects."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.places = list(Place.objects.order_by("pk"))
        cities = [pin for pins in words.CITIES.values() for pin in pins]
        self.city_places = [place for place in self.places if place.pin_code in set(cities)]
        self.boards = list(Board.objects.order_by("pk").values_list("pk", flat=True))
        self.subjects = list(Subject.objects.order_by("pk"))

    @transaction.atomic
    def add(self, numbers: range) -> None:
        users = User.objects.bulk_create(self._users(numbers))
        tutors = TutorProfile.objects.bulk_create(
            self._profile(number, user) for number, user in zip(numbers, users, strict=True)
        )
        Offering.objects.bulk_create(
            offering for tutor in tutors for offering in self._offerings(tutor)
        )
        Badge.objects.bulk_create(
            Badge(tutor=tutor, claim=Badge.Claim.IDENTITY, checked_on=clock.today())
            for tutor in tutors
        )

    def _users(self, numbers: range) -> Iterator[User]:
        for number in numbers:
            first, _gender = words.TUTOR_NAMES[number % len(words.TUTOR_NAMES)]
            yield User(
                phone=f"+918{number:09d}",
                role=Role.TUTOR,
                name=f"{first} {self.random.choice(words.SURNAMES)}",
                password="!",  # noqa: S106 - Django's mark for "no password"
            )

    def _profile(self, number: int, user: User) -> TutorProfile:
        pool = self.city_places if self.random.random() < 0.6 else self.places
        place = self.random.choice(pool)
        speciality = self.random.choice(words.SPECIALITIES)
        count = self.random.choice([0, 0, 1, 4, 12, 60])
        return TutorProfile(
            user=user,
            slug=f"tutor-{number}",
            headline=speciality.headline,
            bio=speciality.bio,
            gender=words.TUTOR_NAMES[number % len(words.TUTOR_NAMES)][1],
            languages=self.random.choice([["en"], ["en", "hi"], ["hi"]]),
            experience_years=self.random.randrange(1, 30),
            qualifications=[speciality.degree],
            place=place,
            latitude=place.latitude + self.random.uniform(-0.02, 0.02),
            longitude=place.longitude + self.random.uniform(-0.02, 0.02),
            city=place.city,
            state=place.state,
            radius_km=self.random.choice([5, 8, 12, 20]),
            status=TutorProfile.Status.APPROVED,
            submitted_at=clock.now(),
            approved_at=clock.now(),
            rating_sum=round(count * self.random.uniform(3, 5)),
            rating_count=count,
            minutes_taught=count * 90,
        )

    def _offerings(self, tutor: TutorProfile) -> Iterator[Offering]:
        for subject in self.random.sample(self.subjects, OFFERINGS_EACH):
            first_grade = self.random.randrange(1, 10)
            rate = self.random.randrange(200, 1200, 50) * 100
            yield Offering(
                tutor=tutor,
                subject=subject,
                boards=["CBSE", *self.random.sample(self.boards, 2)],
                grade_min=first_grade,
                grade_max=min(12, first_grade + 3),
                online_rate_paise=rate,
                home_rate_paise=rate + 100_00 if self.random.random() < 0.7 else None,
            )
