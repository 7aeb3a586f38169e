"""The API of inquiries: what everybody reads, asking, the seller's inbox and answers, hiding."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.catalog.inquiries import queries, service
from marketplace.catalog.inquiries.errors import (
    InquiriesFull,
    InquiryHidden,
    InquiryNotFound,
    OwnProductInquiry,
)
from marketplace.catalog.inquiries.models import Inquiry
from marketplace.catalog.inquiries.schemas import AnswerIn, InquiryIn, InquiryList, InquiryOut
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.queries import get_listing
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.errors import ReasonMissing
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.members.oversight.schemas import ReasonIn

PATH: Final = "/api/v1/products/{product_id:uuid}/inquiries"
OWN: Final = "/api/v1/organization/inquiries"
TAGS: Final = ["market"]
ON_SALE: Final = (ListingNotFound, ListingWithdrawn, ListingSuspended)


def out_of(inquiry: Inquiry) -> InquiryOut:
    """Shape an inquiry as everybody reads it."""
    return convert(inquiry, InquiryOut, from_attributes=True)


def _listed(inquiries: Sequence[Inquiry]) -> InquiryList:
    return InquiryList([out_of(one) for one in inquiries])


@get(PATH, opt=allow(EVERYONE) | answers(*ON_SALE), tags=TAGS)
async def list_inquiries(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> InquiryList:
    """List the newest fifty questions and sample requests on a product, with their answers."""
    await get_listing(session, product_id)
    return _listed(await queries.list_public(session, product_id))


@post(
    PATH,
    opt=allow(SIGNED_IN) | answers(*ON_SALE, NoOrganization, OwnProductInquiry, InquiriesFull),
    tags=TAGS,
)
async def ask_inquiry(
    product_id: FromPath[UUID],
    data: JSONBody[InquiryIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[InquiryOut]:
    """Ask about a product; everybody reads the question, nobody who asked."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> InquiryOut:
        return out_of(await service.ask(session, own, product_id, data, actor_id=principal.user_id))

    return await once.answer(act, InquiryOut)


@get(OWN, opt=allow(SELL_READ) | answers(NoOrganization), tags=["registration"])
async def list_received(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> InquiryList:
    """List the inquiries on your organization's products, open ones first."""
    received = await queries.inbox(session, own_organization_id(principal))
    return _listed([one.inquiry for one in received])


@post(
    OWN + "/{inquiry_id:uuid}/answer",
    status_code=200,
    opt=allow(SELL) | answers(NoOrganization, InquiryNotFound, InquiryHidden),
    tags=["registration"],
)
async def answer_inquiry(
    inquiry_id: FromPath[UUID],
    data: JSONBody[AnswerIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[InquiryOut]:
    """Answer an inquiry, or correct the answer; everybody reads it."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> InquiryOut:
        return out_of(
            await service.answer(session, own, inquiry_id, data.answer, actor_id=principal.user_id)
        )

    return await once.answer(act, InquiryOut, status=200)


@post(
    "/api/v1/operator/inquiries/{inquiry_id:uuid}/hiding",
    status_code=200,
    opt=allow(REVIEWERS) | answers(InquiryNotFound, ReasonMissing),
    tags=["operator"],
)
async def hide_inquiry(
    inquiry_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[InquiryOut]:
    """Hide an inquiry from everybody but the staff."""

    async def act(session: AsyncSession) -> InquiryOut:
        return out_of(await service.hide(session, principal, inquiry_id, reason=data.reason))

    return await once.answer(act, InquiryOut, status=200)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_inquiries,
    ask_inquiry,
    list_received,
    answer_inquiry,
    hide_inquiry,
)
