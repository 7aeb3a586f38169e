"""Reads of what came of rules."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.rules.models import RuleRun
from marketplace.catalog.rules.schemas import RunOut
from marketplace.catalog.rules.shaping import run_out, suite_in


async def find_run(session: AsyncSession, content: ProductContent) -> RuleRun | None:
    """Return what came of a content's rules on its data; None while they wait, and where it has none."""
    if content.rules_sha256 is None or content.dataset_version_id is None:
        return None
    found: RuleRun | None = await session.get(
        RuleRun, (content.dataset_version_id, content.rules_sha256)
    )
    return found


async def shown_run(
    session: AsyncSession, content: ProductContent, version_id: UUID | None
) -> RunOut | None:
    """Return what came of a content's rules on a version, without values; None for any other version."""
    run = await find_run(session, content) if content.dataset_version_id == version_id else None
    return None if run is None else run_out(run, suite_in(content))
