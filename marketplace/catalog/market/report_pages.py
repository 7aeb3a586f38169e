"""The quality report of a version on sale as a page that stands alone, for everybody."""

from uuid import UUID

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from marketplace.catalog.datasets.report_pages import Lang, page_of
from marketplace.catalog.market.versions import ONE_SEEN, PATH, TAGS, Shown, get_shown
from marketplace.db import Phases


@get(PATH + "/{number:int}/quality.html", opt=ONE_SEEN, tags=TAGS, media_type=MediaType.HTML)
async def send_report(
    product_id: FromPath[UUID],
    number: FromPath[int],
    phases: NamedDependency[Phases],
    lang: FromQuery[Lang] = "ko",
) -> Response[str]:
    """Send the quality report of a version as a page that stands alone, `lang` ko or en."""
    async with phases() as session:
        shown = await get_shown(session, product_id, number)
    name = f"quality-report-{shown.listing.product.number}-{number}.html"
    return await page_of(shown.stored_report, lang, name, title_of(shown, lang))


def title_of(shown: Shown, lang: Lang) -> str:
    """Return the product's title and the version, as the page of the report is headed."""
    content, number = shown.listing.content, shown.version.number
    if lang == "ko":
        return f"{content.title_ko} · 판 {number}"
    return f"{content.title_en or content.title_ko} · version {number}"


ROUTES: tuple[ControllerRouterHandler, ...] = (send_report,)
