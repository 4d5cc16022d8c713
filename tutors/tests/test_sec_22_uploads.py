"""SEC-22: a signed upload form does one thing once, on the disk and on an HTTP S3.

The S3 here is moto, which stores and signs as S3 does and reads no POST policy; `policy_refuses`
says what S3 reads in it. The bucket's own policy is evaluated by the few lines below.
"""

import json
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest
import time_machine
from django.conf import settings
from rest_framework.test import APIClient

from tutorhub.core import clock, contents, outbox, storage
from tutorhub.core.models import OutboxRow
from tutorhub.core.tests import files
from tutorhub.core.tests.storages import World
from tutors import policies
from tutors.models import TutorDocument
from tutors.services import documents
from tutors.tests.factories import TutorDraftFactory
from tutors.tests.uploading import PDF, announced, received, sent

pytestmark = pytest.mark.django_db
DOCS = settings.BASE_DIR / "docs"


class TestTheForm:
    def test_it_is_a_post_to_a_key_of_ours(self, world: World) -> None:
        document = announced(TutorDraftFactory())
        form = documents.upload_form(document)
        assert form.method == "POST"
        assert form.fields["key"] == document.upload_key
        assert document.upload_key.startswith("quarantine/")
        assert str(document.pk) not in document.upload_key

    @pytest.mark.parametrize("data", [PDF + b"x", PDF[:-1], b""], ids=["more", "less", "nothing"])
    def test_another_size(self, world: World, data: bytes) -> None:
        form = documents.upload_form(announced(TutorDraftFactory()))
        assert world.post(form, data).status >= 400
        assert not arrived(form)

    @pytest.mark.parametrize(
        "field", ["key", "Content-Type", "success_action_status", "policy", "x-amz-meta-upload-id"]
    )
    def test_a_missing_field(self, world: World, field: str) -> None:
        form = documents.upload_form(announced(TutorDraftFactory()))
        if field not in form.fields:
            pytest.skip("only S3 has it")
        fields = {name: value for name, value in form.fields.items() if name != field}
        assert world.post(replace(form, fields=fields), PDF).status == 403
        assert not arrived(form)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "accepted/00000000-0000-4000-8000-000000000000"),
            ("key", "papers/00000000-0000-4000-8000-000000000000"),
            ("key", "public/00000000-0000-4000-8000-000000000000-168.jpg"),
            ("Content-Type", "text/html"),
        ],
    )
    def test_another_key_or_type(self, world: World, field: str, value: str) -> None:
        form = documents.upload_form(announced(TutorDraftFactory()))
        changed = replace(form, fields={**form.fields, field: value})
        assert world.post(changed, PDF).status == 403
        assert not arrived(form)

    def test_another_bucket(self, bucket: World) -> None:
        form = documents.upload_form(announced(TutorDraftFactory()))
        policy = json.loads(__import__("base64").b64decode(form.fields["policy"]))
        assert {"bucket": settings.AWS_STORAGE_BUCKET_NAME} in policy["conditions"]
        assert ["content-length-range", len(PDF), len(PDF)] in policy["conditions"]

    def test_it_expires(self, world: World) -> None:
        form = documents.upload_form(announced(TutorDraftFactory()))
        with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False):
            assert world.post(form, PDF).status == 403

    def test_used_again_it_changes_nothing(self, world: World) -> None:
        tutor = TutorDraftFactory()
        document, form = sent(world, tutor)
        documents.complete(document, by=tutor.user)
        outbox.drain()
        document.refresh_from_db()
        before = storage.read(document.stored_key)
        world.post(form, PDF.replace(b"1", b"2"))
        documents.complete(document, by=tutor.user)
        outbox.drain()
        assert storage.read(document.stored_key) == before
        with clock.at(clock.now() + timedelta(minutes=7)):
            outbox.drain()
        assert not arrived(form)

    def test_a_file_changed_while_it_waits_is_checked_as_it_then_is(self, bucket: World) -> None:
        """S3 lets a form overwrite; what is opened is what is kept, whichever it was."""
        tutor = TutorDraftFactory()
        document, form = sent(bucket, tutor)
        documents.complete(document, by=tutor.user)
        script = (b"<script>" * 200)[: len(PDF)].ljust(len(PDF))
        bucket.post(form, script)
        outbox.drain()
        document.refresh_from_db()
        assert document.status == "SPOILT"

    def test_no_client_ever_knew_the_last_key(self, world: World) -> None:
        document = received(world, TutorDraftFactory())
        assert document.stored_key.startswith("papers/")
        assert document.upload_key.rpartition("/")[2] not in document.stored_key

    def test_a_day_has_an_end(self, world: World) -> None:
        tutor = TutorDraftFactory()
        api = APIClient()
        api.force_authenticate(tutor.user)
        body = {"kind": "degree", "filename": "a", "content_type": "image/png", "size": 5}
        codes = [
            api.post("/api/v1/tutors/documents", body).status_code
            for _ in range(policies.DOCUMENTS_PER_DAY + 1)
        ]
        assert codes == [201] * policies.DOCUMENTS_PER_DAY + [429]


class TestNoFileWithoutARow:
    """Stopped at any step, what lies in the storage is known, and the work is finished later."""

    @pytest.mark.parametrize("at", ["before read", "after read", "before put", "after put"])
    def test_stopped(self, world: World, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
        tutor = TutorDraftFactory()
        document, _ = sent(world, tutor)
        documents.complete(document, by=tutor.user)
        when, name = at.split()
        with monkeypatch.context() as patch:
            patch.setattr(storage, name, broken(getattr(storage, name), when))
            with pytest.raises(Stopped):
                outbox.drain()
            assert papers() <= set(TutorDocument.objects.values_list("stored_key", flat=True))
        OutboxRow.objects.update(due_at=clock.now(), running_until=None)
        outbox.drain()
        document.refresh_from_db()
        assert document.status == "RECEIVED"
        assert papers() == {document.stored_key}

    def test_withdrawn_while_it_is_opened(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tutor = TutorDraftFactory()
        document, form = sent(world, tutor)
        documents.complete(document, by=tutor.user)
        put = storage.put

        def slow(*args: Any, **kwargs: Any) -> None:
            documents.withdraw(document, by=tutor.user)
            put(*args, **kwargs)

        monkeypatch.setattr(storage, "put", slow)
        outbox.drain()
        OutboxRow.objects.update(running_until=None)
        outbox.drain()
        assert not TutorDocument.objects.exists()
        assert papers() == set()
        assert not arrived(form)

    def test_a_silent_scanner_keeps_it_waiting(
        self, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.FILE_SCANNER, settings.CLAMD_ADDRESS = "clamd", "unix:///nowhere"
        tutor = TutorDraftFactory()
        document, _ = sent(world, tutor)
        documents.complete(document, by=tutor.user)
        with pytest.raises(Exception, match="viruses"):
            outbox.drain()
        document.refresh_from_db()
        assert document.status == "CHECKING"
        assert papers() == set()
        settings.FILE_SCANNER = "off"
        OutboxRow.objects.update(due_at=clock.now())
        outbox.drain()
        document.refresh_from_db()
        assert document.status == "RECEIVED"

    def test_uploads_that_never_came_are_forgotten(self, world: World) -> None:
        tutor = TutorDraftFactory()
        _, form = sent(world, tutor)
        kept = received(world, tutor)
        assert documents.forget_abandoned() == 0
        with clock.at(clock.now() + timedelta(days=1, minutes=1)):
            assert documents.forget_abandoned() == 1
            outbox.drain()
        assert list(TutorDocument.objects.all()) == [kept]
        assert not arrived(form)


class TestTheBucket:
    """docs/s3-policy.json and docs/s3-roles.json, with the names filled in."""

    @pytest.mark.parametrize(
        ("asked", "is_denied"),
        [
            ({"Action": "s3:GetObject", "Key": "papers/a"}, False),
            ({"Action": "s3:GetObject", "Key": "papers/a", "aws:PrincipalArn": "other"}, True),
            ({"Action": "s3:PutObject", "Key": "quarantine/a", "aws:PrincipalArn": "x"}, True),
            ({"Action": "s3:GetObject", "Key": "papers/a", "aws:SecureTransport": "false"}, True),
            ({"Action": "s3:GetObject", "Key": "papers/a", "s3:signatureAge": "300001"}, True),
            ({"Action": "s3:GetObject", "Key": "papers/a", "s3:signatureAge": "60000"}, False),
            ({"Action": "s3:ListBucket", "Key": ""}, True),
            ({"Action": "s3:ListBucket", "Key": "", "aws:PrincipalArn": "worker"}, False),
        ],
    )
    def test_what_it_denies(self, asked: dict[str, str], is_denied: bool) -> None:
        assert denies(filled("s3-policy.json"), asked) == is_denied

    def test_s3_reads_it(self, bucket: World) -> None:
        client = boto3.client("s3", endpoint_url=settings.AWS_S3_ENDPOINT_URL)
        name = settings.AWS_STORAGE_BUCKET_NAME
        policy = filled("s3-policy.json")
        client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
        assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == policy

    def test_the_web_process_can_neither_list_nor_write_what_is_kept(self) -> None:
        roles = filled("s3-roles.json")
        web = roles["tutorhub-web"]["Statement"]
        assert allows(web, "s3:PutObject", "quarantine/a")
        for action, key in [
            ("s3:ListBucket", ""),
            ("s3:PutObject", "papers/a"),
            ("s3:DeleteObject", "papers/a"),
            ("s3:PutObject", "public/a"),
        ]:
            assert not allows(web, action, key)
            assert allows(roles["tutorhub-worker"]["Statement"], action, key)


class Stopped(Exception):
    """The process ends here."""


def broken(function: Any, when: str) -> Any:
    def act(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            raise Stopped
        function(*args, **kwargs)
        raise Stopped

    return act


def papers() -> set[str]:
    return set(storage.old_keys("papers", before=clock.now() + timedelta(minutes=1)))


def arrived(form: storage.Upload) -> bool:
    try:
        storage.head(form.fields["key"])
    except storage.MissingFile:
        return False
    return True


def filled(name: str) -> dict[str, Any]:
    text = (DOCS / name).read_text()
    made: dict[str, Any] = json.loads(
        text.replace("BUCKET", "private-test").replace("ACCOUNT", "1")
    )
    return made


def allows(statements: list[dict[str, Any]], action: str, key: str) -> bool:
    resource = f"arn:aws:s3:::private-test/{key}".rstrip("/")
    return any(
        matches(statement["Action"], action) and matches(statement["Resource"], resource)
        for statement in statements
    )


def matches(patterns: str | list[str], word: str) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(word, pattern) for pattern in listed)


def denies(policy: dict[str, Any], asked: dict[str, str]) -> bool:
    """Whether a statement of the policy speaks of the request and all its conditions hold."""
    web = "arn:aws:iam::1:role/tutorhub-web"
    worker = "arn:aws:iam::1:role/tutorhub-worker"
    known = {"aws:SecureTransport": "true", "s3:signatureAge": "1000", "aws:PrincipalArn": web}
    known |= asked
    if known["aws:PrincipalArn"] == "worker":
        known["aws:PrincipalArn"] = worker
    resource = f"arn:aws:s3:::private-test/{asked['Key']}".rstrip("/")
    tests = {
        "Bool": lambda said, wanted: said == wanted,
        "NumericGreaterThan": lambda said, wanted: int(said) > int(wanted),
        "StringNotEquals": lambda said, wanted: (
            said not in ([wanted] if isinstance(wanted, str) else wanted)
        ),
    }
    return any(
        statement["Effect"] == "Deny"
        and matches(statement["Action"], asked["Action"])
        and matches(statement["Resource"], resource)
        and all(
            tests[kind](known[name], wanted)
            for kind, conditions in statement["Condition"].items()
            for name, wanted in conditions.items()
        )
        for statement in policy["Statement"]
    )


def test_the_corpus_goes_nowhere(disk: World) -> None:
    """A few of SEC-23 by the whole way: announced, sent, said to be there, opened, refused."""
    tutor = TutorDraftFactory()
    bad = files.bad_files()
    for name in ("pixel flood", "pdf with a script", "eicar in a jpeg", "aadhaar", "truncated png"):
        content_type, data = bad[name]
        document, _ = sent(disk, tutor, data, content_type=content_type)
        documents.complete(document, by=tutor.user)
        outbox.drain()
        document.refresh_from_db()
        assert (document.status, document.explanation) == (
            "SPOILT",
            contents.words(document.problem),
        )
    assert papers() == set()
