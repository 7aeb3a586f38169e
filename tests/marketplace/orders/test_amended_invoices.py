"""Refunds and lost deposits do to the papers what the law asks: cancel before they are sent, amend after (B5)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import text

from billing.duties import issue_due_on
from billing.gateways.sandbox_payment import Button
from billing.money import Split
from billing.papers.amendments import Way
from billing.papers.documents import Invoice
from billing.papers.ports import Issued, TaxInvoiceProvider
from marketplace.app import Parts
from marketplace.db import Database
from marketplace.orders.invoices.amending import (
    Taking,
    amend_for_refund,
    takings_of,
    withdrawals_of,
)
from marketplace.orders.invoices.contents import read_kept
from marketplace.settings import Settings
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.invoicing import Desk, desk_of
from tests.marketplace.orders.steps import paid, pressed, settled
from tests.marketplace.organizations.steps import rows


@pytest.fixture
def desk(parts: Parts, settings: Settings, clean: None) -> Desk:
    return desk_of(parts, settings)


@pytest.fixture
async def order(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale, desk: Desk
) -> dict[str, Any]:
    """An order of two products of one seller, paid by transfer, its paper issued."""
    first = await on_sale("컨베이어 벨트", price_won=1_000_000)
    second = await on_sale("사출 금형", price_won=500_000)
    found = await paid(parts, buying, first.id, second.id, method="transfer")
    await desk.issued(found["id"])
    return found


FIRST, SECOND = Split(1_000_000, 100_000), Split(500_000, 50_000)


def taking(
    admin: psycopg.Connection,
    order: Mapping[str, Any],
    desk: Desk,
    *sums: Split | None,
    case_id: UUID | None = None,
) -> Taking:
    """A refund of so much of each line in their order; it is counted on the line as refunds do."""
    lines = rows(
        admin, "select id, seller_id from order_line where order_id = %s order by position",
        order["id"],
    )  # fmt: skip
    taken = {line_id: one for (line_id, _), one in zip(lines, sums, strict=False) if one}
    for line_id, one in taken.items():
        admin.execute(
            "update order_line set refunded_supply_won = refunded_supply_won + %s,"
            " refunded_vat_won = refunded_vat_won + %s where id = %s",
            (one.supply_won, one.vat_won, line_id),
        )
    return Taking(UUID(order["id"]), lines[0][1], taken, desk.day, case_id or uuid4())


async def amended(desk: Desk, wanted: Taking) -> Way:
    return await amend_for_refund(desk.phases, desk.provider, wanted)


async def test_a_whole_refund_before_the_transmission_cancels_the_paper(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    wanted = taking(admin, order, desk, FIRST, SECOND)

    ways = [await amended(desk, wanted), await amended(desk, wanted)]
    (paper,) = await desk.papers()

    assert ways == [Way.cancel, Way.nothing]
    assert (paper["state"], paper["case_id"]) == ("cancelled", wanted.case_id)
    assert rows(admin, "select cancelled from invoice_document") == [(True,)]
    await desk.pass_days()
    assert (await desk.papers())[0]["state"] == "cancelled"


async def test_a_part_before_the_transmission_waits_and_is_a_change_of_price_after_it(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    wanted = taking(admin, order, desk, None, Split(200_000, 20_000))
    refunded_on = desk.day

    before = await amended(desk, wanted)
    await desk.pass_days()
    after = [await amended(desk, wanted), await amended(desk, wanted)]
    await desk.issue_waiting()
    original, change = await desk.papers()
    sheet = read_kept(change["content"])

    assert (before, after) == (Way.wait, [Way.change_price, Way.nothing])
    assert (change["document"], change["reason"], change["state"]) == ("02", "02", "issued")
    assert (change["supply_won"], change["vat_won"]) == (-200_000, -20_000)
    assert change["written_on"] == refunded_on
    assert change["issue_due_on"] == issue_due_on(refunded_on)
    assert change["amends_id"] == original["id"]
    assert sheet.amendment is not None
    assert sheet.amendment.original_issue_id == original["issue_id"]
    assert sheet.remarks == (f"당초 작성일자 {original['written_on']:%Y-%m-%d}",)
    assert [line.name for line in sheet.lines] == ["사출 금형"]
    assert original["ended_at"] is None


async def test_what_is_left_after_a_part_is_rescinded(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    await desk.pass_days()
    part = await amended(desk, taking(admin, order, desk, None, Split(200_000, 20_000)))
    await desk.issue_waiting()
    await desk.pass_days()
    rest = await amended(desk, taking(admin, order, desk, FIRST, Split(300_000, 30_000)))
    await desk.issue_waiting()
    original, change, end = await desk.papers()

    assert (part, rest) == (Way.change_price, Way.rescind)
    assert end["reason"] == "04"
    assert (end["supply_won"], end["vat_won"]) == (-1_300_000, -130_000)
    assert sum(one["supply_won"] + one["vat_won"] for one in (original, change, end)) == 0
    assert original["ended_at"] is not None


async def test_two_parts_that_are_the_whole_cancel_what_is_not_sent(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    first = taking(admin, order, desk, FIRST)
    one = await amended(desk, first)
    second = taking(admin, order, desk, None, SECOND)
    ways = [one, await amended(desk, second), await amended(desk, first)]

    assert ways == [Way.wait, Way.cancel, Way.nothing]
    assert [one["state"] for one in await desk.papers()] == ["cancelled"]


class SentMeanwhile:
    """A provider that sends the paper in the instant of its cancellation."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.provider = desk.provider

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        return await self.provider.issue(invoice, key)

    async def query(self, key: str) -> Issued | None:
        return await self.provider.query(key)

    async def cancel(self, key: str) -> Issued:
        self.desk.day += timedelta(days=1)
        return await self.provider.cancel(key)


async def test_a_paper_that_is_sent_while_it_is_cancelled_is_rescinded(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    wanted = taking(admin, order, desk, FIRST, SECOND)
    provider: TaxInvoiceProvider = SentMeanwhile(desk)

    way = await amend_for_refund(desk.phases, provider, wanted)

    assert way is Way.rescind
    assert [one["state"] for one in await desk.papers()] == ["sent", "drawn_up"]


async def test_a_paper_that_the_tax_office_refused_is_issued_anew_for_what_is_left(
    admin: psycopg.Connection, order: dict[str, Any], desk: Desk
) -> None:
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        admin.execute("update tax_invoice set state='failed', failure='tax_office_refused'")
    way = await amended(desk, taking(admin, order, desk, FIRST))
    await desk.issue_waiting()
    old, fresh = await desk.papers()

    assert way is Way.issue_anew
    assert (old["state"], fresh["state"]) == ("void", "issued")
    assert (fresh["supply_won"], fresh["vat_won"], fresh["amends_id"]) == (500_000, 50_000, None)
    assert fresh["issue_id"] != old["issue_id"]


async def lost(parts: Parts, desk: Desk, order: Mapping[str, Any]) -> list[Way]:
    """The bank takes the deposit back, and the job does its work twice."""
    payment_id = order["payments"][0]["id"]
    await pressed(parts, payment_id, Button.take_back)
    await settled(parts, payment_id)
    ways = []
    for _ in range(2):
        async with desk.phases() as session:
            takings = await withdrawals_of(session, UUID(order["id"]))
        ways += [await amended(desk, one) for one in takings]
    return ways


@pytest.mark.parametrize(
    ("days", "way", "sums"),
    [(0, Way.cancel, [22_000_000]), (1, Way.rescind, [22_000_000, -22_000_000])],
)
async def test_a_deposit_that_the_bank_takes_back_takes_the_paper_back_and_a_new_one_makes_another(
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    desk: Desk,
    days: int,
    way: Way,
    sums: list[int],
) -> None:
    product = await on_sale("사출 금형", price_won=20_000_000)
    order = await paid(parts, buying, product.id, method="virtual_account")
    await desk.issued(order["id"])
    await desk.pass_days(days)

    ways = await lost(parts, desk, order)
    await desk.issue_waiting()
    papers = await desk.papers()
    payment_id = order["payments"][0]["id"]
    await pressed(parts, payment_id, Button.success)
    await settled(parts, payment_id)
    again = await desk.issued(order["id"])

    assert ways == [way, Way.nothing]
    assert [one["supply_won"] + one["vat_won"] for one in papers] == sums
    assert (again[-1]["state"], again[-1]["supply_won"]) == ("issued", 20_000_000)
    assert len(again) == len(papers) + 1


async def test_a_refund_is_read_from_its_case(
    admin: psycopg.Connection, database: Database, order: dict[str, Any], desk: Desk
) -> None:
    case_id = uuid4()
    line_id, seller_id, organization_id, payment_id = rows(
        admin,
        "select l.id, l.seller_id, l.organization_id, p.id from order_line l"
        " join payment p on p.order_id = l.order_id where l.order_id = %s and l.position = 2",
        order["id"],
    )[0]
    async with desk.phases() as session:
        await session.execute(
            text(
                "insert into refund_case (id, order_id, organization_id, payment_id, reason, note,"
                " amount_won, state, decided_at) values (:id, :order_id, :organization_id,"
                " :payment_id, 'price_cut', '', 550000, 'decided', app_now())"
            ),
            {
                "id": case_id, "order_id": order["id"], "organization_id": organization_id,
                "payment_id": payment_id,
            },
        )  # fmt: skip
        await session.execute(
            text(
                "insert into refund_line (case_id, order_line_id, organization_id, seller_id,"
                " supply_won, vat_won) values (:id, :line, :organization_id, :seller, 500000, 50000)"
            ),
            {
                "id": case_id, "line": line_id, "organization_id": organization_id,
                "seller": seller_id,
            },
        )  # fmt: skip
    async with desk.phases() as session:
        takings = await takings_of(session, case_id)

    assert [(one.seller_id, one.lines, one.case_id) for one in takings] == [
        (seller_id, {line_id: SECOND}, case_id)
    ]
