"""The page of one version of a product for everybody: files, hashes, schema, what differs; or its tombstone."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.datasets.changes import changes_of
from marketplace.catalog.datasets.errors import VersionWithdrawn
from marketplace.catalog.datasets.queries import get_published, list_published
from marketplace.catalog.market.certificates import find_certificate
from marketplace.catalog.market.queries import get_content
from marketplace.catalog.market.versions import get_shown, lines_of
from marketplace.web.market import OWN
from marketplace.web.pages import AnyRequest, Page, language_of, render


@get(OWN + "/versions/{number:int}", opt=allow(EVERYONE), include_in_schema=False)
async def show_version(
    request: AnyRequest,
    product_id: FromPath[UUID],
    number: FromPath[int],
    session: NamedDependency[AsyncSession],
) -> Page:
    """Show a version of a product on sale, or why it was revoked."""
    try:
        shown = await get_shown(session, product_id, number)
    except VersionWithdrawn as gone:
        product, content = await get_content(session, product_id)
        return render(
            request, "market_version_gone.html", status=410, plain=True, gone=gone, product=product,
            content=content, version=await get_published(session, product_id, number),
        )  # fmt: skip
    listing = shown.listing
    english = language_of(request) == "en"
    return render(
        request,
        "market_version.html",
        plain=True,
        listing=listing,
        title=(english and listing.content.title_en) or listing.content.title_ko,
        shown=shown,
        version=shown.version,
        groups=shown.groups,
        versions=lines_of(await list_published(session, product_id), listing.version.id),
        changes=await changes_of(session, shown.version, public=True),
        certificate=await find_certificate(session, shown.stored_report),
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (show_version,)
