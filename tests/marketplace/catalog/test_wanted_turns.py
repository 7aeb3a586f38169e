"""Wanted data, done twice, at the same time or too late; and who asks stays unknown where it is hidden."""

import asyncio
from typing import Any

import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Function, Role, TokenScope
from marketplace.catalog.products.models import Product
from marketplace.db import Database
from marketplace.settings import Settings
from tests import servers
from tests.actors import Actor, bring
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.catalog.wanting import (
    API,
    NOTICES,
    Owner,
    answer,
    ask,
    asker,
    fill,
    product,
    reply,
    threads,
    today,
    whole,
)
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.waiting import until

__all__ = ["asker", "product", "today", "whole", "worker"]

WAITING = "select count(*) from pg_locks where not granted"
UNDONE = "select 1 from job_run where name like 'wanted.%%' and state <> 'succeeded'"
ENDINGS = {
    "closed": ("update wanted_request set state = 'found', closed_at = now()", 409, "wanted_closed"),
    "hidden": (
        "update wanted_request set hidden_at = now(), hidden_reason = 'x'", 404, "wanted_not_found",
    ),
}  # fmt: skip


async def test_two_windows_close_a_request_once(
    app: Litestar,
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    cookie = await new_session(database, asker[0].id)

    async def close(outcome: str) -> int:
        async with parallel_client(app, cookie) as client:
            body = {"outcome": outcome}
            said = await client.post(f"{API}/{wanted}/closing", json=body, headers=keyed())
            return said.status_code

    both = await asyncio.gather(close("found"), close("not_needed"))

    assert sorted(both) == [200, 409]
    acts = rows(admin, "select facts from audit_event where action = 'wanted.closed'")
    assert acts == [({"outcome": "found" if both[0] == 200 else "not_needed"},)]
    assert rows(admin, "select state from wanted_request") == [(acts[0][0]["outcome"],)]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_no_first_answer_comes_in_while_the_request_ends(
    admin: psycopg.Connection,
    database_name: str,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
    ending: str,
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    seller = await client_of(owner[0])
    statement, status, code = ENDINGS[ending]
    with psycopg.connect(servers.dsn(database_name)) as other:
        other.execute(statement)
        late = asyncio.create_task(answer(seller, wanted, product_id=str(product.id)))
        await until(lambda: rows(admin, WAITING) != [(0,)])
        other.commit()
        said = await late

    assert (said.status_code, said.json()["code"]) == (status, code)
    assert rows(admin, "select count(*) from wanted_thread") == [(0,)]
    assert rows(admin, "select count(*) from wanted_product") == [(0,)]
    assert rows(admin, "select answer_count from wanted_request") == [(0,)]


async def test_messages_at_once_do_not_pass_the_limit(
    app: Litestar,
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
    settings: Settings,
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    await answer(await client_of(owner[0]), wanted)
    fill(admin, settings.wanted_messages_most - 2)
    cookie = await new_session(database, owner[0].id)
    async with parallel_client(app, cookie) as one, parallel_client(app, cookie) as two:
        both = await asyncio.gather(answer(one, wanted), answer(two, wanted))

    assert sorted(said.status_code for said in both) == [201, 409]
    assert rows(admin, "select count(*) from wanted_message") == [(settings.wanted_messages_most,)]


async def test_a_product_named_twice_is_listed_once(
    client_of: ClientOf, owner: Owner, asker: Owner, product: Product, whole: dict[str, Any]
) -> None:
    seller = await client_of(owner[0])
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    key = keyed()
    body = {"body": "이것입니다.", "product_id": str(product.id)}
    same = [await seller.post(f"{API}/{wanted}/answers", json=body, headers=key) for _ in range(2)]
    again = await answer(seller, wanted, product_id=str(product.id))
    shown = (await (await client_of(None)).get(f"{API}/{wanted}")).json()
    page = (await (await client_of(None)).get(f"/wanted/{wanted}")).text

    assert (same[0].json()["id"], again.status_code) == (same[1].json()["id"], 201)
    assert [one["id"] for one in shown["products"]] == [str(product.id)]
    assert page.count(f"/products/{product.id}") == 1
    assert (await seller.get(f"/wanted/{wanted}")).text.count("함께 알린 상품:") == 2
    assert len((await threads(seller, wanted))[0]["messages"]) == 2


async def test_saving_what_stands_already_writes_nothing_down(
    admin: psycopg.Connection, client_of: ClientOf, asker: Owner, whole: dict[str, Any]
) -> None:
    client = await client_of(asker[0])
    wanted = (await ask(client, whole)).json()["id"]
    same = await client.put(f"{API}/{wanted}", json=whole)

    assert same.status_code == 200
    assert rows(admin, "select 1 from audit_event where action = 'wanted.changed'") == []


@pytest.mark.parametrize(
    ("field", "text", "status"),
    [
        ("title", "두 줄\n짜리 제목", 400),
        ("title", "뒤집힌 \u202e제목", 400),
        ("title", "   넷   ", 422),
        ("process", "도금\n용접", 400),
        ("equipment", "\u2066벨트", 400),
        ("period", "일\u0085년", 400),
        ("purpose", "        짧음        ", 422),
        ("purpose", " \n\t         ", 400),
        ("budget_to_won", 1_000_000_000_001, 400),
    ],
)
async def test_words_that_mislead_or_say_nothing_are_refused(
    client_of: ClientOf, asker: Owner, whole: dict[str, Any], field: str, text: str, status: int
) -> None:
    refused = await ask(await client_of(asker[0]), whole, **{field: text})

    assert refused.status_code == status
    assert [one["field"] for one in refused.json()["fields"]] == [field]


async def test_words_that_look_like_markup_stay_words(
    client_of: ClientOf, owner: Owner, asker: Owner, whole: dict[str, Any]
) -> None:
    mark = '"><script>alert(1)</script>{{ 7*7 }}'
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    given = {"title": mark, "purpose": mark, "process": mark, "equipment": mark, "period": mark}
    wanted = (await ask(client, whole, **given)).json()["id"]
    await answer(seller, wanted, body=mark)
    for path in ("/wanted", f"/wanted/{wanted}", f"/wanted/{wanted}/edit", "/organization/wanted"):
        page = (await client.get(path)).text
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page, path


async def test_who_asks_stays_unknown_to_everybody_but_the_operator(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
    worker: Worker,
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    anybody = await client_of(None)
    wanted = (await ask(client, whole, name_shown=True)).json()["id"]
    shown = (await anybody.get(f"/wanted/{wanted}")).text
    await client.put(f"{API}/{wanted}", json=whole | {"name_shown": False})
    async with worker():
        await answer(seller, wanted)
        (thread,) = await threads(client, wanted)
        await reply(client, thread["id"])
        await until(lambda: len(rows(admin, NOTICES)) == 3)
    place = [asker[1].name, str(asker[1].id), asker[1].business_number]
    person = [asker[0].name, asker[0].email, str(asker[0].id)]
    seen = {
        (name, path): (await reader.get(path)).text
        for name, reader in (("anybody", anybody), ("seller", seller))
        for path in (
            "/wanted", f"/wanted/{wanted}", API, f"{API}/{wanted}", f"{API}/{wanted}/threads",
            "/organization/wanted", "/notices", "/api/v1/me/notices", "/account/export",
        )
    }  # fmt: skip
    told = rows(admin, "select facts::text from notice where user_id = %s", owner[0].id) + rows(
        admin, "select subject || body from mail where user_id = %s", owner[0].id
    )

    reviewer, _ = await reviewers_of(database, client_of)
    desk = (await reviewer.get("/api/v1/operator/wanted")).json()["items"]
    pages = [(await reviewer.get(at)).text for at in ("/operator/wanted", f"/wanted/{wanted}")]

    assert [(one["organization"], one["request"]["asker"]) for one in desk] == [(asker[1].name, "")]
    assert all(f"/operator/organizations/{asker[1].id}" in page for page in pages)
    assert asker[1].name in shown
    assert "그런 데이터가 있습니다" in seen["seller", "/account/export"]
    for secret in place + person:
        assert [place for place, text in seen.items() if secret in text] == []
        assert [text for (text,) in told if secret in text] == []


async def test_nobody_is_told_of_what_was_hidden_meanwhile(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
    worker: Worker,
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    reviewer, _ = await reviewers_of(database, client_of)
    wanted = (await ask(client, whole)).json()["id"]
    await answer(seller, wanted)
    page = f"/wanted/{wanted}"
    await send(reviewer, page, {"reason": "광고입니다"}, to=f"{page}/hiding")
    async with worker():
        await until(lambda: rows(admin, UNDONE) == [])

    assert rows(admin, NOTICES) == [("wanted.hidden", asker[0].name)]


async def test_a_hidden_request_is_read_by_people_with_their_rights_alone(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    client = await client_of(asker[0])
    wanted = (await ask(client, whole)).json()["id"]
    admin.execute("update wanted_request set hidden_at = now(), hidden_reason = '광고입니다'")
    reviewing = {Role.reviewer}, Function.exchange_operator
    scopes = frozenset(TokenScope)
    actors = {
        200: [Actor("reviewer", frozenset(reviewing[0]), reviewing[1])],
        404: [
            Actor("without_factor", frozenset(reviewing[0]), reviewing[1], second_factor=False),
            Actor("token", frozenset(reviewing[0]), reviewing[1], scopes=scopes),
            Actor("seller", frozenset({Role.owner}), Function.business),
        ],
    }
    anybody = await client_of(None)
    for status, group in actors.items():
        for actor in group:
            headers = (await bring(database, actor)).headers
            for path in (f"{API}/{wanted}", f"/wanted/{wanted}"):
                assert (await anybody.get(path, headers=headers)).status_code == status, actor.name
    assert (await client.get(f"{API}/{wanted}")).status_code == 200


async def test_staff_who_review_nothing_read_no_threads(
    database: Database, client_of: ClientOf, owner: Owner, asker: Owner, whole: dict[str, Any]
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    await answer(await client_of(owner[0]), wanted, body="우리만의 조건입니다.")
    anybody, seen = await client_of(None), {}
    for role in (Role.reviewer, Role.finance):
        actor = Actor(role.value, frozenset({role}), Function.exchange_operator)
        headers = (await bring(database, actor)).headers
        page = await anybody.get(f"/wanted/{wanted}", headers=headers)
        seen[role] = "우리만의 조건입니다." in page.text

    assert seen == {Role.reviewer: True, Role.finance: False}


async def test_only_who_may_ask_is_led_to_the_form(
    database: Database, client_of: ClientOf, asker: Owner
) -> None:
    reviewer, _ = await reviewers_of(database, client_of)
    viewer = await client_of((await a_member(database, Role.viewer))[0])
    led = {
        name: "/wanted/new" in (await client.get("/market?q=없는낱말")).text
        for name, client in {
            "anybody": await client_of(None), "buyer": await client_of(asker[0]),
            "viewer": viewer, "reviewer": reviewer,
        }.items()
    }  # fmt: skip

    assert led == {"anybody": True, "buyer": True, "viewer": False, "reviewer": False}
