"""What buyers read of a seller: the form."""

from typing import Any, Final

from litestar import get, post
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.sellers import queries, service
from marketplace.catalog.sellers.schemas import SellerProfileIn
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

PATH: Final = "/selling/profile"


@get(PATH, opt=allow(SELL), include_in_schema=False)
async def show_profile(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the form, filled with what the membership knows before the first save."""
    return await _page(request, phases, principal, EMPTY)


async def _page(request: AnyRequest, phases: Phases, principal: Principal, form: Form[Any]) -> Page:
    own = own_organization_id(principal)
    async with phases() as session:
        profile = await queries.profile_or_facts(session, own)
        organization = await session.get_one(Organization, own)
    return render(
        request,
        "selling_profile.html",
        status=form.status,
        form=form,
        profile=profile,
        organization=organization,
    )


@post(PATH, opt=allow(SELL), include_in_schema=False)
async def submit_profile(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Save the form."""
    form = await read_form(request, SellerProfileIn)
    own = own_organization_id(principal)

    async def act(content: SellerProfileIn) -> Page:
        async def save(session: AsyncSession) -> object:
            return await service.save_profile(session, own, content, actor_id=principal.user_id)

        return await once.redirect(form.key, save, PATH, "saved")

    async def again(wrong: Form[SellerProfileIn]) -> Page:
        return await _page(request, phases, principal, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_profile, submit_profile)
