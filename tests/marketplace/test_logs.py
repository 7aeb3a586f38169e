"""Logs: one line for each request, no secret in any line, no line that somebody else wrote."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database
from marketplace.logs import LogFormat, bound, configure, without_secrets
from marketplace.settings import Settings
from tests.factories import a_member, sign_in


class Written(io.StringIO):
    """What was logged, as lines and as objects."""

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines()]


@pytest.fixture
def kept_loggers() -> Iterator[None]:
    root = logging.getLogger()
    kept = (list(root.handlers), root.level)
    yield
    root.handlers[:], root.level = kept


@pytest.fixture
def written(kept_loggers: None) -> Written:
    stream = Written()
    configure("json", process="web", stream=stream)
    return stream


async def test_each_request_is_one_line_without_its_query(
    client: AsyncTestClient[Litestar], database: Database, written: Written
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await sign_in(client, database, user.id)
    response = await client.get("/?token=very-secret-token&done=saved")

    (line,) = [o for o in written.objects() if o["logger"] == "marketplace.access"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/", 200)
    assert line["user_id"] == str(user.id)
    assert line["address"] == "127.0.0.1"
    assert line["took_ms"] > 0
    assert (line["process"], line["level"]) == ("web", "info")
    assert "very-secret" not in written.getvalue()


SECRETS = [
    "mdx_abcdefghijklmnopqrstuvwxyz0123",
    "Authorization: Bearer abcdef0123456789",
    "Basic dXNlcjpwYXNzd29yZA==",
    "https://s3/x?X-Amz-Credential=AKIA123456&X-Amz-Signature=deadbeefcafe",
    "cookie: __Host-session=abcdefabcdef; visitor=zyxwzyxw",
    "/reset-password/new?token=s3cr3t-link&x=1",
    "postgresql+psycopg://marketplace_app:pa55word@db/x",
    'duplicate key DETAIL:  Key (email)=(person@example.com) already exists.',
    "Failing row contains (1, person@example.com, hash).",
]  # fmt: skip
HIDDEN_PARTS = [
    "abcdefghijklmnopqrstuvwxyz0123", "abcdef0123456789", "dXNlcjpwYXNzd29yZA", "deadbeefcafe",
    "AKIA123456", "abcdefabcdef", "zyxwzyxw", "s3cr3t-link", "pa55word", "person@example.com",
]  # fmt: skip


def log_trace(error: Exception) -> None:
    def fail() -> None:
        raise error

    try:
        fail()
    except RuntimeError:
        logging.getLogger("anybody").exception("trace")


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_secret_reaches_a_line_by_message_field_or_trace(
    kept_loggers: None, log_format: LogFormat
) -> None:
    stream = Written()
    configure(log_format, process="web", stream=stream)
    logger = logging.getLogger("anybody")
    for secret in SECRETS:
        logger.info("said %s", secret)
        logger.info("field", extra={"harmless": secret, "nested": {"list": [secret]}})
        log_trace(RuntimeError(secret))
    logger.info(
        "named",
        extra={
            "password": "hunter2hunter2",
            "api_token": "plain-value",
            "Set-Cookie": "plain-value",
        },
    )
    for part in (*HIDDEN_PARTS, "hunter2hunter2", "plain-value"):
        assert part not in stream.getvalue(), part
    assert "[hidden]" in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x1b[31m", "\u2028", "\u202e", "\x85", "\ud800"])
def test_nobody_writes_a_second_line(kept_loggers: None, log_format: LogFormat, sign: str) -> None:
    stream = Written()
    configure(log_format, process="web", stream=stream)
    forged = f"a{sign}12:00:00 WARNING forged"
    logging.getLogger("anybody").info("path %s", forged, extra={"path": forged, sign: 1})

    assert len(stream.getvalue().splitlines()) == 1
    assert sign not in stream.getvalue().rstrip("\n")


def test_a_trace_in_text_is_indented_below_its_line(kept_loggers: None) -> None:
    stream = Written()
    configure("text", process="web", stream=stream)
    log_trace(RuntimeError("first\nforged 12:00:00"))
    first, *rest = stream.lines()
    assert first.endswith("anybody: trace")
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in stream.getvalue()  # no colours where nobody looks


def test_facts_bound_to_a_request_stand_in_every_line_of_it(written: Written) -> None:
    logger = logging.getLogger("anybody")
    with bound(request_id="r1"):
        logger.info("inside")
    logger.info("outside")
    inside, outside = written.objects()
    assert inside["request_id"] == "r1"
    assert "request_id" not in outside


def test_the_servers_own_lines_take_the_same_way(written: Written) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 1)
    logging.getLogger("uvicorn.access").info("GET /?token=secret 200")
    logging.getLogger("httpx").info("HTTP Request: GET https://s3/?X-Amz-Signature=x")
    assert [o["event"] for o in written.objects()] == ["Started server process [1]"]


def test_a_huge_text_is_cut() -> None:
    assert len(without_secrets("a" * 1_000_000)) < 9_000


async def test_refused_access_is_a_security_event_with_its_code(
    client: AsyncTestClient[Litestar], database: Database, written: Written
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await sign_in(client, database, user.id)
    del client.headers["x-csrf-token"]
    await client.post("/preferences", data={"theme": "dark"})
    await client.get("/api/v1/nothing")

    (event,) = [o for o in written.objects() if o["logger"] == "marketplace.security"]
    assert (event["event"], event["code"]) == ("refused", "cross_site_refused")
    assert (event["status"], event["level"]) == (403, "warning")
    assert event["user_id"] == str(user.id)
    assert event["address"] == "127.0.0.1"


def test_an_unserializable_fact_does_not_stop_the_line(written: Written) -> None:
    logging.getLogger("anybody").info("odd", extra={"thing": object(), "of": {sys}})
    assert len(written.lines()) == 1


async def test_the_application_starts_without_putting_handlers_of_its_own(
    settings: Settings, parts: Parts, written: Written
) -> None:
    handlers = list(logging.getLogger().handlers)
    async with AsyncTestClient(create_app(settings, parts)) as browser:
        await browser.get("/static/mark.svg")

    assert logging.getLogger().handlers == handlers
    assert [line["path"] for line in written.objects() if "path" in line] == ["/static/mark.svg"]
