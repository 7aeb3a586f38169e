"""The page of one request for data: what everybody reads, the threads, and every act on it."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.market.queries import Offer
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.wanted import queries, service, talking
from marketplace.catalog.wanted.endpoints import desk_lines, limits_of, out_of
from marketplace.catalog.wanted.models import WantedState
from marketplace.catalog.wanted.policies import ASK, in_person
from marketplace.catalog.wanted.schemas import AnswerIn, MessageIn, WantedClosingIn
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render
from marketplace.web.wanted import industry_names

ONE: Final = "/wanted/{request_id:uuid}"


@get(ONE, opt=allow(EVERYONE), include_in_schema=False)
async def show_request(
    request: AnyRequest,
    request_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    visitor: NamedDependency[Principal | None],
) -> Page:
    """Show a request; its asker, sellers who answered and the operator see their threads."""
    return await _page(request, phases, visitor, request_id, EMPTY)


async def _page(
    request: AnyRequest,
    phases: Phases,
    visitor: Principal | None,
    request_id: UUID,
    form: Form[Any],
    failed: str = "",
) -> Page:
    seen = in_person(visitor)
    own_id = seen.organization_id if seen else None
    staff = seen is not None and seen.staff
    async with phases() as session:
        found = await queries.get_visible(session, request_id, own_id, staff=staff)
        mine = found.organization_id == own_id
        sells = seen is not None and not mine and seen.has(*SELL.roles)
        reviews = seen is not None and seen.has(*REVIEWERS.roles)
        offers = await talking.own_offers(session, own_id) if sells and own_id else []
        return render(
            request,
            "wanted_request.html",
            status=form.status,
            plain=True,
            form=form,
            failed=failed,
            wanted=out_of(session, found),
            place=(await desk_lines(session, [found]))[0] if reviews else None,
            products=[_shown(request, one) for one in await queries.products_of(session, found.id)],
            talks=await queries.talks_of(session, found.id, own_id, staff=reviews),
            offers=[_shown(request, one) for one in offers],
            mine=mine,
            sells=sells,
            may_ask=seen is not None and mine and seen.has(*ASK.roles),
            may_hide=reviews and found.hidden_at is None,
            industries=industry_names(request),
        )


def _shown(request: AnyRequest, offer: Offer) -> dict[str, Any]:
    english = language_of(request) == "en"
    return {
        "id": offer.product.id,
        "title": (english and offer.content.title_en) or offer.content.title_ko,
        "seller": offer.seller.name,
        "price_won": offer.product.price_won,
    }


@post(ONE + "/answers", opt=allow(SELL), include_in_schema=False)
async def submit_answer(
    request: AnyRequest,
    *,
    request_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Answer a request as a seller, or add to the own answer."""
    form = await read_form(request, AnswerIn)
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(content: AnswerIn) -> Page:
        async def answer(session: AsyncSession) -> object:
            return await talking.answer(
                session, own, request_id, content, actor_id=principal.user_id, limits=limits
            )

        return await once.redirect(form.key, answer, f"/wanted/{request_id}", "wanted-answered")

    async def again(wrong: Form[AnswerIn]) -> Page:
        return await _page(request, phases, principal, request_id, wrong, "answer")

    return await submitted(form, act, again)


@post(ONE + "/threads/{thread_id:uuid}", opt=allow(ASK), include_in_schema=False)
async def submit_reply(
    request: AnyRequest,
    *,
    request_id: FromPath[UUID],
    thread_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Reply to a seller who has answered."""
    form = await read_form(request, MessageIn)
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(content: MessageIn) -> Page:
        async def reply(session: AsyncSession) -> object:
            return await talking.reply(
                session, own, thread_id, content.body, actor_id=principal.user_id, limits=limits
            )

        return await once.redirect(form.key, reply, f"/wanted/{request_id}", "answered")

    async def again(wrong: Form[MessageIn]) -> Page:
        return await _page(
            request, provide_phases(request), principal, request_id, wrong, str(thread_id)
        )

    return await submitted(form, act, again)


@post(ONE + "/closing", opt=allow(ASK), include_in_schema=False)
async def submit_closing(
    request: AnyRequest,
    request_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Close an own request."""
    form = await read_form(request, WantedClosingIn)
    own = own_organization_id(principal)

    async def act(content: WantedClosingIn) -> Page:
        async def close(session: AsyncSession) -> object:
            outcome = WantedState(content.outcome)
            return await service.close(session, own, request_id, outcome=outcome)

        return await once.redirect(form.key, close, f"/wanted/{request_id}", "wanted-closed")

    async def again(wrong: Form[WantedClosingIn]) -> Page:
        return await _page(request, phases, principal, request_id, wrong, "close")

    return await submitted(form, act, again)


@post(ONE + "/hiding", opt=allow(REVIEWERS), include_in_schema=False)
async def submit_hiding(
    request: AnyRequest,
    request_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Hide a request from everybody but its asker and the staff."""
    form = await read_form(request, OptionalReasonIn)

    async def act(content: OptionalReasonIn) -> Page:
        async def conceal(session: AsyncSession) -> object:
            return await service.hide(session, principal, request_id, reason=content.reason)

        return await once.redirect(form.key, conceal, f"/wanted/{request_id}", "wanted-hidden")

    async def again(wrong: Form[OptionalReasonIn]) -> Page:
        return await _page(request, phases, principal, request_id, wrong, "hide")

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_request,
    submit_answer,
    submit_reply,
    submit_closing,
    submit_hiding,
)
