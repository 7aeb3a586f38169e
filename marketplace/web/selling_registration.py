"""The seller's forms around a registration request: send it, take it back, answer the reviewer."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.review import service
from marketplace.catalog.review.endpoints import answer
from marketplace.catalog.review.schemas import CommentIn
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page
from marketplace.web.selling import OWN, PATH, product_page


@post(OWN + "/submit", opt=allow(SELL), include_in_schema=False)
async def submit_product(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Request the registration."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        async def submit(session: AsyncSession) -> object:
            return await service.submit(session, own, product_id, actor_id=principal.user_id)

        return await once.redirect(form.key, submit, f"{PATH}/{product_id}", "submitted")

    async def again(wrong: Form[Nothing]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@post(OWN + "/recall", opt=allow(SELL), include_in_schema=False)
async def recall_product(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take the request back."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        async def recall(session: AsyncSession) -> object:
            return await service.recall(session, own, product_id)

        return await once.redirect(form.key, recall, f"{PATH}/{product_id}", "recalled")

    async def again(wrong: Form[Nothing]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@post(OWN + "/comments", opt=allow(SELL), include_in_schema=False)
async def submit_comment(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Answer the reviewer."""
    form = await read_form(request, CommentIn)
    own = own_organization_id(principal)

    async def act(content: CommentIn) -> Page:
        async def write(session: AsyncSession) -> object:
            return await answer(session, own, product_id, content, author_id=principal.user_id)

        return await once.redirect(form.key, write, f"{PATH}/{product_id}", "comment-sent")

    async def again(wrong: Form[CommentIn]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (submit_product, recall_product, submit_comment)
