"""The words of the object store: buckets, keys, facts, parts, and how to reach a store."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
KEY_LIMIT_BYTES: Final = 1024
"""Longest key in UTF-8. Source: Amazon S3 user guide, "Naming Amazon S3 objects"."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, order=True)
class Bucket:
    """The name of a bucket: 3 to 63 characters of a-z, 0-9 and the hyphen."""

    name: str

    def __post_init__(self) -> None:
        if not BUCKET_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no bucket name")


@dataclass(frozen=True, order=True)
class ObjectKey:
    """The key of an object: at most 1,024 bytes of UTF-8, segments joined by ``/``.

    Keys are made by the server, so a segment that a file system would interpret (empty, ``.``,
    ``..``), a backslash or a control character is our bug and raises ``ValueError``.
    """

    value: str

    def __post_init__(self) -> None:
        size_bytes = len(self.value.encode())
        segments = self.value.split("/")
        if size_bytes > KEY_LIMIT_BYTES or not {"", ".", ".."}.isdisjoint(segments):
            raise ValueError(f"{self.value[:100]!r} is no object key")
        if CONTROL.search(self.value) or "\\" in self.value:
            raise ValueError(f"{self.value[:100]!r} holds a character that no key may have")


@dataclass(frozen=True)
class ObjectFacts:
    """What the store says about an object; ``etag`` identifies content but is no proof of it.

    ``content_type`` and ``version_id`` are ``None`` in listings and where the store keeps none.
    ``sha256`` (hexadecimal) is known only where the bytes were read: after ``put``.
    """

    key: ObjectKey
    size_bytes: int
    etag: str
    modified_at: datetime
    content_type: str | None = None
    version_id: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Upload:
    """A multipart upload that was begun; the owner keeps it until completed or aborted."""

    bucket: Bucket
    key: ObjectKey
    upload_id: str

    @property
    def subject(self) -> str:
        """Bucket and key, for requests and messages."""
        return f"{self.bucket.name}/{self.key.value}"


@dataclass(frozen=True)
class BegunUpload:
    """An upload that is neither completed nor aborted, and since when by the store's clock [UTC]."""

    upload: Upload
    begun_at: datetime


@dataclass(frozen=True)
class Part:
    """A part of a multipart upload as the uploader names it at the end.

    ``number`` is 1 to 10,000; ``etag`` is what the store answered to the part, without quotes.
    """

    number: int
    etag: str


@dataclass(frozen=True)
class StoredPart(Part):
    """A part that the store holds."""

    size_bytes: int


def newest_tries(tries: Sequence[tuple[StoredPart, str]]) -> list[StoredPart]:
    """Return each part once: the try that came last, by the store's clock.

    SeaweedFS lists every try of a part, in no order, with whole seconds. Two tries of other bytes in
    one second cannot be told apart; such a part is left out, so that it is sent once more.

    Args:
        tries: parts, each with the time at which it came, as text that sorts by time
    """
    newest: dict[int, str] = {}
    for part, came_at in tries:
        newest[part.number] = max(newest.get(part.number, ""), came_at)
    last: dict[int, set[StoredPart]] = {}
    for part, came_at in tries:
        if came_at == newest[part.number]:
            last.setdefault(part.number, set()).add(part)
    return [next(iter(last[number])) for number in sorted(last) if len(last[number]) == 1]


@dataclass(frozen=True)
class SignedRequest:
    """A request that whoever holds it may send once or more until it expires.

    The headers are part of the signature: a request without them, or with others, is refused.
    A browser sets ``content-length`` itself from the body.
    """

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class Connection:
    """How to reach one S3 store, and where browsers reach it.

    ``endpoint`` and ``public_endpoint`` are origins: scheme, host, port, no path. Path-style
    addresses are used throughout, because they need no name per bucket.
    """

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    public_endpoint: str = ""
    region: str = "us-east-1"
    connect_limit_s: float = 5.0
    total_limit_s: float = 15.0

    def __post_init__(self) -> None:
        if not self.public_endpoint:
            object.__setattr__(self, "public_endpoint", self.endpoint)
        for name in ("endpoint", "public_endpoint"):
            origin = getattr(self, name).rstrip("/")
            url = urlsplit(origin)
            if url.scheme not in {"http", "https"} or not url.hostname or url.path or url.query:
                raise ValueError(f"{name} must be an origin like https://files.example.org")
            object.__setattr__(self, name, origin)
