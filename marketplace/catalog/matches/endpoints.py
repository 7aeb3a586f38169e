"""The API of matches, for the operator alone."""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.catalog.datasets.errors import VersionNotFound
from marketplace.catalog.datasets.queries import get_any_version
from marketplace.catalog.matches.queries import matches_of
from marketplace.catalog.matches.schemas import MatchesOut
from marketplace.http.openapi import answers
from marketplace.members.oversight.policies import REVIEWERS

PATH: Final = "/api/v1/operator/versions/{version_id:uuid}/matches"


@get(PATH, opt=allow(REVIEWERS) | answers(VersionNotFound), tags=["operator"])
async def show_matches(
    version_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> MatchesOut:
    """Show what a version has in common with other products, drafts of all sellers among them."""
    return await matches_of(session, await get_any_version(session, version_id))


ROUTES: tuple[ControllerRouterHandler, ...] = (show_matches,)
