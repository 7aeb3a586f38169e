"""Hostile bodies, types, names and methods: refused before a route runs, with the field and why."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from litestar import Litestar, post
from litestar.params import JSONBody
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.auth import EVERYONE, SIGNED_IN, Role, allow
from marketplace.db import Database
from marketplace.http import csrf
from marketplace.routes import ROUTES
from marketplace.settings import Settings
from tests.factories import SESSION_KEY, a_member, new_session, sign_in
from tests.marketplace.things import TEST_ROUTES

HANGUL_AND_LATIN = ("ko", "en")


class LineIn(msgspec.Struct, forbid_unknown_fields=True):
    count: Annotated[int, msgspec.Meta(ge=1, le=9)]


class SentIn(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=5)]
    lines: Annotated[list[LineIn], msgspec.Meta(max_length=2)] = []


@post("/api/v1/sent", opt=allow(EVERYONE))
async def take(data: JSONBody[SentIn]) -> None:
    return None


@post("/api/v1/mine", opt=allow(SIGNED_IN))
async def take_mine(data: JSONBody[SentIn]) -> None:
    return None


@pytest.fixture(scope="module")
def open_app(settings: Settings, parts: Parts) -> Litestar:
    return create_app(settings, parts, (*ROUTES, *TEST_ROUTES, take, take_mine))


@pytest.fixture
async def api(open_app: Litestar, clean: None) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(open_app, base_url="http://127.0.0.1:8000") as client:
        yield client


async def send(
    api: AsyncTestClient[Litestar], body: bytes, media_type: str = "application/json"
) -> tuple[int, Any]:
    response = await api.post("/api/v1/sent", content=body, headers={"content-type": media_type})
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b'{"name": 1}', "name", "wrong_type"),
        (b'{"name": null}', "name", "wrong_type"),
        (
            b'{"name": "ab", "lines": [{"count": 1}, {"count": "2"}]}',
            "lines[1].count",
            "wrong_type",
        ),
        (b'{"name": "ab", "lines": [{"count": 1.5}]}', "lines[0].count", "wrong_type"),
        (b'{"name": "ab", "lines": [{"count": true}]}', "lines[0].count", "wrong_type"),
        (b'{"name": "a"}', "name", "too_short"),
        (b'{"name": "abcdef"}', "name", "too_long"),
        (b'{"name": "ab", "status": "paid"}', "status", "unknown_field"),
        (b'{"lines": []}', "name", "required"),
        (b'{"name": "ab", "lines": [{"count": 1}, {"count": 0}]}', "lines[1].count", "too_small"),
        (b'{"name": "ab", "lines": [{"count": 10}]}', "lines[0].count", "too_large"),
        (b'{"name": "ab", "lines": [{"count": 1, "id": 1}]}', "lines[0].id", "unknown_field"),
        (b'{"name": "ab", "lines": [{}, {}, {}]}', "lines", "too_long"),
        (b'{"name": "\\u0000b"}', "name", "control_character"),
        (b'{"name": "\\ud800"}', "name", "control_character"),
        (b'{"name": "ab", "lines": [{"\\udfff": 1}]}', "lines[0].?", "control_character"),
        (b'{"name": "ab", "name": "cd"}', "name", "duplicate_field"),
        (b"[]", "body", "wrong_type"),
        (b"null", "body", "wrong_type"),
        (b"", "body", "required"),
        (b"{", "body", "not_json"),
        (b'{"name": NaN}', "body", "not_json"),
        (b'{"name": ' + b"1" * 5_000 + b"}", "body", "not_json"),
        (b'{"name": "\xff\xfe"}', "body", "not_utf8"),
        (b"\xef\xbb\xbf{}", "body", "not_json"),
        (b"[" * 100_000, "body", "too_deep"),
        (b'{"a":' * 100_000, "body", "too_deep"),
        (b"[" * 33 + b"]" * 33, "[0]" * 32, "too_deep"),
    ],
)
async def test_a_wrong_body_is_refused_by_field_and_reason(
    api: AsyncTestClient[Litestar], body: bytes, field: str, code: str
) -> None:
    status, problem = await send(api, body)

    assert status == 400
    assert problem["code"] == "malformed"
    first = problem["fields"][0]
    assert (first["field"], first["code"]) == (field, code)
    assert first["ko"].endswith(("십시오.", "니다.", "Z"))
    assert first["en"].strip()


async def test_nesting_at_the_limit_is_read(api: AsyncTestClient[Litestar]) -> None:
    _, problem = await send(api, b"[" * 32 + b"]" * 32)
    assert problem["fields"][0]["code"] == "wrong_type"


async def test_a_whole_number_may_be_written_with_a_point(api: AsyncTestClient[Litestar]) -> None:
    assert (await send(api, b'{"name": "ab", "lines": [{"count": 1.0}]}'))[0] == 201


async def test_a_surrogate_pair_is_one_character(api: AsyncTestClient[Litestar]) -> None:
    assert (await send(api, b'{"name": "\\ud83d\\ude00b"}'))[0] == 201


@pytest.mark.parametrize(("size", "status"), [(1_048_576, 400), (1_048_577, 413)])
async def test_the_longest_json_body(
    api: AsyncTestClient[Litestar], size: int, status: int
) -> None:
    body = b'{"name": "' + b"a" * (size - 12) + b'"}'
    assert len(body) == size
    found, problem = await send(api, body)

    assert found == status
    if status == 413:
        assert problem["code"] == "too_large"
        assert problem["facts"]["limit_bytes"] == 1_048_576


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"]
)
async def test_a_body_of_another_type_is_refused(
    api: AsyncTestClient[Litestar], media_type: str
) -> None:
    status, problem = await send(api, b'{"name": "ab"}', media_type)

    assert status == 415
    assert problem["code"] == "unsupported_media_type"
    assert "application/json" in problem["en"]


async def test_the_media_type_may_have_parameters(api: AsyncTestClient[Litestar]) -> None:
    status, _ = await send(api, b'{"name": "ab"}', "Application/JSON; charset=utf-8")
    assert status == 201


async def send_form(
    api: AsyncTestClient[Litestar], body: bytes, media_type: str = csrf.URLENCODED
) -> Any:
    token = csrf.token_for(SESSION_KEY, "browser")
    headers = {"content-type": media_type, csrf.HEADER: token, "cookie": "visitor=browser"}
    return await api.post("/preferences", content=body, headers=headers, follow_redirects=False)


def parts_of_form(*values: bytes, charset: bytes = b"") -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="next"\r\n' + charset + b"\r\n"
    return b"".join(head + value + b"\r\n" for value in values) + b"--x--\r\n"


MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"&".join([b"theme=dark"] * 200), csrf.URLENCODED, 303),
        (b"&".join([b"theme=dark"] * 201), csrf.URLENCODED, 400),
        (b"theme=%ff", csrf.URLENCODED, 400),
        (b"theme=%ed%a0%80", csrf.URLENCODED, 400),
        (b"theme=\xff", csrf.URLENCODED, 400),
        (b"next=/" + b"a" * 2_097_152, csrf.URLENCODED, 413),
        (parts_of_form(*[b"/"] * 200), MULTIPART, 303),
        (parts_of_form(*[b"/"] * 201), MULTIPART, 400),
        (parts_of_form(b"\xff"), MULTIPART, 400),
        (parts_of_form(b"a", charset=b"Content-Type: text/plain; charset=nonsense\r\n"), MULTIPART, 400),
        (parts_of_form(b"a" * 2_097_152), MULTIPART, 413),
        (b"garbage", MULTIPART, 400),
        (b"garbage", "multipart/form-data", 400),
        (b'{"theme": "dark"}', "application/json", 415),
    ],
    ids=range(14),
)  # fmt: skip
async def test_forms_at_and_over_their_limits(
    api: AsyncTestClient[Litestar], body: bytes, media_type: str, status: int
) -> None:
    assert (await send_form(api, body, media_type)).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET", "HEAD", "TRACE"])
async def test_another_method_names_the_right_ones(
    api: AsyncTestClient[Litestar], method: str
) -> None:
    response = await api.request(method, "/api/v1/sent")

    assert response.status_code == 405
    assert "POST" in response.headers["allow"]
    assert method == "HEAD" or response.json()["code"] == "method_not_allowed"


async def test_options_names_the_methods_and_grants_no_origin(
    api: AsyncTestClient[Litestar],
) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = await api.options("/api/v1/sent", headers=asked)

    assert response.status_code == 204
    assert "POST" in response.headers["allow"]
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("LOCALHOST:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1:8000.evil.example", 400),
        ("127.0.0.1:80001", 400),
        ("127x0x0x1:8000", 400),  # what a pattern for 127.0.0.1 would take (CVE-2026-25479)
        ("127.0.0.1", 400),
    ],
)
async def test_the_host_is_compared_literally(
    api: AsyncTestClient[Litestar], host: str, status: int
) -> None:
    response = await api.get("/", headers={"host": host})
    assert response.status_code == status


async def test_probes_may_use_the_machines_own_name(api: AsyncTestClient[Litestar]) -> None:
    response = await api.get("/health/live", headers={"host": "10.0.0.7:8000"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127x0x0x1:8000",  # what a pattern for our own would take (CVE-2026-25478)
        "http://127.0.0.1:8000.evil.example",
        "null",
        "",
    ],
)
async def test_a_form_of_another_origin_is_refused(
    api: AsyncTestClient[Litestar], origin: str
) -> None:
    headers = {
        "origin": origin,
        "cookie": "visitor=browser",
        csrf.HEADER: csrf.token_for(SESSION_KEY, "browser"),
    }
    response = await api.post("/preferences", data={"theme": "dark"}, headers=headers)
    assert response.status_code == 403


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)  # fmt: skip
async def test_no_foreign_page_acts_for_a_signed_in_person(
    api: AsyncTestClient[Litestar], database: Database, media_type: str
) -> None:
    """A page elsewhere can send these types with the person's cookies, and no token (CKAN)."""
    user, _ = await a_member(database, Role.buyer)
    cookie = await new_session(database, user.id)
    body = parts_of_form(b"ab") if "multipart" in media_type else b'{"name": "ab"}'
    response = await api.post(
        "/api/v1/mine",
        content=body,
        headers={"content-type": media_type, "cookie": f"session={cookie}"},
    )
    assert response.status_code in {403, 415}


async def test_json_with_a_session_and_no_token_is_refused(
    api: AsyncTestClient[Litestar], database: Database
) -> None:
    user, _ = await a_member(database, Role.buyer)
    cookie = await new_session(database, user.id)
    response = await api.post(
        "/api/v1/mine", json={"name": "ab"}, headers={"cookie": f"session={cookie}"}
    )
    assert (response.status_code, response.json()["code"]) == (403, "cross_site_refused")


async def test_a_body_cannot_name_whose_row_it_is(
    api: AsyncTestClient[Litestar], database: Database, admin: psycopg.Connection
) -> None:
    """CKAN took over accounts by an id in the body (CVE-2022-43685)."""
    victim, _ = await a_member(database, Role.owner)
    user, _ = await a_member(database, Role.buyer)
    await sign_in(api, database, user.id)
    for field in ("id", "user_id", "organization_id", "roles", "state"):
        response = await api.post(
            "/api/v1/things",
            json={"name": "a", field: str(victim.id)},
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert response.status_code == 400, field
        assert response.json()["fields"][0]["field"] == field
    assert admin.execute("select 1 from audit_event").fetchall() == []


async def test_the_cross_site_token_and_the_cookie_print_as_text(
    api: AsyncTestClient[Litestar],
) -> None:
    """A cookie's value reached the page unescaped in the framework's own token (CVE-2026-48060)."""
    hostile = '"><script>alert(1)</script>'
    response = await api.get("/", headers={"cookie": f"visitor={hostile}; theme={hostile}"})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%5c..%5c..%5csettings.py",
        "/static//etc/passwd",
    ],
)
async def test_static_files_stay_in_their_folder(api: AsyncTestClient[Litestar], path: str) -> None:
    response = await api.get(path)  # CVE-2024-32982
    assert response.status_code in {400, 404}
    assert "root:" not in response.text


@pytest.mark.parametrize("path", ["/%00", "/?a=%00", "/%ff", "/?a=%ed%a0%80"])
async def test_unreadable_addresses_are_refused(api: AsyncTestClient[Litestar], path: str) -> None:
    assert (await api.get(path)).status_code in {400, 404}


async def test_a_report_of_the_content_policy_is_bounded_and_limited(
    api: AsyncTestClient[Litestar], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "marketplace.security")
    report = {
        "csp-report": {
            "document-uri": "http://127.0.0.1:8000/reset-password/new?token=secret-token",
            "violated-directive": "script-src",
            "blocked-uri": "inline\r\nFAKE line",
            "script-sample": "secret",
        }
    }
    headers = {"content-type": "application/csp-report", "origin": "null", "cookie": "session=x"}
    for _ in range(20):
        response = await api.post("/csp-reports", content=json.dumps(report), headers=headers)
        assert response.status_code == 204
    limited = await api.post("/csp-reports", content=json.dumps(report), headers=headers)
    assert limited.status_code == 429

    found = [r.__dict__["report"] for r in caplog.records if "policy" in r.getMessage()]
    assert len(found) == 20
    assert found[0]["document-uri"] == "http://127.0.0.1:8000/reset-password/new"
    assert "script-sample" not in found[0]
