"""Removes what uploads leave: files nobody finished, bytes of files taken out, uploads nobody knows of.

Stores differ in whether they end old uploads themselves, so ours does it (E18).
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DataFile, FileState
from marketplace.catalog.datasets.uploading import DataStore, Quarantine, forget_bytes
from marketplace.db import Phases, now
from storage.objects import Bucket, Upload

UNFINISHED_FOR: Final = timedelta(days=7)
# Bytes of a file that is ready lie under their hash, and nobody examines a blocked or failed one again:
# it is taken out and sent anew. The quarantine's copy goes after a day, infected ones with the rest.
ENDED: Final = (FileState.removed, FileState.ready, FileState.blocked, FileState.failed)
KEPT_FOR: Final = timedelta(days=1)
# A copy in parts ends within the limit of its job.
COPYING_FOR: Final = timedelta(days=1)
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


async def abort_forgotten(
    phases: Phases, store: DataStore, bucket: Bucket, *, begun_for: timedelta
) -> int:
    """Give up uploads that a killed process left: begun at the store, and named by none of our rows.

    Args:
        begun_for: younger ones may still be at work

    Returns:
        How many were given up.

    Raises:
        StorageError: the store does not answer; what is left is given up the next time
    """
    found = await asyncio.to_thread(store.list_uploads, bucket)
    async with phases() as session:
        # The store stamps by its own clock, which a rehearsal's shifted time does not move.
        at = await session.scalar(select(func.clock_timestamp()))
        assert at is not None, "a database has a clock"
        old = [one.upload for one in found if one.begun_at <= at - begun_for]
        named = await _named(session, old)
    forgotten = [upload for upload in old if upload.upload_id not in named]
    for upload in forgotten:
        await asyncio.to_thread(store.abort, upload)
    return len(forgotten)


async def _named(session: AsyncSession, uploads: Sequence[Upload]) -> set[str]:
    ids = [upload.upload_id for upload in uploads]
    rows = await session.scalars(
        select(col(DataFile.upload_id)).where(col(DataFile.upload_id).in_(ids))
    )
    return {upload_id for upload_id in rows if upload_id is not None}


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
