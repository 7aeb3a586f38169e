"""Removes what uploads leave: files that nobody finished, and bytes of files that were taken out.

Stores differ in whether they end old uploads themselves, so ours does it (E18).
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DataFile, FileState
from marketplace.catalog.datasets.uploading import Quarantine, forget_bytes
from marketplace.db import Phases, now

UNFINISHED_FOR: Final = timedelta(days=7)
# Bytes of a file that is ready lie under their hash, and nobody examines a blocked or failed one again:
# it is taken out and sent anew. The quarantine's copy goes after a day, infected ones with the rest.
ENDED: Final = (FileState.removed, FileState.ready, FileState.blocked, FileState.failed)
KEPT_FOR: Final = timedelta(days=1)
AT_ONCE: Final = 100


async def sweep(phases: Phases, quarantine: Quarantine) -> int:
    """Remove the bytes of abandoned, removed and finished files, the oldest first.

    Returns:
        How many files were swept.

    Raises:
        StorageError: the store does not answer; what is left is swept the next time
    """
    async with phases() as session:
        due = await _due(session)
    for file in due:
        await forget_bytes(quarantine, file)
        async with phases() as session:
            swept = await session.get_one(DataFile, file.id, with_for_update=True)
            swept.upload_id, swept.swept_at = None, now(session)
            if swept.state in (FileState.waiting, FileState.uploading):
                swept.state = FileState.removed
            await session.flush()
    return len(due)


async def _due(session: AsyncSession) -> list[DataFile]:
    at = now(session)
    unfinished = col(DataFile.state).in_((FileState.waiting, FileState.uploading)) & (
        col(DataFile.created_at) < at - UNFINISHED_FOR
    )
    ended = col(DataFile.state).in_(ENDED) & (col(DataFile.created_at) < at - KEPT_FOR)
    rows = await session.scalars(
        select(DataFile)
        .where(col(DataFile.swept_at).is_(None), or_(unfinished, ended))
        .order_by(col(DataFile.created_at))
        .limit(AT_ONCE)
    )
    return list(rows)
