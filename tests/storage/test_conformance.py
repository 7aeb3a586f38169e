"""The probes pass on a real server and fail on stores that lie, each way of lying."""

import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest

from storage.bench import Bench
from storage.conformance import PROBES, ProbeResult, run_probes
from storage.objects import Connection
from tests.storage.answering import XML, Asked, Reply, answering, error_xml
from tests.storage.conftest import PREFIX
from tests.storage.lying import Lie, lying


def failed(results: list[ProbeResult]) -> dict[str, str]:
    return {result.name: result.detail for result in results if not result.passed}


def test_there_are_twenty_and_each_is_said_in_both_languages() -> None:
    assert len(PROBES) == len({probe.name for probe in PROBES}) == 20
    assert all("니다." in probe.ko and probe.en.endswith(".") for probe in PROBES)


def test_a_real_store_passes_all(connection: Connection) -> None:
    results = run_probes(connection, bucket_prefix=PREFIX)

    assert [result.name for result in results] == [probe.name for probe in PROBES]
    assert failed(results) == {}


def test_a_store_that_says_yes_to_everything_fails_every_probe() -> None:
    versioned = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"

    def script(asked: Asked) -> Reply:
        return Reply(200, versioned, XML) if asked.path.endswith("?versioning=") else Reply(200)

    with answering(script) as connection:
        results = run_probes(connection)

    assert len(failed(results)) == 20
    assert "no bucket" not in results[0].detail


def test_a_store_that_refuses_everything_fails_every_probe() -> None:
    with answering(lambda *_: Reply(403, error_xml("AccessDenied"), XML)) as connection:
        results = run_probes(connection)

    assert len(failed(results)) == 20
    assert "no bucket to try in" in results[0].detail


def test_a_store_that_allows_everything_and_knows_no_versions_fails_every_probe() -> None:
    with answering(lambda *_: Reply(200)) as connection:
        assert len(failed(run_probes(connection))) == 20


def test_an_absent_store_fails_every_probe() -> None:
    assert len(failed(run_probes(Connection("http://127.0.0.1:9", "access", "secret")))) == 20


def test_a_raw_request_to_a_store_without_the_promised_encryption_fails() -> None:
    with answering(lambda *_: Reply()) as plain:
        encrypted = replace(plain, endpoint=plain.endpoint.replace("http:", "https:"))
        with pytest.raises(ssl.SSLError):
            Bench(encrypted, bucket_prefix=PREFIX).send("GET", f"{encrypted.endpoint}/")


def swap(old: bytes, new: bytes) -> Lie:
    return lambda _, reply: reply._replace(body=reply.body.replace(old, new))


def without(header: str) -> Lie:
    return lambda _, reply: reply._replace(
        headers={name: value for name, value in reply.headers.items() if name.lower() != header}
    )


def always(reply: Reply) -> Lie:
    return lambda *_: reply


FACTS = {"Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT", "ETag": '"e"', "Content-Length": "3"}
YES = Reply(200, b"<Result/>", XML)
LIES: dict[str, tuple[str, Callable[[Asked, Reply], bool], Lie]] = {
    "a put over an object says yes": (
        "only_new_put",
        lambda asked, reply: reply.status == 412 and not copies(asked),
        always(YES),
    ),
    "a copy over an object says yes": (
        "server_copy",
        lambda asked, reply: reply.status == 412 and copies(asked),
        always(YES),
    ),
    "a refusal becomes a fault": (
        "one_method",
        lambda asked, reply: reply.status == 403 and "/method?" in asked.path,
        always(Reply(500)),
    ),
    "a wrong secret may look": (
        "tampered_signature",
        lambda asked, reply: reply.status == 403 and asked.method == "HEAD",
        always(Reply(200, b"", FACTS)),
    ),
    "the signed disposition is lost": (
        "unsigned_override",
        lambda asked, _: "/override?" in asked.path and asked.method == "GET",
        without("content-disposition"),
    ),
    "the Korean name is lost": (
        "korean_key",
        lambda asked, _: "content-disposition" in asked.path and "/override?" not in asked.path,
        without("content-disposition"),
    ),
    "the Korean key is not listed": (
        "korean_key",
        lambda asked, _: "list-type" in asked.path and "1%EC%B0%A8" in asked.path,
        swap(b"Contents", b"Nothing"),
    ),
    "an old version has new content": (
        "versioning",
        lambda asked, _: "/versions?" in asked.path and "versionId" in asked.path,
        swap(b"one", b"two"),
    ),
    "parts are listed with another size": (
        "multipart_complete",
        lambda asked, _: "/parts?" in asked.path,
        swap(b"<Size>3<", b"<Size>4<"),
    ),
    "the whole is not its parts": (
        "multipart_complete",
        lambda asked, _: asked.method == "GET" and asked.path.endswith("/parts"),
        swap(b"end", b"END"),
    ),
    "a part that was sent is not listed": (
        "multipart_abort",
        lambda asked, _: "/aborted?" in asked.path and asked.method == "GET",
        swap(b"Part>", b"Other>"),
    ),
    "an aborted upload is listed": (
        "multipart_abort",
        lambda asked, reply: "/aborted?" in asked.path and reply.status == 404,
        always(YES),
    ),
    "a wrong part is joined": (
        "wrong_part",
        lambda asked, _: "/wrong-part?uploadId" in asked.path or is_look(asked, "/wrong-part"),
        lambda asked, reply: {"POST": YES, "HEAD": Reply(200, b"", FACTS)}.get(asked.method, reply),
    ),
    "a wrong part is a fault": (
        "wrong_part",
        lambda asked, reply: "/wrong-part?" in asked.path and reply.status == 400,
        always(Reply(500, error_xml("InternalError"), XML)),
    ),
    "a range has other bytes": (
        "range_read",
        lambda _, reply: reply.status == 206,
        lambda _, reply: reply._replace(body=reply.body[::-1]),
    ),
    "what was stored is something else": (
        "other_path",
        lambda asked, _: "/path-1?" in asked.path and asked.method == "GET",
        swap(b"one", b"two"),
    ),
}


def is_look(asked: Asked, name: str) -> bool:
    return asked.method == "HEAD" and asked.path.endswith(name)


def copies(asked: Asked) -> bool:
    return any(name.lower() == "x-amz-copy-source" for name in asked.headers)


@pytest.mark.parametrize("lie", LIES)
def test_a_store_with_one_lie_fails_that_probe_alone(embedded: Connection, lie: str) -> None:
    name, applies, change = LIES[lie]

    with lying(embedded, applies, change) as connection:
        results = run_probes(connection, bucket_prefix=PREFIX)

    assert set(failed(results)) == {name}
