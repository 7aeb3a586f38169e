"""A product leaves the market and returns by its seller's or the operator's hand (E6), and is counted (E8)."""

import csv
import io
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from openpyxl import load_workbook

from marketplace.catalog.products.models import Product
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
PUBLIC = "/api/v1/products"


@pytest.fixture
async def product(database: Database, owner: Owner) -> Product:
    return await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약", columns=["속도"])


@pytest.fixture
async def seller(client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    return await client_of(owner[0])


@pytest.fixture
async def reviewer(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    return (await reviewers_of(database, client_of))[0]


async def act(client: httpx.AsyncClient, path: str, reason: str | None = None) -> httpx.Response:
    body = None if reason is None else {"reason": reason}
    return await client.post(path, json=body, headers=keyed())


async def count_found(client: httpx.AsyncClient) -> int:
    return int((await client.get(PUBLIC, params={"q": "벨트"})).json()["count"])


def desk(product: Product, what: str) -> str:
    return f"/api/v1/operator/products/{product.id}/{what}"


async def test_a_seller_takes_a_product_off_and_puts_it_back(
    admin: psycopg.Connection, client_of: ClientOf, seller: httpx.AsyncClient, product: Product
) -> None:
    anybody = await client_of(None)
    path = f"{API}/products/{product.id}"

    off = await act(seller, f"{path}/withdrawal", "설비를 바꿉니다.")
    twice = await act(seller, f"{path}/withdrawal", "설비를 바꿉니다.")
    hidden = await count_found(anybody)
    tomb = await anybody.get(f"/products/{product.id}")
    back = await act(seller, f"{path}/relisting")
    early = await act(seller, f"{path}/relisting")

    assert off.json()["state"] == "withdrawn"
    assert twice.json()["code"] == early.json()["code"] == "listing_state_wrong"
    assert (hidden, tomb.status_code) == (0, 410)
    assert back.json()["state"] == "listed"
    assert await count_found(anybody) == 1
    actions = rows(admin, "select action, reason from audit_event order by id desc limit 2")
    assert actions == [("listing.relisted", None), ("listing.withdrawn", "설비를 바꿉니다.")]


async def test_the_seller_does_it_by_forms(
    client_of: ClientOf, seller: httpx.AsyncClient, product: Product
) -> None:
    page = f"/selling/products/{product.id}"

    asked = await seller.get(f"{page}/withdraw")
    without = await send(seller, f"{page}/withdraw", {"reason": ""})
    off = await send(seller, f"{page}/withdraw", {"reason": "점검"})
    back = await send(seller, page, {}, to=f"{page}/relist")

    assert "판매를 중지할까요" in asked.text
    assert without.status_code in (409, 422)
    assert off.headers["location"] == f"{page}?done=withdrawn"
    assert back.headers["location"] == f"{page}?done=relisted"


async def test_the_operator_stops_a_sale_and_lifts_the_stop(
    admin: psycopg.Connection,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: Product,
) -> None:
    anybody = await client_of(None)

    stopped = await act(reviewer, desk(product, "suspension"), "권리 침해 신고")
    hidden = await count_found(anybody)
    own = (await seller.get(f"{API}/products/{product.id}")).json()
    refused = await act(seller, f"{API}/products/{product.id}/relisting")
    lifted = await act(reviewer, desk(product, "lifting"), "신고가 거두어짐")

    assert stopped.json()["state"] == "suspended"
    assert hidden == 0
    assert own["suspended_reason"] == "권리 침해 신고"
    assert refused.json()["code"] == "listing_state_wrong"
    assert lifted.json() == {"id": str(product.id), "state": "listed", "suspended_reason": None}
    assert await count_found(anybody) == 1
    kinds = {kind for (kind,) in rows(admin, "select kind from notice")}
    assert kinds == {"listing.suspended", "listing.lifted"}


async def test_a_stop_lifted_leaves_what_the_seller_had_taken_off(
    client_of: ClientOf, seller: httpx.AsyncClient, reviewer: httpx.AsyncClient, product: Product
) -> None:
    await act(seller, f"{API}/products/{product.id}/withdrawal", "점검")
    await act(reviewer, desk(product, "suspension"), "확인 중")

    lifted = await act(reviewer, desk(product, "lifting"), "문제없음")

    assert lifted.json()["state"] == "withdrawn"
    assert await count_found(await client_of(None)) == 0


async def test_what_is_refused(
    database: Database, client_of: ClientOf, reviewer: httpx.AsyncClient,
    seller: httpx.AsyncClient, product: Product,
) -> None:  # fmt: skip
    unknown = await act(reviewer, f"/api/v1/operator/products/{uuid4()}/suspension", "이유 있음")
    bare = await act(reviewer, desk(product, "suspension"), "x")
    early = await act(reviewer, desk(product, "lifting"), "이유 있음")
    foreign = await act(seller, desk(product, "suspension"), "이유 있음")
    nobody = await act(await client_of(None), desk(product, "suspension"), "이유 있음")

    codes = [answer.json()["code"] for answer in (unknown, bare, early)]
    assert codes == ["listing_not_found", "reason_missing", "listing_state_wrong"]
    assert (foreign.status_code, nobody.status_code) == (403, 401)


async def test_the_operator_finds_products_and_acts_by_forms(
    reviewer: httpx.AsyncClient, product: Product
) -> None:
    page = f"/operator/products/{product.id}"

    listed = await reviewer.get("/operator/products", params={"text": "벨트", "state": "listed"})
    by_number = await reviewer.get(
        "/api/v1/operator/products", params={"text": str(product.number)}
    )
    none = await reviewer.get("/operator/products", params={"text": "없는 상품"})
    stopped = await send(reviewer, page, {"reason": "확인 중"}, to=f"{page}/suspension")
    shown = await reviewer.get(page)

    assert page in listed.text
    assert [one["id"] for one in by_number.json()["items"]] == [str(product.id)]
    assert "맞는 상품이 없습니다" in none.text
    assert stopped.headers["location"] == f"{page}?done=listing-suspended"
    assert "판매 정지 풀기" in shown.text


async def test_the_list_of_registered_products_opens_in_a_spreadsheet(
    database: Database, owner: Owner, client_of: ClientOf, product: Product
) -> None:
    await put_on_sale(database, owner, "=cmd|'/c calc'!A1", summary_ko="요약")
    anybody = await client_of(None)

    as_csv = await anybody.get(f"{PUBLIC}.csv")
    as_xlsx = await anybody.get(f"{PUBLIC}.xlsx")
    lines: list[Any] = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(as_xlsx.content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert as_csv.content.startswith(b"\xef\xbb\xbf")
    assert len(lines) == len(cells) == 3
    assert lines[0][:3] == cells[0][:3] == ["상품 번호", "상품명", "판매자"]
    assert lines[1][1] == cells[1][1] == "'=cmd|'/c calc'!A1"
    assert lines[2][1] == "컨베이어 벨트"
    assert cells[2][11] == 1_000_000
    assert "attachment" in as_xlsx.headers["content-disposition"]
