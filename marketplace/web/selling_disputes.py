"""The seller's page of disputes: what buyers say of its sales, and its one answer to each."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.disputes import answering, queries
from marketplace.orders.disputes.policies import SELL, SELL_READ
from marketplace.orders.disputes.schemas import AnswerIn
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, render

HERE: Final = "/selling/disputes"


async def _page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    form: Form[Any] = EMPTY,
    failed: UUID | None = None,
) -> Page:
    async with phases() as session:
        found = await queries.list_sold(session, own_organization_id(principal))
    return render(
        request,
        "selling_disputes.html",
        status=form.status,
        form=form,
        failed=failed,
        blank=EMPTY,
        disputes=found,
        may_answer=principal.has(*SELL.roles),
    )


@get(HERE, opt=allow(SELL_READ), include_in_schema=False)
async def show_disputes(
    request: AnyRequest, phases: NamedDependency[Phases], principal: NamedDependency[Principal]
) -> Page:
    """Show the disputes of the organization's sales."""
    return await _page(request, phases, principal)


@post(HERE + "/{dispute_id:uuid}/answer", opt=allow(SELL) | back(HERE), include_in_schema=False)
async def submit_answer(
    request: AnyRequest,
    *,
    dispute_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Answer a dispute, once."""
    form = await read_form(request, AnswerIn)
    own, actor_id = own_organization_id(principal), principal.user_id

    async def act(given: AnswerIn) -> Page:
        async def answer(session: AsyncSession) -> object:
            return await answering.answer(session, own, dispute_id, given.answer, actor_id=actor_id)

        return await once.redirect(form.key, answer, HERE, "answered", scope=Scope.system())

    async def again(wrong: Form[AnswerIn]) -> Page:
        return await _page(request, phases, principal, wrong, dispute_id)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_disputes, submit_answer)
