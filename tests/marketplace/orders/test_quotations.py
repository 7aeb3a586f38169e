"""A buyer takes a quotation to those who decide; it stays as it was made."""

import asyncio
import re

import httpx
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.db import Database, Scope
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

API = "/api/v1/organization/quotations"
CART = "/api/v1/organization/cart"


async def filled(buying: httpx.AsyncClient, on_sale: OnSale, *titles: str) -> list[str]:
    products = [await on_sale(title, price_won=1_000_005) for title in titles]
    for product in products:
        assert (await buying.put(f"{CART}/{product.id}")).status_code == 200
    return [str(product.id) for product in products]


async def test_a_quotation_keeps_what_the_cart_cost_that_day(
    admin: psycopg.Connection,
    buying: httpx.AsyncClient,
    buyer: Member,
    client_of: ClientOf,
    owner: Member,
    on_sale: OnSale,
) -> None:
    first, _ = await filled(buying, on_sale, "컨베이어 벨트", "사출 금형 온도")
    made = await buying.post(API, headers=keyed())
    selling = await client_of(owner[0])
    await selling.put(f"/api/v1/organization/products/{first}/price", json={"price_won": 9_000_000})
    shown = (await buying.get(f"{API}/{made.json()['id']}")).json()
    newer = (await buying.post(API, headers=keyed())).json()
    listed = (await buying.get(API)).json()["items"]

    assert made.status_code == 201, made.text
    assert shown == made.json()
    assert re.fullmatch(r"Q20\d\d-\d{6}", shown["number"])
    assert (shown["organization_name"], shown["organization_number"]) == (
        buyer[1].name, buyer[1].business_number,
    )  # fmt: skip
    assert [(one["position"], one["title_ko"]) for one in shown["lines"]] == [
        (1, "컨베이어 벨트"), (2, "사출 금형 온도"),
    ]  # fmt: skip
    assert {(one["supply_won"], one["vat_won"]) for one in shown["lines"]} == {(1_000_005, 100_001)}
    assert (shown["supply_won"], shown["vat_won"], shown["total_won"]) == (
        2_000_010, 200_002, 2_200_012,
    )  # fmt: skip
    assert newer["supply_won"] == 10_000_005
    assert [one["number"] for one in listed] == [newer["number"], shown["number"]]
    assert rows(admin, "select count(*) from cart_item") == [(2,)]
    acts = rows(admin, "select facts from audit_event where action = 'quotation.made' order by id")
    assert acts[0] == ({"total_won": 2_200_012, "lines": 2},)


async def test_the_paper_is_a_pdf_in_both_languages_and_nobody_elses(
    database: Database, buying: httpx.AsyncClient, client_of: ClientOf, on_sale: OnSale
) -> None:
    await filled(buying, on_sale, "컨베이어 벨트 <b>#[1]", "긴 이름 " * 12)
    sent = await send(buying, "/cart", {}, to="/cart/quotation")
    page = sent.headers["location"].split("?")[0]
    shown = await buying.get(page)
    korean = await buying.get(f"{page}/quotation.pdf")
    english = await buying.get(f"{page}/quotation.pdf", headers={"accept-language": "en"})
    stranger = await client_of((await a_member(database, Role.buyer))[0])

    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}?done=quotation-made")
    assert "컨베이어 벨트 &lt;b&gt;#[1]" in shown.text
    assert "견적서" in (await buying.get("/quotations")).text
    for paper in (korean, english):
        assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
        assert paper.content.startswith(b"%PDF-")
        assert b"NotoSansKR" in paper.content
    assert re.search(r'filename="quotation-Q\d+-\d+\.pdf"', korean.headers["content-disposition"])
    assert [
        (await stranger.get(path)).status_code
        for path in (page, f"{page}/quotation.pdf", page.replace("/quotations", API))
    ] == [404] * 3


async def test_what_is_refused(
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    on_sale: OnSale,
) -> None:
    empty = await buying.post(API, headers=keyed())
    key = keyed()["idempotency-key"]
    empty_page = await send(buying, "/cart", {"_key": key}, to="/cart/quotation")
    gone, _ = await filled(buying, on_sale, "떠남", "남음")
    await (await client_of(owner[0])).post(
        f"/api/v1/organization/products/{gone}/withdrawal",
        json={"reason": "더 팔지 않음"}, headers=keyed(),
    )  # fmt: skip
    changed = await buying.post(API, headers=keyed())
    looking = await client_of((await a_member(database, Role.viewer))[0])

    assert (empty.status_code, empty.json()["code"]) == (409, "cart_empty")
    assert (empty_page.status_code, "판매 중인 상품이 없습니다" in empty_page.text) == (409, True)
    assert (changed.status_code, changed.json()["code"]) == (409, "cart_changed")
    assert "1개" in changed.json()["ko"]
    assert (await looking.post(API, headers=keyed())).status_code == 403
    assert (await looking.get(API)).json() == {"items": []}


async def test_one_key_makes_one_quotation(
    admin: psycopg.Connection,
    app: Litestar,
    database: Database,
    buying: httpx.AsyncClient,
    buyer: Member,
    on_sale: OnSale,
) -> None:
    await filled(buying, on_sale, "컨베이어 벨트")
    headers = keyed()
    async with parallel_client(app, await new_session(database, buyer[0].id)) as client:
        answers = await asyncio.gather(*(client.post(API, headers=headers) for _ in range(8)))
        again = await client.post(API, headers=headers)

    assert {one.status_code for one in answers} <= {201, 409}
    assert again.status_code == 201
    assert rows(admin, "select count(*) from quotation") == [(1,)]


@pytest.mark.parametrize("act", ["update quotation set supply_won = 1", "delete from quotation"])
async def test_a_paper_that_was_given_out_stays(
    database: Database, buying: httpx.AsyncClient, on_sale: OnSale, act: str
) -> None:
    await filled(buying, on_sale, "컨베이어 벨트")
    await buying.post(API, headers=keyed())

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope.system()) as session:
            await session.execute(text(act))
