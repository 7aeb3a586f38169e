"""The client library behind our words: one pool with limits, its private calls, its errors.

The library (``minio``, pinned to one minor version) has no public calls for multipart uploads
and none that carry a condition, so its private ones are used here and nowhere else.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from storage.errors import (
    AccessDenied,
    BucketMissing,
    ContentDiffers,
    ObjectExists,
    ObjectMissing,
    PartsRefused,
    RangeOutside,
    StorageError,
    StoreRefused,
    StoreUnavailable,
    UploadMissing,
)
from storage.objects import BegunUpload, Bucket, Connection, ObjectKey, StoredPart, Upload

POOL_SIZE: Final = 32
ERRORS: Final[dict[str, type[StorageError]]] = {
    "NoSuchKey": ObjectMissing,
    "NoSuchVersion": ObjectMissing,
    "NoSuchBucket": BucketMissing,
    "NoSuchUpload": UploadMissing,
    "PreconditionFailed": ObjectExists,
    "ConditionalRequestConflict": StoreUnavailable,
    "AccessDenied": AccessDenied,
    "InvalidAccessKeyId": AccessDenied,
    "SignatureDoesNotMatch": AccessDenied,
    "RequestTimeTooSkewed": AccessDenied,
    "InvalidPart": PartsRefused,
    "InvalidPartOrder": PartsRefused,
    "EntityTooSmall": PartsRefused,
    "InvalidRange": RangeOutside,
    "BadDigest": ContentDiffers,
    "XAmzContentSHA256Mismatch": ContentDiffers,
    "SlowDown": StoreUnavailable,
    "ServiceUnavailable": StoreUnavailable,
    "InternalError": StoreUnavailable,
    "RequestTimeout": StoreUnavailable,
}
"""Source: Amazon S3 API reference, "Error responses", list of error codes."""


def new_pool(connection: Connection) -> urllib3.PoolManager:
    """Return a pool that waits within the limits and never repeats or follows by itself.

    The total limit holds for connecting and then for each silence of the store, so a long
    download may last as long as bytes arrive.
    """
    return urllib3.PoolManager(
        maxsize=POOL_SIZE,
        block=False,
        retries=urllib3.Retry(total=0, redirect=0, raise_on_redirect=True),
        timeout=urllib3.Timeout(connect=connection.connect_limit_s, total=connection.total_limit_s),
    )


def new_client(connection: Connection) -> Minio:
    """Return the library's client; with the region given it asks nobody before it signs."""
    url = urlsplit(connection.endpoint)
    return Minio(
        url.netloc,
        access_key=connection.access_key,
        secret_key=connection.secret_key,
        secure=url.scheme == "https",
        region=connection.region,
        http_client=new_pool(connection),
    )


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn every error of the library and of the wire into one of ours.

    Args:
        subject: bucket and key, for the message
    """
    try:
        yield
    except S3Error as error:
        raise error_of(error.code or "", subject, status=error.response.status) from error
    except (ServerError, InvalidResponseError) as error:
        status = error.status_code if isinstance(error, ServerError) else error._code  # noqa: SLF001
        raise error_of("", subject, status=status) from error
    except urllib3.exceptions.HTTPError as error:
        raise StoreUnavailable(subject, type(error).__name__) from error
    except (MinioException, ET.ParseError, ValueError) as error:
        raise StoreRefused(subject, f"unreadable answer: {type(error).__name__}") from error


def error_of(code: str, subject: str, *, status: int = 200) -> StorageError:
    """Return our error for a code of the S3 API; without a known code the status decides."""
    fallback = StoreUnavailable if status >= 500 else StoreRefused
    return ERRORS.get(code, fallback)(subject, code or f"status {status}")


def request(
    client: Minio,
    method: str,
    subject: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Any:
    """Send one signed request about an object and return the library's answer, fully read.

    Args:
        subject: bucket and key with a slash between them

    Raises:
        minio.error.MinioException: call it inside ``translated``
    """
    bucket, _, key = subject.partition("/")
    return client._execute(  # noqa: SLF001 - see the module's first lines
        method,
        bucket,
        key,
        body=body,
        headers=dict(headers or {}),
        query_params=dict(query or {}),
    )


def answer_of(response: Any, subject: str) -> ET.Element:
    """Return the XML of an answer.

    Raises:
        StorageError: the store reports an error inside an answer with status 200, as Amazon S3
            does when joining parts or copying takes long
    """
    root = ET.fromstring(response.data.decode())  # noqa: S314 - from the store we signed in to
    if local(root) == "Error":
        raise error_of(text_of(root, "Code"), subject)
    return root


def local(element: ET.Element) -> str:
    """Return the tag without its namespace; servers differ in it."""
    return element.tag.rpartition("}")[2]


def text_of(root: ET.Element, tag: str) -> str:
    """Return the text of the first direct child with the tag, empty when there is none."""
    return next((child.text or "" for child in root if local(child) == tag), "")


def begun_uploads(
    bucket: Bucket, root: ET.Element, after: Mapping[str, str]
) -> tuple[list[BegunUpload], dict[str, str] | None]:
    """Return a page of the uploads that are not over, and the markers of the next page or None.

    Amazon S3 goes on after a key and an upload of it, SeaweedFS after the upload alone: what the
    answer names is what the next request gives back.

    Args:
        after: the markers of this page; a store that names them again has no next one
    """
    found = [
        BegunUpload(
            Upload(bucket, ObjectKey(text_of(item, "Key")), text_of(item, "UploadId")),
            datetime.fromisoformat(text_of(item, "Initiated")),
        )
        for item in root
        if local(item) == "Upload"
    ]
    named = {
        "key-marker": text_of(root, "NextKeyMarker"),
        "upload-id-marker": text_of(root, "NextUploadIdMarker"),
    }
    markers = {name: value for name, value in named.items() if value}
    more = bool(found) and markers != after and text_of(root, "IsTruncated") == "true"
    return found, markers if more else None


def stored_part(item: ET.Element) -> tuple[StoredPart, str]:
    """Return a part and when it came, by the store's clock."""
    part = StoredPart(
        number=int(text_of(item, "PartNumber")),
        etag=text_of(item, "ETag").strip('"'),
        size_bytes=int(text_of(item, "Size")),
    )
    return part, text_of(item, "LastModified")
