"""The pages of sales, settlements and books: without a script, in both languages, for those who may."""

import re
from uuid import UUID, uuid4

import httpx

from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.settlements.drafting import draft_period
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.finance import Finance, finance, today_of
from tests.marketplace.orders.settling import (
    ACCOUNT_NUMBER,
    TERMS,
    accepted,
    last_month_text,
    refund_after,
    with_account,
)

__all__ = ["finance"]

DESK = "/operator/settlements"


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data={"_key": uuid4().hex, **fields})


async def test_finance_drafts_and_approves_in_pages(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("선반 진동", price_won=1_000_000)
    (line_id,) = await accepted(parts, buying, product.id)
    empty = await finance.one.get(DESK)
    drafts = await send(finance.one, f"{DESK}/drafts", month=last_month_text())
    period_id = drafts.headers["location"].split("period=")[1].split("&")[0]
    await draft_period(database.phases(Scope.system()), UUID(period_id), TERMS)
    month = await finance.one.get(f"{DESK}?period={period_id}")
    found = re.search(rf'href="({DESK}/[0-9a-f-]{{36}})"', month.text)
    assert found is not None
    one = found.group(1)
    await refund_after(database, line_id, 100_000, settled=False)
    changed = await finance.one.get(one)
    refused = await send(finance.one, f"{one}/approval")
    redrawn = await send(finance.one, f"{one}/recalculation")
    first = await send(finance.one, f"{one}/approval")
    waiting = await finance.one.get(one)
    second = await send(finance.two, f"{one}/approval")

    assert "아직 정산한 달이 없습니다" in empty.text
    assert month.text.count("₩1,045,000") >= 1
    assert "초안을 만든 뒤 금액이 달라졌습니다" in changed.text
    assert "정산 승인" not in changed.text
    assert (refused.status_code, "다시 계산" in refused.text) == (409, True)
    assert (redrawn.status_code, first.status_code, second.status_code) == (303, 303, 303)
    assert "다른 사람의 승인을 기다립니다" in waiting.text


async def test_finance_sends_the_file_and_imports_the_statement_in_pages(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("선반 진동", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    done = await finance.approved(draft["id"])
    payouts = f"{DESK}/periods/{period_id}/payout-file"

    no_reason = await send(finance.one, payouts, kind="csv")
    file = await send(finance.one, payouts, kind="csv", reason="이체")
    day = (await today_of(database)).isoformat()
    csv = f"거래일자,출금액,적요\n{day},1045000,{done['number']}\n{day},1,S999999\n"
    imported = await finance.one.post(
        f"{DESK}/statements", files={"file": ("a.csv", csv.encode("cp949"), "text/csv")}
    )
    unreadable = await finance.one.post(
        f"{DESK}/statements", files={"file": ("a.csv", b"a,b\n", "text/csv")}
    )
    own = await (await client_of(owner[0])).get(f"/selling/settlements/{draft['id']}")

    assert (no_reason.status_code, "사유를 적으십시오" in no_reason.text) == (422, True)
    assert ACCOUNT_NUMBER in file.text
    assert "지급 완료로 표시" in imported.text
    assert "없는 정산 번호" in imported.text
    assert (unreadable.status_code, "모두 있는 줄이 없습니다" in unreadable.text) == (422, True)
    assert "지급 완료" in own.text
    assert "발행 예정" in own.text
    assert ACCOUNT_NUMBER not in own.text + imported.text


async def test_a_payout_is_marked_and_a_draft_given_up_in_pages(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("선반 진동", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    given_up = await send(finance.one, f"{DESK}/{draft['id']}/cancellation", reason="요율 확인")
    (_, anew) = await finance.listed(await finance.drafts())
    await finance.approved(anew["id"])
    one = f"{DESK}/{anew['id']}"
    shown = await finance.one.get(one)
    wrong = await send(finance.one, f"{one}/payment", paid_on="2020-01-01", reason="은행 화면")
    day = (await today_of(database)).isoformat()
    done = await send(finance.one, f"{one}/payment", paid_on=day, reason="은행 화면")
    pdf = await finance.one.get(f"{one}/statement.pdf")

    assert given_up.status_code == 303
    assert "지급을 직접 표시" in shown.text
    assert (wrong.status_code, "승인한 날부터 오늘까지" in wrong.text) == (422, True)
    assert done.headers["location"].endswith("done=settlement-paid")
    assert pdf.content.startswith(b"%PDF-")


async def test_a_seller_reads_sales_and_settlements_in_both_languages(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    seller = await client_of(owner[0])
    nothing = (await seller.get("/selling/settlements")).text
    product = await on_sale("선반 진동", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    await finance.approved(draft["id"])
    paths = (
        "/selling/sales", "/selling/sales?state=settled&paid_from=2020-01-01",
        "/selling/settlements", f"/selling/settlements/{draft['id']}",
    )  # fmt: skip

    korean = [(await seller.get(path)).text for path in paths]
    await seller.patch("/api/v1/account", json={"language": "en"})
    table = await seller.get("/selling/sales/file?kind=csv")
    pdf = await seller.get(f"{paths[3]}/statement.pdf")
    none = await seller.get("/selling/sales?state=held")

    assert "아직 정산이 없습니다" in nothing
    assert "선반 진동" in korean[0]
    assert "<rect" in korean[0]
    assert "정산됨" in korean[1]
    assert "이월" in korean[2]
    assert "쓸 수 있는 계좌가 없어" in korean[3]
    assert "선반 진동" in table.content.decode("utf-8-sig")
    assert pdf.content.startswith(b"%PDF-")
    assert none.status_code == 200
    assert "선반 진동" not in none.text


async def test_the_books_have_a_page_and_nobody_else_sees_the_desk(
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    product = await on_sale("선반 진동", price_won=1_000_000)
    await accepted(parts, buying, product.id)

    page = await finance.one.get("/operator/books")
    early = await finance.one.get("/operator/books?until=2020-01-01")
    book = await finance.one.get("/operator/books/trial-balance.xlsx?until=2020-01-01")
    report = await finance.one.get(f"{DESK}/brokered?year=2026&quarter=4")
    seller = await client_of(owner[0])
    refused = [(await seller.get(path)).status_code for path in (DESK, "/operator/books")]

    assert "차변 ₩2,200,000 = 대변 ₩2,200,000" in page.text
    assert "차변 ₩0 = 대변 ₩0" in early.text
    assert book.content.startswith(b"PK")
    assert report.content.startswith(b"PK")
    assert refused == [403, 403]
