"""The pages of inquiries: asking on a product's page, the seller's inbox."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, allow
from marketplace.catalog.inquiries import queries, service
from marketplace.catalog.inquiries.schemas import Answer, InquiryIn
from marketplace.catalog.market.queries import get_listing
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, render

INBOX = "/selling/inquiries"


class AnswerForm(Struct):
    """An answer, and to which inquiry."""

    inquiry_id: UUID
    answer: Answer


@post(
    "/products/{product_id:uuid}/inquiries",
    opt=allow(SIGNED_IN) | back("/market"),
    include_in_schema=False,
)
async def submit_inquiry(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Ask about a product."""
    form = await read_form(request, InquiryIn)

    async def act(content: InquiryIn) -> Page:
        own = own_organization_id(principal)

        async def ask(session: AsyncSession) -> object:
            return await service.ask(session, own, product_id, content, actor_id=principal.user_id)

        return await once.redirect(form.key, ask, f"/products/{product_id}", "inquiry-sent")

    async def again(wrong: Form[InquiryIn]) -> Page:
        async with phases() as session:
            listing = await get_listing(session, product_id)
        return render(
            request,
            "market_inquiry.html",
            status=wrong.status,
            plain=True,
            form=wrong,
            listing=listing,
        )

    return await submitted(form, act, again)


@get(INBOX, opt=allow(SELL_READ), include_in_schema=False)
async def show_inbox(
    request: AnyRequest, phases: NamedDependency[Phases], principal: NamedDependency[Principal]
) -> Page:
    """Show the inquiries on the organization's products, open ones first."""
    return await _inbox(request, phases, principal, EMPTY)


async def _inbox(
    request: AnyRequest, phases: Phases, principal: Principal, form: Form[Any]
) -> Page:
    async with phases() as session:
        received = await queries.inbox(session, own_organization_id(principal))
    return render(
        request,
        "selling_inquiries.html",
        status=form.status,
        form=form,
        received=received,
        failed=form.values.get("inquiry_id", [""])[0],
        may_write=bool(SELL.roles & principal.roles),
    )


@post(INBOX, opt=allow(SELL), include_in_schema=False)
async def submit_answer(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Answer an inquiry, or correct the answer."""
    form = await read_form(request, AnswerForm)
    own = own_organization_id(principal)

    async def act(content: AnswerForm) -> Page:
        async def answer(session: AsyncSession) -> object:
            return await service.answer(
                session, own, content.inquiry_id, content.answer, actor_id=principal.user_id
            )

        return await once.redirect(form.key, answer, INBOX, "inquiry-answered")

    async def again(wrong: Form[AnswerForm]) -> Page:
        return await _inbox(request, phases, principal, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (submit_inquiry, show_inbox, submit_answer)
