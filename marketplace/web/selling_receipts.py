"""The seller's page of what buyers downloaded: receipts of everything that was sold."""

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor, cursors_of, number_of
from marketplace.orders.delivery import receipts
from marketplace.orders.delivery.endpoints import RECEIPTS_NAME, receipts_page
from marketplace.orders.delivery.policies import SOLD
from marketplace.settings import Settings
from marketplace.web.library import paper_answer, table_answer
from marketplace.web.pages import AnyRequest, Page, render

HERE: Final = "/selling/receipts"


@get(HERE, opt=allow(SOLD), include_in_schema=False)
async def show_receipts(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
) -> Page:
    """List the downloads of everything that the organization sold."""
    before = number_of(cursors_of(settings, RECEIPTS_NAME), cursor)
    own = own_organization_id(principal)
    found = await receipts.list_sold(session, own, before=before, most=DEFAULT_ROWS + 1)
    page = receipts_page(found, settings, DEFAULT_ROWS, RECEIPTS_NAME)
    return render(request, "receipts.html", here=HERE, right=None, found=page)


@get(HERE + ".pdf", opt=allow(SOLD), include_in_schema=False)
async def send_paper(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the newest thousand receipts as a PDF."""
    own, most = own_organization_id(principal), receipts.PAPER_ROWS_MOST
    found = await receipts.list_sold(session, own, before=None, most=most)
    return await paper_answer(request, session, found, settings)


@get(HERE + ".csv", opt=allow(SOLD), include_in_schema=False)
async def send_table(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Response[bytes]:
    """Send the newest receipts as CSV."""
    own, most = own_organization_id(principal), receipts.CSV_ROWS_MOST
    return table_answer(await receipts.list_sold(session, own, before=None, most=most))


ROUTES: tuple[ControllerRouterHandler, ...] = (show_receipts, send_paper, send_table)
