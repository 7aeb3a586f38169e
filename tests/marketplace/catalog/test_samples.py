"""A seller chooses rows that everybody sees before the purchase; the operator examines them too."""

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import (
    a_whole_product,
    listed,
    may_sell,
    reviewers_of,
)
from tests.marketplace.catalog.sending import API, close, keyed, opened, process, uploaded
from tests.marketplace.catalog.test_products import WHOLE
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # each product has real data, examined by real children
HOSTILE = "이름,값\n=cmd|' /C calc'!A0,1\n<b>굵게</b>,2\n셋,3\n".encode("cp949")


@pytest.fixture
async def seller(database: Database, client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    await may_sell(database, *owner)
    return await client_of(owner[0])


@pytest.fixture
async def product(
    database: Database, seller: httpx.AsyncClient, shelves: Shelves
) -> dict[str, Any]:
    return await a_whole_product(seller, database, shelves)


async def file_of(seller: httpx.AsyncClient, product: dict[str, Any]) -> str:
    path = f"{API}/versions/{product['draft']['dataset_version_id']}"
    return str((await seller.get(path)).json()["files"][0]["id"])


async def choose(
    seller: httpx.AsyncClient, product: dict[str, Any], **given: Any
) -> httpx.Response:
    now = (await seller.get(f"{API}/products/{product['id']}")).json()
    body = {
        "revision": now["draft"]["revision"], "file_id": await file_of(seller, now), "table": "a.csv",
        "first_row": 1, "row_count": 2,
    }  # fmt: skip
    path = f"{API}/products/{product['id']}/sample"
    return await seller.post(path, json=body | given, headers=keyed())


async def test_chosen_rows_are_examined_shown_and_sent(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: dict[str, Any],
) -> None:
    chosen = await choose(seller, product, first_row=2, row_count=50)
    path = f"/api/v1/products/{product['id']}/sample"
    early = await seller.get(path)
    await seller.post(f"{API}/products/{product['id']}/registration", headers=keyed())
    reviewer = (await reviewers_of(database, client_of))[0]
    desk = "/operator/reviews"
    review = (await reviewer.get("/api/v1" + desk)).json()["items"][0]["id"]
    examined = await reviewer.get(f"{desk}/{review}")
    decision = {"decision": "approve", "reason": ""}
    await send(reviewer, f"{desk}/{review}", decision, to=f"{desk}/{review}/decision")
    shown = (await seller.get(path)).json()
    page = (await seller.get(f"/products/{product['id']}")).text
    sent = await seller.get(f"{path}.csv")

    assert (chosen.status_code, chosen.json()["draft"]["sample_policy"]) == (200, "rows")
    assert early.status_code == 404
    assert "2행부터 2개 행" in examined.text
    assert (shown["columns"], shown["rows"]) == (
        ["a", "b", "c"],
        [["4", "5", "6"], ["7", "8", "9"]],
    )
    assert f"{path}.csv" in page
    assert sent.content == b"\xef\xbb\xbfa,b,c\r\n4,5,6\r\n7,8,9\r\n"
    assert rows(
        admin, "select facts->>'rows' from audit_event where action = 'product.sample_chosen'"
    ) == [("2",)]


async def test_what_is_refused(
    client_of: ClientOf, seller: httpx.AsyncClient, product: dict[str, Any], database: Database
) -> None:
    path = f"{API}/products/{product['id']}"
    unknown = await choose(seller, product, table="b.csv")
    foreign = await choose(seller, product, file_id=str(uuid4()))
    behind = await choose(seller, product, first_row=4)
    far = await choose(seller, product, first_row=201)
    many = await choose(seller, product, row_count=51)
    stale = await choose(seller, product, revision=0)
    revision = (await seller.get(path)).json()["draft"]["revision"]
    await seller.patch(f"{path}/draft", json={"revision": revision, "sample_policy": "rows"})
    missing = (await seller.get(path)).json()["missing"]

    assert (unknown.status_code, unknown.json()["code"]) == (404, "sample_table_missing")
    assert foreign.json()["code"] == "sample_table_missing"
    assert (behind.status_code, behind.json()["code"]) == (409, "sample_rows_missing")
    assert "3행까지" in behind.json()["ko"]
    assert (far.status_code, many.status_code) == (400, 400)
    assert stale.json()["code"] == "draft_changed"
    assert missing == ["sample"]


async def test_without_a_choice_the_page_says_so(
    database: Database, client_of: ClientOf, seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    await listed(database, seller, client_of, product)
    page = await seller.get(f"/products/{product['id']}")
    shown = await seller.get(f"/api/v1/products/{product['id']}/sample.csv")

    assert "판매자가 표본을 공개하지 않습니다" in page.text
    assert (shown.status_code, shown.json()["code"]) == (404, "sample_not_shown")


async def test_a_new_version_asks_for_new_rows_and_the_choice_is_taken_back(
    database: Database, shelves: Shelves, seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    path = f"{API}/products/{product['id']}"
    await choose(seller, product)
    version = (await seller.post(f"{path}/versions", json={}, headers=keyed())).json()
    file = await uploaded(seller, version, "a.csv", b"a,b,c\n1,1,1\n2,2,2\n")
    await process(database, shelves, file)
    await close(seller, version)
    missing = (await seller.get(path)).json()["missing"]
    page = f"/selling/products/{product['id']}/sample"
    shown = await seller.get(page)
    now = {"revision": (await seller.get(path)).json()["draft"]["revision"]}
    dropped = await send(seller, page, now, to=f"{page}/removal")
    after = (await seller.get(path)).json()

    assert missing == ["sample"]
    assert "지난 판의 행입니다" in shown.text
    assert dropped.headers["location"] == f"{page}?done=sample-dropped"
    assert (after["draft"]["sample_policy"], after["missing"]) == ("none", [])


async def test_forms_choose_hostile_cells_stay_text(
    database: Database, client_of: ClientOf, shelves: Shelves, seller: httpx.AsyncClient
) -> None:
    version = await opened(seller)
    product = f"{API}/products/{version['product_id']}"
    empty = await seller.get(f"/selling/products/{version['product_id']}/sample")
    file = await uploaded(seller, version, "한글 표.csv", HOSTILE)
    await process(database, shelves, file)
    await close(seller, version)
    revision = (await seller.get(product)).json()["draft"]["revision"]
    await seller.patch(f"{product}/draft", json={"revision": revision, **WHOLE})
    await seller.put(f"{product}/price", json={"price_won": 1_000_000})
    page = f"/selling/products/{version['product_id']}/sample"
    whole = (await seller.get(product)).json()["draft"]
    now = {"revision": whole["revision"], "source": "0"}
    wrong = await send(seller, page, now | {"first_row": "9", "row_count": "2"})
    junk = await seller.get(f"{page}?source=99999999999")
    saved = await send(seller, page, now | {"first_row": "1", "row_count": "3"})
    chosen = await seller.get(page)
    await listed(database, seller, client_of, (await seller.get(product)).json())
    shown = (await seller.get(f"/products/{version['product_id']}")).text
    sent = await seller.get(f"/api/v1/products/{version['product_id']}/sample.csv")

    assert "고를 행이 아직 없습니다" in empty.text
    assert wrong.status_code == 409
    assert junk.status_code == 200
    assert saved.headers["location"] == f"{page}?done=saved"
    assert "1행부터 3개 행" in chosen.text
    assert "&lt;b&gt;굵게&lt;/b&gt;" in shown
    assert "'=cmd|' /C calc'!A0,1" in sent.content.decode("utf-8-sig")
