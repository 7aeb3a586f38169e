"""What the ports promise, against a real server."""

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from typing_extensions import override

from storage.errors import (
    AccessDenied,
    BucketMissing,
    ObjectExists,
    ObjectMissing,
    PartsRefused,
    RangeOutside,
    StoreRefused,
    UploadMissing,
)
from storage.objects import Bucket, Connection, ObjectKey, Part
from storage.ports import MultipartUploads, ObjectLinks, ObjectStore
from storage.s3 import COPY_PART_BYTES, PART_BYTES, S3Store


class Slow(io.RawIOBase):
    """A stream that returns less than asked for, as sockets do."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    @override
    def read(self, size: int = -1) -> bytes:
        return self._rest.read(min(size, 5_000_000))


@pytest.fixture(scope="session")
def large(store: S3Store, bucket: Bucket) -> Iterator[tuple[ObjectKey, str]]:
    """An object that is copied in two parts, and its SHA-256."""
    key = ObjectKey("tests/large")
    content = os.urandom(1024 * 1024) * (COPY_PART_BYTES // 1024**2) + b"tail"
    yield key, str(store.put(bucket, key, io.BytesIO(content), content_type="text/csv").sha256)
    store.delete(bucket, key)


def test_one_class_fits_the_three_ports(store: S3Store) -> None:
    # The type checker is the test: each list takes only what has every method of its port.
    ports: tuple[list[ObjectStore], list[ObjectLinks], list[MultipartUploads]]
    ports = ([store], [store], [store])

    assert len(ports) == 3


@pytest.mark.parametrize("content", [b"", b"one", bytes(range(256)) * 100])
def test_what_was_put_is_read_back(
    store: S3Store, bucket: Bucket, key: ObjectKey, content: bytes
) -> None:
    facts = store.put(bucket, key, content, content_type="text/csv")

    assert b"".join(store.read(bucket, key)) == content
    assert facts.sha256 == hashlib.sha256(content).hexdigest() == store.sha256_of(bucket, key)
    assert (facts.key, facts.size_bytes, facts.content_type) == (key, len(content), "text/csv")
    assert facts.modified_at.tzinfo is not None


@pytest.mark.parametrize("extra_bytes", [-1, 0, 1])
def test_a_stream_around_the_part_size_is_stored_whole(
    store: S3Store, bucket: Bucket, key: ObjectKey, extra_bytes: int
) -> None:
    content = os.urandom(1024) * (PART_BYTES // 1024) + b"x"
    content = content[: PART_BYTES + extra_bytes]

    facts = store.put(bucket, key, Slow(content))  # type: ignore[arg-type]

    assert facts.size_bytes == PART_BYTES + extra_bytes
    assert facts.sha256 == hashlib.sha256(content).hexdigest()


def test_put_replaces_unless_only_a_new_one_is_asked_for(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    store.put(bucket, key, b"one", only_new=True)
    store.put(bucket, key, b"two")

    with pytest.raises(ObjectExists):
        store.put(bucket, key, b"three", only_new=True)
    assert b"".join(store.read(bucket, key)) == b"two"


def test_a_large_put_of_a_new_object_only_gives_its_parts_up(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    store.put(bucket, key, b"one")

    with pytest.raises(ObjectExists):
        store.put(bucket, key, bytes(PART_BYTES), only_new=True)
    assert store.stat(bucket, key).size_bytes == 3


def test_of_four_who_put_a_new_object_one_wins(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    def attempt(number: int) -> bool:
        try:
            store.put(bucket, key, b"%d" % number, only_new=True)
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(4))) == 1


@pytest.mark.parametrize(
    ("first_byte", "length_bytes", "expected"),
    [(0, 1, b"0"), (3, 4, b"3456"), (9, None, b"9"), (5, 100, b"56789")],
)
def test_reads_a_range(
    store: S3Store,
    bucket: Bucket,
    key: ObjectKey,
    first_byte: int,
    length_bytes: int | None,
    expected: bytes,
) -> None:
    store.put(bucket, key, b"0123456789")

    found = store.read(bucket, key, first_byte=first_byte, length_bytes=length_bytes)

    assert b"".join(found) == expected


def test_a_range_behind_the_end_is_refused(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    store.put(bucket, key, b"0123456789")

    with pytest.raises(RangeOutside):
        store.read(bucket, key, first_byte=10, length_bytes=1)


@pytest.mark.parametrize(("first_byte", "length_bytes"), [(-1, None), (0, 0)])
def test_an_impossible_range_is_our_bug(
    store: S3Store, bucket: Bucket, key: ObjectKey, first_byte: int, length_bytes: int | None
) -> None:
    with pytest.raises(ValueError, match="a range begins"):
        store.read(bucket, key, first_byte=first_byte, length_bytes=length_bytes)


def test_a_missing_object_is_missing_for_every_call(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    with pytest.raises(ObjectMissing):
        store.read(bucket, key)
    with pytest.raises(ObjectMissing):
        store.stat(bucket, key)
    with pytest.raises(ObjectMissing):
        store.sha256_of(bucket, key)
    with pytest.raises(ObjectMissing):
        store.copy(bucket, key, bucket, ObjectKey(f"{key.value}-2"))
    store.delete(bucket, key)


def test_a_missing_bucket_is_named(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    missing = Bucket(f"{bucket.name}-missing")

    with pytest.raises(BucketMissing):
        store.put(missing, key, b"one")
    with pytest.raises(BucketMissing):
        store.list_objects(missing)


def test_lists_in_order_page_by_page(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    names = [f"{key.value}/{name}" for name in ("a", "b/c", "가", "나 다")]
    for name in reversed(names):
        store.put(bucket, ObjectKey(name), b"one")

    first = store.list_objects(bucket, prefix=f"{key.value}/", limit_count=3)
    rest = store.list_objects(bucket, prefix=f"{key.value}/", after=first[-1].key.value)

    assert [facts.key.value for facts in first] == names[:3]
    assert [facts.key.value for facts in rest] == names[3:]
    assert {facts.size_bytes for facts in first} == {3}
    assert first[0].etag == store.stat(bucket, ObjectKey(names[0])).etag


@pytest.mark.parametrize("limit_count", [0, 10_001])
def test_a_page_has_a_limit(store: S3Store, bucket: Bucket, limit_count: int) -> None:
    with pytest.raises(ValueError, match="limit_count"):
        store.list_objects(bucket, limit_count=limit_count)


def test_a_copy_keeps_bytes_and_type(
    store: S3Store, bucket: Bucket, second_bucket: Bucket, key: ObjectKey
) -> None:
    store.put(bucket, key, b"one", content_type="text/csv")

    facts = store.copy(bucket, key, second_bucket, key, only_new=True)

    assert (facts.size_bytes, facts.content_type) == (3, "text/csv")
    assert store.sha256_of(second_bucket, key) == store.sha256_of(bucket, key)
    store.copy(bucket, key, second_bucket, key)
    with pytest.raises(ObjectExists):
        store.copy(bucket, key, second_bucket, key, only_new=True)


def test_a_large_copy_goes_in_parts(
    store: S3Store,
    bucket: Bucket,
    second_bucket: Bucket,
    key: ObjectKey,
    large: tuple[ObjectKey, str],
) -> None:
    source, sha256 = large

    facts = store.copy(bucket, source, second_bucket, key)

    assert facts.content_type == "text/csv"
    assert store.sha256_of(second_bucket, key) == sha256


def test_a_large_copy_replaces_nothing_unasked(
    store: S3Store,
    bucket: Bucket,
    second_bucket: Bucket,
    key: ObjectKey,
    large: tuple[ObjectKey, str],
) -> None:
    store.put(second_bucket, key, b"one")

    with pytest.raises(ObjectExists):
        store.copy(bucket, large[0], second_bucket, key, only_new=True)
    assert store.stat(second_bucket, key).size_bytes == 3


def test_a_deleted_object_is_gone(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    store.put(bucket, key, b"one")

    store.delete(bucket, key)

    with pytest.raises(ObjectMissing):
        store.stat(bucket, key)


def test_a_locked_bucket_keeps_versions(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    locked = Bucket(f"{bucket.name}-locked")
    store.ensure_buckets([locked], locked=[locked])
    version_id = store.put(locked, key, b"one").version_id

    store.delete(locked, key)
    with pytest.raises(ObjectMissing):
        store.stat(locked, key)
    store.delete(locked, key, version_id=version_id)

    assert version_id
    assert store.list_objects(locked, prefix=key.value) == []


def test_ensuring_buckets_twice_changes_nothing(store: S3Store, bucket: Bucket) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: store.ensure_buckets([bucket]), range(4)))


def test_a_bucket_made_without_versions_cannot_be_a_locked_one(
    store: S3Store, bucket: Bucket
) -> None:
    with pytest.raises(StoreRefused, match="made without versions"):
        store.ensure_buckets([bucket], locked=[bucket])


def test_a_wrong_secret_is_refused(connection: Connection, bucket: Bucket, key: ObjectKey) -> None:
    stranger = S3Store(Connection(connection.endpoint, connection.access_key, "wrong-secret"))

    with pytest.raises(AccessDenied):
        stranger.put(bucket, key, b"one")
    with pytest.raises(AccessDenied):
        stranger.ensure_buckets([bucket])


def test_an_upload_is_over_after_abort(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    upload = store.begin(bucket, key)

    assert store.list_parts(upload) == []
    store.abort(upload)
    store.abort(upload)

    with pytest.raises(UploadMissing):
        store.list_parts(upload)


def test_a_part_sent_again_is_listed_once(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    upload = store.begin(bucket, key)
    request = store.presign_part(upload, 1, size_bytes=3)
    for _ in range(2):
        sent = httpx.put(request.url, content=b"one", headers=without_length(request.headers))
        assert sent.status_code == 200

    (part,) = store.list_parts(upload)
    store.complete(upload, [part])

    assert b"".join(store.read(bucket, key)) == b"one"


def without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "content-length"}


def test_parts_that_were_never_sent_do_not_join(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    upload = store.begin(bucket, key)

    # Amazon S3 names the part, SeaweedFS says that an upload without parts does not exist.
    with pytest.raises((PartsRefused, UploadMissing)):
        store.complete(upload, [Part(1, "0" * 32)])
    store.abort(upload)


def test_uploads_that_are_not_over_are_listed_page_by_page(
    store: S3Store, bucket: Bucket, key: ObjectKey
) -> None:
    keys = [ObjectKey(f"{key.value}/1차 측정 & 보정/{number}.csv") for number in range(3)]
    begun = [store.begin(bucket, one) for one in [*keys, *keys, keys[0]]]
    *not_over, aborted, completed = begun
    store.abort(aborted)
    request = store.presign_part(completed, 1, size_bytes=3)
    sent = httpx.put(request.url, content=b"one", headers=without_length(request.headers))
    store.complete(completed, [Part(1, sent.headers["etag"].strip('"'))])

    found = [one for one in store.list_uploads(bucket) if one.upload in begun]
    in_pages = [one for one in store.list_uploads(bucket, page_count=2) if one.upload in begun]

    assert {one.upload for one in found} == set(not_over)
    assert len(found) == len(in_pages) == len(not_over)
    assert set(in_pages) == set(found)
    age = datetime.now(UTC) - min(one.begun_at for one in found)
    assert abs(age) < timedelta(hours=1), "the store's own clock, in UTC"
    for upload in not_over:
        store.abort(upload)
    assert not {one.upload for one in store.list_uploads(bucket)} & set(begun)


def test_uploads_of_no_bucket_are_not_an_empty_list(store: S3Store) -> None:
    with pytest.raises(BucketMissing):
        store.list_uploads(Bucket("mdx-nobody-made-this"))
