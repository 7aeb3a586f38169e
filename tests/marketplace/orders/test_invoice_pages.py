"""Buyer, seller and operator see the papers, print them, take lists, and the operator mends what went wrong."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from billing.papers.reading import read
from marketplace.app import Parts
from marketplace.auth import Function, Role
from marketplace.db import Database, Scope
from marketplace.orders.invoices.contents import read_kept
from marketplace.orders.invoices.drawing import fail
from marketplace.orders.invoices.issuing import lock
from marketplace.orders.invoices.telling import tell, tell_failed
from marketplace.settings import Settings
from tests.factories import a_member, an_organization, save
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.invoicing import Desk, desk_of
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

BOUGHT = "/api/v1/organization/invoices"
SOLD = "/api/v1/organization/sold-invoices"
DESK = "/api/v1/operator/invoices"
PAGE = "/operator/invoices"
WHY = "사업자등록증과 달랐습니다."


@pytest.fixture
def desk(parts: Parts, settings: Settings, clean: None) -> Desk:
    return desk_of(parts, settings)


@pytest.fixture
async def paper(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale, desk: Desk
) -> dict[str, Any]:
    """The paper of an order of one product, issued."""
    product = await on_sale("컨베이어 <벨트>", price_won=1_200_005)
    order = await paid(parts, buying, product.id, method="transfer")
    return (await desk.issued(order["id"]))[0]


@pytest.fixture
async def finance(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    """The client of a person who sees to the exchange's money."""
    operator = an_organization(function=Function.exchange_operator)
    await save(database, operator)
    person, _ = await a_member(database, Role.finance, organization=operator)
    return await client_of(person, second_factor=True)


@pytest.fixture
async def selling(client_of: ClientOf, owner: Member) -> httpx.AsyncClient:
    return await client_of(owner[0])


async def test_both_sides_see_their_paper_and_nobody_else(
    database: Database,
    buying: httpx.AsyncClient,
    selling: httpx.AsyncClient,
    client_of: ClientOf,
    paper: dict[str, Any],
) -> None:
    stranger = await client_of((await a_member(database, Role.owner))[0])
    bought = (await buying.get(f"{BOUGHT}/{paper['id']}")).json()
    sold = (await selling.get(f"{SOLD}/{paper['id']}")).json()
    lists = [(await buying.get(BOUGHT)).json(), (await selling.get(SOLD)).json()]

    assert bought == sold
    assert (bought["invoice"]["state"], bought["invoice"]["total_won"]) == ("issued", 1_320_006)
    assert bought["sheet"]["lines"][0]["name"] == "컨베이어 <벨트>"
    assert [len(one["items"]) for one in lists] == [1, 1]
    for client, path in (
        (selling, f"{BOUGHT}/{paper['id']}"),
        (buying, f"{SOLD}/{paper['id']}"),
        (stranger, f"{BOUGHT}/{paper['id']}"),
        (stranger, f"{BOUGHT}/{paper['id']}/document"),
        (stranger, f"{SOLD}/{paper['id']}"),
    ):
        answer = await client.get(path)
        assert answer.status_code in {403, 404}, path
        assert "컨베이어" not in answer.text
    assert (await stranger.get(BOUGHT)).json()["items"] == []


async def test_the_document_is_what_the_archive_has(
    admin: psycopg.Connection,
    buying: httpx.AsyncClient,
    selling: httpx.AsyncClient,
    paper: dict[str, Any],
) -> None:
    kept = rows(admin, "select document from invoice_document")[0][0]

    documents = [
        await buying.get(f"{BOUGHT}/{paper['id']}/document"),
        await buying.get(f"/invoices/{paper['id']}/invoice.xml"),
        await selling.get(f"/selling/invoices/{paper['id']}/invoice.xml"),
    ]

    assert [one.content for one in documents] == [bytes(kept)] * 3
    assert read(documents[0].content).issue_id == paper["issue_id"]
    assert documents[0].headers["content-disposition"].endswith(f'invoice-{paper["key"]}.xml"')


async def test_pages_prints_and_lists_of_both_sides(
    buying: httpx.AsyncClient, selling: httpx.AsyncClient, paper: dict[str, Any]
) -> None:
    for client, base, words in (
        (buying, "/invoices", "매입 세금계산서"),
        (selling, "/selling/invoices", "매출 세금계산서"),
    ):
        listed = await client.get(base)
        shown = await client.get(f"{base}/{paper['id']}")
        printed = await client.get(f"{base}/{paper['id']}/invoice.pdf")
        book = await client.get(f"{base}/list.xlsx")
        assert words in listed.text
        assert "컨베이어 &lt;벨트&gt;" in listed.text
        assert paper["issue_id"] in shown.text
        assert printed.content.startswith(b"%PDF")
        sheet = load_workbook(io.BytesIO(book.content)).active
        assert sheet is not None
        found = list(sheet.iter_rows(values_only=True))
        assert found[1][2] == paper["issue_id"]
        assert found[1][10:14] == (1_200_005, 120_001, 1_320_006, "발급")
        assert found[2][0] == "합계"
        assert found[2][10:13] == (1_200_005, 120_001, 1_320_006)


async def test_a_period_shows_what_is_dated_in_it(
    buying: httpx.AsyncClient, paper: dict[str, Any]
) -> None:
    day = paper["written_on"]
    later = day + timedelta(days=1)
    counts = [
        len((await buying.get(BOUGHT, params=given)).json()["items"])
        for given in (
            {"from_on": str(day), "to_on": str(day)},
            {"from_on": str(later)},
            {"to_on": str(day - timedelta(days=1))},
        )
    ]
    page = await buying.get("/invoices", params={"from_on": str(later)})
    book = await buying.get("/invoices/list.xlsx", params={"from_on": str(later)})

    assert counts == [1, 0, 0]
    assert "이 기간의 세금계산서가 없습니다" in page.text
    assert len(list(load_workbook(io.BytesIO(book.content)).active.iter_rows())) == 2


async def test_both_sides_are_told_of_the_issue(
    admin: psycopg.Connection, desk: Desk, paper: dict[str, Any], buyer: Member, owner: Member
) -> None:
    async with desk.phases() as session:
        await tell(session, paper["id"])

    told = rows(admin, "select user_id, kind, link from notice where kind = 'invoice.issued'")
    assert sorted(told, key=lambda one: str(one[2])) == [
        (buyer[0].id, "invoice.issued", f"/invoices/{paper['id']}"),
        (owner[0].id, "invoice.issued", f"/selling/invoices/{paper['id']}"),
    ]
    subjects = rows(
        admin, "select distinct subject from mail where subject like '%%발행되었습니다%%'"
    )
    assert [one for (one,) in subjects] == [
        f"전자세금계산서가 발행되었습니다: 주문 {paper['key'].rpartition('-')[0]}"
    ]


async def taxed(database: Database, seller: Member, tax_type: str) -> None:
    async with database.transaction(Scope.system()) as session:
        await session.execute(
            text("update organization set registry_tax_type = :tax where id = :id"),
            {"tax": tax_type, "id": seller[1].id},
        )


async def failed(desk: Desk, invoice_id: Any) -> None:
    async with desk.phases() as session:
        await fail(session, await lock(session, invoice_id), "tax_office_refused")


async def test_the_operator_sends_a_failed_paper_again_under_a_new_number(
    admin: psycopg.Connection, finance: httpx.AsyncClient, desk: Desk, paper: dict[str, Any]
) -> None:
    path = f"{DESK}/{paper['id']}/sending"
    early = await finance.post(path, json={"reason": WHY}, headers=keyed())
    await failed(desk, paper["id"])
    async with desk.phases() as session:
        await tell_failed(session, paper["id"])
    listed = await finance.get(PAGE)
    shown = await finance.get(f"{PAGE}/{paper['id']}")
    sent = await send(
        finance, f"{PAGE}/{paper['id']}", {"reason": WHY}, to=f"{PAGE}/{paper['id']}/sending"
    )
    await desk.issue_waiting()
    old, fresh = await desk.papers()
    late = await finance.post(path, json={"reason": WHY}, headers=keyed())

    assert early.json()["code"] == "tax_invoice_not_failed"
    assert "실패한 문서 1건" in listed.text
    assert "국세청이 전송을 받지 않았습니다." in shown.text
    assert (sent.status_code, late.json()["code"]) == (303, "tax_invoice_not_failed")
    assert (old["state"], fresh["state"]) == ("void", "issued")
    assert fresh["key"] != old["key"]
    assert (fresh["supply_won"], fresh["amends_id"]) == (old["supply_won"], None)
    acts = rows(admin, "select reason from audit_event where action = 'invoice.sent_again'")
    assert acts == [(WHY,)]
    assert rows(admin, "select count(*) from notice where kind = 'invoice.failed'") == [(1,)]


async def test_what_a_seller_could_not_give_is_drawn_up_again_once_the_register_is_right(
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    finance: httpx.AsyncClient,
    owner: Member,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await taxed(database, owner, "02")
    (first,) = await desk.issued(order["id"])
    await taxed(database, owner, "01")
    path = f"{DESK}/{first['id']}/sending"
    answer = await finance.post(path, json={"reason": WHY}, headers=keyed())
    await desk.issue_waiting()

    assert (first["state"], answer.status_code) == ("failed", 204)
    assert [one["state"] for one in await desk.papers()] == ["void", "issued"]


def correction(paper: dict[str, Any], **given: Any) -> dict[str, Any]:
    content = read_kept(paper["content"])
    contact = content.buyer.contact
    assert contact is not None
    wish = {
        "written_on": str(content.written_on),
        "supplier_name": content.supplier.name,
        "supplier_representative": content.supplier.representative,
        "supplier_address": content.supplier.address or "",
        "buyer_number": content.buyer.business_number,
        "buyer_name": content.buyer.name,
        "buyer_representative": content.buyer.representative,
        "buyer_address": content.buyer.address or "",
        "buyer_email": contact.email,
        "reason": WHY,
    }
    return wish | given


async def test_a_wrong_entry_is_corrected_by_two_papers_after_a_preview(
    admin: psycopg.Connection, finance: httpx.AsyncClient, desk: Desk, paper: dict[str, Any]
) -> None:
    path = f"{DESK}/{paper['id']}/correction"
    wish = correction(paper, buyer_representative="새대표")
    early = await finance.post(path, json=wish, headers=keyed())
    await desk.pass_days()
    refused = {
        "same": await finance.post(path, json=correction(paper), headers=keyed()),
        "number": await finance.post(
            path, json=correction(paper, buyer_number="000-81-00000"), headers=keyed()
        ),
        "future": await finance.post(
            path, json=correction(paper, written_on="2999-01-01"), headers=keyed()
        ),
    }
    preview = await finance.post(f"{path}/preview", json=wish)
    page = f"{PAGE}/{paper['id']}/correction"
    shown = await send(finance, page, wish)
    count = len(await desk.papers())
    done = await send(finance, page, wish | {"seen": "on"})
    await desk.issue_waiting()
    original, back, right = await desk.papers()

    assert early.json()["code"] == "tax_invoice_not_sent"
    assert {name: one.json()["code"] for name, one in refused.items()} == {
        "same": "tax_invoice_unchanged",
        "number": "tax_invoice_faulty",
        "future": "tax_invoice_faulty",
    }
    sheets = preview.json()["sheets"]
    assert [one["total_won"] for one in sheets] == [-1_320_006, 1_320_006]
    assert (shown.status_code, count, done.status_code) == (200, 1, 303)
    assert "두 장 발급" in shown.text
    assert "새대표" in shown.text
    assert [(one["reason"], one["document"], one["state"]) for one in (back, right)] == [
        ("01", "02", "issued")
    ] * 2
    assert back["supply_won"] + right["supply_won"] == 0
    assert right["content"]["buyer"]["representative"] == "새대표"
    assert right["content"]["amendment"]["original_issue_id"] == original["issue_id"]
    assert original["ended_at"] is None
    acts = rows(admin, "select reason from audit_event where action = 'invoice.amended'")
    assert acts == [(WHY,)]


async def test_a_double_paper_is_taken_back_with_a_minus(
    finance: httpx.AsyncClient, desk: Desk, paper: dict[str, Any]
) -> None:
    path = f"{DESK}/{paper['id']}/double-issue"
    early = await finance.post(path, json={"reason": WHY}, headers=keyed())
    early_page = await finance.get(f"{PAGE}/{paper['id']}/double-issue")
    await desk.pass_days()
    page = f"{PAGE}/{paper['id']}/double-issue"
    shown = await finance.get(page)
    empty = await send(finance, page, {"reason": ""})
    done = await send(finance, page, {"reason": WHY})
    late = await finance.post(path, json={"reason": WHY}, headers=keyed())
    await desk.issue_waiting()
    original, back = await desk.papers()

    assert early.json()["code"] == late.json()["code"] == "tax_invoice_not_sent"
    assert early_page.status_code == 409
    assert "-₩1,320,006" in shown.text or "₩-1,320,006" in shown.text
    assert (empty.status_code, done.status_code) == (422, 303)
    assert (back["reason"], back["supply_won"]) == ("06", -1_200_005)
    assert back["written_on"] == original["written_on"]
    assert original["ended_at"] is not None


async def test_the_operator_sees_deadlines_and_both_copies(
    admin: psycopg.Connection, finance: httpx.AsyncClient, paper: dict[str, Any]
) -> None:
    calm = (await finance.get(f"{DESK}/due")).json()["items"]
    admin.execute("update tax_invoice set transmit_due_on = current_date - 3")
    due = (await finance.get(f"{DESK}/due")).json()["items"]
    page = await finance.get(PAGE)
    copies = [
        await finance.get(f"{PAGE}/{paper['id']}/invoice.pdf?copy={one}")
        for one in ("buyer", "seller")
    ]
    book = await finance.get(f"{PAGE}/list.xlsx?state=issued")

    assert ([one["id"] for one in calm], [one["id"] for one in due]) == ([], [str(paper["id"])])
    assert "일 지남" in page.text
    assert all(one.content.startswith(b"%PDF") for one in copies)
    assert copies[0].content != copies[1].content
    assert len(list(load_workbook(io.BytesIO(book.content)).active.iter_rows())) == 3


async def test_a_paper_that_nothing_has_is_not_found(
    buying: httpx.AsyncClient, finance: httpx.AsyncClient
) -> None:
    for client, path in (
        (buying, f"{BOUGHT}/{uuid4()}"),
        (buying, f"/invoices/{uuid4()}"),
        (finance, f"{DESK}/{uuid4()}"),
        (finance, f"{PAGE}/{uuid4()}/correction"),
    ):
        assert (await client.get(path)).status_code == 404
