"""A member asks for data that nobody sells; sellers answer, and each thread is between two sides."""

import asyncio
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.catalog.wanted.jobs import expire_batch, remind_batch
from marketplace.db import Database, Scope
from marketplace.settings import Settings
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale
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


async def test_a_request_is_asked_answered_replied_and_closed(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
    worker: Worker,
    settings: Settings,
) -> None:
    elsewhere = await a_member(database, Role.owner, name="다른 업종")
    await put_on_sale(database, elsewhere, "용해로", summary_ko="요약", industry_division="24")
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    anybody = await client_of(None)
    async with worker(parts=SimpleNamespace(settings=settings)):
        asked = await ask(client, whole)
        await until(lambda: len(rows(admin, NOTICES)) == 1)
        wanted = asked.json()["id"]
        first = await answer(seller, wanted, product_id=str(product.id))
        await until(lambda: len(rows(admin, NOTICES)) == 2)
        (thread,) = await threads(client, wanted)
        replied = await reply(client, thread["id"])
        await until(lambda: len(rows(admin, NOTICES)) == 3)
    public = (await anybody.get(f"{API}/{wanted}")).json()
    page = (await anybody.get(f"/wanted/{wanted}")).text

    assert (asked.status_code, asked.json()["state"], asked.json()["asker"]) == (201, "open", "")
    assert rows(admin, NOTICES) == [
        ("wanted.asked", "가상대표"), ("wanted.answered", "찾는 사람"), ("wanted.replied", "가상대표"),
    ]  # fmt: skip
    assert (first.status_code, replied.status_code) == (201, 201)
    assert public["request"]["answer_count"] == 1
    assert [one["id"] for one in public["products"]] == [str(product.id)]
    for words in ("답 1건", "컨베이어 벨트", "이름을 밝히지 않은 기업"):
        assert words in page
    for hidden in ("그런 데이터가 있습니다", "얼마입니까", asker[1].name):
        assert hidden not in page
        assert hidden not in str(public)


async def test_a_closed_request_takes_no_new_answers_and_keeps_its_threads(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    wanted = (await ask(client, whole)).json()["id"]
    first, again = (
        await answer(seller, wanted),
        await answer(seller, wanted, body="₩1,000,000입니다."),
    )
    closing = f"{API}/{wanted}/closing"
    closed = await client.post(closing, json={"outcome": "found"}, headers=keyed())
    twice = await client.post(closing, json={"outcome": "found"}, headers=keyed())
    late = await answer(await client_of((await a_member(database, Role.seller))[0]), wanted)
    (thread,) = await threads(client, wanted)
    still = await reply(client, thread["id"], "고맙습니다.")

    assert [one.status_code for one in (first, again, still)] == [201] * 3
    assert (closed.status_code, closed.json()["state"]) == (200, "found")
    assert (twice.json()["code"], late.json()["code"]) == ("wanted_closed", "wanted_closed")
    said = (await threads(seller, wanted))[0]
    assert [one["by_asker"] for one in said["messages"]] == [False, False, True]
    assert said["seller"] == owner[1].name
    acts = rows(admin, "select action from audit_event where action like 'wanted.%%' order by id")
    assert [act.removeprefix("wanted.") for (act,) in acts] == [
        "asked", "answered", "answered", "closed", "replied",
    ]  # fmt: skip


async def test_a_thread_takes_so_many_messages(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
    settings: Settings,
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    wanted = (await ask(client, whole)).json()["id"]
    first = await answer(seller, wanted)
    fill(admin, settings.wanted_messages_most - 2)
    last, over = await answer(seller, wanted), await answer(seller, wanted)
    (thread,) = await threads(client, wanted)

    assert (first.status_code, last.status_code) == (201, 201)
    assert (over.status_code, over.json()["code"]) == (409, "wanted_thread_full")
    assert (await reply(client, thread["id"])).json()["code"] == "wanted_thread_full"


async def test_only_the_two_sides_and_the_operator_read_a_thread(
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    other_owner = await a_member(database, Role.owner)
    other = await client_of(other_owner[0])
    reviewer, _ = await reviewers_of(database, client_of)
    wanted = (await ask(client, whole, name_shown=True)).json()
    await answer(seller, wanted["id"])
    await answer(other, wanted["id"], body="다른 판매자의 답입니다.")
    both = await threads(client, wanted["id"])
    own, theirs = await threads(seller, wanted["id"]), await threads(other, wanted["id"])
    desk = (await reviewer.get(f"/api/v1/operator/wanted/{wanted['id']}/threads")).json()["items"]
    stranger = await client_of((await a_member(database, Role.owner))[0])
    foreign = await reply(other, own[0]["id"])
    page = (await seller.get(f"/wanted/{wanted['id']}")).text
    seen = (await client.get(f"/wanted/{wanted['id']}")).text

    assert wanted["asker"] == asker[1].name
    assert [one["seller"] for one in both] == [owner[1].name, other_owner[1].name]
    assert (len(own), len(theirs), len(desk)) == (1, 1, 2)
    assert await threads(stranger, wanted["id"]) == []
    assert (foreign.status_code, foreign.json()["code"]) == (404, "wanted_thread_not_found")
    assert "그런 데이터가 있습니다" in page
    assert "다른 판매자의 답입니다" not in page
    assert "다른 판매자의 답입니다" in seen
    for scope in (Scope.anonymous(), Scope("tenant", uuid4(), uuid4())):
        async with database.transaction(scope) as session:
            assert await session.scalar(text("select count(*) from wanted_message")) == 0
            assert await session.scalar(text("select count(*) from wanted_thread")) == 0


async def test_what_is_refused(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
    today: date,
    settings: Settings,
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    viewer = await client_of((await a_member(database, Role.viewer))[0])
    wanted = (await ask(client, whole)).json()["id"]
    last = today + timedelta(days=settings.wanted_days_most)
    wrong = [
        await ask(client, whole, industry_division="04"),
        await ask(client, whole, budget_from_won=3_000_001),
        await ask(client, whole, budget_from_won=0, budget_to_won=0),
        await ask(client, whole, until_on=today.isoformat()),
        await ask(client, whole, until_on=(last + timedelta(days=1)).isoformat()),
    ]
    allowed = await ask(client, whole, until_on=last.isoformat())
    by_viewer, by_nobody = await ask(viewer, whole), await ask(await client_of(None), whole)
    colleague, _ = await a_member(database, Role.seller, organization=asker[1])
    mine = await answer(await client_of(colleague), wanted)
    elsewhere = await a_member(database, Role.owner)
    foreign = await answer(
        seller, wanted,
        product_id=str((await put_on_sale(database, elsewhere, "남의 상품", summary_ko="요약")).id),
    )  # fmt: skip
    unknown = await answer(seller, str(uuid4()))
    path = f"{API}/{wanted}"
    stranger = await client_of((await a_member(database, Role.buyer))[0])
    not_theirs = [
        await stranger.put(path, json=whole),
        await stranger.post(f"{path}/closing", json={"outcome": "found"}, headers=keyed()),
    ]
    more = [await ask(client, whole) for _ in range(settings.wanted_open_most - 1)]

    assert {(one.status_code, one.json()["code"]) for one in wrong} == {(422, "wanted_invalid")}
    assert allowed.status_code == 201
    assert (by_viewer.status_code, by_nobody.status_code) == (403, 401)
    assert (mine.status_code, mine.json()["code"]) == (403, "own_wanted")
    assert (foreign.status_code, foreign.json()["code"]) == (422, "wanted_product_wrong")
    assert unknown.json()["code"] == "wanted_not_found"
    assert {one.status_code for one in not_theirs} == {404}
    assert [one.status_code for one in more] == [201] * (settings.wanted_open_most - 2) + [409]
    assert more[-1].json()["code"] == "wanted_full"
    assert rows(admin, "select count(*) from wanted_thread") == [(0,)]


async def test_the_asker_changes_the_request_and_the_trail_says_what(
    admin: psycopg.Connection, client_of: ClientOf, asker: Owner, whole: dict[str, Any]
) -> None:
    client = await client_of(asker[0])
    wanted = (await ask(client, whole)).json()["id"]
    changed = await client.put(
        f"{API}/{wanted}", json=whole | {"title": "도금 전류의 시계열", "name_shown": True}
    )

    assert (changed.status_code, changed.json()["asker"]) == (200, asker[1].name)
    facts = rows(admin, "select facts from audit_event where action = 'wanted.changed'")
    assert facts == [({"fields": ["title", "asker_name"]},)]


async def test_everybody_reads_the_list_by_industry_and_state(
    client_of: ClientOf, asker: Owner, whole: dict[str, Any]
) -> None:
    client, anybody = await client_of(asker[0]), await client_of(None)
    blank = await anybody.get("/wanted")
    titles = [f"찾는 데이터 {at}번" for at in range(3)]
    made = [(await ask(client, whole, title=one)).json()["id"] for one in titles]
    await ask(client, whole, industry_division="24", title="용해로 온도")
    await client.post(f"{API}/{made[0]}/closing", json={"outcome": "not_needed"}, headers=keyed())

    async def listed(query: str) -> list[str]:
        return [one["title"] for one in (await anybody.get(f"{API}?{query}")).json()["items"]]

    first = (await anybody.get(f"{API}?limit=2")).json()
    second = (await anybody.get(f"{API}?limit=2&cursor={first['next_cursor']}")).json()
    page = (await anybody.get("/wanted?industry=29")).text
    nothing = (await anybody.get("/wanted?industry=24&state=found")).text

    assert "지금 찾는 데이터가 없습니다" in blank.text
    assert await listed("industry=29&state=open") == [titles[2], titles[1]]
    assert await listed("state=not_needed") == [titles[0]]
    assert [one["title"] for one in first["items"]] == ["용해로 온도", titles[2]]
    assert [one["title"] for one in second["items"]] == [titles[1], titles[0]]
    assert second["next_cursor"] is None
    assert titles[1] in page
    assert titles[0] not in page
    assert "조건에 맞는 요청이 없습니다" in nothing
    assert (await anybody.get(f"{API}?cursor=nonsense")).status_code == 400


async def test_the_operator_hides_abuse_with_a_reason(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
    worker: Worker,
) -> None:
    client, seller, anybody = (
        await client_of(asker[0]), await client_of(owner[0]), await client_of(None)
    )  # fmt: skip
    reviewer, _ = await reviewers_of(database, client_of)
    wanted = (await ask(client, whole)).json()["id"]
    await answer(seller, wanted)
    (thread,) = await threads(client, wanted)
    page = f"/wanted/{wanted}"
    unsaid = await send(reviewer, page, {"reason": " "}, to=f"{page}/hiding")
    async with worker():
        hidden = await send(reviewer, page, {"reason": "광고입니다"}, to=f"{page}/hiding")
        await until(lambda: ("wanted.hidden", "찾는 사람") in rows(admin, NOTICES))
    path = f"{API}/{wanted}"
    refused = [
        await client.put(path, json=whole),
        await client.post(f"{path}/closing", json={"outcome": "found"}, headers=keyed()),
        await reply(client, thread["id"]),
    ]
    gone = [await anybody.get(path), await seller.get(path), await anybody.get(page)]
    own, desk = await client.get(page), await reviewer.get("/operator/wanted?hidden=1")
    listed = (await reviewer.get("/api/v1/operator/wanted?hidden=true")).json()["items"]

    assert (unsaid.status_code, hidden.status_code) == (422, 303)
    assert {(one.status_code, one.json()["code"]) for one in refused} == {(409, "wanted_hidden")}
    assert {one.status_code for one in gone} == {404}
    assert (await answer(seller, wanted)).status_code == 404
    assert "광고입니다" in own.text
    assert whole["title"] in desk.text
    assert [one["request"]["hidden_reason"] for one in listed] == ["광고입니다"]
    assert (await anybody.get(API)).json()["items"] == []
    again = await reviewer.post(
        f"/api/v1/operator/wanted/{wanted}/hiding", json={"reason": "다시"}, headers=keyed()
    )
    assert again.json()["hidden_reason"] == "광고입니다"


async def test_a_request_ends_by_itself_after_a_reminder(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
    today: date,
) -> None:
    client = await client_of(asker[0])
    wanted = (await ask(client, whole)).json()["id"]

    async def round_of_work() -> tuple[int, int]:
        async with database.transaction(Scope.system()) as session:
            return await expire_batch(session), await remind_batch(session, days=3)

    def move(days: int) -> None:
        admin.execute("update wanted_request set asked_at = asked_at - interval '2 days',"
                      " until_on = %s", (today + timedelta(days=days),))  # fmt: skip

    move(4)
    early = await round_of_work()
    move(3)
    soon, twice = await round_of_work(), await round_of_work()
    move(-1)
    before = (await client.get(f"{API}/{wanted}")).json()["request"]["state"]
    late = await answer(await client_of(owner[0]), wanted)
    over, done = await round_of_work(), await round_of_work()

    assert (early, soon, twice, over, done) == ((0, 0), (0, 1), (0, 0), (1, 0), (0, 0))
    assert (before, late.json()["code"]) == ("expired", "wanted_closed")
    assert rows(admin, "select state from wanted_request") == [("expired",)]
    assert rows(admin, NOTICES) == [
        ("wanted.ending", "찾는 사람"), ("wanted.expired", "찾는 사람")
    ]  # fmt: skip


async def test_two_windows_begin_one_thread(
    admin: psycopg.Connection,
    app: Litestar,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    cookie = await new_session(database, owner[0].id)
    async with parallel_client(app, cookie) as one, parallel_client(app, cookie) as two:
        both = await asyncio.gather(answer(one, wanted), answer(two, wanted))

    assert [one.status_code for one in both] == [201, 201]
    assert rows(admin, "select answer_count from wanted_request") == [(1,)]
    assert rows(admin, "select count(*) from wanted_message") == [(2,)]


async def test_nobody_gets_past_the_application(
    database: Database, client_of: ClientOf, owner: Owner, asker: Owner, whole: dict[str, Any]
) -> None:
    wanted = (await ask(await client_of(asker[0]), whole)).json()["id"]
    await answer(await client_of(owner[0]), wanted)
    third = await a_member(database, Role.owner)
    begin = (
        "insert into wanted_thread (id, request_id, organization_id, asker_organization_id,"
        " seller_name) select gen_random_uuid(), id, app_org(), gen_random_uuid(), 'x'"
        " from wanted_request"
    )
    name = (
        "insert into wanted_product (request_id, product_id, organization_id)"
        f" values ('{wanted}', gen_random_uuid(), app_org())"
    )
    rewrite = "update wanted_message set body = 'x'"
    statements = ("update wanted_thread set seller_name = 'x'", rewrite, begin, name)
    for statement in statements:
        with pytest.raises(ProgrammingError):
            async with database.transaction(Scope("tenant", third[0].id, third[1].id)) as session:
                await session.execute(text(statement))
