"""The seller's pages of sales and settlements."""

from datetime import date
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.policies import SELL_READ
from marketplace.db import Phases
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.settlements import queries
from marketplace.orders.settlements.endpoints import sales_file, sales_page, statement_file
from marketplace.orders.settlements.sales import SalesFilter, total_won
from marketplace.orders.settlements.schemas import FileKind, SaleState
from marketplace.orders.settlements.shaping import out_of, whole
from marketplace.settings import Settings
from marketplace.web.charts import bars
from marketplace.web.filters import address, read_filter
from marketplace.web.pages import AnyRequest, Page, language_of, render

SALES: Final = "/selling/sales"
LIST: Final = "/selling/settlements"
ONE: Final = LIST + "/{settlement_id:uuid}"


class SalesForm(Struct):
    """The conditions of the list."""

    paid_from: date | None = None
    paid_until: date | None = None
    state: SaleState | None = None

    @property
    def wanted(self) -> SalesFilter:
        """Which sales fit."""
        return SalesFilter(self.paid_from, self.paid_until, self.state)


class FileForm(SalesForm):
    """The conditions of the list, and the form of the file."""

    kind: FileKind = FileKind.csv


@get(SALES, opt=allow(SELL_READ), include_in_schema=False)
async def show_sales(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Show what was sold, how far its money is, and the months."""
    given = read_filter(request, SalesForm)
    own, cursor = own_organization_id(principal), request.query_params.get("cursor", "")
    shown = await sales_page(session, own, given.wanted, settings=settings, cursor=cursor)
    return render(
        request, "selling_sales.html", shown=shown, given=given, states=list(SaleState),
        bars=bars([month.left_won for month in shown.months]), total_won=total_won(shown.sums),
        csv_href=address(SALES + "/file", given, kind="csv"),
        xlsx_href=address(SALES + "/file", given, kind="xlsx"),
        next_href=address(SALES, given, cursor=shown.next_cursor) if shown.next_cursor else "",
    )  # fmt: skip


@get(SALES + "/file", opt=allow(SELL_READ), include_in_schema=False)
async def send_sales(
    request: AnyRequest, phases: NamedDependency[Phases], principal: NamedDependency[Principal]
) -> Response[bytes]:
    """Send what was sold as CSV or XLSX."""
    given = read_filter(request, FileForm)
    return await sales_file(phases, own_organization_id(principal), given.wanted, given.kind)


@get(LIST, opt=allow(SELL_READ), include_in_schema=False)
async def show_settlements(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """List the approved settlements."""
    own = await queries.list_own(session, own_organization_id(principal))
    return render(request, "selling_settlements.html", settlements=[out_of(one) for one in own])


@get(ONE, opt=allow(SELL_READ), include_in_schema=False)
async def show_settlement(
    request: AnyRequest,
    settlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show a settlement with its lines."""
    own = await queries.get_own(session, own_organization_id(principal), settlement_id)
    return render(request, "selling_settlement.html", settlement=await whole(session, own))


@get(ONE + "/statement.pdf", opt=allow(SELL_READ), include_in_schema=False)
async def send_statement(
    request: AnyRequest,
    settlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the statement (정산서) as a PDF in the reader's language."""
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), settlement_id)
        found = await whole(session, own)
    return await statement_file(found, settings, language_of(request))


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_sales,
    send_sales,
    show_settlements,
    show_settlement,
    send_statement,
)
