"""The page that compares a buyer's columns with a product's."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.market.fitting import NOT_KEPT, FitIn, fit_of
from marketplace.catalog.market.queries import get_listing
from marketplace.db import Phases
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from quality.fitting import GROUP_MIN, OWN_ROWS_MAX, Fit

OWN = "/products/{product_id:uuid}/fit"


@get(OWN, opt=allow(EVERYONE), include_in_schema=False)
async def show_fit(
    request: AnyRequest, product_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show the form in which a buyer names the columns of the own line."""
    return await _page(request, product_id, phases, EMPTY)


@post(OWN, opt=allow(EVERYONE) | NOT_KEPT, include_in_schema=False)
async def submit_fit(
    request: AnyRequest, product_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Compare and show what came out below the form."""
    form = await read_form(request, FitIn)

    async def act(content: FitIn) -> Page:
        async with phases() as session:
            found = fit_of(await get_listing(session, product_id), content)
        return await _page(request, product_id, phases, form, found)

    async def again(wrong: Form[FitIn]) -> Page:
        return await _page(request, product_id, phases, wrong)

    return await submitted(form, act, again)


async def _page(
    request: AnyRequest, product_id: UUID, phases: Phases, form: Form[Any], found: Fit | None = None
) -> Page:
    async with phases() as session:
        listing = await get_listing(session, product_id)
    return render(
        request, "market_fit.html", status=form.status, plain=True, form=form, listing=listing, found=found,
        rows_max=OWN_ROWS_MAX, group_min=GROUP_MIN,
    )  # fmt: skip


ROUTES: tuple[ControllerRouterHandler, ...] = (show_fit, submit_fit)
