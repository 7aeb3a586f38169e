"""What a broken, lying or absent store does to the caller."""

import hashlib
import time
from datetime import UTC, datetime

import pytest

from storage.client import ERRORS
from storage.errors import (
    ContentDiffers,
    ObjectExists,
    ObjectMissing,
    StorageError,
    StoreRefused,
    StoreUnavailable,
)
from storage.objects import Bucket, Connection, ObjectKey, Part, Upload
from storage.s3 import COPY_PART_BYTES, PART_BYTES, S3Store
from tests.storage.answering import XML, Asked, Reply, Script, answering, error_xml

BUCKET, KEY = Bucket("abc"), ObjectKey("a")
FACTS = {"Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT", "ETag": '"e1"', "Content-Length": "3"}
BEGUN = Reply(
    body=b"<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
)


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_known_code_has_its_error(code: str) -> None:
    script: Script = lambda *_: Reply(400, error_xml(code), XML)  # noqa: E731
    with answering(script) as connection, pytest.raises(ERRORS[code]) as caught:
        S3Store(connection).read(BUCKET, KEY)

    assert code in str(caught.value)
    assert caught.value.subject == "abc/a"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(400, error_xml("Strange"), XML), StoreRefused),
        (Reply(500, error_xml("Strange"), XML), StoreUnavailable),
        (Reply(418, b"teapot", {"Content-Type": "text/plain"}), StoreRefused),
        (Reply(502, b"bad gateway", {"Content-Type": "text/html"}), StoreUnavailable),
        (Reply(302, b"", {"Location": "http://127.0.0.1:9/"}), StoreUnavailable),
        (Reply(200, b"<broken", XML), StoreRefused),
    ],
)
def test_an_answer_without_a_name_is_judged_by_its_status(
    reply: Reply, kind: type[StorageError]
) -> None:
    with answering(lambda *_: reply) as connection, pytest.raises(StorageError) as caught:
        S3Store(connection).begin(BUCKET, KEY)

    assert type(caught.value) is kind


def test_only_an_absent_store_allows_a_blind_repeat() -> None:
    kinds = {kind for kind in ERRORS.values() if kind.repeat_is_safe}

    assert kinds == {StoreUnavailable}


def test_a_closed_port_is_told_at_once() -> None:
    store = S3Store(Connection("http://127.0.0.1:9", "access", "secret"))

    begun = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.stat(BUCKET, KEY)
    assert time.monotonic() - begun < 3, "nothing is tried again, and nothing waits"


def test_a_silent_store_is_given_up_after_the_limit() -> None:
    def silent(_: Asked) -> Reply:
        time.sleep(answers_after_s)
        return Reply()

    # Far apart, so that a busy machine does not take one for the other.
    answers_after_s = 3.0
    with answering(silent, limit_s=0.2) as connection:
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            S3Store(connection).stat(BUCKET, KEY)
        assert time.monotonic() - begun < answers_after_s


def test_a_download_that_breaks_off_is_no_short_file() -> None:
    script: Script = lambda *_: Reply(200, b"only", {"Content-Length": "100"}, cut=True)  # noqa: E731
    with answering(script) as connection:
        chunks = S3Store(connection).read(BUCKET, KEY)
        with pytest.raises(StoreUnavailable):
            b"".join(chunks)


def test_facts_without_headers_are_refused() -> None:
    with answering(lambda *_: Reply(200)) as connection, pytest.raises(StoreRefused):
        S3Store(connection).stat(BUCKET, KEY)


def test_bytes_that_changed_on_the_way_are_noticed() -> None:
    with answering(lambda *_: Reply(200, b"two", FACTS)) as connection:
        with pytest.raises(ContentDiffers, match="read back"):
            S3Store(connection).put(BUCKET, KEY, b"one")
        assert S3Store(connection).sha256_of(BUCKET, KEY) == hashlib.sha256(b"two").hexdigest()


def test_a_source_that_changes_while_it_is_copied_is_noticed() -> None:
    looks = iter(["e1", "e2"])

    def script(asked: Asked) -> Reply:
        if asked.method == "HEAD":
            return Reply(200, b"", FACTS | {"ETag": f'"{next(looks)}"'})
        return Reply(412, error_xml("PreconditionFailed"), XML)

    with answering(script) as connection, pytest.raises(ContentDiffers, match="changed"):
        S3Store(connection).copy(BUCKET, KEY, BUCKET, ObjectKey("b"))


def test_an_unchanged_source_means_that_the_target_exists() -> None:
    def script(asked: Asked) -> Reply:
        if asked.method == "HEAD":
            return Reply(200, b"", FACTS)
        return Reply(412, error_xml("PreconditionFailed"), XML)

    with answering(script) as connection, pytest.raises(ObjectExists):
        S3Store(connection).copy(BUCKET, KEY, BUCKET, ObjectKey("b"), only_new=True)


def test_an_error_inside_a_successful_answer_is_an_error() -> None:
    script: Script = lambda *_: Reply(200, error_xml("InternalError"), XML)  # noqa: E731
    with answering(script) as connection, pytest.raises(StoreUnavailable, match="InternalError"):
        S3Store(connection).complete(Upload(BUCKET, KEY, "u1"), [Part(1, "e")])


def test_an_upload_without_an_id_is_refused() -> None:
    script: Script = lambda *_: Reply(200, b"<Result/>", XML)  # noqa: E731
    with answering(script) as connection, pytest.raises(StoreRefused, match="no upload id"):
        S3Store(connection).begin(BUCKET, KEY)


def test_a_large_copy_that_fails_gives_its_upload_up_and_tells_the_first_error() -> None:
    seen: list[str] = []

    def script(asked: Asked) -> Reply:
        seen.append(asked.method)
        if asked.method == "HEAD":
            return Reply(200, b"", FACTS | {"Content-Length": str(COPY_PART_BYTES + 1)})
        if asked.method == "POST":
            return BEGUN
        if asked.method == "DELETE":
            return Reply(503, error_xml("SlowDown"), XML)
        return Reply(404, error_xml("NoSuchKey"), XML)

    with answering(script) as connection, pytest.raises(ObjectMissing):
        S3Store(connection).copy(BUCKET, KEY, BUCKET, ObjectKey("b"))
    assert seen == ["HEAD", "POST", "PUT", "DELETE"]


def test_a_large_put_that_fails_gives_its_upload_up() -> None:
    seen: list[str] = []

    def script(asked: Asked) -> Reply:
        seen.append(asked.method)
        if asked.method == "POST":
            return BEGUN
        return Reply(204) if asked.method == "DELETE" else Reply(503, error_xml("SlowDown"), XML)

    with answering(script) as connection, pytest.raises(StoreUnavailable):
        S3Store(connection).put(BUCKET, KEY, bytes(PART_BYTES))
    assert seen == ["POST", "PUT", "DELETE"]


def test_a_long_list_of_parts_is_read_to_its_end() -> None:
    def page(number: int, more: str) -> bytes:
        part = f"<Part><PartNumber>{number}</PartNumber><ETag>e</ETag><Size>5</Size></Part>"
        return f"<R><IsTruncated>{more}</IsTruncated>{part}</R>".encode()

    def script(asked: Asked) -> Reply:
        second = "part-number-marker=1" in asked.path
        return Reply(200, page(2, "false") if second else page(1, "true"), XML)

    with answering(script) as connection:
        parts = S3Store(connection).list_parts(Upload(BUCKET, KEY, "u1"))

    assert [part.number for part in parts] == [1, 2]


UPLOAD = "<Upload><Key>{}</Key><UploadId>{}</UploadId><Initiated>2026-11-26T13:43:07.000Z</Initiated></Upload>"
AFTER = "<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u1</NextUploadIdMarker>"


def test_a_long_list_of_uploads_goes_on_after_key_and_upload() -> None:
    """As Amazon S3 does it, which ignores an upload's marker without the key's."""

    def script(asked: Asked) -> Reply:
        second = "key-marker=k&" in asked.path and "upload-id-marker=u1&" in asked.path
        more = (
            "<IsTruncated>false</IsTruncated>"
            if second
            else f"<IsTruncated>true</IsTruncated>{AFTER}"
        )
        return Reply(
            200, f"<R>{more}{UPLOAD.format('k', 'u2' if second else 'u1')}</R>".encode(), XML
        )

    with answering(script) as connection:
        found = S3Store(connection).list_uploads(BUCKET)

    assert [one.upload.upload_id for one in found] == ["u1", "u2"]
    assert found[0].begun_at == datetime(2026, 11, 26, 13, 43, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "requests"),
    [(UPLOAD.format("k", "u1"), 1), (AFTER, 1), (AFTER + UPLOAD.format("k", "u1"), 2)],
)
def test_a_store_that_promises_more_uploads_and_gives_none_is_not_asked_for_ever(
    page: str, requests: int
) -> None:
    asked: list[str] = []

    def script(one: Asked) -> Reply:
        asked.append(one.path)
        return Reply(200, f"<R><IsTruncated>true</IsTruncated>{page}</R>".encode(), XML)

    with answering(script) as connection:
        S3Store(connection).list_uploads(BUCKET)

    assert len(asked) == requests


def test_an_upload_without_its_time_is_an_unreadable_answer() -> None:
    body = UPLOAD.format("k", "u1").replace("Initiated", "Began").encode()
    with (
        answering(lambda *_: Reply(200, b"<R>" + body + b"</R>", XML)) as connection,
        pytest.raises(StoreRefused, match="unreadable answer"),
    ):
        S3Store(connection).list_uploads(BUCKET)


def test_of_a_part_sent_again_the_last_try_counts_and_a_doubtful_one_is_left_out() -> None:
    def part(number: int, etag: str, second: int) -> str:
        at = f"<LastModified>2026-11-26T13:43:{second:02d}Z</LastModified>"
        return (
            f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>5</Size>{at}</Part>"
        )

    tries = [part(1, "late", 9), part(1, "early", 3), part(2, "x", 4), part(2, "y", 4)]
    tries += [part(3, "same", 5), part(3, "same", 5)]

    def script(asked: Asked) -> Reply:
        return Reply(200, f"<R><IsTruncated>false</IsTruncated>{''.join(tries)}</R>".encode(), XML)

    with answering(script) as connection:
        parts = S3Store(connection).list_parts(Upload(BUCKET, KEY, "u1"))

    assert [(one.number, one.etag) for one in parts] == [(1, "late"), (3, "same")]


def test_a_bucket_that_another_process_makes_first_is_there() -> None:
    def script(asked: Asked) -> Reply:
        if asked.method == "HEAD":
            return Reply(404)
        return Reply(409, error_xml("BucketAlreadyOwnedByYou"), XML)

    with answering(script) as connection:
        S3Store(connection).ensure_buckets([BUCKET])


def test_a_bucket_of_somebody_else_is_refused() -> None:
    def script(asked: Asked) -> Reply:
        if asked.method == "HEAD":
            return Reply(404)
        return Reply(409, error_xml("BucketAlreadyExists"), XML)

    with answering(script) as connection, pytest.raises(StoreRefused, match="AlreadyExists"):
        S3Store(connection).ensure_buckets([BUCKET])
