"""Private files in an S3 bucket, uploaded by POST policy and read by presigned GET."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tutorhub.core.errors import Unavailable
from tutorhub.core.storage.base import (
    FOREVER,
    KEY,
    PUBLIC,
    UPLOAD_SECONDS,
    Head,
    MissingFile,
    Upload,
    check_key,
)

NOT_THERE = {"404", "NoSuchKey", "NotFound"}


@cache
def _client(endpoint: str | None, region: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        config=Config(
            signature_version="s3v4",
            connect_timeout=2,
            read_timeout=10,
            retries={"max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "virtual"},
        ),
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Our errors instead of botocore's."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            raise MissingFile from error
        raise Unavailable(_("The file storage does not answer. Please try again.")) from error
    except BotoCoreError as error:
        raise Unavailable(_("The file storage does not answer. Please try again.")) from error


class S3Storage:
    def __init__(self) -> None:
        self.bucket = settings.AWS_STORAGE_BUCKET_NAME
        self.client = _client(settings.AWS_S3_ENDPOINT_URL, settings.AWS_S3_REGION_NAME)

    def start_upload(
        self, *, key: str, content_type: str, min_size: int, max_size: int, redirect_to: str
    ) -> Upload:
        answer = (
            {"success_action_redirect": redirect_to}
            if redirect_to
            else {"success_action_status": "204"}
        )
        # The id of the upload goes with the object, so that its row is found from the bucket.
        fields = {
            "Content-Type": content_type,
            "x-amz-meta-upload-id": key.rpartition("/")[2],
            **answer,
        }
        with _translated():
            post = self.client.generate_presigned_post(
                self.bucket,
                check_key(key),
                Fields=dict(fields),
                Conditions=[
                    *({name: value} for name, value in fields.items()),
                    ["content-length-range", min_size, max_size],
                ],
                ExpiresIn=UPLOAD_SECONDS,
            )
        return Upload(url=post["url"], fields=post["fields"])

    def head(self, key: str) -> Head:
        with _translated():
            found = self.client.head_object(Bucket=self.bucket, Key=check_key(key))
        return Head(size=found["ContentLength"], content_type=found["ContentType"])

    def put(self, key: str, data: bytes, *, content_type: str) -> None:
        is_public = key.startswith(PUBLIC)
        with _translated():
            self.client.put_object(
                Bucket=self.bucket,
                Key=check_key(key),
                Body=data,
                ContentType=content_type,
                CacheControl=FOREVER if is_public else "no-store",
            )

    def old_keys(self, prefix: str, *, before: datetime, after: str) -> Iterator[str]:
        with _translated():
            start = {"StartAfter": after} if after else {}
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{prefix}/", **start
            )
            for page in pages:
                for found in page.get("Contents", []):
                    if found["LastModified"] < before and KEY.fullmatch(found["Key"]):
                        yield found["Key"]

    def read(self, key: str) -> bytes:
        with _translated():
            found = self.client.get_object(Bucket=self.bucket, Key=check_key(key))
            data: bytes = found["Body"].read()
        return data

    def delete(self, key: str) -> None:
        with _translated():
            self.client.delete_object(Bucket=self.bucket, Key=check_key(key))

    def signed_get_url(self, key: str, *, filename: str, content_type: str, seconds: int) -> str:
        with _translated():
            url: str = self.client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self.bucket,
                    "Key": check_key(key),
                    "ResponseContentDisposition": content_disposition_header(True, filename),
                    "ResponseContentType": content_type,
                    "ResponseCacheControl": "no-store",
                },
                ExpiresIn=seconds,
            )
        return url
