"""What the conformance probes work with: raw requests, and two buckets of their own."""

import http.client
import secrets
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from storage.client import new_client, translated
from storage.errors import StorageError
from storage.objects import Bucket, Connection, ObjectKey
from storage.s3 import S3Store
from storage.signing import path_of, presign

FOLDER: Final = "probe"
LINK_S: Final = 60
LEFTOVER_AGE: Final = timedelta(minutes=5)


class ProbeFailed(Exception):
    """The store did something else than it must; the text says what."""


@dataclass(frozen=True)
class Answer:
    """What the store answered to one raw request; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def must_be(self, status: int, what: str) -> "Answer":
        """Return the answer when it has the status.

        Raises:
            ProbeFailed: another status
        """
        if self.status != status:
            raise ProbeFailed(f"{what}: {self.status} instead of {status}")
        return self

    def must_be_refused(self, what: str) -> None:
        """Pass when the store refused for the sender's fault.

        Raises:
            ProbeFailed: accepted, redirected, or a fault of the store
        """
        if not 400 <= self.status < 500:
            raise ProbeFailed(f"{what}: {self.status} instead of a refusal")


class Bench:
    """One run of the probes: its keys carry a random folder, so runs do not meet."""

    def __init__(self, connection: Connection, *, bucket_prefix: str) -> None:
        # The probes send from here, so links are signed for the address that we reach.
        self.connection = replace(connection, public_endpoint=connection.endpoint)
        self.store = S3Store(self.connection)
        self.plain = Bucket(f"{bucket_prefix}-probe")
        self.locked = Bucket(f"{bucket_prefix}-probe-locked")
        self._run = secrets.token_hex(8)

    def prepare(self) -> None:
        """Make the buckets.

        Raises:
            StorageError: the store refuses or does not answer
        """
        self.store.ensure_buckets([self.plain, self.locked], locked=[self.locked])

    def key(self, name: str) -> ObjectKey:
        """Return a key of this run."""
        return ObjectKey(f"{FOLDER}/{self._run}/{name}")

    def url(
        self,
        method: str,
        key: ObjectKey,
        *,
        bucket: Bucket | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Return a signed address that is valid for a minute."""
        path = path_of(bucket or self.plain, key)
        return presign(
            self.connection, method, path, expires_s=LINK_S, query=query, headers=headers
        )

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send exactly this; nothing normalizes the path, follows or repeats.

        Raises:
            OSError: the store does not answer
            http.client.HTTPException: what it answers is not HTTP
        """
        origin = urlsplit(self.connection.endpoint)
        limit_s = self.connection.connect_limit_s
        if origin.scheme == "https":
            context = ssl.create_default_context()
            line: http.client.HTTPConnection = http.client.HTTPSConnection(
                origin.netloc, timeout=limit_s, context=context
            )
        else:
            line = http.client.HTTPConnection(origin.netloc, timeout=limit_s)
        try:
            target = url.removeprefix(self.connection.endpoint)
            line.request(method, target, body, dict(headers or {}))
            answer = line.getresponse()
            pairs = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, pairs, answer.read())
        finally:
            line.close()

    def stored(self, name: str, content: bytes, *, bucket: Bucket | None = None) -> ObjectKey:
        """Store an object by a link and prove it: the control without which no refusal counts.

        Raises:
            ProbeFailed: an ordinary upload or download does not work
        """
        key = self.key(name)
        self.send("PUT", self.url("PUT", key, bucket=bucket), content).must_be(200, "a plain put")
        self.must_hold(key, content, bucket=bucket)
        return key

    def must_hold(self, key: ObjectKey, content: bytes, *, bucket: Bucket | None = None) -> None:
        """Pass when the object has the content.

        Raises:
            ProbeFailed: it has other content or cannot be read
        """
        answer = self.send("GET", self.url("GET", key, bucket=bucket)).must_be(200, "a plain get")
        if answer.body != content:
            raise ProbeFailed("the content is not what was stored")

    def must_lack(self, key: ObjectKey, *, bucket: Bucket | None = None) -> None:
        """Pass when there is no such object.

        Raises:
            ProbeFailed: something is there
        """
        self.send("GET", self.url("GET", key, bucket=bucket)).must_be(404, "what was refused")

    def clear(self) -> None:
        """Remove what this run and old, broken runs left; what is locked goes in a later run."""
        client = new_client(self.connection)
        old = datetime.now(UTC) - LEFTOVER_AGE
        for bucket in (self.plain, self.locked):
            with suppress(StorageError), translated(bucket.name):
                for found in client.list_objects(
                    bucket.name, prefix=f"{FOLDER}/", recursive=True, include_version=True
                ):
                    name, version = found.object_name, found.version_id
                    if name.startswith(f"{FOLDER}/{self._run}/") or found.last_modified < old:
                        with suppress(StorageError), translated(name):
                            client.remove_object(bucket.name, name, version_id=version)
