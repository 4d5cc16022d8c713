"""The photo of a tutor: in like a paper, looked at by a moderator, then out to everybody."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, contents, outbox, scanning, storage, sweeping, uploads
from tutorhub.core.contents import FACES
from tutorhub.core.errors import Conflict, DomainError, TooMany
from tutors import messages
from tutors.models import TutorPhoto, TutorProfile
from tutors.policies import (
    PHOTO_MAX_BYTES,
    PHOTOS_PER_DAY,
    UPLOAD_FORGOTTEN_AFTER,
    check_can_edit,
    check_can_verify,
)
from tutors.services import arrivals
from tutors.services.documents import ProfileMissing

CHECK = "tutors.check_photo"
PUBLISH = "tutors.publish_photo"
ANNOUNCED = "tutor_photo.announced"
FORGET_BATCH = 200

Status = TutorPhoto.Status


class TooManyPhotos(TooMany):
    code = "too_many_photos"
    message = _("That is enough photos for one day. Please go on tomorrow.")


class PhotoReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why: the tutor reads it.")


@transaction.atomic
def announce(*, by: User, content_type: str, size: int | None = None) -> TutorPhoto:
    """Note a photo that is about to be uploaded. One that never came is replaced."""
    tutor = TutorProfile.objects.locked().filter(user=by).first()
    if tutor is None:
        raise ProfileMissing
    check_can_edit(tutor, by)
    if arrivals.announced_today(by, ANNOUNCED) >= PHOTOS_PER_DAY:
        raise TooManyPhotos
    photo = TutorPhoto.objects.create(
        tutor=tutor, content_type=content_type, size=size, upload_key=storage.new_key()
    )
    audit.record(ANNOUNCED, photo, by=by)
    return photo


def upload_form(photo: TutorPhoto, *, redirect_to: str = "") -> storage.Upload:
    """A fresh signed form for a photo that has not arrived."""
    if photo.status != Status.UPLOADING:
        raise Conflict(_("This photo has already arrived."), code="already_uploaded")
    return storage.start_upload(
        key=photo.upload_key,
        content_type=photo.content_type,
        size=photo.size,
        max_size=PHOTO_MAX_BYTES,
        redirect_to=redirect_to,
    )


def complete(photo: TutorPhoto, *, by: User) -> TutorPhoto:
    """Say that the photo was uploaded; it is opened soon after. Twice is once."""
    if photo.status != Status.UPLOADING:
        return photo
    check_can_edit(photo.tutor, by)
    uploads.check_arrived(
        photo.upload_key,
        size=photo.size,
        content_type=photo.content_type,
        max_size=PHOTO_MAX_BYTES,
    )
    return _begin_check(photo, by)


@transaction.atomic
def _begin_check(photo: TutorPhoto, by: User) -> TutorPhoto:
    photo = TutorPhoto.objects.locked().select_related("tutor").get(pk=photo.pk)
    if photo.status != Status.UPLOADING:
        return photo
    check_can_edit(photo.tutor, by)
    photo.move_to(Status.CHECKING)
    photo.stored_key = storage.private_key("portraits")
    photo.save(update_fields=["status", "stored_key"])
    outbox.later(CHECK, {"photo_id": photo.pk, "key": photo.stored_key})
    return photo


@outbox.call(CHECK)
def check_photo(payload: outbox.Payload, done: Callable[[], None]) -> None:
    """Open what arrived and keep the portrait we made of it; see `documents.check_document`."""
    key = payload["key"]
    photo = TutorPhoto.objects.filter(pk=payload["photo_id"], stored_key=key).first()
    if photo is None:
        storage.delete(key)
        return done()
    if photo.status != Status.CHECKING:
        return done()
    try:
        data = storage.read(photo.upload_key)
        portrait = contents.clean_portrait(data, photo.content_type)
        scanning.scan(data)
    except (contents.RefusedContent, storage.MissingFile) as refusal:
        return _spoil(photo, refusal.code, done)
    storage.put(key, portrait.data, content_type=portrait.content_type)
    if not _receive(photo, portrait, done):
        storage.delete(key)
        done()
    return None


@transaction.atomic
def _receive(photo: TutorPhoto, portrait: contents.Clean, done: Callable[[], None]) -> bool:
    """Write down a portrait that is in place; one that still waited makes room for it."""
    TutorProfile.objects.locked().get(pk=photo.tutor_id)
    found = TutorPhoto.objects.locked().filter(pk=photo.pk, status=Status.CHECKING).first()
    if found is None:
        return TutorPhoto.objects.filter(stored_key=photo.stored_key).exists()
    others = TutorPhoto.objects.filter(tutor=photo.tutor_id).exclude(pk=photo.pk)
    for other in others.filter(status__in=[Status.WAITING, Status.REFUSED, Status.SPOILT]):
        forget(other)
    found.move_to(Status.WAITING)
    found.content_type, found.size = portrait.content_type, len(portrait.data)
    found.received_at = clock.now()
    found.save(update_fields=["status", "content_type", "size", "received_at"])
    audit.record("tutor_photo.received", found, size=found.size)
    sweeping.delete_later(found.upload_key, is_upload=True)
    done()
    return True


@transaction.atomic
def _spoil(photo: TutorPhoto, code: str, done: Callable[[], None]) -> None:
    done()
    found = TutorPhoto.objects.locked().filter(pk=photo.pk, status=Status.CHECKING).first()
    if found is None:
        return
    found.move_to(Status.SPOILT)
    sweeping.delete_later(found.stored_key)
    found.problem, found.stored_key = code, ""
    found.save(update_fields=["status", "problem", "stored_key"])
    audit.record("tutor_photo.spoilt", found, problem=code)
    sweeping.delete_later(found.upload_key, is_upload=True)


@transaction.atomic
def show(photo: TutorPhoto, *, by: User) -> TutorPhoto:
    """A moderator lets everybody see it; the one shown before goes. Its files follow soon after."""
    photo = _lock_for_review(photo, by)
    for other in TutorPhoto.objects.filter(tutor=photo.tutor_id, status=Status.SHOWN):
        forget(other)
    _review(photo, Status.SHOWN, by, notes="")
    outbox.later(PUBLISH, {"photo_id": photo.pk, "public_id": uuid4()})
    messages.photo_shown(photo)
    return photo


@transaction.atomic
def refuse(photo: TutorPhoto, *, by: User, notes: str) -> TutorPhoto:
    """A moderator does not let it be seen, now or any more, and says why."""
    photo = _lock_for_review(photo, by)
    if not notes.strip():
        raise PhotoReasonMissing
    _delete_public(photo.public_id)
    photo.public_id = None
    _review(photo, Status.REFUSED, by, notes=notes.strip())
    messages.photo_refused(photo)
    return photo


def _lock_for_review(photo: TutorPhoto, by: User) -> TutorPhoto:
    check_can_verify(by)
    tutor = TutorProfile.objects.locked().select_related("user").get(pk=photo.tutor_id)
    photo = TutorPhoto.objects.locked().get(pk=photo.pk)
    photo.tutor = tutor
    return photo


def _review(photo: TutorPhoto, status: str, by: User, *, notes: str) -> None:
    photo.move_to(status)
    photo.notes, photo.reviewed_at, photo.reviewed_by = notes, clock.now(), by
    photo.save(update_fields=["status", "notes", "reviewed_at", "reviewed_by", "public_id"])
    audit.record(f"tutor_photo.{status.lower()}", photo, by=by)


@transaction.atomic
def remove(photo: TutorPhoto, *, by: User) -> None:
    """The tutor takes the photo away, in whatever state; initials are shown again."""
    tutor = TutorProfile.objects.locked().get(pk=photo.tutor_id)
    check_can_edit(tutor, by)
    found = TutorPhoto.objects.locked().filter(pk=photo.pk).first()
    if found is not None:
        audit.record("tutor_photo.removed", found, by=by)
        forget(found)


@outbox.call(PUBLISH)
def publish_photo(payload: outbox.Payload, done: Callable[[], None]) -> None:
    """Put the sizes that pages need where everybody can fetch them, under a name of their own."""
    photo = TutorPhoto.objects.filter(pk=payload["photo_id"], status=Status.SHOWN).first()
    name = UUID(payload["public_id"])
    if photo is None or photo.public_id == name:
        return done()
    portrait = storage.read(photo.stored_key)
    for variant, data in contents.make_faces(portrait).items():
        kind = "image/webp" if variant.endswith(".webp") else "image/jpeg"
        storage.put(storage.public_key(name, variant), data, content_type=kind)
    _point_to(photo, name, done)
    return None


@transaction.atomic
def _point_to(photo: TutorPhoto, name: UUID, done: Callable[[], None]) -> None:
    """Show the new files instead of the old ones; where none are wanted any more, none."""
    done()
    found = TutorPhoto.objects.locked().filter(pk=photo.pk, status=Status.SHOWN).first()
    if found is None:
        _delete_public(name)
    elif found.public_id != name:
        _delete_public(found.public_id)
        found.public_id = name
        found.save(update_fields=["public_id"])


@transaction.atomic
def forget_abandoned() -> int:
    """Delete rows of photos that were announced and never came. Returns how many."""
    old = TutorPhoto.objects.filter(
        status=Status.UPLOADING, created_at__lt=clock.now() - UPLOAD_FORGOTTEN_AFTER
    )
    rows = list(old.select_for_update(skip_locked=True, of=("self",))[:FORGET_BATCH])
    for photo in rows:
        forget(photo)
    return len(rows)


def forget(photo: TutorPhoto) -> None:
    """Delete a locked photo with all its files."""
    sweeping.delete_later(photo.stored_key)
    sweeping.delete_later(photo.upload_key, is_upload=True)
    _delete_public(photo.public_id)
    photo.delete()


def _delete_public(name: UUID | None) -> None:
    if name is not None:
        sweeping.delete_later(*(storage.public_key(name, variant) for variant in FACES))


def known_portraits(keys: Sequence[str]) -> set[str]:
    """Which of these keys belong to a photo."""
    return set(TutorPhoto.objects.filter(stored_key__in=keys).values_list("stored_key", flat=True))


def known_public(keys: Sequence[str]) -> set[str]:
    """Which of these keys are pictures of a photo on show."""
    names = {key: key.removeprefix(storage.PUBLIC)[:36] for key in keys}
    found = TutorPhoto.objects.filter(public_id__in=set(names.values()))
    shown = {str(name) for name in found.values_list("public_id", flat=True)}
    return {key for key, name in names.items() if name in shown}
