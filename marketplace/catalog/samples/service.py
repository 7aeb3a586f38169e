"""Choosing the rows that everybody may see; they are examined and frozen with the product's content."""

from uuid import UUID

from msgspec import convert, to_builtins
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.datasets.models import DataFile, FilePreview, FileState
from marketplace.catalog.products import queries
from marketplace.catalog.products.models import ProductContent, SamplePolicy
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.samples.errors import SampleRowsMissing, SampleTableMissing
from marketplace.catalog.samples.schemas import Sample, SampleIn
from marketplace.db import now
from marketplace.spreadsheets import csv_of
from quality.report import Preview


async def choices_of(
    session: AsyncSession, content: ProductContent, *, file_id: UUID | None = None
) -> list[tuple[DataFile, Preview]]:
    """Return the tables that rows can be chosen from, with their first 200, of one file if given."""
    statement = (
        select(DataFile, FilePreview)
        .join(FilePreview, col(FilePreview.file_id) == col(DataFile.id))
        .where(
            col(DataFile.version_id) == content.dataset_version_id,
            col(DataFile.state) == FileState.ready,
        )
        .order_by(col(DataFile.position), col(DataFile.id))
    )
    if file_id is not None:
        statement = statement.where(col(DataFile.id) == file_id)
    found = await session.execute(statement)
    return [(file, convert(table, Preview)) for file, preview in found for table in preview.tables]


async def choose(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: SampleIn,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Keep the chosen rows with the draft and show them from its approval on.

    Raises:
        ProductNotFound: none, or another organization's
        NoDraft: nothing is being written
        DraftChanged: another save came first
        SampleTableMissing: no such table, or its file is not ready
        SampleRowsMissing: the table ends before the first row
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    draft = queries.writable(own)
    await queries.refuse_stale(session, draft, given.revision)
    place = (given.file_id, given.table)
    for file, table in await choices_of(session, draft, file_id=given.file_id):
        if (file.id, table.name) == place:
            break
    else:
        raise SampleTableMissing
    rows = table.rows[given.first_row - 1 : given.first_row - 1 + given.row_count]
    if not rows:
        raise SampleRowsMissing(most=len(table.rows))
    sample = Sample(
        version_id=file.version_id,
        file_id=file.id,
        file=file.path,
        table=table.name,
        first_row=given.first_row,
        columns=list(table.columns),
        rows=[list(row) for row in rows],
    )
    _keep(session, draft, SamplePolicy.rows, to_builtins(sample), actor_id)
    facts = {"table": table.name, "first_row": given.first_row, "rows": len(rows)}
    await _recorded(session, "product.sample_chosen", own, facts)
    return own


async def drop(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, revision: int, actor_id: UUID
) -> OwnProduct:
    """Show no rows any more, from the draft's approval on.

    Raises:
        ProductNotFound: none, or another organization's
        NoDraft: nothing is being written
        DraftChanged: another save came first
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    draft = queries.writable(own)
    await queries.refuse_stale(session, draft, revision)
    _keep(session, draft, SamplePolicy.none, None, actor_id)
    await _recorded(session, "product.sample_dropped", own, {})
    return own


def _keep(
    session: AsyncSession,
    draft: ProductContent,
    policy: SamplePolicy,
    sample: dict[str, object] | None,
    actor_id: UUID,
) -> None:
    draft.sample_policy, draft.sample = policy, sample
    draft.revision += 1
    draft.saved_by, draft.saved_at = actor_id, now(session)


async def _recorded(
    session: AsyncSession, action: str, own: OwnProduct, facts: dict[str, object]
) -> None:
    await session.flush()
    product = own.product
    await record(
        session, action, Thing("product", product.id, product.organization_id), facts=facts
    )


def sample_of(content: ProductContent) -> Sample | None:
    """Return the rows that everybody may see, or None. Pure."""
    if content.sample_policy is not SamplePolicy.rows or content.sample is None:
        return None
    return convert(content.sample, Sample)


def as_csv(sample: Sample) -> bytes:
    """Return a sample in UTF-8 with a byte order mark, safe to open in a spreadsheet. Pure."""
    return csv_of([sample.columns, *sample.rows])
