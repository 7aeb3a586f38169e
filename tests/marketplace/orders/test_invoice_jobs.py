"""The worker brings invoices through by itself, and kill -9 at each named step ends in one paper."""

import signal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.app import Parts
from marketplace.jobs.declaring import declared_jobs
from marketplace.orders.invoices.archive import ArchivingProvider
from marketplace.settings import Settings
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.invoicing import Desk, desk_of
from tests.marketplace.orders.killed import die_doing, do
from tests.marketplace.orders.refund_steps import withdraw
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows
from tests.waiting import until

__all__ = ["worker"]
STATES = "select state from tax_invoice order by key"


@pytest.fixture
def desk(parts: Parts, settings: Settings, clean: None) -> Desk:
    return desk_of(parts, settings)


@pytest.fixture
async def order(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale, desk: Desk
) -> dict[str, Any]:
    """An order that was paid by transfer."""
    return await paid(parts, buying, (await on_sale("컨베이어 벨트")).id, method="transfer")


async def test_the_worker_issues_tells_and_cancels(
    admin: psycopg.Connection,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
    worker: Worker,
) -> None:
    chosen = SimpleNamespace(settings=settings, tax_invoices=ArchivingProvider(parts.database))
    own = [one for one in declared_jobs() if one.name.startswith("invoices.")]
    told = "select distinct kind from notice where kind like 'invoice.%%' order by 1"

    async with worker(parts=chosen, jobs=own):
        await until(lambda: rows(admin, told) == [("invoice.issued",)])
        issued = rows(admin, STATES)
        refunded = await withdraw(buying, order, 0)
        await until(lambda: rows(admin, told) == [("invoice.cancelled",), ("invoice.issued",)])

    assert (issued, refunded.status_code) == ([("issued",)], 201)
    assert rows(admin, "select state, case_id::text from tax_invoice") == [
        ("cancelled", refunded.json()["id"])
    ]
    failed = "select count(*) from job_run where state = 'parked'"
    assert rows(admin, failed) == [(0,)]


@pytest.mark.parametrize("point", ["invoice.answered", "invoice.applied"])
async def test_an_issue_that_was_cut_makes_one_paper(
    admin: psycopg.Connection, settings: Settings, order: dict[str, Any], desk: Desk, point: str
) -> None:
    await desk.drawn_up(order["id"])
    invoice_id = UUID(str((await desk.papers())[0]["id"]))

    assert die_doing("issue", invoice_id, point, settings) == -signal.SIGKILL
    cut = rows(admin, STATES)
    await do("issue", invoice_id, settings)
    await do("issue", invoice_id, settings)

    assert (cut, rows(admin, STATES)) == ([("drawn_up",)], [("issued",)])
    counted = rows(
        admin,
        "select (select count(*) from invoice_document), (select count(*) from procrastinate_jobs"
        " where task_name = 'invoices.tell')",
    )
    assert counted == [(1, 1)]


async def test_a_cancellation_that_was_cut_is_finished(
    admin: psycopg.Connection,
    settings: Settings,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
    desk: Desk,
) -> None:
    await desk.issued(order["id"])
    case_id = UUID((await withdraw(buying, order, 0)).json()["id"])

    assert die_doing("amend", case_id, "invoice.cancelled", settings) == -signal.SIGKILL
    cut = rows(admin, STATES)
    await do("amend", case_id, settings)
    await do("amend", case_id, settings)

    assert (cut, rows(admin, STATES)) == ([("issued",)], [("cancelled",)])
    assert rows(admin, "select case_id from tax_invoice") == [(case_id,)]
