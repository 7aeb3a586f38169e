"""The library's pages, receipts for both sides, and what says that a version was bought already."""

import csv
import io
import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.db import Database, Scope
from marketplace.jobs import enqueue
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.ports import ObjectStore
from tests.factories import a_member
from tests.marketplace.catalog.search.shelf import sell_next
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.orders.bytes_of import with_files
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.library import ENTITLEMENTS, FILES, HASHES, NOTE, fetched
from tests.marketplace.orders.steps import CART, paid
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.waiting import until

__all__ = ["worker"]


@pytest.fixture(scope="module", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


@pytest.fixture
async def product(
    database: Database, store: ObjectStore, settings: Settings, on_sale: OnSale
) -> Product:
    one = await on_sale("컨베이어 벨트")
    await with_files(database, store, settings, one, FILES)
    return one


async def bought(parts: Parts, buying: httpx.AsyncClient, product: Product) -> dict[str, Any]:
    """Pay for a product and return its right."""
    await paid(parts, buying, product.id)
    return dict((await buying.get(ENTITLEMENTS)).json()["items"][0])


async def test_a_clerk_confirms_and_downloads_by_the_pages(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, product: Product
) -> None:
    right = await bought(parts, buying, product)
    here = f"/library/{right['id']}"
    library = await buying.get("/library")
    before = await buying.get(here)
    refused = await send(buying, here, {}, to=f"{here}/start")

    told = await send(buying, here, {"withdrawal_ends": "on"}, to=f"{here}/start")
    after = await buying.get(told.headers["location"])
    links = re.findall(rf'href="({here}/files/[^"]+)"', after.text)
    led = await buying.get(links[1])
    got = await fetched(led.headers["location"])
    whole = await buying.get(f"{here}/all.zip")

    assert here in library.text
    assert "/all.zip" not in before.text
    assert HASHES[NOTE] in before.text
    assert refused.status_code == 409
    assert "청약철회를 할 수 없습니다" in refused.text
    assert told.status_code == 303
    assert "확인했습니다. 이제 내려받을 수 있습니다." in after.text
    assert 'curl -fL -H "Authorization: Bearer $TOKEN" -o all.zip http' in after.text
    assert "이용허락" in after.text
    assert (led.status_code, got.content) == (303, FILES[NOTE])
    assert whole.content.startswith(b"PK")
    kinds = rows(admin, "select kind from download_receipt order by sequence")
    assert kinds == [("file",), ("whole",)]


async def test_a_link_before_the_statement_is_refused_on_a_page(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, product: Product
) -> None:
    right = await bought(parts, buying, product)
    file_id = rows(admin, "select id from data_file order by position")[0][0]

    answer = await buying.get(f"/library/{right['id']}/files/{file_id}")

    assert answer.status_code == 409
    assert "청약철회를 할 수 없습니다" in answer.text
    assert rows(admin, "select count(*) from download_receipt") == [(0,)]


async def test_the_library_comes_in_pages(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    products = [await on_sale(f"벨트 {number}") for number in range(3)]
    await paid(parts, buying, *(one.id for one in products))

    first = (await buying.get(ENTITLEMENTS, params={"limit": 2})).json()
    second = (await buying.get(ENTITLEMENTS, params={"cursor": first["next_cursor"]})).json()
    wrong = await buying.get(ENTITLEMENTS, params={"cursor": "made-up"})

    titles = [one["title_ko"] for page in (first, second) for one in page["items"]]
    assert sorted(titles) == ["벨트 0", "벨트 1", "벨트 2"]
    assert (len(first["items"]), second["next_cursor"]) == (2, None)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cursor_refused")


async def test_both_sides_read_and_export_their_receipts(
    parts: Parts,
    client_of: ClientOf,
    owner: Member,
    buyer: Member,
    buying: httpx.AsyncClient,
    product: Product,
    database: Database,
) -> None:
    right = await bought(parts, buying, product)
    path, here = f"{ENTITLEMENTS}/{right['id']}", f"/library/{right['id']}/receipts"
    await buying.post(f"{path}/start", json={"withdrawal_ends": True}, headers=keyed())
    file_id = (await buying.get(path)).json()["files"][0]["id"]
    await buying.post(f"{path}/files/{file_id}/link")
    await buying.get(f"{path}/all.zip")
    selling = await client_of(owner[0])
    stranger = await client_of((await a_member(database, Role.owner))[0])

    own = (await buying.get(f"{path}/receipts")).json()["items"]
    sold = (await selling.get("/api/v1/organization/sold-receipts", params={"limit": 1})).json()
    more = {"cursor": sold["next_cursor"]}
    rest = (await selling.get("/api/v1/organization/sold-receipts", params=more)).json()["items"]
    none = (await stranger.get("/api/v1/organization/sold-receipts")).json()["items"]
    table = list(csv.reader(io.StringIO((await selling.get("/selling/receipts.csv")).content.decode("utf-8-sig"))))  # fmt: skip

    assert [(one["kind"], one["person"], one["address"]) for one in own] == [
        ("whole", "구매담당", "127.0.0.1"), ("file", "구매담당", "127.0.0.1"),
    ]  # fmt: skip
    assert [one["number"] for one in sold["items"] + rest] == [one["number"] for one in own]
    assert {one["person"] for one in sold["items"] + rest} == {""}
    assert {one["buyer_name"] for one in rest} == {buyer[1].name}
    assert none == []
    assert [row[0] for row in table[1:]] == [one["number"] for one in own]
    assert table[2][-1] == own[1]["sha256"]
    for client, page in ((buying, here), (selling, "/selling/receipts")):
        shown, printed = await client.get(page), await client.get(f"{page}.pdf")
        assert own[1]["sha256"] in shown.text
        assert printed.headers["content-type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")
    assert (await buying.get(f"{here}.csv")).content.decode("utf-8-sig").count("구매담당") == 2
    assert (await stranger.get("/selling/receipts")).status_code == 200
    assert (await stranger.get(f"{here}.csv")).status_code == 404


async def test_cart_and_product_say_what_was_bought_already(
    database: Database, parts: Parts, buying: httpx.AsyncClient, product: Product
) -> None:
    right = await bought(parts, buying, product)
    await buying.put(f"{CART}/{product.id}")
    here = f"/library/{right['id']}"

    cart, shown = await buying.get("/cart"), await buying.get(f"/products/{product.id}")
    await sell_next(database, product, "컨베이어 벨트 둘째")
    newer = await buying.get(f"/products/{product.id}")
    listed = (await buying.get(ENTITLEMENTS)).json()["items"][0]
    page = await buying.get(here)

    for answer in (cart, shown):
        assert "이미 산 판" in answer.text
        assert here in answer.text
    assert "이미 산 판" not in newer.text
    assert listed["newer"] == {"number": 2, "owned": False}
    assert f"/products/{product.id}/versions/2" in page.text


async def test_those_who_bought_an_earlier_version_hear_of_a_newer_one(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    product: Product,
    worker: Worker,
) -> None:
    ended = await a_member(database, Role.owner, name="끝난대표")
    for client in (buying, await client_of(ended[0])):
        await paid(parts, client, product.id)
    admin.execute(
        "update entitlement set ends_on = current_date - 2 where organization_id = %s",
        (ended[1].id,),
    )
    version_id: UUID = await sell_next(database, product, "컨베이어 벨트 둘째")
    async with database.transaction(Scope.system()) as session:
        for _ in range(2):  # a job may run twice
            await enqueue(session, "delivery.tell_newer", version_id=str(version_id))

    told = "select user_id, link from notice where kind = 'delivery.newer_version'"
    waiting = (
        "select 1 from procrastinate_jobs"
        " where task_name = 'delivery.tell_newer' and status in ('todo', 'doing')"
    )
    async with worker(parts=SimpleNamespace(), concurrency=1):
        await until(lambda: not rows(admin, waiting))

    assert rows(admin, told) == [(buyer[0].id, f"/products/{product.id}/versions/2")]
