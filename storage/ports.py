"""What the rest of the system may ask of a store of bytes. All calls block: use a thread.

Every call raises ``StoreUnavailable`` when the store does not answer and ``AccessDenied`` when
it refuses; the docstrings name what comes on top. No call repeats itself.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

from storage.objects import (
    BegunUpload,
    Bucket,
    ObjectFacts,
    ObjectKey,
    Part,
    SignedRequest,
    StoredPart,
    Upload,
)


class ObjectStore(Protocol):
    """Whole objects under keys."""

    def put(
        self,
        bucket: Bucket,
        key: ObjectKey,
        content: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        only_new: bool = False,
    ) -> ObjectFacts:
        """Store the bytes, read them back and compare their SHA-256.

        Args:
            content: a stream is read to its end, in parts of 16 MiB
            only_new: refuse where an object lies under the key, decided by the store itself

        Returns:
            The facts with ``sha256``.

        Raises:
            ObjectExists: with ``only_new``; after ``StoreUnavailable`` it may be our own object
            ContentDiffers: what was read back is not what was sent; the object is not to be used
        """

    def read(
        self,
        bucket: Bucket,
        key: ObjectKey,
        *,
        first_byte: int = 0,
        length_bytes: int | None = None,
    ) -> Iterator[bytes]:
        """Return the bytes of a range in chunks of at most 1 MiB; errors come at the call.

        Args:
            first_byte: offset from the start [bytes]
            length_bytes: at least 1, to the end without it; a range beyond the end is cut there

        Raises:
            ObjectMissing: no object lies under the key
            RangeOutside: the range begins behind the end
            StoreUnavailable: also in the middle, when the connection breaks
        """

    def stat(self, bucket: Bucket, key: ObjectKey) -> ObjectFacts:
        """Return the facts of an object.

        Raises:
            ObjectMissing: no object lies under the key
        """

    def list_objects(
        self, bucket: Bucket, *, prefix: str = "", after: str = "", limit_count: int = 1000
    ) -> list[ObjectFacts]:
        """Return objects in the order of their keys' UTF-8 bytes.

        Args:
            prefix: beginning of the keys
            after: list behind this key; the last key of one page begins the next
            limit_count: 1 to 10,000

        Raises:
            BucketMissing: there is no such bucket
        """

    def copy(
        self,
        from_bucket: Bucket,
        from_key: ObjectKey,
        to_bucket: Bucket,
        to_key: ObjectKey,
        *,
        only_new: bool = False,
    ) -> ObjectFacts:
        """Copy inside the store; no byte passes through this process.

        The caller proves the copy by ``sha256_of`` on the target.

        Raises:
            ObjectMissing: there is no such source
            ObjectExists: the target exists, with ``only_new``
            ContentDiffers: the source was changed while it was copied
        """

    def delete(self, bucket: Bucket, key: ObjectKey, *, version_id: str | None = None) -> None:
        """Remove an object; what is missing already counts as removed.

        In a versioned bucket this hides the object and keeps its bytes; a ``version_id`` removes
        that version for good, unless it is locked (``AccessDenied``).
        """

    def sha256_of(self, bucket: Bucket, key: ObjectKey) -> str:
        """Return the SHA-256 of the stored bytes in hexadecimal, read as a stream.

        Raises:
            ObjectMissing: no object lies under the key
        """


class ObjectLinks(Protocol):
    """Signed requests for browsers, made without asking the store, for its public address."""

    def presign_get(
        self, bucket: Bucket, key: ObjectKey, *, file_name: str, expires_s: int = 60
    ) -> str:
        """Return an address that downloads one object as an attachment under a name.

        Args:
            file_name: shown to the person, any script
            expires_s: 1 to 120
        """

    def presign_put(
        self,
        bucket: Bucket,
        key: ObjectKey,
        *,
        size_bytes: int,
        sha256: str | None = None,
        expires_s: int = 900,
    ) -> SignedRequest:
        """Return a request that stores one object of exactly this size.

        Until it expires it can be sent again, so the bytes are hashed after a copy to another key.

        Args:
            size_bytes: signed as ``content-length``
            sha256: hexadecimal; the store refuses other bytes
            expires_s: 1 to 3,600
        """


class MultipartUploads(Protocol):
    """Large objects sent in parts by a browser or a tool."""

    def begin(
        self, bucket: Bucket, key: ObjectKey, *, content_type: str = "application/octet-stream"
    ) -> Upload:
        """Open an upload; parts count as stored bytes until it is completed or aborted."""

    def presign_part(
        self,
        upload: Upload,
        number: int,
        *,
        size_bytes: int,
        sha256: str | None = None,
        expires_s: int = 900,
    ) -> SignedRequest:
        """Return the request that sends one part of exactly this size.

        Args:
            number: 1 to 10,000
            size_bytes: at least 5 MiB except for the last part, else ``complete`` refuses
            sha256: hexadecimal; the store refuses other bytes
            expires_s: 1 to 3,600
        """

    def list_parts(self, upload: Upload) -> list[StoredPart]:
        """Return the parts the store holds, by number; of a part sent again the last try.

        A part of which the last try cannot be told is left out, as if it had not been sent.

        Raises:
            UploadMissing: the upload is over
        """

    def complete(
        self, upload: Upload, parts: Sequence[Part], *, only_new: bool = False
    ) -> ObjectFacts:
        """Join the parts to the object.

        Raises:
            UploadMissing: the upload is over
            PartsRefused: a part is missing, changed, out of order or too small
            ObjectExists: with ``only_new``
        """

    def abort(self, upload: Upload) -> None:
        """Give up the upload and its parts; what is over already counts as given up."""

    def list_uploads(self, bucket: Bucket, *, page_count: int = 1000) -> list[BegunUpload]:
        """Return the uploads of a bucket that are neither completed nor aborted, in any order.

        A process that is killed may leave some that nobody knows of; their parts take room.

        Args:
            page_count: how many are asked for in one request, 1 to 1,000

        Raises:
            BucketMissing: there is no such bucket
        """
