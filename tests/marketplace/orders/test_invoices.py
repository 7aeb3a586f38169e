"""Each seller of an order paid by transfer gives one invoice, dated, numbered and sent by the rules (B2, B3)."""

import asyncio
from datetime import date

import httpx
import psycopg
import pytest
from sqlalchemy import text

from billing.duties import issue_due_on, transmit_due_on
from billing.papers.documents import Invoice
from billing.papers.ports import Issued, TaxInvoiceProvider
from billing.papers.reading import read
from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.orders.invoices.issuing import issue, issue_again
from marketplace.orders.invoices.telling import alarm
from marketplace.settings import Settings
from tests.factories import a_member
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.invoicing import Desk, desk_of
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows


async def change(database: Database, statement: str, **given: object) -> None:
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(statement), given)


async def taxed(database: Database, seller: Member, tax_type: str) -> None:
    await change(
        database, "update organization set registry_tax_type = :tax where id = :id",
        tax=tax_type, id=seller[1].id,
    )  # fmt: skip


@pytest.fixture
def desk(parts: Parts, settings: Settings, clean: None) -> Desk:
    return desk_of(parts, settings)


@pytest.fixture
async def exempt(database: Database, clean: None) -> Member:
    """A seller without VAT."""
    seller = await a_member(database, Role.owner)
    await taxed(database, seller, "04")
    return seller


async def test_each_seller_of_a_transfer_gives_a_paper_of_the_own_kind(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    buyer: Member,
    on_sale: OnSale,
    owner: Member,
    exempt: Member,
    desk: Desk,
) -> None:
    first = await on_sale("컨베이어 벨트", price_won=1_200_005)
    second = await on_sale("사출 금형", price_won=333_333)
    third = await on_sale("도금 두께", seller=exempt, price_won=900_000)
    order = await paid(parts, buying, first.id, second.id, third.id, method="transfer")

    papers = await desk.issued(order["id"])
    taxed_paper, exempt_paper = papers

    assert [one["key"] for one in papers] == [f"{order['number']}-1", f"{order['number']}-2"]
    assert (taxed_paper["supply_won"], taxed_paper["vat_won"]) == (1_533_338, 120_001 + 33_333)
    assert (exempt_paper["supply_won"], exempt_paper["vat_won"]) == (900_000, 0)
    assert [one["document"] for one in papers] == ["01", "03"]
    assert [one["state"] for one in papers] == ["issued", "issued"]
    for paper, seller in ((taxed_paper, owner), (exempt_paper, exempt)):
        kept = read(
            rows(admin, "select document from invoice_document where key = %s", paper["key"])[0][0]
        )
        assert kept.issue_id == paper["issue_id"]
        assert paper["issue_id"].startswith(f"{paper['written_on']:%Y%m%d}42")
        assert kept.supplier.business_number == seller[1].business_number
        assert kept.buyer.business_number == buyer[1].business_number
        assert kept.buyer.contact is not None
        assert kept.buyer.contact.email == buyer[1].invoice_email
        assert kept.broker is not None, "the exchange issues in the seller's name"
        assert kept.purpose.value == "01", "it was paid before"
        assert kept.remarks == (f"주문 {order['number']}",)
        assert paper["written_on"] == desk.day
        assert paper["issue_due_on"] == issue_due_on(desk.day)
        assert paper["transmit_due_on"] == transmit_due_on(desk.day)
    assert [line["name"] for line in taxed_paper["content"]["lines"]] == [
        "컨베이어 벨트", "사출 금형",
    ]  # fmt: skip
    assert taxed_paper["content"]["handling"] == "03"
    assert exempt_paper["content"]["handling"] == "03"


async def test_a_card_gets_no_invoice(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale, desk: Desk
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)

    assert await desk.issued(order["id"]) == []


async def test_repeated_and_concurrent_work_issues_one_paper(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")

    await asyncio.gather(*(desk.drawn_up(order["id"]) for _ in range(5)))
    (paper,) = await desk.papers()
    await asyncio.gather(*(issue(desk.phases, desk.provider, paper["id"]) for _ in range(5)))
    await desk.issued(order["id"])

    assert rows(admin, "select count(*) from invoice_document") == [(1,)]
    assert rows(admin, "select count(*) from tax_invoice") == [(1,)]
    told = rows(admin, "select count(*) from procrastinate_jobs where task_name='invoices.tell'")
    assert told == [(1,)]
    acts = rows(admin, "select action from audit_event where action like 'invoice.%%' order by id")
    assert acts == [("invoice.drawn_up",), ("invoice.issued",)]


class Forgetful:
    """A provider that issues and loses its first answer."""

    def __init__(self, provider: TaxInvoiceProvider) -> None:
        self.provider = provider
        self.calls = 0

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        self.calls += 1
        answer = await self.provider.issue(invoice, key)
        if self.calls == 1:
            raise ConnectionError("the answer is lost")
        return answer

    async def query(self, key: str) -> Issued | None:
        return await self.provider.query(key)

    async def cancel(self, key: str) -> Issued:
        return await self.provider.cancel(key)


async def test_a_lost_answer_is_found_again(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await desk.drawn_up(order["id"])
    (paper,) = await desk.papers()
    forgetful = Forgetful(desk.provider)

    with pytest.raises(ConnectionError):
        await issue(desk.phases, forgetful, paper["id"])
    between = (await desk.papers())[0]["state"]
    state = await issue(desk.phases, forgetful, paper["id"])

    assert (between, state, forgetful.calls) == ("drawn_up", "issued", 1)
    assert rows(admin, "select count(*) from invoice_document") == [(1,)]


@pytest.mark.parametrize(
    ("tax_type", "failure"),
    [
        ("02", "seller_gives_no_invoice"),
        ("04", "seller_tax_changed"),
        ("05", "seller_tax_undecided"),
    ],
)
async def test_a_seller_whose_tax_type_has_changed_gives_none_and_the_operator_is_told(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    owner: Member,
    on_sale: OnSale,
    desk: Desk,
    tax_type: str,
    failure: str,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await taxed(database, owner, tax_type)

    (paper,) = await desk.issued(order["id"])

    assert (paper["state"], paper["failure"], paper["issue_id"]) == ("failed", failure, None)
    assert rows(admin, "select count(*) from invoice_document") == [(0,)]
    jobs = rows(admin, "select args from procrastinate_jobs where task_name='invoices.tell_failed'")
    assert jobs == [({"invoice_id": str(paper["id"])},)]


async def test_the_tax_type_is_asked_once_more_at_the_issue(
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    owner: Member,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await desk.drawn_up(order["id"])
    await taxed(database, owner, "02")

    await desk.issue_waiting()

    (paper,) = await desk.papers()
    assert (paper["state"], paper["failure"]) == ("failed", "seller_gives_no_invoice")


async def test_what_the_standard_does_not_allow_fails_with_the_field(
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    buyer: Member,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    await change(
        database, "update organization set invoice_email = :email where id = :id",
        email="a" * 40 + "@example.com", id=buyer[1].id,
    )  # fmt: skip
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")

    (paper,) = await desk.issued(order["id"])

    assert paper["state"] == "failed"
    assert "URICommunication" in paper["failure"]
    assert "40자까지" in paper["failure"]


async def test_the_statement_goes_out_the_next_day(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await desk.issued(order["id"])
    await desk.pass_days(0)
    same_day = (await desk.papers())[0]["state"]
    await desk.pass_days()
    (paper,) = await desk.papers()
    await desk.pass_days()

    assert same_day == "issued"
    assert (paper["state"], paper["sent_at"] is not None) == ("sent", True)
    steps = rows(
        admin, "select from_state, to_state from state_step where machine='tax_invoice' order by id"
    )
    assert steps == [("drawn_up", "issued"), ("issued", "sent")]


async def test_deadlines_are_moved_over_holidays(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    # Supplied in the evening of the last day of a month, which is the next day nowhere but in Seoul; the 10th of the
    # next month is a Sunday, and the day after the issue is one, too.
    admin.execute("update entitlement set granted_at = '2026-09-30T23:30:00+09:00'")
    desk.day = date(2026, 10, 10)

    (paper,) = await desk.issued(order["id"])

    assert paper["written_on"] == date(2026, 9, 30)
    assert paper["issue_due_on"] == date(2026, 10, 12)
    assert paper["issued_on"] == date(2026, 10, 10)
    assert paper["transmit_due_on"] == date(2026, 10, 12)


async def test_the_operator_is_alarmed_once_a_day_of_what_is_due(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    from marketplace.auth import Function  # noqa: PLC0415
    from tests.factories import an_organization  # noqa: PLC0415

    place = an_organization(function=Function.exchange_operator)
    await a_member(database, Role.administrator, organization=None)
    async with database.transaction(Scope.system()) as session:
        session.add(place)
    finance = await a_member(database, Role.finance, organization=place)
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await desk.issued(order["id"])

    async def counted() -> int:
        async with desk.phases() as session:
            return await alarm(session)

    early = await counted()
    admin.execute("update tax_invoice set transmit_due_on = current_date - 1")
    counts = [early, await counted(), await counted()]
    admin.execute("update tax_invoice set alarmed_on = alarmed_on - 1")
    counts.append(await counted())

    assert counts == [0, 1, 0, 1]
    told = rows(admin, "select user_id, facts->>'count' from notice where kind = 'invoice.due'")
    assert told == [(finance[0].id, "1")] * 2


async def test_what_its_job_left_behind_is_issued_again(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")
    await desk.drawn_up(order["id"])
    admin.execute("delete from procrastinate_jobs where task_name = 'invoices.issue'")

    async def again() -> int:
        async with desk.phases() as session:
            return await issue_again(session)

    young = await again()
    admin.execute("update tax_invoice set made_at = made_at - interval '2 hours'")
    counts = [young, await again(), await again()]

    assert counts == [0, 1, 0]
    jobs = rows(admin, "select count(*) from procrastinate_jobs where task_name='invoices.issue'")
    assert jobs == [(1,)]
