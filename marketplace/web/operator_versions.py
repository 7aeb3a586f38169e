"""The operator's page of one version of a product's data, of drafts too: what it has in common with others."""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.catalog.datasets.queries import find_report, get_any_version
from marketplace.catalog.matches.queries import matches_of, titles_of
from marketplace.catalog.products.models import Product
from marketplace.catalog.review.queries import reviews_of
from marketplace.members.organizations.models import Organization
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/versions"


@get(BASE + "/{version_id:uuid}", opt=allow(REVIEWERS), include_in_schema=False)
async def show_version(
    request: AnyRequest, version_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Page:
    """Show a version with what other products have in common with it."""
    version = await get_any_version(session, version_id)
    titles = await titles_of(session, [version.product_id])
    return render(
        request,
        "operator/version.html",
        version=version,
        product=await session.get_one(Product, version.product_id),
        seller=await session.get_one(Organization, version.organization_id),
        title=titles.get(version.product_id, ""),
        report=await find_report(session, version.id),
        reviews=await reviews_of(session, version.product_id),
        matches=await matches_of(session, version),
    )


HANDLERS = (show_version,)
