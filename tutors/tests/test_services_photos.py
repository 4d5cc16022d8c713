"""The photo of a tutor: in, looked at, shown to everybody, taken away."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from notifications.models import Message
from tutorhub.core import outbox, storage
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.tests import files
from tutorhub.core.tests.storages import World
from tutors import policies, queries
from tutors.models import TutorPhoto, TutorProfile
from tutors.queries import SearchCriteria
from tutors.services import photos
from tutors.tests.factories import PhotoFactory, TutorDraftFactory, TutorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor(disk: World) -> TutorProfile:
    made: TutorProfile = TutorFactory(user__name="Meera Iyer")
    return made


def sent(world: World, tutor: TutorProfile, data: bytes | None = None) -> TutorPhoto:
    data = data or files.located()
    photo = photos.announce(by=tutor.user, content_type="image/jpeg", size=len(data))
    assert world.post(photos.upload_form(photo), data).status == 204
    photos.complete(photo, by=tutor.user)
    outbox.drain()
    photo.refresh_from_db()
    return photo


def shown(world: World, tutor: TutorProfile, moderator: Any) -> TutorPhoto:
    photo = photos.show(sent(world, tutor), by=moderator)
    outbox.drain()
    photo.refresh_from_db()
    return photo


def on_card(tutor: TutorProfile) -> Any:
    (result,) = queries.search(SearchCriteria()).results
    return result.tutor.photo


def public() -> set[str]:
    from datetime import timedelta

    from tutorhub.core import clock

    return set(storage.old_keys("public", before=clock.now() + timedelta(minutes=1)))


def test_in_without_place_and_unseen_until_a_person_has_looked(
    world: World, moderator: Any
) -> None:
    tutor = TutorFactory()
    photo = sent(world, tutor)
    assert photo.status == "WAITING"
    kept = storage.read(photo.stored_key)
    assert files.GPS not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (600, 800)
    assert on_card(tutor) is None
    assert public() == set()
    photos.show(photo, by=moderator)
    assert on_card(tutor) is None
    outbox.drain()
    photo.refresh_from_db()
    assert on_card(tutor) == photo.public_id
    assert len(public()) == 4
    assert Message.objects.filter(template="tutor_photo_shown", user_id=tutor.user_id).exists()


def test_every_size(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    photo = shown(disk, tutor, moderator)
    sizes = {}
    for variant in ("168.webp", "168.jpg", "336.webp", "336.jpg"):
        answer = Client().get(storage.public_url(photo.public_id, variant))
        with Image.open(BytesIO(answer.content)) as image:
            sizes[variant] = (image.format, *image.size)
            assert not image.getexif()
    assert sizes == {
        "168.webp": ("WEBP", 168, 168),
        "168.jpg": ("JPEG", 168, 168),
        "336.webp": ("WEBP", 336, 336),
        "336.jpg": ("JPEG", 336, 336),
    }


def test_on_the_pages_and_in_the_api(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    client = Client()
    before = client.get(tutor.get_absolute_url()).content.decode()
    assert ">MI</div>" in before
    photo = shown(disk, tutor, moderator)
    page = client.get(tutor.get_absolute_url()).content.decode()
    face = f"/photos/{photo.public_id}-168.webp"
    assert face in page
    assert ">MI</div>" not in page
    assert face in client.get("/tutors/").content.decode()
    listed = client.get("/api/v1/tutors/").json()["results"][0]
    own = client.get(f"/api/v1/tutors/{tutor.pk}").json()
    assert listed["photo_url"] == own["photo_url"] == f"/photos/{photo.public_id}-336.jpg"


def test_another_photo_takes_its_place_only_when_shown(
    disk: World, tutor: TutorProfile, moderator: Any
) -> None:
    first = shown(disk, tutor, moderator)
    second = sent(disk, tutor, files.jpeg())
    third = sent(disk, tutor, files.jpeg((500, 500)))
    assert not TutorPhoto.objects.filter(pk=second.pk).exists()
    assert on_card(tutor) == first.public_id
    photos.show(third, by=moderator)
    outbox.drain()
    third.refresh_from_db()
    assert [photo.pk for photo in TutorPhoto.objects.all()] == [third.pk]
    assert on_card(tutor) == third.public_id != first.public_id
    assert {key.partition("/")[2][:36] for key in public()} == {str(third.public_id)}


def test_refused_and_taken_down(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    photo = shown(disk, tutor, moderator)
    url = storage.public_url(photo.public_id, "168.jpg")
    with pytest.raises(photos.PhotoReasonMissing):
        photos.refuse(photo, by=moderator, notes=" ")
    photos.refuse(photo, by=moderator, notes="Two people are in it.")
    assert on_card(tutor) is None
    outbox.drain()
    assert Client().get(url).status_code == 404
    message = Message.objects.filter(template="tutor_photo_refused")[0]
    assert "Two people" in message.body
    photo.refresh_from_db()
    assert (photo.public_id, photo.explanation) == (None, "Two people are in it.")


def test_refused_while_its_files_are_made(
    disk: World, tutor: TutorProfile, moderator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = photos.show(sent(disk, tutor), by=moderator)
    point = photos._point_to

    def slow(*args: Any) -> None:
        photos.refuse(photo, by=moderator, notes="No.")
        point(*args)

    monkeypatch.setattr(photos, "_point_to", slow)
    outbox.drain()
    assert public() == set()
    assert on_card(tutor) is None


def test_only_moderators_decide(disk: World, tutor: TutorProfile) -> None:
    photo = sent(disk, tutor)
    for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
        with pytest.raises(policies.NotModerator):
            photos.show(photo, by=user)
        with pytest.raises(policies.NotModerator):
            photos.refuse(photo, by=user, notes="no")


def test_what_has_not_arrived_is_not_shown(moderator: Any) -> None:
    photo = PhotoFactory(status="UPLOADING", stored_key="", received_at=None)
    with pytest.raises(InvalidTransition):
        photos.show(photo, by=moderator)


def test_the_tutor_takes_it_away(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    photo = shown(disk, tutor, moderator)
    photos.remove(photo, by=tutor.user)
    outbox.drain()
    assert on_card(tutor) is None
    assert public() == set()
    with pytest.raises(storage.MissingFile):
        storage.read(photo.stored_key)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (files.jpeg((200, 200)), "too_small"),
        (files.pdf(), "wrong_content"),
        (files.jpeg()[:2000], "unreadable_file"),
    ],
)
def test_no_photo_at_all(disk: World, tutor: TutorProfile, data: bytes, problem: str) -> None:
    photo = sent(disk, tutor, data)
    assert (photo.status, photo.problem) == ("SPOILT", problem)
    assert photo.explanation


def test_a_day_has_an_end(tutor: TutorProfile) -> None:
    for _ in range(policies.PHOTOS_PER_DAY):
        photos.remove(photos.announce(by=tutor.user, content_type="image/png"), by=tutor.user)
    with pytest.raises(photos.TooManyPhotos):
        photos.announce(by=tutor.user, content_type="image/png")


def test_known_keys(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    photo = shown(disk, tutor, moderator)
    strange = storage.private_key("portraits")
    assert photos.known_portraits([photo.stored_key, strange]) == {photo.stored_key}
    key = storage.public_key(photo.public_id, "168.jpg")
    other = storage.public_key(TutorDraftFactory().pk, "168.jpg")
    assert photos.known_public([key, other]) == {key}


def test_at_the_desk(disk: World, tutor: TutorProfile, moderator: Any) -> None:
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    photo = sent(disk, tutor)
    client = Client()
    client.force_login(moderator, backend="accounts.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=moderator).persistent_id
    session.save()
    desk = "/admin/tutors/tutorprofile/"
    page = client.get(f"{desk}{tutor.pk}/change/").content.decode()
    assert f"{desk}photo/{photo.pk}/look/" in page
    assert client.get(f"{desk}photo/{photo.pk}/look/")["Content-Type"] == "image/jpeg"
    assert client.get("/admin/tutors/tutorphoto/?status__exact=WAITING").status_code == 200
    asked = client.get(f"{desk}photo/{photo.pk}/show/")
    photo.refresh_from_db()
    assert (asked.status_code, photo.status) == (200, "WAITING")
    assert client.post(f"{desk}photo/{photo.pk}/refuse/", {"notes": ""}).status_code == 422
    assert client.post(f"{desk}photo/{photo.pk}/show/").status_code == 302
    photo.refresh_from_db()
    assert photo.status == "SHOWN"
