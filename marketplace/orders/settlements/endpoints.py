"""The API of a seller's sales and settlements."""

import asyncio
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.policies import SELL_READ
from marketplace.db import Phases
from marketplace.errors import Language
from marketplace.http.cursors import CursorRefused
from marketplace.http.files import PDF, file_answer
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    position_of,
)
from marketplace.orders.quotations.papers import issuer_of
from marketplace.orders.settlements import queries, sales
from marketplace.orders.settlements.errors import SettlementNotFound
from marketplace.orders.settlements.files import sales_rows, table_of
from marketplace.orders.settlements.papers import paper
from marketplace.orders.settlements.sales import SalesFilter
from marketplace.orders.settlements.schemas import (
    FileKind,
    SaleOut,
    Sales,
    SaleState,
    SettlementOut,
    Settlements,
)
from marketplace.orders.settlements.shaping import out_of, whole
from marketplace.settings import Settings

SALES: Final = "/api/v1/organization/sales"
PATH: Final = "/api/v1/organization/settlements"
ONE: Final = PATH + "/{settlement_id:uuid}"
TAGS: Final = ["settlements"]
LIST_NAME: Final = "sales"
Day = Annotated[date | None, QueryParameter(description="A day in Seoul, by the time of payment.")]
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[SaleState | None, QueryParameter(name="state")]
InLanguage = Annotated[Language, QueryParameter(name="language")]


def wanted_sales(
    paid_from: Day = None, paid_until: Day = None, in_state: InState = None
) -> SalesFilter:
    """Return the conditions in the address of a list of sales."""
    return SalesFilter(paid_from, paid_until, in_state)


WANTED: Final = {"wanted": Provide(wanted_sales, sync_to_thread=False)}


async def sales_page(
    session: AsyncSession,
    seller_id: UUID,
    wanted: SalesFilter,
    *,
    settings: Settings,
    cursor: str = "",
    limit: int = DEFAULT_ROWS,
) -> Sales:
    """Return a page of sold lines with the sums of all that fit.

    Raises:
        CursorRefused: the cursor was not made here
    """
    cursors = cursors_of(settings, LIST_NAME)
    rows = await sales.list_sales(
        session, seller_id, wanted, after=position_of(cursors, cursor), most=limit + 1
    )
    more = None
    if len(rows) > limit:
        last = rows[limit - 1]
        more = cursors.seal(last.paid_at.isoformat(), str(last.id))
    return Sales(
        rows[:limit],
        await sales.sums_by_state(session, seller_id, wanted),
        await sales.sums_by_month(session, seller_id),
        more,
    )


async def sales_file(
    phases: Phases, seller_id: UUID, wanted: SalesFilter, kind: FileKind
) -> Response[bytes]:
    """Return the sold lines that fit as a file."""
    async with phases() as session:
        rows: list[SaleOut] = await sales.list_sales(
            session, seller_id, wanted, most=sales.EXPORTED_MOST
        )
    content, media_type = await asyncio.to_thread(table_of, kind, "판매 내역", sales_rows(rows))
    return file_answer(content, media_type, f"sales.{kind.value}")


async def statement_file(
    settlement: SettlementOut, settings: Settings, language: Language
) -> Response[bytes]:
    """Return the statement (정산서) of a settlement as a PDF."""
    content = await asyncio.to_thread(paper, settlement, issuer_of(settings), language)
    return file_answer(content, PDF, f"settlement-{settlement.number}.pdf")


@get(SALES, opt=allow(SELL_READ) | answers(CursorRefused), tags=TAGS, dependencies=WANTED)
async def list_sales(
    *,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    wanted: NamedDependency[SalesFilter],
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> Sales:
    """List what your organization sold, the newest first, with sums by state and by month."""
    own = own_organization_id(principal)
    return await sales_page(session, own, wanted, settings=settings, cursor=cursor, limit=limit)


@get(SALES + "/file", opt=allow(SELL_READ), tags=TAGS, dependencies=WANTED)
async def send_sales(
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    wanted: NamedDependency[SalesFilter],
    kind: FromQuery[FileKind] = FileKind.csv,
) -> Response[bytes]:
    """Send what your organization sold as CSV (UTF-8 with a byte order mark) or XLSX."""
    return await sales_file(phases, own_organization_id(principal), wanted, kind)


@get(PATH, opt=allow(SELL_READ), tags=TAGS)
async def list_settlements(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Settlements:
    """List the settlements of your organization that were approved, the newest first."""
    own = await queries.list_own(session, own_organization_id(principal))
    return Settlements([out_of(one) for one in own])


@get(ONE, opt=allow(SELL_READ) | answers(SettlementNotFound), tags=TAGS)
async def show_settlement(
    settlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> SettlementOut:
    """Show a settlement with its lines, its payout and the exchange's invoice for the fee."""
    own = own_organization_id(principal)
    return await whole(session, await queries.get_own(session, own, settlement_id))


@get(ONE + "/statement.pdf", opt=allow(SELL_READ) | answers(SettlementNotFound), tags=TAGS)
async def send_statement(
    settlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    in_language: InLanguage = "ko",
) -> Response[bytes]:
    """Send the statement (정산서) of a settlement as a PDF."""
    async with phases() as session:
        own = own_organization_id(principal)
        found = await whole(session, await queries.get_own(session, own, settlement_id))
    return await statement_file(found, settings, in_language)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_sales,
    send_sales,
    list_settlements,
    show_settlement,
    send_statement,
)
