"""Removing halves: papers whose upload or deletion stopped in the middle, after a day."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlmodel import col

from marketplace.db import Phases, now
from marketplace.members.organizations.models import Paper
from storage.errors import StorageError
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore

logger = logging.getLogger(__name__)

HALF_KEPT: Final = timedelta(hours=24)
SWEPT_PER_ROUND: Final = 200


async def sweep(phases: Phases, store: ObjectStore, bucket: Bucket) -> int:
    """Remove the bytes, then the row, of each half that is older than a day.

    Returns:
        How many were removed; what the store did not remove stays for the next round.
    """
    async with phases() as session:
        found = await session.execute(
            select(col(Paper.id), col(Paper.object_key))
            .where(
                col(Paper.ready_at).is_(None),
                col(Paper.uploaded_at) < now(session) - HALF_KEPT,
            )
            .order_by(col(Paper.uploaded_at))
            .limit(SWEPT_PER_ROUND)
        )
        halves = [(row[0], row[1]) for row in found]
    removed = 0
    for paper_id, key in halves:
        try:
            await asyncio.to_thread(store.delete, bucket, ObjectKey(key))
        except StorageError as error:
            logger.warning("paper %s stays until the store answers: %s", paper_id, error.code)
            break
        async with phases() as session:
            await session.execute(
                delete(Paper).where(col(Paper.id) == paper_id, col(Paper.ready_at).is_(None))
            )
        removed += 1
    return removed
