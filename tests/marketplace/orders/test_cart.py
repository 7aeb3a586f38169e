"""An organization gathers what it means to buy; the cart shows the prices and versions of now (B3)."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from litestar import Litestar
from sqlalchemy import text

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.organizations.models import Membership
from marketplace.settings import Settings
from tests.factories import a_member, a_user, new_session, parallel_client, save
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

API = "/api/v1/organization/cart"


async def change(database: Database, statement: str, **given: object) -> None:
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(statement), given)


def sums(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["supply_won"], found["vat_won"], found["total_won"]


async def test_products_of_several_sellers_are_summed_with_the_tax_of_each(
    admin: psycopg.Connection, database: Database, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    exempt = await a_member(database, Role.owner)
    await change(
        database, "update organization set name='가나연구원', registry_tax_type='04' where id=:id",
        id=exempt[1].id,
    )  # fmt: skip
    first = await on_sale("컨베이어 벨트", price_won=1_200_005)
    second = await on_sale("사출 금형 온도", price_won=4_500_000)
    third = await on_sale("도금 두께", seller=exempt, price_won=900_000)

    empty = (await buying.get(API)).json()
    added = [await buying.put(f"{API}/{one.id}") for one in (first, third, second, first)]
    assert {one.status_code for one in added} == {200}
    cart = (await buying.get(API)).json()
    removed = await buying.delete(f"{API}/{second.id}")
    twice = await buying.delete(f"{API}/{second.id}")
    left = (await buying.get(API)).json()

    assert (empty["count"], sums(empty)) == (0, (0, 0, 0))
    assert cart == added[-1].json()
    by_name = {one["name"]: one for one in cart["sellers"]}
    assert [one["title_ko"] for one in by_name["가나연구원"]["lines"]] == ["도금 두께"]
    assert (by_name["가나연구원"]["taxation"], sums(by_name["가나연구원"])) == (
        "exempt", (900_000, 0, 900_000),
    )  # fmt: skip
    (other,) = (one for name, one in by_name.items() if name != "가나연구원")
    assert [one["title_ko"] for one in other["lines"]] == ["컨베이어 벨트", "사출 금형 온도"]
    # Half a won is rounded up, on each line.
    assert [one["vat_won"] for one in other["lines"]] == [120_001, 450_000]
    assert sums(cart) == (6_600_005, 570_001, 7_170_006)
    assert (removed.status_code, twice.status_code) == (204, 404)
    assert (twice.json()["code"], left["count"]) == ("cart_item_not_found", 2)
    acts = rows(admin, "select action from audit_event where action like 'cart.%%' order by id")
    assert [act for (act,) in acts] == ["cart.added"] * 3 + ["cart.removed"]


async def test_the_cart_says_what_changed_and_what_left_the_market(
    buying: httpx.AsyncClient, client_of: ClientOf, owner: Member, on_sale: OnSale
) -> None:
    dearer, stays, leaves = [await on_sale(name) for name in ("비싸짐", "그대로", "떠남")]
    for product in (dearer, stays, leaves):
        await buying.put(f"{API}/{product.id}")
    selling, path = await client_of(owner[0]), "/api/v1/organization/products"
    price = await selling.put(f"{path}/{dearer.id}/price", json={"price_won": 1_500_000})
    gone = await selling.post(
        f"{path}/{leaves.id}/withdrawal", json={"reason": "더 팔지 않음"}, headers=keyed()
    )
    assert (price.is_success, gone.is_success) == (True, True), (price.text, gone.text)
    cart = (await buying.get(API)).json()
    page = (await buying.get("/cart")).text
    again = await buying.put(f"{API}/{leaves.id}")

    lines = {one["title_ko"]: one for one in cart["sellers"][0]["lines"]}
    assert {name: one["price_was_won"] for name, one in lines.items()} == {
        "비싸짐": 1_000_000, "그대로": None,
    }  # fmt: skip
    assert [one["title_ko"] for one in cart["gone"]] == ["떠남"]
    assert sums(cart) == (2_500_000, 250_000, 2_750_000)
    assert "담을 때 ₩1,000,000" in page
    assert "판매가 끝난 상품" in page
    assert (again.status_code, again.json()["code"]) == (410, "listing_withdrawn")


async def test_what_is_refused(
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트")
    path = f"{API}/{product.id}"
    own = await (await client_of(owner[0])).put(path)
    looking = await client_of((await a_member(database, Role.viewer))[0])
    only_sells = await client_of((await a_member(database, Role.seller))[0])
    unknown = await buying.put(f"{API}/{uuid4()}")

    assert (own.status_code, own.json()["code"]) == (403, "own_product")
    assert [(await looking.put(path)).status_code, (await looking.get(API)).status_code] == [
        403,
        200,
    ]
    assert [(await only_sells.get(API)).status_code, (await only_sells.put(path)).status_code] == [
        403, 403,
    ]  # fmt: skip
    assert (unknown.status_code, unknown.json()["code"]) == (404, "listing_not_found")
    assert (await (await client_of(None)).put(path)).status_code == 401


async def test_a_cart_belongs_to_its_organization_and_is_shared_in_it(
    database: Database,
    buying: httpx.AsyncClient,
    buyer: Member,
    client_of: ClientOf,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트")
    await buying.put(f"{API}/{product.id}")
    colleague = a_user()
    await save(database, colleague)
    await save(
        database,
        Membership(user_id=colleague.id, organization_id=buyer[1].id, roles=[Role.buyer]),
    )
    stranger = await client_of((await a_member(database, Role.buyer))[0])
    shared = await client_of(colleague)

    assert (await shared.get(API)).json()["count"] == 1
    assert (await stranger.get(API)).json()["count"] == 0
    assert (await stranger.delete(f"{API}/{product.id}")).status_code == 404
    assert (await shared.delete(f"{API}/{product.id}")).status_code == 204
    assert (await buying.get(API)).json()["count"] == 0


async def test_many_windows_at_once_do_not_pass_the_limit_or_double_a_line(
    admin: psycopg.Connection,
    app: Litestar,
    database: Database,
    buyer: Member,
    on_sale: OnSale,
    settings: Settings,
) -> None:
    most = settings.cart_products_most
    products = [await on_sale(f"상품 {at}") for at in range(most + 2)]
    cookie = await new_session(database, buyer[0].id)
    async with parallel_client(app, cookie) as client:
        for product in products[: most - 1]:
            assert (await client.put(f"{API}/{product.id}")).status_code == 200
        answers = await asyncio.gather(
            *(client.put(f"{API}/{one.id}") for one in products[most - 1 :] * 2)
        )

    # One of the last three found the place; its second click changed nothing.
    assert sorted(one.status_code for one in answers) == [200, 200, 409, 409, 409, 409]
    assert {one.json().get("code") for one in answers if one.status_code == 409} == {"cart_full"}
    assert rows(admin, "select count(*) from cart_item") == [(most,)]


async def test_the_pages_put_in_show_and_take_out(
    buying: httpx.AsyncClient, client_of: ClientOf, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=1_200_000)
    page = f"/products/{product.id}"
    nobody = await (await client_of(None)).get(page)
    empty = await buying.get("/cart")
    before = await buying.get(page)
    added = await send(buying, page, {}, to=f"{page}/cart")
    after = await buying.get(page)
    cart = await buying.get("/cart")
    removed = await send(buying, "/cart", {}, to=f"/cart/{product.id}/removal")

    assert "로그인하고 담기" in nobody.text
    assert "장바구니가 비어 있습니다" in empty.text
    assert "장바구니에 담기" in before.text
    assert (added.status_code, added.headers["location"]) == (303, "/cart?done=cart-added")
    assert "이 상품은 장바구니에 있습니다" in after.text
    assert "₩1,320,000" in cart.text
    assert (removed.status_code, removed.headers["location"]) == (303, "/cart?done=cart-removed")
    assert "장바구니가 비어 있습니다" in (await buying.get("/cart")).text
