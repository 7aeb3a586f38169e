"""The twenty probes: each tries one thing the exchange relies on, with a control that works.

A probe returns a detail for the report and raises when the store fails it. What each proves is
said in ``storage.conformance``.
"""

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from storage.bench import LINK_S, Bench, ProbeFailed
from storage.errors import AccessDenied, ObjectExists, PartsRefused, StorageError, UploadMissing
from storage.objects import ObjectKey, Part, Upload
from storage.s3 import S3Store
from storage.signing import path_of, presign

SMALLEST_PART_BYTES: Final = 5 * 1024 * 1024
"""Source: Amazon S3 user guide, "Multipart upload limits"."""
LOCK: Final = timedelta(seconds=60)
WRONG_SECRET: Final = "not-the-secret-of-this-store-0000"  # noqa: S105 - meant to be wrong


def only_new_put(bench: Bench) -> str:
    """Storing "only if new" over an object must fail with 412 and leave it as it was."""
    key = bench.stored("only-new", b"one")
    headers = {"if-none-match": "*"}
    url = bench.url("PUT", key, headers=headers)
    bench.send("PUT", url, b"two", headers).must_be(412, "a put over an object")
    bench.must_hold(key, b"one")
    fresh = bench.key("only-new-2")
    url = bench.url("PUT", fresh, headers=headers)
    bench.send("PUT", url, b"two", headers).must_be(200, "a put of a new object")
    return "412"


def wrong_checksum(bench: Bench) -> str:
    """Bytes that are not those of the signed SHA-256 or MD5 must not be stored."""
    good, bad = b"good", b"evil"
    sha256 = {"x-amz-checksum-sha256": _base64(hashlib.sha256(good).digest())}
    md5 = {"content-md5": _base64(hashlib.md5(good, usedforsecurity=False).digest())}
    for headers in (sha256, md5):
        (name,) = headers
        key = bench.key(f"checksum-{name}")
        url = bench.url("PUT", key, headers=headers)
        bench.send("PUT", url, bad, headers).must_be_refused(f"a wrong {name}")
        bench.must_lack(key)
        bench.send("PUT", url, good, headers).must_be(200, f"a right {name}")
        bench.must_hold(key, good)
    return "SHA-256, MD5"


def signed_length(bench: Bench) -> str:
    """A link for four bytes must not store five."""
    key = bench.key("length")
    url = bench.url("PUT", key, headers={"content-length": "4"})
    bench.send("PUT", url, b"12345").must_be_refused("a longer body")
    bench.must_lack(key)
    bench.send("PUT", url, b"1234").must_be(200, "the signed length")
    bench.must_hold(key, b"1234")
    return "4 B"


def one_method(bench: Bench) -> str:
    """A link for reading must neither write nor delete."""
    key = bench.stored("method", b"one")
    url = bench.url("GET", key)
    bench.send("PUT", url, b"two").must_be_refused("PUT with a GET link")
    bench.send("DELETE", url).must_be_refused("DELETE with a GET link")
    bench.must_hold(key, b"one")
    return "PUT, DELETE"


def unsigned_copy_source(bench: Bench) -> str:
    """A link for writing must not copy another object by a header nobody signed."""
    secret, key = bench.stored("copy-secret", b"secret"), bench.key("copy-thief")
    headers = {"x-amz-copy-source": path_of(bench.plain, secret)}
    url = bench.url("PUT", key)
    bench.send("PUT", url, b"", headers).must_be_refused("an unsigned copy source")
    bench.must_lack(key)
    return "x-amz-copy-source"


def unsigned_override(bench: Bench) -> str:
    """Headers of the answer may be set by the signer only."""
    key = bench.stored("override", b"<script>")
    url = bench.url("GET", key) + "&response-content-type=text%2Fhtml"
    bench.send("GET", url).must_be_refused("an unsigned response-content-type")
    query = {"response-content-disposition": "attachment"}
    answer = bench.send("GET", bench.url("GET", key, query=query)).must_be(200, "a signed one")
    if answer.headers.get("content-disposition") != "attachment":
        raise ProbeFailed("the signed content-disposition is not in the answer")
    return "response-content-type"


def parent_path(bench: Bench) -> str:
    """No spelling of ``../`` may leave the bucket, for writing or for reading."""
    target = bench.stored("parent", b"other", bucket=bench.locked)
    tail = f"{bench.locked.name}/{target.value}"
    encoded = tail.replace("/", "%2F")
    for way in (f"../{tail}", f"a/../../{tail}", f"%2e%2e/{tail}", f"..%2F{encoded}"):
        for method, body in (("PUT", b"evil"), ("GET", None)):
            path = f"/{bench.plain.name}/{way}"
            url = presign(bench.connection, method, path, expires_s=LINK_S)
            bench.send(method, url, body).must_be_refused(f"{method} {way[:12]}")
    bench.must_hold(target, b"other", bucket=bench.locked)
    return "4 spellings"


def anonymous(bench: Bench) -> str:
    """Without a signature nothing is listed, read, written or deleted."""
    key = bench.stored("anonymous", b"one")
    origin, path = bench.connection.endpoint, path_of(bench.plain, key)
    bench.send("GET", f"{origin}/").must_be_refused("listing buckets")
    bench.send("GET", origin + path_of(bench.plain)).must_be_refused("listing objects")
    bench.send("GET", origin + path).must_be_refused("reading")
    bench.send("PUT", origin + path, b"two").must_be_refused("writing")
    bench.send("DELETE", origin + path).must_be_refused("deleting")
    bench.must_hold(key, b"one")
    return "5 requests"


def tampered_signature(bench: Bench) -> str:
    """A changed signature, a changed expiry and a wrong secret must be refused."""
    key = bench.stored("tampered", b"one")
    url = bench.url("GET", key)
    changed = url[:-1] + ("0" if url[-1] != "0" else "1")
    bench.send("GET", changed).must_be_refused("a changed signature")
    longer = url.replace(f"X-Amz-Expires={LINK_S}", "X-Amz-Expires=86400")
    bench.send("GET", longer).must_be_refused("a changed expiry")
    stranger = replace(bench.connection, secret_key=WRONG_SECRET)
    forged = presign(stranger, "GET", path_of(bench.plain, key), expires_s=LINK_S)
    bench.send("GET", forged).must_be_refused("a link made with a wrong secret")
    try:
        S3Store(stranger).stat(bench.plain, key)
    except AccessDenied:
        return "4 forgeries"
    raise ProbeFailed("a request signed with a wrong secret was answered")


def expired_link(bench: Bench) -> str:
    """A link works before its end and not after it."""
    key = bench.stored("expired", b"one")
    path, now = path_of(bench.plain, key), datetime.now(UTC)
    for age_s, status in ((LINK_S // 2, 200), (600, 403)):
        moment = now - timedelta(seconds=age_s)
        url = presign(bench.connection, "GET", path, expires_s=LINK_S, now=moment)
        answer = bench.send("GET", url)
        if status == 200:
            answer.must_be(status, f"a link of {age_s} s age")
        else:
            answer.must_be_refused(f"a link of {age_s} s age")
    return f"{LINK_S} s"


def other_path(bench: Bench) -> str:
    """A link opens one object and no other, in no other bucket."""
    key, other = bench.stored("path-1", b"one"), bench.stored("path-2", b"two")
    bench.stored("path-1", b"three", bucket=bench.locked)
    url = bench.url("GET", key)
    bench.send("GET", url.replace(key.value, other.value)).must_be_refused("another key")
    elsewhere = url.replace(path_of(bench.plain, key), path_of(bench.locked, key))
    bench.send("GET", elsewhere).must_be_refused("another bucket")
    return "key, bucket"


def versioning(bench: Bench) -> str:
    """Overwriting and deleting keep the old version readable."""
    key = bench.key("versions")
    url = bench.url("PUT", key, bucket=bench.locked)
    first = bench.send("PUT", url, b"one").must_be(200, "the first put")
    bench.send("PUT", url, b"two").must_be(200, "the second put")
    bench.must_hold(key, b"two", bucket=bench.locked)
    delete = bench.url("DELETE", key, bucket=bench.locked)
    bench.send("DELETE", delete).must_be(204, "the deletion")
    bench.must_lack(key, bucket=bench.locked)
    _must_hold_version(bench, key, first.headers.get("x-amz-version-id", ""), b"one")
    return "2 versions"


def object_lock(bench: Bench) -> str:
    """A locked version must outlive an attempt to delete it."""
    key = bench.key("lock")
    until = datetime.now(UTC) + LOCK
    headers = {
        "x-amz-object-lock-mode": "COMPLIANCE",
        "x-amz-object-lock-retain-until-date": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "content-md5": _base64(hashlib.md5(b"one", usedforsecurity=False).digest()),
    }
    url = bench.url("PUT", key, bucket=bench.locked, headers=headers)
    answer = bench.send("PUT", url, b"one", headers).must_be(200, "a put with a lock")
    version = answer.headers.get("x-amz-version-id", "")
    query = {"versionId": version}
    delete = bench.url("DELETE", key, bucket=bench.locked, query=query)
    bench.send("DELETE", delete).must_be_refused("deleting a locked version")
    _must_hold_version(bench, key, version, b"one")
    return "COMPLIANCE"


def multipart_complete(bench: Bench) -> str:
    """Parts sent by links are listed and join to the object."""
    upload = bench.store.begin(bench.plain, bench.key("parts"))
    blocks = (bytes(SMALLEST_PART_BYTES), b"end")
    for number, block in enumerate(blocks, start=1):
        _send_part(bench, upload, number, block)
    parts = bench.store.list_parts(upload)
    if [(part.number, part.size_bytes) for part in parts] != [(1, SMALLEST_PART_BYTES), (2, 3)]:
        raise ProbeFailed("the parts are not listed as they were sent")
    bench.store.complete(upload, parts)
    whole = hashlib.sha256(b"".join(blocks)).hexdigest()
    if bench.store.sha256_of(upload.bucket, upload.key) != whole:
        raise ProbeFailed("the object is not its parts")
    return "2 parts"


def multipart_abort(bench: Bench) -> str:
    """An aborted upload leaves no object and takes no part any more."""
    upload = bench.store.begin(bench.plain, bench.key("aborted"))
    _send_part(bench, upload, 1, b"one")
    if len(bench.store.list_parts(upload)) != 1:
        raise ProbeFailed("the part that was sent is not listed")
    bench.store.abort(upload)
    try:
        bench.store.list_parts(upload)
    except UploadMissing:
        late = bench.store.presign_part(upload, 2, size_bytes=3)
        bench.send("PUT", late.url, b"two").must_be_refused("a part after the end")
        bench.must_lack(upload.key)
        return "NoSuchUpload"
    raise ProbeFailed("the aborted upload still lists its parts")


def wrong_part(bench: Bench) -> str:
    """Joining refuses a part with another ETag, and a small part before the last."""
    upload = bench.store.begin(bench.plain, bench.key("wrong-part"))
    for number in (1, 2):
        _send_part(bench, upload, number, b"one")
    parts = bench.store.list_parts(upload)
    _must_refuse_parts(bench, upload, [Part(1, "0" * 32)], "a wrong ETag")
    _must_refuse_parts(bench, upload, parts, "a small part before the last")
    bench.store.complete(upload, parts[:1])
    bench.must_hold(upload.key, b"one")
    return "ETag, size"


def range_read(bench: Bench) -> str:
    """Ranges from the front, the middle and the end give exactly their bytes."""
    content = bytes(range(100))
    key = bench.stored("range", content)
    url = bench.url("GET", key)
    for span, expected in (
        ("0-9", content[:10]),
        ("50-59", content[50:60]),
        ("90-", content[90:]),
        ("-5", content[-5:]),
    ):
        answer = bench.send("GET", url, headers={"range": f"bytes={span}"})
        if answer.must_be(206, f"range {span}").body != expected:
            raise ProbeFailed(f"range {span}: other bytes")
    bench.send("GET", url, headers={"range": "bytes=100-"}).must_be(416, "a range behind the end")
    return "4 ranges"


def korean_key(bench: Bench) -> str:
    """Korean keys are kept byte for byte, and a download carries its Korean name."""
    name = unicodedata.normalize("NFC", "베어링 진동 (1차).csv")
    key = bench.stored(name, b"one")
    listed = bench.store.list_objects(bench.plain, prefix=key.value)
    if [facts.key for facts in listed] != [key]:
        raise ProbeFailed("the key is listed otherwise than it was stored")
    bench.must_lack(ObjectKey(unicodedata.normalize("NFD", key.value)))
    link = bench.store.presign_get(bench.plain, key, file_name=name)
    disposition = bench.send("GET", link).must_be(200, "a link").headers["content-disposition"]
    if "%EB%B2%A0%EC%96%B4%EB%A7%81" not in disposition:
        raise ProbeFailed("the download's name is lost")
    return "NFC"


def server_copy(bench: Bench) -> str:
    """A copy inside the store has the same bytes and never replaces an object unasked."""
    key = bench.stored("copy-from", b"one")
    target = bench.key("copy-to")
    bench.store.copy(bench.plain, key, bench.locked, target, only_new=True)
    bench.must_hold(target, b"one", bucket=bench.locked)
    try:
        bench.store.copy(bench.plain, key, bench.locked, target, only_new=True)
    except ObjectExists:
        return "If-None-Match"
    raise ProbeFailed("a copy replaced an object that was to stay")


def part_checksum(bench: Bench) -> str:
    """A part's SHA-256 in the signed link is enforced, without any header of the sender."""
    upload = bench.store.begin(bench.plain, bench.key("part-checksum"))
    digest = hashlib.sha256(b"good").hexdigest()
    link = bench.store.presign_part(upload, 1, size_bytes=4, sha256=digest)
    bench.send("PUT", link.url, b"evil").must_be_refused("a part with other bytes")
    bench.send("PUT", link.url, b"good").must_be(200, "the right part")
    bench.store.abort(upload)
    return "SHA-256"


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _send_part(bench: Bench, upload: Upload, number: int, block: bytes) -> None:
    link = bench.store.presign_part(upload, number, size_bytes=len(block))
    bench.send("PUT", link.url, block).must_be(200, f"part {number}")


def _must_hold_version(bench: Bench, key: ObjectKey, version: str, content: bytes) -> None:
    url = bench.url("GET", key, bucket=bench.locked, query={"versionId": version})
    if bench.send("GET", url).must_be(200, "the old version").body != content:
        raise ProbeFailed("the old version has other content")


def _must_refuse_parts(bench: Bench, upload: Upload, parts: Sequence[Part], what: str) -> None:
    try:
        bench.store.complete(upload, parts)
    except PartsRefused:
        return
    except StorageError as error:
        raise ProbeFailed(f"{what}: {error.code}") from error
    raise ProbeFailed(f"{what}: accepted")
