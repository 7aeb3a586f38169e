"""What only a raw socket sends: no Host, two of them, headers without end, bodies that lie."""

import json
import time
from collections.abc import Iterator

import pytest

from marketplace.http.protocol import HEAD_S
from marketplace.settings import Settings
from tests.web_process import WebProcess, web_process

# One real server for all of them.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def web(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    with web_process(settings, tmp_path_factory.mktemp("raw")) as process:
        yield process


def head(web: WebProcess, *lines: str, path: str = "/health/live", method: str = "GET") -> bytes:
    first = f"{method} {path} HTTP/1.1"
    return "\r\n".join((first, *lines, "connection: close", "", "")).encode("latin-1")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def host(web: WebProcess) -> str:
    return f"host: 127.0.0.1:{web.port}"


def test_the_usual_request_is_answered(web: WebProcess) -> None:
    assert status(web.send(head(web, host(web), path="/"))) == 200


def test_a_missing_host_is_refused(web: WebProcess) -> None:
    assert status(web.send(head(web, path="/"))) == 400
    old = b"GET / HTTP/1.0\r\n\r\n"
    assert status(web.send(old)) == 400


def test_two_hosts_are_refused(web: WebProcess) -> None:
    assert status(web.send(head(web, host(web), "host: evil.example", path="/"))) == 400
    assert status(web.send(head(web, "host: evil.example", host(web), path="/"))) == 400


def test_an_absolute_address_does_not_replace_the_host(web: WebProcess) -> None:
    answer = web.send(head(web, "host: evil.example", path=f"http://127.0.0.1:{web.port}/"))
    assert status(answer) in {400, 404}
    assert b"evil.example" not in answer


@pytest.mark.parametrize(
    "line",
    [
        "x-request-id: abcdefgh\r\nset-cookie: session=forged",
        "x-request-id: abcdefgh%0d%0aset-cookie: x",
        "x-request-id: <script>alert(1)</script>",
        "x-request-id: " + "a" * 65,
    ],
)
def test_a_given_request_number_injects_nothing(web: WebProcess, line: str) -> None:
    answer = web.send(head(web, host(web), line, path="/api/v1/nothing"))
    assert status(answer) == 404
    assert b"session=forged" not in answer
    assert b"<script" not in answer
    assert b"x-request-id: abcdefgh%0d" not in answer
    assert b"a" * 65 not in answer


def test_a_redirect_takes_no_line_break(web: WebProcess) -> None:
    body = "next=%2F%0d%0aset-cookie%3A+x%3D1&theme=dark"
    answer = web.send(
        head(
            web, host(web), "content-type: application/x-www-form-urlencoded",
            f"content-length: {len(body)}", path="/preferences", method="POST",
        )
        + body.encode()
    )  # fmt: skip
    assert status(answer) == 403  # no token; and in no case a header of theirs
    assert b"set-cookie: x=1" not in answer.lower()


def test_headers_without_end_are_cut_off(web: WebProcess) -> None:
    for filler in ("x-filler: " + "a" * 70_000, "\r\n".join(["x-filler: " + "a" * 700] * 100)):
        assert status(web.send(head(web, host(web), filler))) == 400
    endless = b"GET / HTTP/1.1\r\nx-filler: " + b"a" * 5_000_000
    assert status(web.send(endless)) in {0, 400}
    assert status(web.send(head(web, host(web)))) == 200


def test_a_head_that_does_not_come_ends_the_connection(web: WebProcess) -> None:
    begun_at = time.monotonic()
    assert web.send(b"GET / HTTP/1.1\r\n", timeout_s=60) == b""
    assert web.send(b"", timeout_s=60) == b""
    assert 2 * HEAD_S - 1 < time.monotonic() - begun_at < 4 * HEAD_S


def test_two_requests_on_one_connection_are_both_answered(web: WebProcess) -> None:
    one = head(web, host(web)).replace(b"connection: close\r\n", b"")
    answer = web.send(one + head(web, host(web)))
    assert answer.count(b"HTTP/1.1 200") == 2


def test_many_headers_and_cookies_do_no_harm(web: WebProcess) -> None:
    cookies = "cookie: " + "; ".join(f"c{n}=v" for n in range(2_000))
    assert status(web.send(head(web, host(web), cookies, path="/"))) in {200, 400, 431}


def test_a_body_longer_than_the_limit_is_refused_without_a_length(web: WebProcess) -> None:
    """Bodies without a length had no bound in the framework's older releases (CVE-2024-52581)."""
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    request = head(
        web, host(web), "content-type: multipart/form-data; boundary=x",
        "transfer-encoding: chunked", path="/preferences", method="POST",
    )  # fmt: skip
    answer = web.send(request + chunk * 200 + b"0\r\n\r\n")
    assert status(answer) in {0, 400, 413}  # 0: closed in the middle, which is as good
    assert status(web.send(head(web, host(web)))) == 200


@pytest.mark.parametrize(
    "lines",
    [
        ("content-length: 5", "transfer-encoding: chunked"),
        ("content-length: 5", "content-length: 6"),
        ("content-length: -1",),
        ("content-length: abc",),
        ("transfer-encoding: chunked, identity",),
    ],
)
def test_a_length_that_lies_smuggles_nothing(web: WebProcess, lines: tuple[str, ...]) -> None:
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n"
    request = head(
        web, host(web), "content-type: application/json", *lines, path="/csp-reports", method="POST"
    ).replace(b"connection: close\r\n", b"")
    answer = web.send(request + smuggled)
    assert status(answer) in {0, 204, 400, 413, 501}
    assert b"/smuggled" not in web.logged().encode() or b"smuggled" not in answer


def test_deep_json_is_a_problem_and_the_server_lives_on(web: WebProcess) -> None:
    body = b"[" * 100_000
    answer = web.send(
        head(
            web, host(web), "content-type: application/json", f"content-length: {len(body)}",
            path="/api/v1/sign-up", method="POST",
        )
        + body
    )  # fmt: skip
    assert status(answer) in {400, 404, 405}
    if status(answer) == 400:
        problem = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert problem["fields"][0]["code"] == "too_deep"
    assert status(web.send(head(web, host(web)))) == 200


def test_nothing_tells_which_software_answers(web: WebProcess) -> None:
    answer = web.send(head(web, host(web), path="/")).lower()
    assert b"\r\nserver:" not in answer
    assert b"x-powered-by" not in answer


def test_nothing_of_all_this_was_our_error(web: WebProcess) -> None:
    assert "unexpected error" not in web.logged()
    assert "Traceback" not in web.logged()
