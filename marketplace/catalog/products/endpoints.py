"""The API of an organization's own products: begin, write, price, give up, read the contract."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products import queries, service
from marketplace.catalog.products.completeness import missing_of
from marketplace.catalog.products.errors import (
    DraftChanged,
    DraftInvalid,
    DraftOpen,
    NoDraft,
    ProductNotFound,
    ProductsFull,
)
from marketplace.catalog.products.licence import contract, odrl
from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import Line, OwnProduct
from marketplace.catalog.products.schemas import (
    ClauseOut,
    ContentOut,
    ContractOut,
    DraftPatch,
    PriceIn,
    ProductIn,
    ProductLine,
    ProductList,
    ProductOut,
)
from marketplace.http.cursors import CursorRefused, Cursors
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id, own_url
from marketplace.settings import Settings

PATH: Final = "/api/v1/organization/products"
TAGS: Final = ["products"]


def out_of(own: OwnProduct) -> ProductOut:
    """Shape a product as its seller sees it."""
    product = own.product
    assert product.number is not None, "a saved row has its number"
    assert product.created_at is not None, "and its time"
    return ProductOut(
        id=product.id,
        number=product.number,
        state=product.state,
        price_won=product.price_won,
        suspended_reason=product.suspended_reason,
        listed_at=product.listed_at,
        created_at=product.created_at,
        draft=_content(own.draft),
        approved=_content(own.approved),
        missing=missing_of(product, own.draft) if own.draft is not None else [],
    )


def _content(content: ProductContent | None) -> ContentOut | None:
    return None if content is None else convert(content, ContentOut, from_attributes=True)


def line_of(line: Line) -> ProductLine:
    """Shape a product in a list."""
    product, content = line.product, line.content
    assert product.number is not None, "a saved row has its number"
    assert content.saved_at is not None, "and its time"
    return ProductLine(
        id=product.id,
        number=product.number,
        state=product.state,
        content_state=content.state,
        title_ko=content.title_ko,
        price_won=product.price_won,
        saved_at=content.saved_at,
    )


def cursors_of(settings: Settings) -> Cursors:
    """Return what makes the cursors of the list of own products."""
    return Cursors(settings.session_key.get_secret_value(), "own_products")


def position_of(cursors: Cursors, cursor: str) -> tuple[datetime, UUID] | None:
    """Return where a page begins.

    Raises:
        CursorRefused: not made here
    """
    if not cursor:
        return None
    at, product_id = cursors.open(cursor)
    return datetime.fromisoformat(str(at)), UUID(str(product_id))


def page_of(lines: list[Line], cursors: Cursors) -> ProductList:
    """Shape a page of the list, with the cursor of the next where there may be one."""
    more = None
    if len(lines) == queries.PAGE_MOST:
        saved_at = lines[-1].content.saved_at
        assert saved_at is not None, "a saved row has its time"
        more = cursors.seal(saved_at.isoformat(), str(lines[-1].product.id))
    return ProductList([line_of(line) for line in lines], more)


@get(PATH, opt=allow(SELL_READ) | answers(NoOrganization, CursorRefused), tags=TAGS)
async def list_products(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: FromQuery[str] = "",
) -> ProductList:
    """List your organization's products, the last saved first."""
    cursors = cursors_of(settings)
    own = own_organization_id(principal)
    found = await queries.list_own(session, own, before=position_of(cursors, cursor))
    return page_of(found, cursors)


@post(PATH, opt=allow(SELL) | answers(NoOrganization, ProductsFull), tags=TAGS)
async def begin_product(
    data: JSONBody[ProductIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Begin a product with an empty draft and the standard licence."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.begin(session, own, data, actor_id=principal.user_id))

    return await once.answer(act, ProductOut)


@get(PATH + "/{product_id:uuid}", opt=allow(SELL_READ) | answers(ProductNotFound), tags=TAGS)
async def show_product(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> ProductOut:
    """Show one of your products with its draft, its approved content and what is missing."""
    return out_of(await queries.get_own(session, own_organization_id(principal), product_id))


@patch(
    PATH + "/{product_id:uuid}/draft",
    opt=allow(SELL) | answers(ProductNotFound, NoDraft, DraftChanged, DraftInvalid),
    tags=TAGS,
)
async def save_draft(
    product_id: FromPath[UUID],
    data: JSONBody[DraftPatch],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> ProductOut:
    """Save changes of the draft; a save that came in between is not overwritten."""
    own = own_organization_id(principal)
    return out_of(await service.save(session, own, product_id, data, actor_id=principal.user_id))


@put(PATH + "/{product_id:uuid}/price", opt=allow(SELL) | answers(ProductNotFound), tags=TAGS)
async def set_price(
    product_id: FromPath[UUID],
    data: JSONBody[PriceIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> ProductOut:
    """Set the price without VAT; new orders take it at once, placed ones keep theirs."""
    own = own_organization_id(principal)
    return out_of(
        await service.set_price(session, own, product_id, data, actor_id=principal.user_id)
    )


@post(
    PATH + "/{product_id:uuid}/draft/discard",
    status_code=200,
    opt=allow(SELL) | answers(ProductNotFound, NoDraft),
    tags=TAGS,
)
async def discard_draft(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Give up the draft; an approved content stays on sale."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.discard(session, own, product_id))

    return await once.answer(act, ProductOut, status=200)


@post(
    PATH + "/{product_id:uuid}/draft",
    opt=allow(SELL) | answers(ProductNotFound, DraftOpen),
    tags=TAGS,
)
async def begin_revision(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Begin a new content of a product; the approved one stays on sale until it is replaced."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        found = await service.begin_revision(session, own, product_id, actor_id=principal.user_id)
        return out_of(found)

    return await once.answer(act, ProductOut)


@get(
    PATH + "/{product_id:uuid}/contract",
    opt=allow(SELL_READ) | answers(ProductNotFound),
    tags=TAGS,
)
async def show_contract(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ContractOut:
    """Show the contract that the answers give, what differs from the standard, and its ODRL."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    return contract_of(own, own_url(settings))


def contract_of(own: OwnProduct, url: str) -> ContractOut:
    """Return the contract of the content that is shown."""
    given: dict[str, Any] = own.shown.licence if own.shown is not None else {}
    text_ko = contract.text_of(given)
    target = f"{url}/products/{own.product.id}"
    return ContractOut(
        clauses=[convert(one, ClauseOut, from_attributes=True) for one in contract.clauses(given)],
        text_ko=text_ko,
        text_en=contract.text_of(given, "en"),
        sha256=contract.sha256_of(text_ko),
        unanswered=contract.unanswered(given),
        odrl=odrl.policy_of(
            given,
            uid=f"{target}#licence",
            target=target,
            assigner=f"{url}/sellers/{own.product.organization_id}",
        ),
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_products,
    begin_product,
    show_product,
    save_draft,
    set_price,
    discard_draft,
    begin_revision,
    show_contract,
)
