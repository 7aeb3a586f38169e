"""Periodic work of the ground floor: sealing the trail, and forgetting what nobody asks for again."""

from typing import Protocol

from marketplace.idempotency import forget_old_keys
from marketplace.jobs import PeriodicContext, periodic
from marketplace.limits import forget_old_attempts
from marketplace.sealing import keep_head, seal
from marketplace.settings import Settings
from storage.objects import Bucket
from storage.ports import ObjectStore

SEAL_EVERY_S = 5.0
SEAL_ALL_EVERY_S = 3_600.0
KEEP_HEAD_EVERY_S = 300.0
FORGET_EVERY_S = 3_600.0


class Parts(Protocol):
    """What this work uses of the worker's parts."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""

    @property
    def store(self) -> ObjectStore:
        """The object store."""


@periodic("audit.seal", every_s=SEAL_EVERY_S)
async def seal_trail(context: PeriodicContext[Parts]) -> None:
    """Seal the newest rows of the trail."""
    await seal(context.phases)


@periodic("audit.seal_all", every_s=SEAL_ALL_EVERY_S, limit_s=600)
async def seal_stragglers(context: PeriodicContext[Parts]) -> None:
    """Seal rows of transactions that took so long that the usual round passed them."""
    await seal(context.phases, whole=True)


@periodic("audit.keep_head", every_s=KEEP_HEAD_EVERY_S)
async def keep_trail_head(context: PeriodicContext[Parts]) -> None:
    """Write the head of the chain into the store, once for each hour."""
    bucket = Bucket(context.parts.settings.bucket("private"))
    await keep_head(context.phases, context.parts.store, bucket)


@periodic("ground.forget", every_s=FORGET_EVERY_S)
async def forget(context: PeriodicContext[Parts]) -> None:
    """Delete idempotency keys after thirty days and windows of limits that have ended."""
    async with context.phases() as session:
        await forget_old_keys(session)
        await forget_old_attempts(session)
