"""The API of products on the market: the seller's and the operator's acts, the list of registered products."""

import asyncio
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.datasets.errors import VersionRevoked
from marketplace.catalog.listings import queries, service
from marketplace.catalog.listings.errors import ListingStateWrong, ListTooLong
from marketplace.catalog.listings.files import as_csv, as_xlsx
from marketplace.catalog.listings.schemas import ListingRows, ListingState
from marketplace.catalog.market.errors import ListingNotFound
from marketplace.catalog.products.endpoints import out_of
from marketplace.catalog.products.errors import ProductNotFound
from marketplace.catalog.products.models import ProductState
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.products.schemas import ProductOut
from marketplace.db import Phases
from marketplace.http.cursors import CursorRefused
from marketplace.http.files import file_answer
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.settings import Settings
from marketplace.spreadsheets import XLSX

OWN: Final = "/api/v1/organization/products/{product_id:uuid}"
DESK: Final = "/api/v1/operator/products"
LIST_NAME: Final = "operator_products"
TAGS: Final = ["market"]
Text = Annotated[str, QueryParameter(max_length=100)]
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[ProductState | None, QueryParameter(name="state")]
WITHDRAWING: Final = allow(SELL) | answers(ProductNotFound, ListingStateWrong, ReasonMissing)
DECIDING: Final = allow(REVIEWERS_FRESH) | answers(
    ListingNotFound, ListingStateWrong, OwnAccount, ReasonMissing
)


@post(OWN + "/withdrawal", status_code=200, opt=WITHDRAWING, tags=["registration"])
async def withdraw_product(
    product_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Take your product off the market; buyers keep what they bought."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.withdraw(session, own, product_id, reason=data.reason))

    return await once.answer(act, ProductOut, status=200)


@post(
    OWN + "/relisting",
    status_code=200,
    opt=allow(SELL) | answers(ProductNotFound, ListingStateWrong, VersionRevoked),
    tags=["registration"],
)
async def relist_product(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Put your product back on the market as it was approved."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.relist(session, own, product_id))

    return await once.answer(act, ProductOut, status=200)


@get(DESK, opt=allow(REVIEWERS) | answers(CursorRefused), tags=["operator"])
async def list_products(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    text: Text = "",
    in_state: InState = None,
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> ListingRows:
    """List products that are or were on sale, the newest begun first."""
    cursors = cursors_of(settings, LIST_NAME)
    rows = await queries.list_listings(
        session, text=text, state=in_state, after=position_of(cursors, cursor), rows_max=limit + 1
    )
    return ListingRows(rows[:limit], next_cursor(cursors, rows, limit))


@post(DESK + "/{product_id:uuid}/suspension", status_code=200, opt=DECIDING, tags=["operator"])
async def suspend_product(
    product_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ListingState]:
    """Stop the sale of a product; its seller reads the reason."""

    async def act(session: AsyncSession) -> ListingState:
        product = await service.suspend(session, principal, product_id, reason=data.reason)
        return convert(product, ListingState, from_attributes=True)

    return await once.answer(act, ListingState, status=200)


@post(DESK + "/{product_id:uuid}/lifting", status_code=200, opt=DECIDING, tags=["operator"])
async def lift_suspension(
    product_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ListingState]:
    """Lift the stop: the product stands where it stood before."""

    async def act(session: AsyncSession) -> ListingState:
        product = await service.lift(session, principal, product_id, reason=data.reason)
        return convert(product, ListingState, from_attributes=True)

    return await once.answer(act, ListingState, status=200)


@get("/api/v1/products.csv", opt=allow(EVERYONE) | answers(ListTooLong), tags=TAGS)
async def send_csv(phases: NamedDependency[Phases]) -> Response[bytes]:
    """Send the list of registered products (등록상품 현황) as CSV in UTF-8 with a byte order mark."""
    async with phases() as session:
        offers = await queries.all_offers(session)
    content = await asyncio.to_thread(as_csv, offers)
    return file_answer(content, "text/csv; charset=utf-8", "registered-products.csv")


@get("/api/v1/products.xlsx", opt=allow(EVERYONE) | answers(ListTooLong), tags=TAGS)
async def send_xlsx(phases: NamedDependency[Phases]) -> Response[bytes]:
    """Send the list of registered products (등록상품 현황) as a workbook."""
    async with phases() as session:
        offers = await queries.all_offers(session)
    content = await asyncio.to_thread(as_xlsx, offers)
    return file_answer(content, XLSX, "registered-products.xlsx")


ROUTES: tuple[ControllerRouterHandler, ...] = (
    withdraw_product,
    relist_product,
    list_products,
    suspend_product,
    lift_suspension,
    send_csv,
    send_xlsx,
)
