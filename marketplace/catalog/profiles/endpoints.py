"""The API of examining a version again, for the operator."""

from typing import Final
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.errors import VersionNotFound
from marketplace.catalog.datasets.queries import get_any_version
from marketplace.catalog.datasets.report_pages import Lang, page_of
from marketplace.catalog.profiles import queries, service
from marketplace.catalog.profiles.errors import (
    EarlierReportNotFound,
    ProfileWaiting,
    VersionNotExamined,
)
from marketplace.catalog.profiles.schemas import ProfileIn, ProfilesOut
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH

PATH: Final = "/api/v1/operator/versions/{version_id:uuid}/profiles"
TAGS: Final = ["operator"]


@get(PATH, opt=allow(REVIEWERS) | answers(VersionNotFound), tags=TAGS)
async def list_profiles(
    version_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> ProfilesOut:
    """List the reports of a version with their engines and rules, and the orders to examine it again."""
    return await queries.profiles_of(session, await get_any_version(session, version_id))


@post(
    PATH,
    opt=allow(REVIEWERS_FRESH)
    | answers(VersionNotFound, VersionNotExamined, ProfileWaiting, OwnAccount, ReasonMissing),
    tags=TAGS,
)
async def order_profile(
    version_id: FromPath[UUID],
    data: JSONBody[ProfileIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ProfilesOut]:
    """Have a version examined again; the new report takes the place of the old one, which is kept."""

    async def act(session: AsyncSession) -> ProfilesOut:
        version = await service.order_profile(
            session, principal, version_id, reason=data.reason, as_of=data.as_of
        )
        return await queries.profiles_of(session, version)

    return await once.answer(act, ProfilesOut)


@get(
    PATH + "/{number:int}/quality.html",
    opt=allow(REVIEWERS) | answers(EarlierReportNotFound),
    tags=TAGS,
    media_type=MediaType.HTML,
)
async def send_earlier_report(
    version_id: FromPath[UUID],
    number: FromPath[int],
    session: NamedDependency[AsyncSession],
    lang: FromQuery[Lang] = "ko",
) -> Response[str]:
    """Send an earlier report of a version as a page that stands alone, `lang` ko or en."""
    stored = await queries.get_earlier(session, version_id, number)
    return await page_of(stored, lang, f"quality-report-{number}.html")


ROUTES: tuple[ControllerRouterHandler, ...] = (list_profiles, order_profile, send_earlier_report)
