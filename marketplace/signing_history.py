"""The commands ``keys list`` and ``keys revoke``: the history of the keys that sign certificates."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.datasets import certifying
from marketplace.catalog.datasets.jobs import issuer_of
from marketplace.catalog.datasets.models import QualityKey
from marketplace.db import Database, RequestFacts, Scope, now
from marketplace.settings import Settings

COMMAND_LINE = RequestFacts("command-line")


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncSession]:
    database = Database(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with database.transaction(Scope.system(), request=COMMAND_LINE) as session:
            yield session
    finally:
        await database.dispose()


async def list_keys(settings: Settings) -> tuple[Sequence[QualityKey], str | None]:
    """Publish the keys of the settings; return every key, and the id of the one that signs now.

    Raises:
        ConfigurationError: the setting is not in its form
        DatabaseUnavailable: the database does not answer
    """
    ring = issuer_of(settings).ring
    async with _transaction(settings) as session:
        await certifying.publish_keys(session, ring)
        keys = await certifying.list_keys(session)
        signer = ring.at(now(session), [one.id for one in keys if one.revoked_at])
    return keys, signer.published.id if signer is not None else None


async def revoke_key(
    settings: Settings, key_id: str, *, at: datetime | None, reason: str
) -> QualityKey:
    """Revoke a key from a time on, now unless one is given.

    Raises:
        KeyUnknown: no such key
        DatabaseUnavailable: the database does not answer
    """
    async with _transaction(settings) as session:
        return await certifying.revoke_key(session, key_id, at=at or now(session), reason=reason)
