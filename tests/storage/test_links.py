"""Signed requests, sent as a browser would."""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from storage.objects import Bucket, Connection, ObjectKey, SignedRequest, Upload
from storage.s3 import S3Store


@pytest.fixture(scope="module")
def browser() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


def send(browser: urllib3.PoolManager, request: SignedRequest, body: bytes) -> int:
    """Send the signed request as a browser does: the length comes from the body."""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return browser.request(request.method, request.url, body=body, headers=headers).status


def test_a_download_is_an_attachment_that_no_browser_interprets(
    store: S3Store, bucket: Bucket, key: ObjectKey, browser: urllib3.PoolManager
) -> None:
    store.put(bucket, key, b"<script>", content_type="text/html")

    answer = browser.request("GET", store.presign_get(bucket, key, file_name="진동.csv"))

    assert (answer.status, answer.data) == (200, b"<script>")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "%EC%A7%84%EB%8F%99.csv" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "private, no-store"


def test_an_upload_of_the_signed_length_is_stored(
    store: S3Store, bucket: Bucket, key: ObjectKey, browser: urllib3.PoolManager
) -> None:
    request = store.presign_put(bucket, key, size_bytes=3)

    assert send(browser, request, b"four") == 403
    assert send(browser, request, b"one") == 200
    assert store.stat(bucket, key).content_type == "application/octet-stream"


def test_an_upload_with_a_hash_takes_no_other_bytes(
    store: S3Store, bucket: Bucket, key: ObjectKey, browser: urllib3.PoolManager
) -> None:
    sha256 = hashlib.sha256(b"one").hexdigest()
    request = store.presign_put(bucket, key, size_bytes=3, sha256=sha256)

    assert send(browser, request, b"two") == 400
    assert send(browser, request, b"one") == 200


def test_parts_sent_by_links_join(
    store: S3Store, bucket: Bucket, key: ObjectKey, browser: urllib3.PoolManager
) -> None:
    upload = store.begin(bucket, key, content_type="text/csv")
    blocks = [bytes(5 * 1024 * 1024), b"tail"]
    for number, block in enumerate(blocks, start=1):
        request = store.presign_part(upload, number, size_bytes=len(block))
        assert send(browser, request, block) == 200
    assert send(browser, store.presign_part(upload, 3, size_bytes=3), b"four") == 403

    facts = store.complete(upload, store.list_parts(upload))

    assert (facts.size_bytes, facts.content_type) == (5 * 1024 * 1024 + 4, "text/csv")
    assert store.sha256_of(bucket, key) == hashlib.sha256(b"".join(blocks)).hexdigest()


def test_links_are_signed_for_the_address_that_browsers_use() -> None:
    connection = Connection(
        "http://10.0.0.9:8333",
        "access",
        "secret",
        public_endpoint="https://files.example.org",
        region="ap-northeast-2",
    )

    url = urlsplit(S3Store(connection).presign_get(Bucket("abc"), ObjectKey("a"), file_name="a"))

    assert (url.scheme, url.netloc, url.path) == ("https", "files.example.org", "/abc/a")
    assert "/ap-northeast-2/s3/" in parse_qs(url.query)["X-Amz-Credential"][0]


def test_a_request_says_when_it_ends(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    request = store.presign_put(bucket, key, size_bytes=0, expires_s=60)

    assert timedelta(seconds=57) < request.expires_at - datetime.now(UTC) <= timedelta(seconds=60)


@pytest.mark.parametrize("expires_s", [1, 120])
def test_a_download_link_lives_at_most_two_minutes(
    store: S3Store, bucket: Bucket, key: ObjectKey, expires_s: int
) -> None:
    url = store.presign_get(bucket, key, file_name="a", expires_s=expires_s)

    assert f"X-Amz-Expires={expires_s}&" in url


@pytest.mark.parametrize("expires_s", [0, 121])
def test_no_download_link_lives_longer(
    store: S3Store, bucket: Bucket, key: ObjectKey, expires_s: int
) -> None:
    with pytest.raises(ValueError, match="1 to 120"):
        store.presign_get(bucket, key, file_name="a", expires_s=expires_s)


def test_limits_of_an_upload_link(store: S3Store, bucket: Bucket, key: ObjectKey) -> None:
    upload = Upload(bucket, key, "id")

    store.presign_part(upload, 10_000, size_bytes=0, expires_s=3600)
    for number in (0, 10_001):
        with pytest.raises(ValueError, match="1 to 10000"):
            store.presign_part(upload, number, size_bytes=0)
    with pytest.raises(ValueError, match="1 to 3600"):
        store.presign_put(bucket, key, size_bytes=0, expires_s=3601)
    with pytest.raises(ValueError, match="negative"):
        store.presign_put(bucket, key, size_bytes=-1)
