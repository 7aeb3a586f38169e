"""The API of invoices of an organization: of what it bought, and of what it sold."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.policies import SELL_READ
from marketplace.http.cursors import CursorRefused
from marketplace.http.files import file_answer
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor, cursors_of
from marketplace.orders.cart.policies import BUY_READ
from marketplace.orders.invoices import shaping
from marketplace.orders.invoices.errors import TaxInvoiceNotFound, TaxInvoiceNotIssued
from marketplace.orders.invoices.queries import Seen, Side
from marketplace.orders.invoices.schemas import InvoiceDetail, InvoicePage
from marketplace.settings import Settings

BOUGHT: Final = "/api/v1/organization/invoices"
SOLD: Final = "/api/v1/organization/sold-invoices"
ONE: Final = "/{invoice_id:uuid}"
TAGS: Final = ["orders"]
LIST_NAMES: Final = {Side.bought: "invoices_bought", Side.sold: "invoices_sold"}
Day = Annotated[date | None, QueryParameter()]


def xml_of(found: tuple[str, bytes]) -> Response[bytes]:
    """Return a standard document, named by our number."""
    return file_answer(found[1], "application/xml", f"invoice-{found[0]}.xml")


@get(BOUGHT, opt=allow(BUY_READ) | answers(CursorRefused), tags=TAGS)
async def list_bought(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    from_on: Day = None,
    to_on: Day = None,
    cursor: Cursor = "",
) -> InvoicePage:
    """List the invoices of what you bought, the newest first, by the dates on them."""
    seen = Seen(Side.bought, own_organization_id(principal), from_on, to_on)
    cursors = cursors_of(settings, LIST_NAMES[Side.bought])
    return await shaping.page_of(session, seen, cursors, cursor, DEFAULT_ROWS)


@get(BOUGHT + ONE, opt=allow(BUY_READ) | answers(TaxInvoiceNotFound), tags=TAGS)
async def show_bought(
    invoice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> InvoiceDetail:
    """Show an invoice of what you bought."""
    seen = Seen(Side.bought, own_organization_id(principal))
    return await shaping.detail_of(session, seen, invoice_id)


@get(
    BOUGHT + ONE + "/document",
    opt=allow(BUY_READ) | answers(TaxInvoiceNotFound, TaxInvoiceNotIssued),
    tags=TAGS,
)
async def send_bought_document(
    invoice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Send the standard document (표준전자세금계산서) of an invoice of what you bought."""
    seen = Seen(Side.bought, own_organization_id(principal))
    return xml_of(await shaping.document_of(session, seen, invoice_id))


@get(SOLD, opt=allow(SELL_READ) | answers(CursorRefused), tags=TAGS)
async def list_sold(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    from_on: Day = None,
    to_on: Day = None,
    cursor: Cursor = "",
) -> InvoicePage:
    """List the invoices of what you sold, the newest first, by the dates on them."""
    seen = Seen(Side.sold, own_organization_id(principal), from_on, to_on)
    cursors = cursors_of(settings, LIST_NAMES[Side.sold])
    return await shaping.page_of(session, seen, cursors, cursor, DEFAULT_ROWS)


@get(SOLD + ONE, opt=allow(SELL_READ) | answers(TaxInvoiceNotFound), tags=TAGS)
async def show_sold(
    invoice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> InvoiceDetail:
    """Show an invoice of what you sold."""
    seen = Seen(Side.sold, own_organization_id(principal))
    return await shaping.detail_of(session, seen, invoice_id)


@get(
    SOLD + ONE + "/document",
    opt=allow(SELL_READ) | answers(TaxInvoiceNotFound, TaxInvoiceNotIssued),
    tags=TAGS,
)
async def send_sold_document(
    invoice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Send the standard document (표준전자세금계산서) of an invoice of what you sold."""
    seen = Seen(Side.sold, own_organization_id(principal))
    return xml_of(await shaping.document_of(session, seen, invoice_id))


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_bought,
    show_bought,
    send_bought_document,
    list_sold,
    show_sold,
    send_sold_document,
)
