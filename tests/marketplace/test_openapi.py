"""The description of the API says what the routes do, and its page shows it without a script."""

import re
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar, get, patch
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.auth import Role, TokenScope, allow, declared_routes, holders
from marketplace.errors import Conflict, NotFound
from marketplace.http import openapi
from marketplace.http.openapi import answers
from marketplace.routes import ROUTES
from marketplace.settings import Settings
from tests.marketplace.things import TEST_ROUTES


class ThingClosed(Conflict):
    code = "thing_closed_for_tests"
    ko = "닫힌 것은 바꿀 수 없습니다."
    en = "A closed thing cannot be changed."


class ChangeIn(msgspec.Struct, forbid_unknown_fields=True):
    """What to change."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=20, description="the title")]
    count: int | None = None


class ThingOut(msgspec.Struct, frozen=True):
    """A thing."""

    id: UUID
    title: str


OWNERS = holders(Role.owner, token_scope=TokenScope.organization_write)
OWNERS_FRESH = holders(Role.owner, fresh=True)


@patch("/api/v1/described/{thing_id:uuid}", opt=allow(OWNERS) | answers(ThingClosed))
async def change_thing(thing_id: FromPath[UUID], data: JSONBody[ChangeIn]) -> ThingOut:
    """Change a thing.

    Only what is given changes.
    """
    return ThingOut(thing_id, data.title)


@get("/api/v1/described", opt=allow(OWNERS_FRESH))
async def list_things(
    limit: FromQuery[Annotated[int, msgspec.Meta(ge=1, le=100)]] = 50,
) -> list[ThingOut]:
    """List the things."""
    return []


@pytest.fixture(scope="module")
def described(settings: Settings, parts: Parts) -> dict[str, Any]:
    app = create_app(settings, parts, [*ROUTES, *TEST_ROUTES, change_thing, list_things])
    return openapi.document(app)


def test_limits_and_refused_fields_stand_in_the_shape_of_a_body(described: dict[str, Any]) -> None:
    entry = described["paths"]["/api/v1/described/{thing_id}"]["patch"]
    shape = described["components"]["schemas"]["ChangeIn"]

    body = entry["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/ChangeIn"}
    assert shape["additionalProperties"] is False
    assert shape["required"] == ["title"]
    assert shape["properties"]["title"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 20,
        "description": "the title",
    }


def test_an_operation_says_who_may_and_how_it_refuses(described: dict[str, Any]) -> None:
    entry = described["paths"]["/api/v1/described/{thing_id}"]["patch"]
    codes = {status: answer.get("x-codes") for status, answer in entry["responses"].items()}

    assert (entry["operationId"], entry["summary"]) == (
        "described_change_thing",
        "Change a thing",
    )
    assert entry["description"] == "Only what is given changes."
    assert entry["security"] == [{"session": []}, {"token": ["organization:write"]}]
    assert entry["x-roles"] == ["owner"]
    assert codes == {
        "200": None,
        "400": ["malformed", "unknown_host"],
        "401": ["not_signed_in"],
        "403": [
            "cross_site_refused",
            "token_scope_missing",
            "forbidden",
            "consent_required",
            "second_factor_required",
        ],
        "404": ["not_found"],
        "409": ["thing_closed_for_tests"],
        "413": ["too_large"],
        "415": ["unsupported_media_type"],
        "422": ["invalid"],
        "429": ["too_many_requests"],
        "503": ["database_unavailable", "database_busy"],
    }


def test_a_query_parameter_shows_its_limits(described: dict[str, Any]) -> None:
    entry = described["paths"]["/api/v1/described"]["get"]
    assert entry["parameters"] == [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
        }
    ]
    assert entry["security"] == [{"session": []}]
    assert "reauthentication_required" in entry["responses"]["403"]["x-codes"]


def test_an_act_shows_its_idempotency_key(described: dict[str, Any]) -> None:
    entry = described["paths"]["/api/v1/things"]["post"]
    (key,) = entry["parameters"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    assert "idempotency_key_missing" in entry["responses"]["400"]["x-codes"]
    assert entry["responses"]["409"]["x-codes"] == ["idempotency_key_running"]
    assert "idempotency_key_reused" in entry["responses"]["422"]["x-codes"]
    assert set(described["paths"]["/api/v1/things/{name}/copies"]["post"]["responses"]["204"]) == {
        "description"
    }


def test_every_route_of_the_api_is_described_with_a_summary(app: Litestar) -> None:
    paths = openapi.document(app)["paths"]
    routes = {
        (
            route.method,
            route.path.replace(":uuid}", "}").replace(":str}", "}").replace(":int}", "}"),
        )
        for route in declared_routes(app)
        if route.path.startswith(openapi.API)
    }
    found = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    silent = [e["operationId"] for m in paths.values() for e in m.values() if not e["summary"]]

    assert found == routes
    assert silent == []


def test_every_shape_that_is_referred_to_is_there(app: Litestar) -> None:
    document = openapi.document(app)
    names = re.findall(r"#/components/schemas/([^\"]+)", msgspec.json.encode(document).decode())
    assert set(names) == set(document["components"]["schemas"])
    assert [name for name in names if "." in name] == []


async def test_the_description_is_served_to_programs(client: AsyncTestClient[Litestar]) -> None:
    response = await client.get("/api/openapi.json")

    assert response.status_code == 200
    document = response.json()
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"session", "token"}
    assert document["components"]["schemas"]["Problem"]["required"][:2] == ["type", "title"]


@pytest.mark.parametrize(("language", "words"), [("ko", "오류 코드"), ("en", "Error codes")])
async def test_the_page_shows_what_a_word_finds(
    client: AsyncTestClient[Litestar], language: str, words: str
) -> None:
    headers = {"accept-language": language}
    whole = await client.get("/api/docs", headers=headers)
    found = await client.get("/api/docs?q=last_owner", headers=headers)
    nothing = await client.get("/api/docs?q=no-such-word-anywhere", headers=headers)

    assert words in whole.text
    assert "<details" not in whole.text
    assert "<details" in found.text
    assert "curl -X POST" in found.text
    assert "<details" not in nothing.text


async def test_a_page_shows_every_error_code_in_the_language(
    client: AsyncTestClient[Litestar],
) -> None:
    page = await client.get("/api/docs/errors", headers={"accept-language": "en"})
    assert 'id="error-not_found"' in page.text
    assert NotFound.en in page.text


async def test_the_description_can_be_switched_off(settings: Settings, parts: Parts) -> None:
    off = settings.model_copy(update={"docs_page": False})
    app = create_app(off, replace(parts), ROUTES)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        for path in ("/api/docs", "/api/docs/errors", "/api/openapi.json"):
            assert (await client.get(path)).status_code == 404


def test_production_shows_no_description_unless_told() -> None:
    facts: dict[str, Any] = {
        "database_url": "x",
        "s3_endpoint": "x",
        "s3_access_key": "x",
        "s3_secret_key": "x",
        "session_key": "x",
        "encryption_keys": "x",
        "public_url": "https://exchange.example.org",
    }
    production = Settings(_env_file=None, env="production", **facts)
    told = Settings(_env_file=None, env="production", docs_page=True, **facts)
    assert (production.docs_page, told.docs_page) == (False, True)


def test_anonymous_operations_need_no_security(described: dict[str, Any]) -> None:
    assert described["paths"]["/api/v1/arrivals"]["post"]["security"] == []
