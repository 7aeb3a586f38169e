"""Every cell of the table of rights: each route and method is asked by everybody there is."""

import re
from uuid import uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import SIGNED_IN, DeclaredRoute, declared_routes
from marketplace.db import Database
from marketplace.http import csrf, openapi
from marketplace.http.csrf import SAFE_METHODS
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.actors import ACTORS, Actor, Present, bring, fresh_key, publish_terms
from tests.factories import SESSION_KEY, parallel_client
from tools import access

GATE_CODES = {
    "not_signed_in",
    "forbidden",
    "token_scope_missing",
    "consent_required",
    "second_factor_required",
    "reauthentication_required",
}
# Where the pages lead a person whom the gate refuses; everything else is shown on a page.
DETOURS = {
    "not_signed_in": "/sign-in",
    "consent_required": "/consent",
    "second_factor_required": "/sign-in/second-factor",
    "reauthentication_required": "/reauthenticate",
}


FORM = "application/x-www-form-urlencoded"
_VISITOR = {
    "cookie": f"{csrf.visitor_cookie(secure=False)}=somebody",
    csrf.HEADER: csrf.token_for(SESSION_KEY, "somebody"),
}
PARTS = 6  # so that two processes share the work


def filled(path: str) -> str:
    """Return an address of the route with ids that nothing has."""
    values = {"uuid": str(uuid4()), "int": "1", "str": "nothing-like-it"}
    return re.sub(r"\{\w+:(\w+)\}", lambda found: values[found.group(1)], path)


def test_the_table_of_rights_is_current() -> None:
    written = access.TARGET.read_text(encoding="utf-8")
    assert written == access.document(), "run python -m tools.access and read the difference"


async def ask(client: httpx.AsyncClient, route: DeclaredRoute, present: Present) -> httpx.Response:
    headers = present.headers | {"idempotency-key": fresh_key()}
    content = None if route.method in SAFE_METHODS else b"{}"
    if content is not None and route.path.startswith("/api/"):
        headers["content-type"] = csrf.JSON
    elif content is not None:
        # A page takes forms alone, from nobody too only with the token of their browser.
        nobody = present.actor.refusal(SIGNED_IN) == (401, "not_signed_in")
        headers |= {"content-type": FORM} | (_VISITOR if nobody else {})
        content = b""
    path = filled(route.path)
    answer = await client.request(route.method, path, headers=headers, content=content)
    if answer.status_code == 415:  # a route for files
        headers["content-type"] = "multipart/form-data; boundary=end"
        answer = await client.request(route.method, path, headers=headers, content=b"--end--\r\n")
    return answer


def wrong(route: DeclaredRoute, actor: Actor, response: httpx.Response) -> str | None:
    """Say what is wrong with an answer, if anything."""
    expected = actor.refusal(route.policy)
    cell = f"{route.method} {route.path} by {actor.name}"
    is_api = response.headers.get("content-type", "").startswith("application/problem")
    code = response.json()["code"] if is_api else ""
    if response.status_code >= 500:
        return f"{cell}: {response.status_code} {response.text[:200]}"
    if expected is None:
        passed = response.status_code not in (401, 403) or code not in {*GATE_CODES, ""}
        return None if passed else f"{cell}: refused with {response.status_code} {code}"
    if is_api:
        fits = (response.status_code, code) == expected
    elif expected[1] in DETOURS:
        place = response.headers.get("location", "")
        fits = response.status_code == 303 and place.split("?")[0] == DETOURS[expected[1]]
    else:
        fits = response.status_code == expected[0]
    return None if fits else f"{cell}: {response.status_code} {code}, expected {expected}"


def state_of(admin: psycopg.Connection) -> dict[str, str]:
    """Return a checksum of every table; when somebody was last seen does not count."""
    rows = admin.execute(
        "select relname from pg_class where relkind = 'r'"
        " and relnamespace = 'public'::regnamespace and relname not like 'procrastinate_workers'"
    ).fetchall()
    question = " union all ".join(
        f"select '{name}', count(*) || ':' || coalesce(sum(hashtextextended("
        f"(to_jsonb(t) - 'last_seen_at' - 'last_used_at')::text, 0)), 0) from \"{name}\" t"
        for (name,) in rows
    )
    return dict(admin.execute(question).fetchall())


@pytest.mark.slow  # some thousand requests: every route, method and actor
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_cell_of_the_table_answers_as_it_says(
    app: Litestar, database: Database, admin: psycopg.Connection, clean: None, part: int
) -> None:
    await publish_terms(database)
    everybody = [await bring(database, actor) for actor in ACTORS]
    found: list[str] = []
    async with parallel_client(app) as client:
        for present in everybody:
            await client.get("/", headers=present.headers)
        for route in list(declared_routes(app))[part::PARTS]:
            found += await refused_cells(client, admin, route, everybody)
            found += await allowed_cells(client, database, route, everybody)
    assert found == []


async def allowed_cells(
    client: httpx.AsyncClient, database: Database, route: DeclaredRoute, everybody: list[Present]
) -> list[str]:
    """Send the cells that pass; whose act succeeded is brought into being anew."""
    found: list[str] = []
    for place, present in enumerate(everybody):
        if present.actor.refusal(route.policy) is not None:
            continue
        answer = await ask(client, route, present)
        found += filter(None, [wrong(route, present.actor, answer)])
        if route.method not in SAFE_METHODS and answer.status_code < 400:
            everybody[place] = await bring(database, present.actor)
    return found


async def refused_cells(
    client: httpx.AsyncClient,
    admin: psycopg.Connection,
    route: DeclaredRoute,
    everybody: list[Present],
) -> list[str]:
    """Send the cells that must be refused and see that nothing changed."""
    found: list[str] = []
    before = state_of(admin)
    for present in everybody:
        if present.actor.refusal(route.policy) is not None:
            answer = await ask(client, route, present)
            found += filter(None, [wrong(route, present.actor, answer)])
    after = state_of(admin)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        found.append(f"{route.method} {route.path}: refused, and {changed} changed")
    return found


@pytest.mark.slow  # every address that can be read
async def test_a_get_changes_nothing(
    app: Litestar, database: Database, admin: psycopg.Connection, settings: Settings, clean: None
) -> None:
    make_buckets(settings)  # readiness looks for one
    kinds = {"owner", "administrator", "owner_without_second_factor"}
    askers = [await bring(database, actor) for actor in ACTORS if actor.name in kinds]
    before = state_of(admin)
    async with parallel_client(app) as client:
        for route in declared_routes(app):
            for present in askers if route.method == "GET" else ():
                answer = await ask(client, route, present)
                assert answer.status_code < 500, f"{route.path}: {answer.text[:200]}"
    after = state_of(admin)

    # That somebody took their data or opened a file is written down; nothing else is.
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"audit_event"}


async def test_no_list_gives_more_than_a_hundred_rows(
    app: Litestar, database: Database, clean: None
) -> None:
    kinds = {"owner", "administrator"}
    askers = [await bring(database, actor) for actor in ACTORS if actor.name in kinds]
    limits = {
        path: parameter["schema"]["maximum"]
        for path, methods in openapi.document(app)["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", ())
        if parameter["name"] == "limit"
    }
    assert limits
    assert max(limits.values()) <= 100
    async with parallel_client(app) as client:
        for path, most in limits.items():
            place = re.sub(r"\{\w+\}", str(uuid4()), path)
            found = [
                (await client.get(f"{place}?limit={limit}", headers=present.headers)).status_code
                for limit in (most + 1, 0, -1)
                for present in askers
            ]
            assert set(found) <= {400, 403}, path
            assert 400 in found, path
