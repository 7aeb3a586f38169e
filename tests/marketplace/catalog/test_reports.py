"""A product is reported by others, looked into by the operator, and its reporter is told."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.waiting import until

Owner = tuple[User, Organization]
DESK = "/api/v1/operator/reports"
TOLD = "select kind from notice where kind like 'report.%%' order by created_at"
WHOLE = {"reason": "rights", "body": "우리 공장의 도면 번호가 들어 있습니다."}
CLOSED = {"outcome": "seller_asked", "answer": "판매자에게 고치도록 했습니다."}
__all__ = ["worker"]


@pytest.fixture
async def product(database: Database, owner: Owner) -> Product:
    return await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약", columns=["속도"])


@pytest.fixture
async def reporter(database: Database) -> Owner:
    return await a_member(database, Role.buyer, name="신고하는 사람")


async def file(client: httpx.AsyncClient, product: Product, **more: Any) -> httpx.Response:
    return await client.post(
        f"/api/v1/products/{product.id}/reports", json=WHOLE | more, headers=keyed()
    )


async def test_a_report_is_filed_closed_and_told(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    reporter: Owner,
    product: Product,
    worker: Worker,
) -> None:
    client = await client_of(reporter[0])
    reviewer, second = await reviewers_of(database, client_of)
    filed = await file(client, product)
    twice = await file(client, product)
    waiting = (await reviewer.get(DESK)).json()["items"]
    closing = f"{DESK}/{filed.json()['id']}/closing"
    early = await reviewer.post(closing, json=CLOSED | {"outcome": "sale_stopped"}, headers=keyed())
    async with worker():
        await until(lambda: len(rows(admin, TOLD)) == 2)
        closed = await reviewer.post(closing, json=CLOSED, headers=keyed())
        told = await until(lambda: len(rows(admin, TOLD)) == 3 and rows(admin, TOLD))
    late = await second.post(closing, json=CLOSED, headers=keyed())
    own = (await client.get("/api/v1/organization/reports")).json()["items"]
    again = await file(client, product)
    seller = await client_of(owner[0])

    assert filed.status_code == 201
    assert (twice.status_code, twice.json()["code"]) == (409, "report_open")
    assert [one["body"] for one in waiting] == [WHOLE["body"]]
    assert (early.status_code, early.json()["code"]) == (409, "still_on_sale")
    assert (closed.status_code, closed.json()["outcome"]) == (200, "seller_asked")
    assert told == [("report.received",), ("report.received",), ("report.closed",)]
    assert late.json()["code"] == "report_closed"
    assert own[0]["answer"] == CLOSED["answer"]
    assert again.status_code == 201
    assert (await seller.get("/api/v1/organization/reports")).json()["items"] == []
    assert WHOLE["body"] not in (await seller.get(f"/products/{product.id}")).text


async def test_what_is_refused(
    client_of: ClientOf, owner: Owner, reporter: Owner, product: Product
) -> None:
    client, seller = await client_of(reporter[0]), await client_of(owner[0])

    own = await file(seller, product)
    short = await file(client, product, body="짧은 글")
    strange = await file(client, product, reason="rude")
    desk = await client.get(DESK)

    assert (own.status_code, own.json()["code"]) == (409, "own_product_report")
    assert (short.status_code, strange.status_code) == (400, 400)
    assert desk.status_code == 403


async def test_two_windows_at_once_file_one_report(
    app: Litestar, admin: psycopg.Connection, database: Database, reporter: Owner, product: Product
) -> None:
    cookie = await new_session(database, reporter[0].id)
    async with parallel_client(app, cookie) as client:
        both = await asyncio.gather(file(client, product), file(client, product))

    assert sorted(one.status_code for one in both) == [201, 409]
    assert rows(admin, "select count(*) from product_report") == [(1,)]


async def test_forms_file_and_close(
    database: Database, client_of: ClientOf, reporter: Owner, product: Product
) -> None:
    client = await client_of(reporter[0])
    reviewer = (await reviewers_of(database, client_of))[0]
    page = f"/products/{product.id}/report"
    empty = await reviewer.get("/operator/reports")
    short = await send(client, page, {"reason": "other", "body": "짧음"})
    sent = await send(
        client, page, {"reason": "other", "body": "<b>어느 열</b>의 단위가 틀렸습니다."}
    )
    waiting = await client.get(page)
    desk = await reviewer.get("/operator/reports")
    one = desk.text.split("/operator/reports/")[1].split("/closing")[0]
    to = f"/operator/reports/{one}/closing"
    stopped = {"outcome": "sale_stopped", "answer": "중지했습니다."}
    refused = await send(reviewer, "/operator/reports", stopped, to=to)
    closed = await send(reviewer, "/operator/reports", CLOSED, to=to)
    done = await reviewer.get("/operator/reports?closed=1")

    assert "기다리는 신고가 없습니다" in empty.text
    assert short.status_code == 422
    assert sent.headers["location"] == f"/products/{product.id}?done=report-sent"
    assert "살피는 중" in waiting.text
    assert "신고 보내기" not in waiting.text
    assert "&lt;b&gt;어느 열&lt;/b&gt;" in desk.text
    assert refused.status_code == 409
    assert "중지했습니다." in refused.text
    assert closed.headers["location"] == "/operator/reports?done=report-closed"
    assert CLOSED["answer"] in done.text
    assert CLOSED["answer"] in (await client.get(page)).text


async def test_the_outcome_is_read_after_the_sale_stopped(
    database: Database, client_of: ClientOf, reporter: Owner, product: Product
) -> None:
    client = await client_of(reporter[0])
    reviewer = (await reviewers_of(database, client_of))[0]
    page = f"/products/{product.id}/report"
    filed = await file(client, product)
    stopped = await reviewer.post(
        f"/api/v1/operator/products/{product.id}/suspension",
        json={"reason": "도면 번호가 들어 있습니다."},
        headers=keyed(),
    )
    answer = {"outcome": "sale_stopped", "answer": "판매를 중지했습니다."}
    closing = f"{DESK}/{filed.json()['id']}/closing"
    closed = await reviewer.post(closing, json=answer, headers=keyed())
    shown = await client.get(page)
    late = await file(client, product)

    assert (stopped.status_code, closed.status_code) == (200, 200)
    assert (shown.status_code, answer["answer"] in shown.text) == (200, True)
    assert "신고 보내기" not in shown.text
    assert (late.status_code, late.json()["code"]) == (410, "listing_suspended")


async def test_nobody_closes_the_own_report_even_past_the_application(
    database: Database, client_of: ClientOf, reporter: Owner, product: Product
) -> None:
    await file(await client_of(reporter[0]), product)
    closing = text(
        "update product_report set outcome = 'unfounded', answer = 'x', closed_at = now()"
    )

    with pytest.raises(ProgrammingError):
        async with database.transaction(Scope("tenant", reporter[0].id, reporter[1].id)) as session:
            await session.execute(closing)
