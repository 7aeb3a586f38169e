"""The seller's side of the registration over the API."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.endpoints import out_of
from marketplace.catalog.products.errors import NoDraft, ProductNotFound
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import OwnProduct, get_own
from marketplace.catalog.products.schemas import ProductOut
from marketplace.catalog.review import queries, service
from marketplace.catalog.review.errors import NothingSubmitted, NotReadyToSubmit, ReviewNotFound
from marketplace.catalog.review.prices import price_check
from marketplace.catalog.review.schemas import CommentIn, CommentOut, RegistrationOut, ReviewOut
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id

PATH: Final = "/api/v1/organization/products/{product_id:uuid}/registration"
TAGS: Final = ["registration"]


async def registration_of(session: AsyncSession, own: OwnProduct) -> RegistrationOut:
    """Return where the registration of a product stands."""
    checks, price = [], None
    if own.draft is not None:
        price = await price_check(session, own.product, own.draft)
        checks = await queries.checks_of(session, own.product, own.draft)
    reviews = await queries.reviews_of(session, own.product.id)
    comments = await queries.comments_of(session, own.product.id)
    return RegistrationOut(
        checks=checks,
        price=price,
        reviews=[convert(one, ReviewOut, from_attributes=True) for one in reviews],
        comments=[convert(one, CommentOut, from_attributes=True) for one in comments],
    )


@get(PATH, opt=allow(SELL_READ) | answers(ProductNotFound), tags=TAGS)
async def show_registration(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> RegistrationOut:
    """Show the checks before a request, the requests so far, and the thread."""
    own = await get_own(session, own_organization_id(principal), product_id)
    return await registration_of(session, own)


@post(PATH, opt=allow(SELL) | answers(ProductNotFound, NoDraft, NotReadyToSubmit), tags=TAGS)
async def submit_product(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Request the registration of the draft; it cannot be edited until it is decided or recalled."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.submit(session, own, product_id, actor_id=principal.user_id))

    return await once.answer(act, ProductOut)


@post(
    PATH + "/recall",
    status_code=200,
    opt=allow(SELL) | answers(ProductNotFound, NothingSubmitted),
    tags=TAGS,
)
async def recall_product(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Take the request back before it is decided."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(await service.recall(session, own, product_id))

    return await once.answer(act, ProductOut, status=200)


@post(PATH + "/comments", opt=allow(SELL) | answers(ProductNotFound, ReviewNotFound), tags=TAGS)
async def comment_on_registration(
    product_id: FromPath[UUID],
    data: JSONBody[CommentIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[CommentOut]:
    """Answer in the thread of the newest request."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> CommentOut:
        written = await answer(session, own, product_id, data, author_id=principal.user_id)
        return convert(written, CommentOut, from_attributes=True)

    return await once.answer(act, CommentOut)


async def answer(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: CommentIn,
    *,
    author_id: UUID,
) -> object:
    """Write the seller's answer to the newest request of a product.

    Raises:
        ProductNotFound: none, or another organization's
        ReviewNotFound: nothing was ever requested
    """
    await get_own(session, organization_id, product_id)
    reviews = await queries.reviews_of(session, product_id)
    if not reviews:
        raise ReviewNotFound
    case = await queries.get_case(session, reviews[0].id)
    return await service.comment(
        session, case, author_id=author_id, by_operator=False, about=given.about, text=given.text
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_registration,
    submit_product,
    recall_product,
    comment_on_registration,
)
