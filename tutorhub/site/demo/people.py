"""Staff, tutors and families, made the way they make themselves. Every step can be repeated."""

from random import Random

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from accounts.services import staff
from curriculum.models import Board, Language, Subject
from payments.services import payout_methods
from students.models import Learner
from students.services import learners
from students.services.agreements import ConsentAnswer
from tutorhub.core import outbox, places
from tutorhub.core.models import OutboxRow
from tutorhub.site.demo import papers, words
from tutors.models import FreeHours, TutorDocument, TutorProfile
from tutors.services import desk, documents, profiles, verification

PASSWORD = "demo-password-please-change"  # noqa: S105 - printed by `make run`, refused elsewhere
FAMILY_PHONE = "+919000000001"
TUTOR_PHONE = "+919000000002"
STAFF = {
    "moderator@tutorhub.example": ("Moderator Mohan", ["moderator"]),
    "finance@tutorhub.example": ("Finance Farida", ["finance"]),
    "finance2@tutorhub.example": ("Finance Gopal", ["finance"]),
    "support@tutorhub.example": ("Support Sunita", ["support"]),
    "owner@tutorhub.example": ("Owner Omkar", []),
    "owner2@tutorhub.example": ("Owner Ojas", []),
}
SUPERUSERS = {"owner@tutorhub.example", "owner2@tutorhub.example"}
SPECIALISTS_FROM = 24
LANGUAGES = [["en", "hi"], ["en"], ["hi"], ["en", "hi", "ta"], ["en", "kn"], ["en", "bn"]]


def make_staff() -> dict[str, User]:
    """The staff by e-mail, each with a TOTP device whose seed is the same on every machine."""
    staff.ensure_groups()
    made = {}
    for number, (email, (name, groups)) in enumerate(STAFF.items(), start=1):
        user = User.objects.filter(email=email).first()
        if user is None:
            user, device = staff.create(
                email=email,
                name=name,
                password=PASSWORD,
                groups=groups,
                is_superuser=email in SUPERUSERS,
            )
            TOTPDevice.objects.filter(pk=device.pk).update(key=f"{number:02d}" * 20)
        made[email] = user
    return made


def make_tutor(number: int, *, moderator: User, random: Random) -> TutorProfile:
    """Tutor `number` (0 is the one `make run` names), from first sign-in to approval."""
    phone = TUTOR_PHONE if number == 0 else f"+9190001{number:05d}"
    user = User.objects.filter(phone=phone).first() or User.objects.create_person(
        phone=phone, role=Role.TUTOR
    )
    tutor = TutorProfile.objects.filter(user=user).first()
    if tutor is None:
        tutor, _is_new = profiles.save(by=user, details=_profile(number, random))
    if tutor.status == TutorProfile.Status.DRAFT:
        _show_papers(tutor, random)
        tutor = profiles.submit(tutor, by=user)
    if tutor.status == TutorProfile.Status.PENDING:
        desk.claim(tutor, by=moderator)
        for document in tutor.documents.filter(status=TutorDocument.Status.RECEIVED):
            verification.review_document(document, by=moderator, is_genuine=True)
        tutor = verification.approve(tutor, by=moderator)
        desk.release(tutor, by=moderator)
    return tutor


def make_waiting_tutor(number: int, random: Random) -> TutorProfile:
    """A tutor in the moderators' queue."""
    user = User.objects.create_person(phone=f"+9190009{number:05d}", role=Role.TUTOR)
    tutor, _is_new = profiles.save(by=user, details=_profile(number, random))
    _show_papers(tutor, random)
    return profiles.submit(tutor, by=user)


def make_family(number: int, random: Random) -> Learner:
    """Family `number` (0 is the one `make run` names) with one learner. Returns the learner."""
    phone = FAMILY_PHONE if number == 0 else f"+9190005{number:05d}"
    user = User.objects.filter(phone=phone).first()
    surname = words.SURNAMES[number % len(words.SURNAMES)]
    guardian = f"{words.GUARDIANS[number % len(words.GUARDIANS)]} {surname}"
    if user is None:
        user = User.objects.create_person(phone=phone, role=Role.STUDENT, name=guardian)
    known = Learner.objects.of(user).order_by("pk").first()
    return known or learners.save_learner(
        by=user,
        details=_learner(number, surname, random),
        guardian=learners.GuardianDetails(name=guardian, phone=phone, relation="mother"),
        consent=ConsentAnswer(
            accepted=True, notice_version=settings.CONSENT_NOTICE_VERSION, language="en"
        ),
    )


def give_payout_method(tutor: TutorProfile, number: int) -> None:
    """A UPI ID and a PAN, so that the tutor can be paid out and little tax is withheld."""
    if payout_methods.current(tutor.user) is not None:
        return
    payout_methods.save(
        tutor=tutor.user,
        kind="upi",
        holder_name=tutor.user.name,
        vpa=f"tutor{number}@simbank",
        pan=f"ABCPD{number:04d}F",
    )


def pin_of(number: int) -> str:
    """A real PIN code; the first tutor and family live in Koramangala, Bengaluru."""
    cities = list(words.CITIES.values())
    pins = cities[number % len(cities)]
    return pins[(number // len(cities)) % len(pins)]


def _profile(number: int, random: Random) -> profiles.ProfileDetails:
    first, gender = words.TUTOR_NAMES[(number * 7 + number // 12) % len(words.TUTOR_NAMES)]
    surname = words.SURNAMES[(number * 11 + number // 20 * 5) % len(words.SURNAMES)]
    speciality = _speciality(number)
    boards = _boards(number)
    rate = random.randrange(300, 900, 50) * 100
    return profiles.ProfileDetails(
        name=f"{first} {surname}",
        headline=speciality.headline,
        bio=speciality.bio,
        gender=gender,
        languages=list(Language.objects.filter(pk__in=LANGUAGES[number % len(LANGUAGES)])),
        experience_years=random.randrange(1, 21),
        qualifications=[speciality.degree],
        pin_code=pin_of(number),
        radius_km=random.choice([5, 8, 12, 20]),
        trial=profiles.Trial(minutes=30, price_paise=number % 2 * 100_00)
        if number % 3 == 0
        else None,
        free_hours=FreeHours(
            day * 24 + hour for day in range(7) if (day + number) % 2 for hour in range(16, 20)
        ),
        offerings=[
            profiles.OfferingDetails(
                subject=Subject.objects.get(pk=subject),
                boards=boards,
                grade_min=speciality.grades[0],
                grade_max=speciality.grades[1],
                online_rate_paise=rate,
                home_rate_paise=rate + 150_00,
            )
            for subject in speciality.subjects
        ],
    )


def _speciality(number: int) -> words.Speciality:
    """The first tutors teach the usual subjects; of the others every second one a single subject,
    so that there is somebody for each."""
    if number < SPECIALISTS_FROM or number % 2:
        return words.SPECIALITIES[(number + number // 8) % len(words.SPECIALITIES)]
    subjects = Subject.objects.order_by("pk")
    subject = subjects[(number - SPECIALISTS_FROM) // 2 % subjects.count()]
    return words.Speciality(
        subjects=(subject.pk,),
        grades=(3, 12),
        headline=f"{subject.name}, one pupil at a time",
        bio="I teach one subject and have done so for years. We begin with what your child can "
        "already do.",
        degree="B.Ed.",
    )


def _boards(number: int) -> list[Board]:
    """CBSE, the board of the tutor's own state, and two more, which go round all there are."""
    every = list(Board.objects.order_by("pk"))
    state = places.find(pin_of(number)).state.upper()
    chosen = [board for board in every if board.pk == "CBSE" or board.state.upper() == state]
    chosen += [every[number * 2 % len(every)], every[(number * 2 + 1) % len(every)]]
    return list({board.pk: board for board in chosen}.values())


def _show_papers(tutor: TutorProfile, random: Random) -> None:
    """Upload what is missing of the papers, through the signed form that a browser gets."""
    kinds = ["identity", "degree"] if random.random() < 0.8 else ["identity"]
    shown = set(
        tutor.documents.exclude(status=TutorDocument.Status.UPLOADING).values_list(
            "kind", flat=True
        )
    )
    for kind in kinds:
        if kind not in shown:
            _upload(tutor, kind, papers.page("DEMO", kind))


def _upload(tutor: TutorProfile, kind: str, content: bytes) -> None:
    document = documents.announce(
        by=tutor.user,
        kind=kind,
        filename=f"{kind}.pdf",
        content_type="application/pdf",
        size=len(content),
    )
    form = documents.upload_form(document)
    file = SimpleUploadedFile(f"{kind}.pdf", content, content_type="application/pdf")
    response = Client().post(form.url, {**form.fields, "file": file})
    if response.status_code >= 300:
        raise RuntimeError(f"the upload was answered {response.status_code}")
    documents.complete(document, by=tutor.user)
    rows = OutboxRow.objects.filter(handler=documents.CHECK, payload__document_id=str(document.pk))
    outbox.attempt(rows.get().pk)


def _learner(number: int, surname: str, random: Random) -> learners.LearnerDetails:
    grade = 11 if number == 0 else random.randrange(6, 13)
    child = words.CHILDREN[number % len(words.CHILDREN)]
    return learners.LearnerDetails(
        name=f"{child} {surname}",
        grade=grade,
        board=Board.objects.get(pk="CBSE"),
        subjects=list(Subject.objects.filter(pk__in=["physics", "maths"])),
        mode="either",
        budget_min_paise=300_00,
        budget_max_paise=1000_00,
        pin_code=pin_of(number),
        languages=list(Language.objects.filter(pk__in=["en", "hi"])),
        goals="Good marks in the boards, and less fear of tests.",
    )
