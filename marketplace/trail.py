"""The commands ``audit verify`` and ``audit export``: they look from outside, as the login role."""

import asyncio
import sys
from datetime import date

from marketplace.db import STATEMENT_TIMEOUT_WORKER_MS, Database, Scope
from marketplace.errors import StoreUnavailable
from marketplace.sealing import Verdict, export, read_heads, verify
from marketplace.settings import Settings
from marketplace.stores import store_connection
from storage.errors import StorageError
from storage.objects import Bucket
from storage.s3 import S3Store


def _database(settings: Settings) -> Database:
    url = settings.database_url.get_secret_value()
    return Database(url, pool_size=1, statement_timeout_ms=STATEMENT_TIMEOUT_WORKER_MS)


def verify_trail(settings: Settings) -> Verdict:
    """Walk along the whole chain of the trail and compare it with the heads in the store.

    Raises:
        StoreUnavailable: the heads cannot be read, so nothing could be said about the chain's end
        DatabaseUnavailable: the database does not answer
    """
    try:
        heads = read_heads(S3Store(store_connection(settings)), Bucket(settings.bucket("private")))
    except StorageError as error:
        raise StoreUnavailable(retry_after_s=5) from error

    async def run() -> Verdict:
        database = _database(settings)
        try:
            phases = database.phases(Scope.system())
            return await verify(phases, heads, clock_moves=settings.sandbox)
        finally:
            await database.dispose()

    return asyncio.run(run())


def export_trail(settings: Settings, *, since: date | None, until: date | None) -> int:
    """Write the trail to standard output as JSON Lines; returns how many lines.

    Args:
        settings: of this installation
        since: first day in Seoul
        until: last day in Seoul
    """

    async def run() -> int:
        database = _database(settings)
        count = 0
        try:
            async for line in export(database.phases(Scope.system()), since=since, until=until):
                sys.stdout.write(line + "\n")
                count += 1
            sys.stdout.flush()
        finally:
            await database.dispose()
        return count

    return asyncio.run(run())
