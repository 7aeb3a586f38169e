"""The operator's page of one version of a product's data, of drafts too: what others have in common, its reports."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.queries import find_report, get_any_version
from marketplace.catalog.matches.queries import matches_of, titles_of
from marketplace.catalog.products.models import Product
from marketplace.catalog.profiles.queries import profiles_of
from marketplace.catalog.profiles.schemas import ProfileForm
from marketplace.catalog.profiles.service import order_profile
from marketplace.catalog.review.queries import reviews_of
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.models import Organization
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/versions"


@get(BASE + "/{version_id:uuid}", opt=allow(REVIEWERS), include_in_schema=False)
async def show_version(
    request: AnyRequest, version_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show a version with what other products have in common with it, and its reports."""
    return await _page(request, phases, version_id, EMPTY)


async def _page(request: AnyRequest, phases: Phases, version_id: UUID, form: Form[Any]) -> Page:
    async with phases() as session:
        version = await get_any_version(session, version_id)
        titles = await titles_of(session, [version.product_id])
        return render(
            request,
            "operator/version.html",
            status=form.status,
            form=form,
            version=version,
            product=await session.get_one(Product, version.product_id),
            seller=await session.get_one(Organization, version.organization_id),
            title=titles.get(version.product_id, ""),
            report=await find_report(session, version.id),
            reviews=await reviews_of(session, version.product_id),
            matches=await matches_of(session, version),
            profiles=await profiles_of(session, version),
            **desk_of(request, session),
        )


@post(BASE + "/{version_id:uuid}/profiles", opt=allow(REVIEWERS_FRESH), include_in_schema=False)
async def submit_profile(
    request: AnyRequest,
    version_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Have the version examined again."""
    form = await read_form(request, ProfileForm)

    async def act(content: ProfileForm) -> Page:
        async def order(session: AsyncSession) -> object:
            return await order_profile(
                session, principal, version_id, reason=content.reason, as_of=content.as_of
            )

        return await once.redirect(form.key, order, f"{BASE}/{version_id}", "profile-ordered")

    async def again(wrong: Form[ProfileForm]) -> Page:
        return await _page(request, phases, version_id, wrong)

    return await submitted(form, act, again)


HANDLERS = (show_version, submit_profile)
