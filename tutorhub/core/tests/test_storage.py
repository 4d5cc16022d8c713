"""One contract for both storages: the disk over our own addresses, S3 over real HTTP."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tutorhub.core import clock, contents, storage
from tutorhub.core.errors import Unavailable
from tutorhub.core.storage.base import KEY
from tutorhub.core.tests.storages import World

PDF = b"%PDF-1.7\n" + b"x" * 500


def start(**changes: Any) -> storage.Upload:
    values = {
        "key": storage.new_key(),
        "content_type": "application/pdf",
        "size": len(PDF),
        "max_size": 10_000,
        **changes,
    }
    return storage.start_upload(**values)


class TestUpload:
    def test_the_announced_file_arrives(self, world: World) -> None:
        upload = start()
        assert upload.method == "POST"
        assert world.post(upload, PDF).status == 204
        head = storage.head(upload.fields["key"])
        assert (head.size, head.content_type) == (len(PDF), "application/pdf")
        assert storage.read(upload.fields["key"]) == PDF

    @pytest.mark.parametrize("data", [PDF + b"y", PDF[:-1], b""], ids=["more", "less", "empty"])
    def test_another_size_is_refused(self, world: World, data: bytes) -> None:
        upload = start()
        assert world.post(upload, data).status >= 400
        with pytest.raises(storage.MissingFile):
            storage.head(upload.fields["key"])

    def test_without_an_announced_size_the_limit_holds(self, world: World) -> None:
        upload = start(size=None, max_size=600)
        assert world.post(upload, b"%PDF-" + b"z" * 596).status >= 400
        assert world.post(upload, PDF).status == 204

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "quarantine/00000000-0000-4000-8000-000000000000"),
            ("key", "accepted/00000000-0000-4000-8000-000000000000"),
            ("Content-Type", "text/html"),
            ("Content-Type", None),
            ("key", None),
        ],
    )
    def test_changed_or_missing_fields_are_refused(
        self, world: World, field: str, value: str | None
    ) -> None:
        upload = start()
        fields = {name: text for name, text in upload.fields.items() if name != field}
        if value is not None:
            fields[field] = value
        assert world.post(replace(upload, fields=fields), PDF).status == 403

    def test_the_form_dies_after_five_minutes(self, world: World) -> None:
        upload = start()
        with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False):
            assert world.post(upload, PDF).status == 403

    def test_a_browser_is_sent_back(self, world: World) -> None:
        upload = start(redirect_to="http://testserver/tutor/documents/")
        answer = world.post(upload, PDF)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("http://testserver/tutor/documents/")

    def test_keys_that_are_not_ours_never_get_anywhere(self, world: World) -> None:
        for key in ("../etc/passwd", "quarantine/../../x", "accepted/x", ""):
            with pytest.raises(ValueError, match="storage key"):
                start(key=key)


class TestFiles:
    def test_the_form_cannot_change_what_we_made_of_it(self, world: World) -> None:
        upload = start()
        world.post(upload, PDF)
        final = storage.private_key("accepted")
        storage.put(final, storage.read(upload.fields["key"]), content_type="application/pdf")
        world.post(upload, PDF.replace(b"x", b"y"))
        assert storage.read(final) == PDF

    def test_nothing_there(self, world: World) -> None:
        for call in (storage.read, storage.head):
            with pytest.raises(storage.MissingFile):
                call(storage.new_key())

    def test_delete(self, world: World) -> None:
        upload = start()
        world.post(upload, PDF)
        storage.delete(upload.fields["key"])
        storage.delete(upload.fields["key"])
        with pytest.raises(storage.MissingFile):
            storage.read(upload.fields["key"])


class TestOwnFiles:
    """What the server writes itself, under keys that it chose."""

    def test_written_read_and_written_again(self, world: World) -> None:
        key = storage.private_key("papers")
        for data in (b"one", b"two"):
            storage.put(key, data, content_type="image/jpeg")
            assert storage.read(key) == data
        assert storage.head(key) == storage.Head(size=3, content_type="image/jpeg")

    def test_nothing_is_written_where_clients_write(self, world: World) -> None:
        with pytest.raises(ValueError, match="only clients"):
            storage.put(storage.new_key(), b"one", content_type="image/jpeg")
        with pytest.raises(ValueError, match="storage key"):
            storage.private_key("elsewhere")

    def test_old_keys(self, world: World) -> None:
        key, other = storage.private_key("papers"), storage.private_key("portraits")
        for name in (key, other):
            storage.put(name, b"one", content_type="image/jpeg")
        now = clock.now()
        assert list(storage.old_keys("papers", before=now + timedelta(minutes=1))) == [key]
        assert list(storage.old_keys("papers", before=now - timedelta(minutes=1))) == []
        assert list(storage.old_keys("public", before=now)) == []


class TestPictures:
    """What everybody may fetch, by an address that never changes."""

    def test_caches_keep_it_for_good(self, world: World, client: Client) -> None:
        name = uuid4()
        storage.put(storage.public_key(name, "168.webp"), b"RIFF", content_type="image/webp")
        answer = client.get(storage.public_url(name, "168.webp"))
        assert (answer.status_code, answer.content) == (200, b"RIFF")
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Security-Policy"] == "default-src 'none'"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")

    @pytest.mark.parametrize(
        "path",
        ["x", "../papers/x", "{id}-168.webp", "{id}-168.svg", "{id}-168.html", "{id}"],
    )
    def test_nothing_else_is_there(self, world: World, client: Client, path: str) -> None:
        key = storage.private_key("papers")
        storage.put(key, b"secret", content_type="image/jpeg")
        name = path.replace("{id}", key.rpartition("/")[2])
        assert client.get(f"/photos/{name}").status_code == 404

    def test_in_the_bucket_it_says_so_itself(self, bucket: World) -> None:
        public, private = storage.public_key(uuid4(), "card.jpg"), storage.private_key("papers")
        said = {}
        for key in (public, private):
            storage.put(key, b"one", content_type="image/jpeg")
            client = boto3.client("s3", endpoint_url=settings.AWS_S3_ENDPOINT_URL)
            found = client.head_object(Bucket=settings.AWS_STORAGE_BUCKET_NAME, Key=key)
            said[key] = found["CacheControl"]
        assert said == {public: "public, max-age=31536000, immutable", private: "no-store"}

    def test_another_origin_for_photos(self, settings: Any) -> None:
        name = uuid4()
        settings.PHOTO_ORIGIN = "https://photos.tutorhub.example"
        url = storage.public_url(name, "336.jpg")
        assert url == f"https://photos.tutorhub.example/photos/{name}-336.jpg"


class TestDownload:
    def test_a_signed_link_downloads_and_is_not_kept(self, world: World) -> None:
        final = storage.private_key("accepted")
        storage.put(final, PDF, content_type="application/pdf")
        url = storage.signed_get_url(final, filename="degree.pdf", content_type="application/pdf")
        answer = world.get(url)
        assert (answer.status, answer.body) == (200, PDF)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="degree.pdf"'
        assert answer.headers["Content-Type"] == "application/pdf"

    def test_the_link_says_how_long_it_lives(self, bucket: World) -> None:
        url = storage.signed_get_url(
            "accepted/00000000-0000-4000-8000-000000000000", filename="a", content_type="image/png"
        )
        assert "X-Amz-Expires=60" in url
        assert "response-cache-control=no-store" in url


class TestDiskAddresses:
    def test_headers(self, disk: World) -> None:
        upload = start()
        disk.post(upload, PDF)
        url = storage.signed_get_url(
            upload.fields["key"], filename="a.pdf", content_type="application/pdf"
        )
        headers = disk.get(url).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"

    def test_the_link_dies_after_a_minute(self, disk: World, client: Client) -> None:
        upload = start()
        disk.post(upload, PDF)
        url = storage.signed_get_url(
            upload.fields["key"], filename="a.pdf", content_type="application/pdf"
        )
        with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
            assert client.get(url).status_code == 403

    def test_one_form_brings_one_file(self, disk: World) -> None:
        upload = start()
        assert disk.post(upload, PDF).status == 204
        assert disk.post(upload, PDF.replace(b"x", b"y")).status == 409
        assert storage.read(upload.fields["key"]) == PDF

    def test_a_forged_address_is_refused(self, disk: World, client: Client) -> None:
        upload = start()
        assert disk.post(replace(upload, url=upload.url[:-2] + "xx"), PDF).status == 403
        assert client.get(upload.url.replace("/uploads/", "/files/")).status_code == 403

    def test_too_large_a_body_is_not_even_read(self, disk: World, client: Client) -> None:
        upload = start()
        response = client.generic(
            "POST", upload.url, b"x" * 200_000, content_type="multipart/form-data; boundary=x"
        )
        assert response.status_code == 422

    def test_a_csrf_token_is_not_needed(self, disk: World) -> None:
        strict = Client(enforce_csrf_checks=True)
        upload = start()
        file = SimpleUploadedFile("a.pdf", PDF)
        assert strict.post(upload.url, {**upload.fields, "file": file}).status_code == 204


def test_a_storage_that_is_away_is_said_so(bucket: World, settings: Any) -> None:
    settings.AWS_S3_ENDPOINT_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        storage.read(storage.new_key())


class TestContents:
    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\nrest", "image/png"),
            (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
            (PDF, "application/pdf"),
            (b"GIF89a;", None),
            (b"<svg onload=alert(1)>", None),
            (b"<html>", None),
            (b"RIFF\x00\x00\x00\x00WAVE", None),
            (b"PK\x03\x04", None),
            (b"MZ", None),
            (b"", None),
            (b" %PDF-1.7", None),
        ],
    )
    def test_sniff(self, data: bytes, expected: str | None) -> None:
        assert contents.sniff(data) == expected

    def test_a_name_and_a_header_do_not_make_a_picture(self) -> None:
        with pytest.raises(contents.WrongContent):
            contents.check(b"<html>", "image/jpeg")
        with pytest.raises(contents.WrongContent):
            contents.check(PDF, "image/jpeg")

    @pytest.mark.parametrize("name", [b"JavaScript", b"JS", b"Launch", b"EmbeddedFile"])
    def test_a_pdf_with_active_parts_is_refused(self, name: bytes) -> None:
        with pytest.raises(contents.ActiveContent):
            contents.check(PDF + b"<< /" + name + b" (x) >>", "application/pdf")
        contents.check(PDF + b"/JSTORY", "application/pdf")

    def test_quarantine_keys_are_fresh(self) -> None:
        assert re.fullmatch(KEY, storage.new_key())
        assert storage.new_key() != storage.new_key()
