"""The operator's pages of products on the market: the list, one product, stopping its sale."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.queries import list_immutable
from marketplace.catalog.inquiries.queries import list_all
from marketplace.catalog.inquiries.service import hide
from marketplace.catalog.listings import queries, service
from marketplace.catalog.listings.endpoints import LIST_NAME
from marketplace.catalog.listings.revoking import revoke
from marketplace.catalog.market.queries import get_content
from marketplace.catalog.products.models import ProductState
from marketplace.catalog.review.queries import reviews_of
from marketplace.catalog.sellers.queries import get_card
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import ReasonAct, desk_of, handler_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/products"


class ProductsFilter(Struct, forbid_unknown_fields=True):
    """The conditions of the list."""

    text: Annotated[str, Meta(max_length=100)] = ""
    state: ProductState | None = None


@get(BASE, opt=allow(REVIEWERS), include_in_schema=False)
async def list_page(
    request: AnyRequest, session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Page:
    """Show the products that fit."""
    given = read_filter(request, ProductsFilter)
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, request.query_params.get("cursor", ""))
    rows = await queries.list_listings(
        session, text=given.text, state=given.state, after=after, rows_max=DEFAULT_ROWS + 1
    )
    more = next_cursor(cursors, rows, DEFAULT_ROWS)
    return render(
        request,
        "operator/products.html",
        rows=rows[:DEFAULT_ROWS],
        given=given,
        states=[state for state in ProductState if state is not ProductState.draft],
        next_href=address(BASE, given, cursor=more) if more else "",
    )


async def _detail_page(
    request: AnyRequest,
    phases: Phases,
    product_id: UUID,
    *,
    failed: str = "",
    form: Form[Any] = EMPTY,
) -> Page:
    async with phases() as session:
        product, content = await get_content(session, product_id)
        return render(
            request,
            "operator/product.html",
            status=form.status,
            product=product,
            content=content,
            seller=await get_card(session, product.organization_id),
            steps=await history(session, product_id),
            versions=await list_immutable(session, product_id),
            reviews=await reviews_of(session, product_id),
            inquiries=await list_all(session, product_id),
            failed=failed,
            form=form,
            **desk_of(request, session),
        )


@get(BASE + "/{product_id:uuid}", opt=allow(REVIEWERS), include_in_schema=False)
async def detail_page(
    request: AnyRequest, phases: NamedDependency[Phases], product_id: FromPath[UUID]
) -> Page:
    """Show one product and what was decided about it."""
    return await _detail_page(request, phases, product_id)


async def _again(request: AnyRequest, thing_id: UUID, failed: str, form: Form[Any]) -> Page:
    return await _detail_page(request, provide_phases(request), thing_id, failed=failed, form=form)


@post(
    BASE + "/{product_id:uuid}/inquiries/{inquiry_id:uuid}",
    opt=allow(REVIEWERS),
    include_in_schema=False,
)
async def submit_hiding(
    request: AnyRequest,
    product_id: FromPath[UUID],
    inquiry_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Hide an inquiry from everybody but the staff."""
    form = await read_form(request, OptionalReasonIn)

    async def act(content: OptionalReasonIn) -> Page:
        async def conceal(session: AsyncSession) -> object:
            return await hide(session, principal, inquiry_id, reason=content.reason)

        return await once.redirect(form.key, conceal, f"{BASE}/{product_id}", "inquiry-hidden")

    async def again(wrong: Form[OptionalReasonIn]) -> Page:
        return await _again(request, product_id, f"hide-{inquiry_id}", wrong)

    return await submitted(form, act, again)


@post(
    BASE + "/{product_id:uuid}/versions/{version_id:uuid}",
    opt=allow(REVIEWERS_FRESH),
    include_in_schema=False,
)
async def submit_revocation(
    request: AnyRequest,
    product_id: FromPath[UUID],
    version_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Revoke one version of the product."""
    form = await read_form(request, OptionalReasonIn)

    async def act(content: OptionalReasonIn) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await revoke(session, principal, version_id, reason=content.reason)

        return await once.redirect(form.key, withdraw, f"{BASE}/{product_id}", "version-revoked")

    async def again(wrong: Form[OptionalReasonIn]) -> Page:
        return await _again(request, product_id, f"revoke-{version_id}", wrong)

    return await submitted(form, act, again)


ACTS: Final = (
    ReasonAct("suspension", service.suspend, REVIEWERS_FRESH, "listing-suspended"),
    ReasonAct("lifting", service.lift, REVIEWERS_FRESH, "listing-lifted"),
)
HANDLERS = (
    list_page,
    detail_page,
    submit_hiding,
    submit_revocation,
    *(handler_of(act, BASE, _again) for act in ACTS),
)
