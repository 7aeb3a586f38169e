"""The API of samples: the seller's choice, and what everybody may see."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.market.errors import ListingNotFound, ListingSuspended, ListingWithdrawn
from marketplace.catalog.market.queries import get_listing
from marketplace.catalog.products.endpoints import out_of
from marketplace.catalog.products.errors import DraftChanged, NoDraft, ProductNotFound
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.products.schemas import ProductOut
from marketplace.catalog.samples import service
from marketplace.catalog.samples.errors import (
    SampleNotShown,
    SampleRowsMissing,
    SampleTableMissing,
)
from marketplace.catalog.samples.schemas import RevisionIn, Sample, SampleIn
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id

OWN: Final = "/api/v1/organization/products/{product_id:uuid}/sample"
SHOWN: Final = "/api/v1/products/{product_id:uuid}/sample"
SEEN: Final = allow(EVERYONE) | answers(
    ListingNotFound, ListingWithdrawn, ListingSuspended, SampleNotShown
)


@post(
    OWN,
    status_code=200,
    opt=allow(SELL)
    | answers(ProductNotFound, NoDraft, DraftChanged, SampleTableMissing, SampleRowsMissing),
    tags=["products"],
)
async def choose_sample(
    product_id: FromPath[UUID],
    data: JSONBody[SampleIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Choose the rows of your data that everybody may see once the draft is approved."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(
            await service.choose(session, own, product_id, data, actor_id=principal.user_id)
        )

    return await once.answer(act, ProductOut, status=200)


@post(
    OWN + "/removal",
    status_code=200,
    opt=allow(SELL) | answers(ProductNotFound, NoDraft, DraftChanged),
    tags=["products"],
)
async def drop_sample(
    product_id: FromPath[UUID],
    data: JSONBody[RevisionIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProductOut]:
    """Show no rows any more once the draft is approved."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ProductOut:
        return out_of(
            await service.drop(
                session, own, product_id, revision=data.revision, actor_id=principal.user_id
            )
        )

    return await once.answer(act, ProductOut, status=200)


@get(SHOWN, opt=SEEN, tags=["market"])
async def show_sample(product_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> Sample:
    """Show the rows of a product that its seller chose."""
    sample = service.sample_of((await get_listing(session, product_id)).content)
    if sample is None:
        raise SampleNotShown
    return sample


@get(SHOWN + ".csv", opt=SEEN, tags=["market"])
async def send_sample(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Response[bytes]:
    """Send the sample as CSV in UTF-8 with a byte order mark."""
    listing = await get_listing(session, product_id)
    sample = service.sample_of(listing.content)
    if sample is None:
        raise SampleNotShown
    name = f"product-{listing.product.number}-sample.csv"
    return Response(
        service.as_csv(sample),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    choose_sample,
    drop_sample,
    show_sample,
    send_sample,
)
