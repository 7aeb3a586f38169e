"""The quality report of a version as a page that stands alone, to keep, to send on and to print."""

import asyncio
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler
from msgspec import convert

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.errors import ReportMissing, VersionNotFound
from marketplace.catalog.datasets.queries import find_report, get_version
from marketplace.catalog.products.policies import SELL_READ
from marketplace.db import Phases
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_organization_id
from quality.html import render
from quality.report import DatasetReport

PATH: Final = "/api/v1/organization/versions/{version_id:uuid}/quality.html"
Lang = Literal["ko", "en"]


class Stored(Protocol):
    """A report with its hash, as it is kept."""

    report: dict[str, Any]
    sha256: str


async def page_of(stored: Stored, lang: Lang, name: str, title: str = "") -> Response[str]:
    """Return a stored report as a page to save; a large one takes half a second, so a thread draws it.

    Args:
        name: of the file, in ASCII
        title: of the dataset; without one the names of its files stand there
    """
    report = convert(stored.report, DatasetReport)
    page = await asyncio.to_thread(render, report, lang, title=title, sha256=stored.sha256)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(page, media_type=MediaType.HTML, headers=headers)


@get(
    PATH,
    opt=allow(SELL_READ) | answers(VersionNotFound, ReportMissing),
    tags=["datasets"],
    media_type=MediaType.HTML,
)
async def send_own_report(
    version_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    lang: FromQuery[Lang] = "ko",
) -> Response[str]:
    """Send the quality report of one of your versions as a page that stands alone, `lang` ko or en."""
    async with phases() as session:
        version = await get_version(session, own_organization_id(principal), version_id)
        stored = await find_report(session, version.id)
    if stored is None:
        raise ReportMissing
    return await page_of(stored, lang, f"quality-report-version-{version.number}.html")


ROUTES: tuple[ControllerRouterHandler, ...] = (send_own_report,)
