"""Two mirrored tenants: neither reaches a row of the other, by the application or past it."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import ROLES_OF, DeclaredRoute, Function, declared_routes
from marketplace.db import Database, Scope
from marketplace.http import openapi
from marketplace.http.csrf import SAFE_METHODS
from marketplace.http.openapi import JSON
from marketplace.web.reference import example_of
from tests import catalogue
from tests.actors import Actor, Present, bring, fresh_key
from tests.factories import parallel_client
from tests.forbidden_rows import ALLOWED
from tests.test_access import filled, state_of

EVERY_ROLE = Actor("everything", frozenset(ROLES_OF[Function.business]), Function.business)
# Rows that nobody but the exchange reads, and what a tenant sees none of: a match with what is not on sale among them.
NOBODYS = {"mail", "proposal", "data_match"}
# What everybody finds on the market: a row for each product on sale.
SHOWN = {"product_search"}
# Words and counts of the market, which belong to nobody.
EVERYBODYS = {"facet_count", "search_term"}
_SERIAL = iter(range(10_000, 99_999))


def tenant_tables(admin: psycopg.Connection) -> list[str]:
    """Return the tables with a policy for tenants that were not yet filled by ``bring``."""
    rows = admin.execute(
        "select distinct tablename from pg_policies where schemaname = 'public'"
        " and 'marketplace_tenant' = any(roles) order by 1"
    ).fetchall()
    filled = {"user_account", "organization", "membership"}
    return [name for (name,) in rows if name not in filled | EVERYBODYS]


def a_row(admin: psycopg.Connection, table: str, present: Present) -> dict[str, Any]:
    """Return a row of the table that belongs to the person and the organization."""
    row: dict[str, Any] = catalogue.plain_row(admin, table) | ALLOWED.get(table, {})
    for name, value in row.items():
        if value == b"x":
            row[name] = secrets.token_bytes(16)
        elif (name.endswith("_id") or name == "position") and isinstance(value, int):
            row[name] = next(_SERIAL)
        elif name == "certificate_number" or (table, name) == ("tax_invoice", "key"):
            row[name] = f"N{next(_SERIAL)}"
        elif name.endswith("email"):
            row[name] = f"person{next(_SERIAL)}@example.com"
        elif isinstance(value, str) and re.fullmatch(r"[0-9a-f-]{36}", value):
            row[name] = uuid4()
    columns = {
        name
        for (name,) in admin.execute(
            "select column_name from information_schema.columns where table_name = %s", (table,)
        ).fetchall()
    }
    owners = {
        "user_id": present.user_id,
        "actor_id": present.user_id,
        "organization_id": present.organization_id,
    }
    return row | {name: value for name, value in owners.items() if name in columns}


def fill(admin: psycopg.Connection, present: Present) -> dict[str, dict[str, Any]]:
    """Give a tenant one row in every table of tenants."""
    rows = {table: a_row(admin, table, present) for table in tenant_tables(admin)}
    admin.execute("set session_replication_role = replica")
    for table, row in rows.items():
        catalogue.insert(admin, table, row)
    admin.execute("set session_replication_role = default")
    return rows


async def seen_by(database: Database, present: Present, table: str) -> list[dict[str, Any]]:
    scope = Scope("tenant", present.user_id, present.organization_id)
    try:
        async with database.transaction(scope) as session:
            found = (await session.execute(text(f'select * from "{table}"'))).mappings().all()
    except ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return []
    return [dict(row) for row in found]


def matches(row: dict[str, Any], stored: dict[str, Any]) -> bool:
    ids = [name for name in row if isinstance(row[name], UUID)]
    return bool(ids) and all(stored.get(name) == row[name] for name in ids)


async def test_the_database_alone_hides_every_row_of_another_tenant(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    ours, theirs = await bring(database, EVERY_ROLE), await bring(database, EVERY_ROLE)
    our_rows, their_rows = fill(admin, ours), fill(admin, theirs)
    leaks, hidden = [], []
    for table in tenant_tables(admin):
        seen = await seen_by(database, ours, table)
        leaks += [table for stored in seen if matches(their_rows[table], stored)]
        if table not in NOBODYS and not any(matches(our_rows[table], stored) for stored in seen):
            hidden.append(table)
    for table in ("user_account", "organization", "membership"):
        seen = await seen_by(database, ours, table)
        strangers = {theirs.user_id, theirs.organization_id}
        leaks += [table for row in seen if strangers & {row.get("id"), row.get("user_id")}]

    assert set(leaks) == SHOWN
    assert hidden == [], "a tenant sees the own rows"


async def test_no_role_of_a_tenant_changes_a_row_of_another(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    ours, theirs = await bring(database, EVERY_ROLE), await bring(database, EVERY_ROLE)
    fill(admin, theirs)
    before = state_of(admin)
    for table in [*tenant_tables(admin), "user_account", "organization", "membership"]:
        column = admin.execute(
            "select column_name from information_schema.columns where table_name = %s"
            " and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position",
            (table,),
        ).fetchone()
        assert column is not None
        with psycopg.connect(admin.info.dsn, password=admin.info.password) as connection:
            connection.execute("set role marketplace_tenant")
            connection.execute(
                "select set_config('app.user', %s, true), set_config('app.org', %s, true)",
                (str(ours.user_id), str(ours.organization_id)),
            )
            statement = sql.SQL("update {} set {} = {}").format(
                sql.Identifier(table), sql.Identifier(column[0]), sql.Identifier(column[0])
            )
            try:
                done = connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            mine = len(await seen_by(database, ours, table))
            assert done.rowcount <= mine, table
    assert state_of(admin) == before


def ids_of(rows: dict[str, dict[str, Any]], present: Present) -> dict[str, str]:
    """Return every id of a tenant by where it comes from."""
    found = {
        f"{t}.id": str(row["id"]) for t, row in rows.items() if isinstance(row.get("id"), UUID)
    }
    return found | {"user": str(present.user_id), "organization": str(present.organization_id)}


def comparable(response: httpx.Response, used: str) -> tuple[int, str]:
    """Return what must be the same for a stranger's id and for one that nothing has."""
    body = response.text.replace(used, "ID")
    number = response.headers["x-request-id"]
    body = body.replace(number, "N")
    body = re.sub(r'(name="_key" value=")[^"]+', r"\1K", body)
    return response.status_code, body


def with_ids(app: Litestar, present: Present) -> Iterator[tuple[DeclaredRoute, str]]:
    """Yield the routes with an id in their path that the tenant may use."""
    for route in declared_routes(app):
        if ":uuid}" in route.path and present.actor.refusal(route.policy) is None:
            yield route, re.sub(r"\{\w+:uuid\}", "{}", route.path)


async def send(
    client: httpx.AsyncClient, method: str, address: str, present: Present, body: Any = None
) -> httpx.Response:
    headers = present.headers | {"idempotency-key": fresh_key()}
    content = None
    if method not in SAFE_METHODS:
        headers["content-type"] = JSON
        content = json.dumps(body if body is not None else {}).encode()
    return await client.request(method, address, headers=headers, content=content)


@pytest.mark.slow  # every id of another tenant in every place
async def test_an_id_of_another_tenant_in_a_path_answers_like_one_that_nothing_has(
    app: Litestar, database: Database, admin: psycopg.Connection, clean: None
) -> None:
    ours, theirs = await bring(database, EVERY_ROLE), await bring(database, EVERY_ROLE)
    fill(admin, ours)
    strange = ids_of(fill(admin, theirs), theirs)
    document, before, found = openapi.document(app), state_of(admin), []
    async with parallel_client(app) as client:
        for route, template in with_ids(app, ours):
            body = body_of(document, route)
            absent = str(uuid4())
            address = template.replace("{}", absent)
            expected = comparable(await send(client, route.method, address, ours, body), absent)
            for origin, stranger in strange.items():
                address = template.replace("{}", stranger)
                answer = await send(client, route.method, address, ours, body)
                if comparable(answer, stranger) != expected or answer.status_code < 400:
                    found.append(f"{route.method} {route.path} {origin}: {answer.text[:200]}")
    assert found == []
    # Some routes count attempts before they look for anything.
    assert state_of(admin) | {"attempt": ""} == before | {"attempt": ""}


def body_of(document: dict[str, Any], route: DeclaredRoute) -> Any:
    path = re.sub(r":\w+\}", "}", route.path)
    entry = document["paths"].get(path, {}).get(route.method.lower(), {})
    schema = entry.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    return None if schema is None else example_of(schema, document["components"]["schemas"])


@pytest.mark.slow  # every id of another tenant in every body
async def test_an_id_of_another_tenant_in_a_body_answers_like_one_that_nothing_has(
    app: Litestar, database: Database, admin: psycopg.Connection, clean: None
) -> None:
    ours, theirs = await bring(database, EVERY_ROLE), await bring(database, EVERY_ROLE)
    strange = ids_of(fill(admin, theirs), theirs)
    document, found = openapi.document(app), []
    async with parallel_client(app) as client:
        for route in declared_routes(app):
            body = body_of(document, route)
            if body is None or ours.actor.refusal(route.policy) is not None:
                continue
            names = [name for name in body if isinstance(body[name], str) and is_id(body[name])]
            for name in names:
                absent = str(uuid4())
                given = await send(
                    client, route.method, filled(route.path), ours, body | {name: absent}
                )
                for origin, stranger in strange.items():
                    answer = await send(
                        client, route.method, filled(route.path), ours, body | {name: stranger}
                    )
                    if comparable(answer, stranger) != comparable(given, absent):
                        found.append(f"{route.path} {name} {origin}: {answer.text[:200]}")
    assert found == []


def is_id(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None
