"""A pytest plugin: both storages as a client outside reaches them.

The disk answers at our own addresses, S3 over real HTTP.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from moto.server import ThreadedMotoServer
from requests.structures import CaseInsensitiveDict

from tutorhub.core import clock, storage
from tutorhub.core.storage import s3

BUCKET = "private-test"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class World:
    """How a client outside reaches the storage."""

    kind: str
    post: Callable[[storage.Upload, bytes], Answer]
    get: Callable[[str], Answer]


@pytest.fixture
def disk(settings: Any, tmp_path: Path, client: Client) -> World:
    settings.PRIVATE_STORAGE = "disk"
    settings.PRIVATE_ROOT = tmp_path

    def post(upload: storage.Upload, data: bytes) -> Answer:
        file = SimpleUploadedFile("a.pdf", data, "application/pdf")
        response = client.post(upload.url, {**upload.fields, "file": file})
        return Answer(response.status_code, response.content, CaseInsensitiveDict(response.headers))

    def get(url: str) -> Answer:
        response = client.get(url)
        body = response.getvalue()
        return Answer(response.status_code, body, CaseInsensitiveDict(response.headers))

    return World("disk", post, get)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(settings: Any, moto: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    settings.PRIVATE_STORAGE = "s3"
    settings.AWS_S3_ENDPOINT_URL = moto
    settings.AWS_STORAGE_BUCKET_NAME = BUCKET
    s3._client.cache_clear()
    boto3.client("s3", endpoint_url=moto, region_name="ap-south-1").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"}
    )

    def post(upload: storage.Upload, data: bytes) -> Answer:
        refusal = policy_refuses(upload.fields, data)
        if refusal:
            return Answer(403, refusal.encode(), {})
        response = requests.post(
            upload.url,
            data=upload.fields,
            files={"file": ("a.pdf", data, "application/pdf")},
            timeout=5,
            allow_redirects=False,
        )
        return Answer(response.status_code, response.content, CaseInsensitiveDict(response.headers))

    def get(url: str) -> Answer:
        response = requests.get(url, timeout=5)
        return Answer(response.status_code, response.content, CaseInsensitiveDict(response.headers))

    yield World("s3", post, get)
    requests.post(f"{moto}/moto-api/reset", timeout=5)


def policy_refuses(fields: dict[str, str], data: bytes) -> str:
    """What S3 would say to these fields by the POST policy they carry; moto does not check it."""
    if "policy" not in fields:
        return "anonymous"
    policy = json.loads(base64.b64decode(fields["policy"]))
    if policy["expiration"] < f"{clock.now():%Y-%m-%dT%H:%M:%SZ}":
        return "policy expired"
    for condition in policy["conditions"]:
        if isinstance(condition, list) and condition[0] == "content-length-range":
            if not condition[1] <= len(data) <= condition[2]:
                return "content-length-range"
        elif isinstance(condition, dict):
            ((name, value),) = condition.items()
            if name != "bucket" and fields.get(name) != value:
                return f"condition on {name}"
    return ""


@pytest.fixture(params=["disk", "bucket"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(request.param)
    return found
