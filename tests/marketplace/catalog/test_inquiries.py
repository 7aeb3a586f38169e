"""Buyers ask before they pay; everybody reads the answer, nobody who asked (E6)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.catalog.inquiries.service import OPEN_MOST
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

Owner = tuple[User, Organization]
INBOX = "/api/v1/organization/inquiries"
__all__ = ["worker"]


@pytest.fixture
async def product(database: Database, owner: Owner) -> Product:
    return await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약", columns=["속도"])


@pytest.fixture
async def seller(client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    return await client_of(owner[0])


@pytest.fixture
async def buyer(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    person, _ = await a_member(database, Role.buyer, name="묻는 사람")
    return await client_of(person)


def path_of(product: Product) -> str:
    return f"/api/v1/products/{product.id}/inquiries"


async def ask(
    client: httpx.AsyncClient, product: Product, body: str = "주기가 몇 초입니까?", **more: Any
) -> httpx.Response:
    return await client.post(path_of(product), json={"body": body} | more, headers=keyed())


async def answer(client: httpx.AsyncClient, inquiry: str, said: str) -> httpx.Response:
    return await client.post(f"{INBOX}/{inquiry}/answer", json={"answer": said}, headers=keyed())


async def test_a_question_is_answered_where_everybody_reads_it(
    admin: psycopg.Connection,
    client_of: ClientOf,
    buyer: httpx.AsyncClient,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    anybody = await client_of(None)

    asked = await ask(buyer, product, kind="sample")
    received = (await seller.get(INBOX)).json()["items"]
    first = await answer(seller, asked.json()["id"], "0.1초입니다.")
    corrected = await answer(seller, asked.json()["id"], "0.2초입니다.")
    told = (await anybody.get(path_of(product))).json()["items"]
    page = await anybody.get(f"/products/{product.id}")

    assert asked.status_code == 201
    assert [one["id"] for one in received] == [asked.json()["id"]]
    assert first.status_code == corrected.status_code == 200
    assert told[0]["answer"] == "0.2초입니다."
    for words in ("주기가 몇 초입니까?", "0.2초입니다.", "표본 요청"):
        assert words in page.text
    assert "묻는 사람" not in page.text
    before = rows(
        admin, "select facts from audit_event where action = 'inquiry.answered' order by id"
    )
    assert [facts for (facts,) in before] == [{}, {"before": "0.1초입니다."}]


async def test_both_sides_are_told(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
    buyer: httpx.AsyncClient,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    async with worker():
        asked = await ask(buyer, product)
        await until(admin, "inquiry.asked")
        await answer(seller, asked.json()["id"], "0.1초입니다.")
        await until(admin, "inquiry.answered")

    people = rows(
        admin, "select n.kind, u.name from notice n join user_account u on u.id = n.user_id"
        " where n.kind like 'inquiry.%%' order by n.kind desc",
    )  # fmt: skip
    assert people == [("inquiry.asked", "가상대표"), ("inquiry.answered", "묻는 사람")]


async def until(admin: psycopg.Connection, kind: str) -> None:
    for _ in range(200):
        if rows(admin, f"select 1 from notice where kind = '{kind}'"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no notice {kind}")


async def test_what_is_refused(
    database: Database,
    client_of: ClientOf,
    buyer: httpx.AsyncClient,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    other = await client_of((await a_member(database, Role.owner))[0])
    asked = (await ask(buyer, product)).json()["id"]

    own = await ask(seller, product)
    short = await ask(buyer, product, "?")
    foreign = await answer(other, asked, "제가 답합니다.")
    by_asker = await answer(buyer, asked, "제가 답합니다.")
    unknown = await answer(seller, str(uuid4()), "누구에게")
    nobody = await ask(await client_of(None), product)
    full = [await ask(buyer, product, f"질문 {at}번") for at in range(OPEN_MOST)]

    assert own.json()["code"] == "own_product_inquiry"
    assert short.status_code == 400
    assert foreign.json()["code"] == unknown.json()["code"] == "inquiry_not_found"
    assert (by_asker.status_code, nobody.status_code) == (403, 401)
    assert [one.status_code for one in full] == [201] * (OPEN_MOST - 1) + [409]
    assert full[-1].json()["code"] == "inquiries_full"


async def test_the_operator_hides_an_inquiry(
    database: Database,
    client_of: ClientOf,
    buyer: httpx.AsyncClient,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    reviewer = (await reviewers_of(database, client_of))[0]
    anybody = await client_of(None)
    asked = (await ask(buyer, product, "욕설입니다.")).json()["id"]
    page = f"/operator/products/{product.id}"

    without = await send(reviewer, page, {"reason": ""}, to=f"{page}/inquiries/{asked}")
    hidden = await send(reviewer, page, {"reason": "욕설"}, to=f"{page}/inquiries/{asked}")
    late = await answer(seller, asked, "답입니다.")

    assert without.status_code in (409, 422)
    assert hidden.headers["location"] == f"{page}?done=inquiry-hidden"
    assert "욕설입니다." not in (await anybody.get(f"/products/{product.id}")).text
    assert (await anybody.get(path_of(product))).json()["items"] == []
    assert late.json()["code"] == "inquiry_hidden"
    assert "욕설입니다." in (await reviewer.get(page)).text


async def test_forms_ask_and_answer(
    buyer: httpx.AsyncClient, seller: httpx.AsyncClient, product: Product
) -> None:
    page = f"/products/{product.id}"
    question = {"body": "<b>단위</b>는 무엇입니까?", "kind": "question"}

    sent = await send(buyer, page, question, to=f"{page}/inquiries")
    empty = await send(buyer, page, {"body": "", "kind": "question"}, to=f"{page}/inquiries")
    inbox = await seller.get("/selling/inquiries")
    inquiry = (await seller.get(INBOX)).json()["items"][0]["id"]
    fields = {"inquiry_id": inquiry, "answer": "m/s입니다."}
    answered = await send(seller, "/selling/inquiries", fields)

    assert sent.headers["location"] == f"{page}?done=inquiry-sent"
    assert empty.status_code == 422
    assert "&lt;b&gt;단위&lt;/b&gt;" in inbox.text
    assert answered.headers["location"] == "/selling/inquiries?done=inquiry-answered"
    assert "m/s입니다." in (await buyer.get(page)).text


async def test_who_has_yet_to_show_a_second_factor_loses_no_text(
    app: Litestar, database: Database, product: Product
) -> None:
    seller, _ = await a_member(database, Role.seller)
    cookie = await new_session(database, seller.id, second_factor=False)

    async with parallel_client(app, cookie) as half:
        page = (await half.get(f"/products/{product.id}")).text

    assert "<textarea" not in page
    assert f"/sign-in?next=/products/{product.id}" in page


async def test_nobody_answers_for_a_seller_even_past_the_application(
    database: Database, buyer: httpx.AsyncClient, product: Product, owner: Owner
) -> None:
    asked = UUID((await ask(buyer, product)).json()["id"])
    person, place = await a_member(database, Role.owner)
    forged = text("update inquiry set answer = 'x', answered_at = app_now() where id = :id")
    async with database.transaction(Scope("tenant", person.id, place.id)) as session:
        changed = await session.execute(forged, {"id": asked})
        assert changed.rowcount == 0  # type: ignore[attr-defined]
    own_question = text(
        "insert into inquiry (id, product_id, organization_id, kind, body, asker_organization_id,"
        " asked_by) values (gen_random_uuid(), :product, :seller, 'question', 'x', :asker, :person)"
    )
    values = {"product": product.id, "seller": owner[1].id, "asker": owner[1].id}
    async with database.transaction(Scope("tenant", owner[0].id, owner[1].id)) as session:
        with pytest.raises(ProgrammingError, match="row-level security"):
            await session.execute(own_question, values | {"person": owner[0].id})
        await session.rollback()
