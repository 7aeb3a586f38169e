"""What must be there of a version that came through, each once, and that nothing else is."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import httpx
import psycopg

from marketplace.catalog.datasets import sweeping
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.datasets.uploading import Quarantine
from marketplace.db import Database, Scope
from marketplace.settings import Settings
from marketplace.stores import store_connection
from storage.objects import ObjectKey
from tests.marketplace.catalog import clamd
from tests.marketplace.catalog.sending import close, opened, shown, uploaded
from tests.marketplace.catalog.test_leftovers import OwnUploads
from tests.marketplace.organizations.steps import rows
from tests.waiting import until

# Longer than any machine needs: what is tested is where things end, not when.
LONG_S: Final = 900.0


def a_table(size_bytes: int = 0) -> bytes:
    """Return a table whose bytes nobody else has; long cells, so that it is examined quickly."""
    line = f"{secrets.token_hex(8)},2,{'3' * (2_000 if size_bytes > 10_000 else 1)}\n".encode()
    return b"a,b,c\n" + line * max(3, size_bytes // len(line) + 1)


class Way:
    """One version with one file on its way."""

    def __init__(self, client: httpx.AsyncClient, version: dict[str, Any], content: bytes) -> None:
        self._client, self._version = client, version
        self._content = content
        sha256 = hashlib.sha256(content).hexdigest()
        self.sha256, self.key = sha256, ObjectKey(f"sha256/{sha256[:2]}/{sha256}")

    async def shown(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a page shows of the version, and of its file."""
        version = await shown(self._client, self._version)
        (file,) = version["files"]
        return version, file

    async def steps(self) -> str:
        _, file = await self.shown()
        states = " ".join(step["state"] for step in file["steps"])
        return f"{file['state']}: {states}" if states else str(file["state"])

    async def check(self, admin: psycopg.Connection, shelves: Shelves, *, attempt: int) -> None:
        """Wait until the version is ready, and check that everything is there, each once.

        Args:
            attempt: in which its steps were done at the earliest; a busy machine may need one more
        """

        async def over() -> Any:
            return (await self.shown())[0]["state"] != "processing"

        await until(over, LONG_S)
        version, file = await self.shown()
        manifest = hashlib.sha256(f"{file['path']}\0{self.sha256}\n".encode()).hexdigest()
        assert (version["state"], version["sha256"]) == ("ready", manifest), file
        assert (file["state"], file["sha256"]) == ("ready", self.sha256)
        scanned = len(self._content) <= clamd.STREAM_MAX_BYTES
        assert file["scanned_by"] == (clamd.VERSION.decode() if scanned else None)
        assert [(one["name"], one["state"]) for one in file["steps"]] == [
            ("hash", "done"), ("malware", "done" if scanned else "skipped"),
            ("examine", "done"), ("store", "done"),
        ]  # fmt: skip
        (tried,) = {one["attempt"] for one in file["steps"]}
        assert tried >= attempt
        link = f"/selling/products/{version['product_id']}"
        for counted in (
            f"quality_report where version_id = '{version['id']}'",
            f"file_preview where file_id = '{file['id']}'",
            f"notice where kind = 'dataset.ready' and link = '{link}'",
            f"audit_event where action = 'dataset.version_ready' and object_id = '{version['id']}'",
            f"audit_event where action = 'dataset.file_uploaded' and object_id = '{file['id']}'",
        ):
            assert rows(admin, f"select count(*) from {counted}") == [(1,)], counted
        (kept,) = shelves.store.list_objects(shelves.published, prefix=self.key.value)
        assert kept.size_bytes == len(self._content)
        assert shelves.store.sha256_of(shelves.published, self.key) == self.sha256


async def closed(client: httpx.AsyncClient, content: bytes) -> Way:
    """Send a file, and close its version."""
    version = await opened(client)
    await uploaded(client, version, "a.csv", content)
    await close(client, version)
    return Way(client, version, content)


async def nothing_is_left(
    database: Database, admin: psycopg.Connection, settings: Settings, shelves: Shelves, ways: Iterable[Way]
) -> int:  # fmt: skip
    """Sweep as two days later and look where things could lie; return how many uploads no row named."""
    await until(lambda: not list(shelves.folder.glob("*")), LONG_S)
    admin.execute("update data_file set created_at = created_at - interval '2 days'")
    phases = database.phases(Scope.system())
    await sweeping.sweep(phases, Quarantine(shelves.store, shelves.quarantine))
    keys = [ObjectKey(f"uploads/{file_id}") for (file_id,) in rows(admin, "select id from data_file")]  # fmt: skip
    store = OwnUploads(store_connection(settings))
    store.own = (*keys, *(way.key for way in ways))
    forgotten = 0
    for bucket in (shelves.quarantine, shelves.published):
        # Their clock need not be ours.
        at_once = timedelta(hours=-1)
        forgotten += await sweeping.abort_forgotten(phases, store, bucket, begun_for=at_once)
        assert store.list_uploads(bucket) == []
    for key in keys:
        assert shelves.store.list_objects(shelves.quarantine, prefix=key.value) == []
    return forgotten
