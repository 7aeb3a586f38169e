"""A person keeps a search and is told of products that come onto the market and fit it."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text

from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.catalog.saved.alerts import Round, due_searches, match_batch, tell
from marketplace.catalog.saved.jobs import letter_of
from marketplace.catalog.saved.models import Frequency
from marketplace.catalog.saved.schedule import last_due
from marketplace.catalog.saved.service import stop_token
from marketplace.catalog.search.service import Query, finds, locate
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from tests.factories import SESSION_KEY, a_member
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send, wrong_fields
from tests.waiting import until

Owner = tuple[User, Organization]
API = "/api/v1/me/searches"
NOTICES = (
    "select u.name, n.kind, n.facts->>'products' from notice n join user_account u"
    " on u.id = n.user_id where n.kind like 'saved_search.%%' order by n.created_at, u.name"
)
__all__ = ["worker"]


@pytest.fixture
async def looker(database: Database) -> Owner:
    return await a_member(database, Role.buyer, name="찾는 사람")


async def keep(client: httpx.AsyncClient, **given: Any) -> httpx.Response:
    body = {"name": "벨트", "words": "컨베이어 벨트", "frequency": "at_once"} | given
    return await client.post(API, json=body, headers=keyed())


async def matched(database: Database, settings: Settings, product: Product) -> None:
    going, more = Round(product.id), True
    while more:
        async with database.transaction(Scope.system()) as session:
            more = await match_batch(session, going, letter_of(settings))


async def test_a_search_is_kept_once_renamed_switched_and_let_go(
    admin: psycopg.Connection, client_of: ClientOf, looker: Owner
) -> None:
    client = await client_of(looker[0])
    kept = await keep(client, filters={"industry": ["29"], "price": ["1", "0"]}, sort="newest")
    again = await keep(
        client, name="다른 이름", words=" 컨베이어  벨트 ", sort="newest",
        filters={"price": ["0", "1"], "industry": ["29"]},
    )  # fmt: skip
    other = await keep(client, name="공정만", words="", filters={"process": ["이송"]})
    path = f"{API}/{kept.json()['id']}"
    changed = await client.patch(path, json={"name": "새 이름", "frequency": "weekly"})
    off = await client.patch(path, json={"alert": False})
    listed = (await client.get(API)).json()
    gone = await client.delete(path)
    twice = await client.delete(path)

    assert (kept.status_code, other.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (409, "saved_search_known")
    assert kept.json()["address"] == (
        "/market?q=%EC%BB%A8%EB%B2%A0%EC%9D%B4%EC%96%B4+%EB%B2%A8%ED%8A%B8"
        "&industry=29&price=0&price=1&sort=newest"
    )
    assert (changed.json()["name"], changed.json()["frequency"]) == ("새 이름", "weekly")
    assert (off.json()["alert"], off.json()["name"]) == (False, "새 이름")
    assert ([one["name"] for one in listed["items"]], listed["most"]) == (["공정만", "새 이름"], 30)
    assert (gone.status_code, twice.status_code) == (204, 404)
    acts = rows(
        admin, "select action from audit_event where action like 'saved_search.%%' order by id"
    )
    assert [act for (act,) in acts] == [
        "saved_search.saved", "saved_search.saved", "saved_search.changed", "saved_search.changed",
        "saved_search.removed",
    ]  # fmt: skip


async def test_what_is_refused(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    looker: Owner,
    settings: Settings,
) -> None:
    client = await client_of(looker[0])
    stranger = await client_of((await a_member(database, Role.buyer))[0])
    kept = (await keep(client)).json()["id"]

    empty = await keep(client, words="  ")
    long = await keep(client, words="ㄱ" * 201)
    unnamed = await keep(client, name=" ", words="다른 것")
    nobody = await keep(await client_of(None))
    foreign = [
        await stranger.patch(f"{API}/{kept}", json={"name": "내 것"}),
        await stranger.delete(f"{API}/{kept}"),
        await stranger.get(f"/searches/{kept}"),
        await stranger.get(f"/searches/{kept}/deletion"),
    ]
    most = settings.saved_searches_most
    full = [await keep(client, words=f"낱말{at}") for at in range(most)]

    assert (empty.status_code, empty.json()["code"]) == (422, "saved_search_empty")
    assert (long.status_code, unnamed.status_code, nobody.status_code) == (400, 400, 401)
    assert {one.status_code for one in foreign} == {404}
    assert [one.status_code for one in full] == [201] * (most - 1) + [409]
    assert full[-1].json()["code"] == "saved_searches_full"
    assert rows(admin, "select count(*) from saved_search") == [(most,)]


async def test_two_windows_keep_one_search(
    admin: psycopg.Connection, client_of: ClientOf, looker: Owner
) -> None:
    client = await client_of(looker[0])

    both = await asyncio.gather(keep(client), keep(client))

    assert sorted(one.status_code for one in both) == [201, 409]
    assert rows(admin, "select count(*) from saved_search") == [(1,)]


async def test_an_approved_or_resumed_product_reaches_those_whose_search_finds_it(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    looker: Owner,
    settings: Settings,
    worker: Worker,
) -> None:
    product = await put_on_sale(database, owner, "컨베이어 벨트 속도", summary_ko="요약")
    colleague, _ = await a_member(database, Role.buyer, organization=owner[1], name="같은 기업")
    gone, _ = await a_member(database, Role.buyer, name="정지된 사람")
    for person in (looker[0], colleague, gone):
        assert (await keep(await client_of(person))).status_code == 201
    client = await client_of(looker[0])
    await keep(client, name="맞지 않음", words="용탕 온도")
    await keep(client, name="다른 업종", filters={"industry": ["24"]})
    await keep(client, name="끔", words="속도", alert=False)
    admin.execute("update user_account set state = 'suspended', suspended_reason = '시험'"
                  " where id = %s", (gone.id,))  # fmt: skip
    seller, (reviewer, _) = await client_of(owner[0]), await reviewers_of(database, client_of)
    own = f"/api/v1/organization/products/{product.id}"
    desk = f"/api/v1/operator/products/{product.id}"
    why = {"reason": "시험하는 까닭"}

    async with worker(parts=SimpleNamespace(settings=settings)):
        left = await seller.post(f"{own}/withdrawal", json=why, headers=keyed())
        back = await seller.post(f"{own}/relisting", headers=keyed())
        await until(lambda: rows(admin, NOTICES))
        stopped = await reviewer.post(f"{desk}/suspension", json=why, headers=keyed())
        lifted = await reviewer.post(f"{desk}/lifting", json=why, headers=keyed())
        await until(lambda: matching_runs(admin) == 2)

    assert [one.status_code for one in (left, back, stopped, lifted)] == [200] * 4
    assert rows(admin, NOTICES) == [
        ("찾는 사람", "saved_search.found", f"· 컨베이어 벨트 속도 ({owner[1].name}, ₩1,000,000)")
    ]


def matching_runs(admin: psycopg.Connection) -> int:
    done = "select count(*) from job_run where name = 'saved.match' and state = 'succeeded'"
    return int(rows(admin, done)[0][0])


async def test_the_same_search_function_decides(database: Database, owner: Owner) -> None:
    titles = ("용탕온도 측정", "컨베이어 벨트", "사출 성형 압력", "프레스 하중")
    products = [await put_on_sale(database, owner, title, columns=["속도"]) for title in titles]
    asked = [
        Query("용탕 온도"), Query("컨배이어"), Query("벨트의"), Query("사출성형 압력"), Query("속도"),
        Query("", {"industry": ["29"]}), Query("벨트", {"industry": ["24"]}), Query("없는낱말"),
        Query("..."), Query("press"), Query("", {"seller": [str(owner[1].id)], "price": ["1"]}),
    ]  # fmt: skip

    async with database.transaction(Scope.system()) as session:
        for query in asked:
            whole = {one.product_id for one in (await locate(session, query)).found}
            single = {one.id for one in products if await finds(session, query, one.id)}
            assert single == whole, query


async def test_a_digest_gathers_drops_what_left_and_is_sent_once(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    looker: Owner,
    settings: Settings,
) -> None:
    client = await client_of(looker[0])
    kept = (await keep(client, frequency="daily")).json()["id"]
    titles = ("컨베이어 벨트 하나", "컨베이어 벨트 둘", "컨베이어 벨트 셋")
    products = [await put_on_sale(database, owner, title, summary_ko="요약") for title in titles]
    for product in [*products, products[0]]:
        await matched(database, settings, product)
    early = await digest(database, settings)
    seller = await client_of(owner[0])
    path = f"/api/v1/organization/products/{products[1].id}/withdrawal"
    await seller.post(path, json={"reason": "그만 팝니다"}, headers=keyed())
    admin.execute("update saved_search_match set found_at = found_at - interval '2 days'")

    first = await digest(database, settings)
    second = await digest(database, settings)

    assert (early, first, second) == ([], [UUID(kept)], [])
    ((name, kind, listed),) = rows(admin, NOTICES)
    assert (name, kind) == ("찾는 사람", "saved_search.digest")
    assert [line.split(" (")[0] for line in listed.split("\n")] == [
        f"· {titles[0]}",
        f"· {titles[2]}",
    ]
    assert rows(admin, "select count(*) from saved_search_match where told_at is null") == [(0,)]
    assert rows(admin, "select count(*) from saved_search_match") == [(2,)]


async def digest(database: Database, settings: Settings) -> list[UUID]:
    async with database.transaction(Scope.system()) as session:
        due = await due_searches(session)
        for one in due:
            await tell(session, one, letter_of(settings))
    return due


async def test_nothing_waits_after_alerts_are_off(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    looker: Owner,
    settings: Settings,
) -> None:
    client = await client_of(looker[0])
    kept = (await keep(client, frequency="weekly")).json()["id"]
    product = await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약")
    await matched(database, settings, product)
    waiting = rows(admin, "select count(*) from saved_search_match")
    await client.patch(f"{API}/{kept}", json={"alert": False})

    assert waiting == [(1,)]
    assert rows(admin, "select count(*) from saved_search_match") == [(0,)]


async def test_a_mail_stops_its_search_without_a_sign_in(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    looker: Owner,
    settings: Settings,
) -> None:
    kept = (await keep(await client_of(looker[0]))).json()["id"]
    product = await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약")
    await matched(database, settings, product)
    ((body,),) = rows(admin, "select body from mail where body like '%%/stop?token=%%'")
    path = body.split(settings.public_url)[1].split()[0]
    anybody = await client_of(None)

    opened = await anybody.get(path)
    forged = await send(anybody, path, {"token": "nonsense"}, to=f"/searches/{kept}/stop")
    unchanged = rows(admin, "select alert from saved_search")
    stopped = await send(anybody, path, {})
    shown = await anybody.get(stopped.headers["location"])
    wrong = await anybody.get(f"/searches/{kept}/stop?token=nonsense")

    assert path == f"/searches/{kept}/stop?token={stop_token(SESSION_KEY, UUID(kept))}"
    assert opened.status_code == 200
    assert unchanged == [(True,)]
    assert (stopped.status_code, shown.status_code) == (303, 200)
    assert "이 검색의 알림이 꺼져 있습니다" in shown.text
    assert (wrong.status_code, forged.status_code) == (404, 404)
    assert rows(admin, "select alert from saved_search") == [(False,)]
    assert rows(
        admin, "select count(*) from audit_event where action = 'saved_search.stopped'"
    ) == [(1,)]
    assert "/stop?token" not in str(rows(admin, "select facts from notice"))


async def test_the_pages_keep_run_change_and_let_go(
    database: Database, client_of: ClientOf, owner: Owner, looker: Owner
) -> None:
    await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약")
    client = await client_of(looker[0])
    blank = await client.get("/searches")
    market = await client.get("/market?q=벨트&industry=29")
    new = "/searches/new?q=%EB%B2%A8%ED%8A%B8&amp;industry=29"
    page = new.replace("&amp;", "&")
    sent = {"name": "벨트 검색", "alert": "on", "frequency": "daily"}
    unnamed = await send(client, page, sent | {"name": ""}, to=page)
    saved = await send(client, page, sent, to=page)
    same = await send(client, page, sent, to=page)
    listed = await client.get(saved.headers["location"])
    kept = (await client.get(API)).json()["items"][0]
    one = f"/searches/{kept['id']}"
    run = await client.get(one)
    bad = await send(client, "/searches", {"name": "", "frequency": "weekly"}, to=one)
    changed = await send(client, "/searches", {"name": "새 이름", "frequency": "weekly"}, to=one)
    after = (await client.get(API)).json()["items"][0]
    removed = await send(client, f"{one}/deletion", {})

    assert "저장한 검색이 없습니다" in blank.text
    assert new in market.text
    assert (unnamed.status_code, wrong_fields(unnamed.text)) == (422, {"name"})
    assert (saved.status_code, same.status_code) == (303, 409)
    assert "벨트 검색" in same.text
    assert "업종: 기타 기계 및 장비 제조업" in listed.text
    assert (run.status_code, run.headers["location"]) == (303, kept["address"])
    assert (bad.status_code, changed.status_code, removed.status_code) == (422, 303, 303)
    assert (after["name"], after["alert"], after["frequency"]) == ("새 이름", False, "weekly")
    assert (await client.get(API)).json()["items"] == []


async def test_nobody_reads_what_somebody_looks_for(
    database: Database, client_of: ClientOf, looker: Owner
) -> None:
    await keep(await client_of(looker[0]))
    others = [Scope("tenant"), Scope("staff"), Scope("tenant", None, looker[1].id)]
    for scope in others:
        async with database.transaction(scope) as session:
            assert await session.scalar(text("select count(*) from saved_search")) == 0


@pytest.mark.parametrize(
    ("frequency", "at", "due"),
    [
        (Frequency.at_once, (2026, 11, 25, 3, 0), (2026, 11, 25, 3, 0)),
        (Frequency.daily, (2026, 11, 24, 22, 59), (2026, 11, 23, 23, 0)),
        (Frequency.daily, (2026, 11, 24, 23, 0), (2026, 11, 24, 23, 0)),
        (Frequency.weekly, (2026, 11, 22, 22, 59), (2026, 11, 15, 23, 0)),
        (Frequency.weekly, (2026, 11, 22, 23, 0), (2026, 11, 22, 23, 0)),
        (Frequency.weekly, (2026, 11, 28, 12, 0), (2026, 11, 22, 23, 0)),
    ],
)
def test_digests_leave_at_eight_in_seoul(
    frequency: Frequency, at: tuple[int, ...], due: tuple[int, ...]
) -> None:
    assert last_due(frequency, datetime(*at, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)  # type: ignore[misc,arg-type]
