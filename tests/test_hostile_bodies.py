"""What a hostile or broken program may send to every write route, made from the description."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import DeclaredRoute, Policy, declared_routes
from marketplace.db import Database
from marketplace.http import csrf, openapi
from marketplace.http.csrf import SAFE_METHODS
from marketplace.http.openapi import JSON, Operation
from marketplace.settings import Settings
from marketplace.web.reference import example_of
from tests.actors import ACTORS, Present, bring, fresh_key
from tests.factories import SESSION_KEY, parallel_client
from tests.test_access import filled, state_of

# What a program would like to decide and may not, unless the body of the operation has it.
COVETED = {
    "id": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "owner_id": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "user_id": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "organization_id": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "role": "administrator",
    "roles": ["administrator"],
    "function": "exchange_operator",
    "state": "active",
    "status": "active",
    "is_admin": True,
    "approved_at": "2026-11-26T00:00:00Z",
    "representative_verified_at": "2026-11-26T00:00:00Z",
    "override_by": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "price_won": 1,
    "subsidy_rate": 1.0,
    "_csrf": "x",
}
WRONG = {"unexpected": ["kind", "of", "value"]}
DEEP = b"[" * 100_000
BROKEN = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    DEEP,
)


def caller_of(policy: Policy) -> str:
    """Return the name of somebody whom the gate lets through."""
    return next(actor.name for actor in ACTORS if actor.refusal(policy) is None)


async def callers(database: Database, policies: list[Policy]) -> dict[str, Present]:
    wanted = {caller_of(policy) for policy in policies}
    return {a.name: await bring(database, a) for a in ACTORS if a.name in wanted}


class Case:
    """One body, and the field that the refusal must name."""

    def __init__(self, body: bytes, status: int, field: str | None = None) -> None:
        self.body, self.status, self.field = body, status, field


def with_field(base: dict[str, Any], name: str, value: Any) -> bytes:
    return json.dumps({**base, name: value}).encode()


def cases(schema: dict[str, Any], shapes: dict[str, Any], *, limit_bytes: int) -> Iterator[Case]:
    base: dict[str, Any] = example_of(schema, shapes)
    properties = shapes[schema["$ref"].rsplit("/", 1)[1]]["properties"]
    for name, value in COVETED.items():
        if name not in properties:
            yield Case(with_field(base, name, value), 400, name)
    for name in properties:
        wrong = 17 if properties[name].get("type") == "object" else WRONG
        yield Case(with_field(base, name, wrong), 400, name)
        yield Case(with_field(base, name, "a\0b"), 400, name)
        yield Case(with_field(base, name, "a\ud800b"), 400, name)
    for missing in set(base):
        rest = {name: value for name, value in base.items() if name != missing}
        yield Case(json.dumps(rest).encode(), 400, missing)
    yield from (Case(body, 400) for body in BROKEN)
    name = next(iter(properties), "a")
    yield Case(b'{"' + name.encode() + b'": ' + DEEP, 400)
    yield Case(b'{"' + name.encode() + b'": "' + b"x" * limit_bytes + b'"}', 413)


def wrong_answer(place: str, case: Case, response: httpx.Response) -> str | None:
    """Say what is wrong with the refusal of a body, if anything."""
    fields = response.json().get("fields", [])
    shown = f"{place} {case.body[:80]!r}: {response.status_code} {fields or response.text[:200]}"
    if response.status_code != case.status:
        return shown
    if case.status == 400 and not fields:
        return f"names no field: {shown}"
    named = [field["field"].split(".")[0].split("[")[0] for field in fields]
    if case.field is not None and case.field not in named:
        return f"does not name {case.field}: {shown}"
    complete = all(field["ko"] and field["en"] for field in fields)
    return None if complete else f"lacks a language: {shown}"


def json_operations(app: Litestar) -> list[Operation]:
    return [operation for operation in openapi.operations(app) if operation.takes_json]


@pytest.mark.slow  # some thousand bodies
@pytest.mark.parametrize("part", range(2))
async def test_every_write_route_refuses_hostile_json_and_names_the_field(
    app: Litestar, database: Database, admin: psycopg.Connection, settings: Settings,
    clean: None, part: int,
) -> None:  # fmt: skip
    document = openapi.document(app)
    shapes = document["components"]["schemas"]
    every = json_operations(app)[part::2]
    present = await callers(database, [operation.policy for operation in every])
    found: list[str] = []
    async with parallel_client(app) as client:
        for operation in every:
            entry = document["paths"][operation.path][operation.method.lower()]
            schema = entry["requestBody"]["content"][JSON]["schema"]
            address = filled(path_of(app, operation))
            headers = present[caller_of(operation.policy)].headers | {"content-type": JSON}
            before = state_of(admin)
            for case in cases(schema, shapes, limit_bytes=settings.json_limit_bytes):
                headers["idempotency-key"] = fresh_key()
                answer = await client.request(
                    operation.method, address, headers=headers, content=case.body
                )
                place = f"{operation.method} {operation.path}"
                found += filter(None, [wrong_answer(place, case, answer)])
            if state_of(admin) != before:
                found.append(f"{operation.path}: a refused body changed rows")
    assert found == [], "\n".join(found[:60])


def path_of(app: Litestar, operation: Operation) -> str:
    """Return the template of the operation's path with the kinds of its parameters."""
    return next(
        route.path
        for route in app.routes
        if getattr(route, "path_format", None) == operation.path
        and operation.method in getattr(route, "methods", ())
    )


FORMS = (
    {"surprise": "x"},
    {"email": "a\0b", "name": "a\0b", "_key": "a\0b"},
    {"next": "//evil.example", "_key": "x" * 10_000},
    {f"field{number}": "x" for number in range(300)},
)
RAW_FORMS = (b"name=%ED%A0%80", b"name=%FF%FE&%00=1", b"=&=&=", b"a" * 100_000)


@pytest.mark.slow  # every page that takes a form
async def test_every_page_with_a_form_survives_hostile_forms(
    app: Litestar, database: Database, clean: None
) -> None:
    routes = [
        route
        for route in declared_routes(app)
        if route.method not in SAFE_METHODS and not route.path.startswith("/api/")
    ]
    present = await callers(database, [route.policy for route in routes])
    found: list[str] = []
    async with parallel_client(app) as client:
        for route in routes:
            found += await failing_forms(client, route, present[caller_of(route.policy)])
    assert found == [], "\n".join(found[:60])


async def failing_forms(
    client: httpx.AsyncClient, route: DeclaredRoute, present: Present
) -> list[str]:
    visitor = {"cookie": f"{csrf.visitor_cookie(secure=False)}=v"}
    headers = present.headers or visitor | {csrf.HEADER: csrf.token_for(SESSION_KEY, "v")}
    typed = headers | {"content-type": csrf.URLENCODED}
    found = []
    for form in FORMS:
        answer = await client.request(route.method, filled(route.path), headers=headers, data=form)
        if answer.status_code >= 500:
            found.append(f"{route.method} {route.path} {str(form)[:60]}: {answer.text[:200]}")
    for raw in RAW_FORMS:
        answer = await client.request(route.method, filled(route.path), headers=typed, content=raw)
        if answer.status_code >= 500:
            found.append(f"{route.method} {route.path} {raw[:60]!r}: {answer.text[:200]}")
    return found
