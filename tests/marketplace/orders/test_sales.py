"""What a seller sees of its sales, and what the operator's books and reports say."""

import io
from typing import Any

import httpx
import psycopg
from openpyxl import load_workbook

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.db import Database, Scope, now
from marketplace.orders.settlements.brokered import due_on, quarter_of
from tests.factories import a_member
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.finance import API, SETTLEMENTS, Finance, finance
from tests.marketplace.orders.settling import accepted, last_month_text, with_account
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows

__all__ = ["finance"]

SALES = "/api/v1/organization/sales"
PDF = b"%PDF-"


def sheet_of(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


async def test_a_seller_sees_how_far_the_money_of_each_sale_is(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    other = await a_member(database, Role.owner)
    seller, stranger = await client_of(owner[0]), await client_of(other[0])
    held = await on_sale("컨베이어 벨트", price_won=100_000)
    foreign = await on_sale("남의 자료", price_won=70_000, seller=other)
    waits = await on_sale("도금 두께", price_won=200_000)
    settled = await on_sale("선반 진동", price_won=300_000)
    await accepted(parts, buying, settled.id)
    (draft,) = await finance.listed(await finance.drafts())
    await finance.approved(draft["id"])
    await accepted(parts, buying, waits.id)
    await paid(parts, buying, held.id, foreign.id)

    shown = (await seller.get(SALES)).json()
    one = (await seller.get(SALES, params={"limit": 2})).json()
    rest = (await seller.get(SALES, params={"limit": 2, "cursor": one["next_cursor"]})).json()
    only = (await seller.get(SALES, params={"state": "settled"})).json()
    none = (await seller.get(SALES, params={"paid_until": "2020-01-01"})).json()
    theirs = (await stranger.get(SALES)).json()
    table = await seller.get(SALES + "/file")
    book = await seller.get(SALES + "/file", params={"kind": "xlsx", "state": "held"})

    assert [(row["title_ko"], row["state"], row["left_won"]) for row in shown["items"]] == [
        ("컨베이어 벨트", "held", 110_000),
        ("도금 두께", "accepted", 220_000),
        ("선반 진동", "settled", 330_000),
    ]
    assert [(row["state"], row["count"], row["left_won"]) for row in shown["sums"]] == [
        ("held", 1, 110_000), ("accepted", 1, 220_000), ("settled", 1, 330_000), ("refunded", 0, 0),
    ]  # fmt: skip
    assert (len(shown["months"]), shown["months"][-1]["left_won"]) == (12, 660_000)
    assert [row["id"] for row in one["items"] + rest["items"]] == [
        row["id"] for row in shown["items"]
    ]
    assert [row["settlement_id"] for row in only["items"]] == [draft["id"]]
    assert (none["items"], none["sums"][0]["count"]) == ([], 0)
    assert [row["title_ko"] for row in theirs["items"]] == ["남의 자료"]
    lines = table.content.decode("utf-8-sig").splitlines()
    assert (len(lines), "컨베이어 벨트" in lines[1], "남의 자료" in table.text) == (4, True, False)
    assert [row[10] for row in sheet_of(book.content)] == ["상태", "보관 중"]


async def test_the_statement_is_a_pdf_in_both_languages_for_its_seller_alone(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    other = await a_member(database, Role.owner)
    seller, stranger = await client_of(owner[0]), await client_of(other[0])
    product = await on_sale("선반 진동", price_won=300_000)
    await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    path = f"/api/v1/organization/settlements/{draft['id']}/statement.pdf"
    early = await seller.get(path)
    await finance.approved(draft["id"])

    korean = await seller.get(path)
    english = await seller.get(path, params={"language": "en"})
    theirs = await stranger.get(path)

    assert (early.status_code, theirs.status_code) == (404, 404)
    assert korean.content.startswith(PDF)
    assert english.content.startswith(PDF)
    assert korean.content != english.content


async def test_the_books_balance_at_the_end_of_any_day(
    admin: psycopg.Connection,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    product = await on_sale("선반 진동", price_won=300_000)
    await accepted(parts, buying, product.id)

    now_shown = (await finance.one.get(f"{API}/books")).json()
    before = (await finance.one.get(f"{API}/books", params={"until": "2020-01-01"})).json()
    book = await finance.one.get(f"{API}/books.xlsx")
    refused = await (await client_of(owner[0])).get(f"{API}/books")

    by_code = {one["code"]: one["balance_won"] for one in now_shown["accounts"]}
    assert (by_code["gateway_clearing"], by_code["seller_payable"]) == (330_000, 330_000)
    assert now_shown["debit_won"] == now_shown["credit_won"] == 660_000
    assert (before["debit_won"], before["credit_won"]) == (0, 0)
    assert sheet_of(book.content)[-1] == ["합계", None, None, 660_000, 660_000, 0]
    assert refused.status_code == 403
    assert rows(admin, "select action from audit_event where action = 'books.exported'") == [
        ("books.exported",)
    ]


async def test_brokered_sales_are_reported_by_seller_and_month(
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    first = await on_sale("선반 진동", price_won=300_000)
    second = await on_sale("도금 두께", price_won=100_000)
    await paid(parts, buying, first.id)
    await paid(parts, buying, second.id, method="transfer")
    async with database.transaction(Scope.system()) as session:
        at = now(session)
    year, quarter = at.year, (at.month + 2) // 3
    path = f"{SETTLEMENTS}/brokered"

    book = await finance.one.get(path, params={"year": year, "quarter": quarter})
    empty = await finance.one.get(path, params={"year": 2020, "quarter": 1})
    wrong = await finance.one.get(path, params={"year": year, "quarter": 5})

    heading, row = sheet_of(book.content)
    number = owner[1].business_number
    assert heading[:2] == ["과세기간 분기", "거래 월"]
    assert row[0] == f"{year}-{quarter}"
    assert row[2:4] == [f"{number[:3]}-{number[3:5]}-{number[5:]}", owner[1].name]
    assert row[6:] == [2, 400_000, 40_000, 440_000, 330_000, 110_000, 0]
    assert len(sheet_of(empty.content)) == 1
    assert wrong.status_code == 400
    assert last_month_text() <= f"{at:%Y-%m}"


def test_a_quarter_and_the_day_its_report_is_due() -> None:
    assert [str(one) for one in quarter_of(2026, 4)] == ["2026-10-01", "2027-01-01"]
    # The 15th of January 2027 is a Friday, of July 2028 a Saturday before two days without offices.
    assert str(due_on(2026, 4)) == "2027-01-15"
    assert str(due_on(2028, 2)) == "2028-07-18"
