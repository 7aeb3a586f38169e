"""A file whose worker died in every attempt fails, and its version goes on without it."""

from uuid import uuid4

import psycopg
import pytest

from marketplace.db import Database, Scope
from marketplace.jobs import queue
from marketplace.jobs.reaping import reap
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import close, opened, shown, uploaded
from tests.marketplace.conftest import Worker
from tests.marketplace.organizations.steps import rows
from tests.quality.corpus import GOOD
from tests.waiting import until

Owner = tuple[User, Organization]


@pytest.fixture(autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


async def test_a_file_whose_worker_died_every_time_does_not_hold_its_version(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    worker: Worker,
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    await uploaded(client, version, "a.csv", GOOD)
    await close(client, version)
    admin.execute("update job_run set attempts_most = 1 where name = 'catalog.process_file'")
    async with database.transaction(Scope.system()) as session:
        assert await queue.take(session, uuid4(), ["catalog.process_file"])
    admin.execute("update job_run set heartbeat_at = clock_timestamp() - interval '1 hour'")
    async with database.transaction(Scope.system()) as session:
        assert await reap(session, 10) == 1

    async with worker():
        await until(lambda: rows(admin, "select 1 from notice where kind = 'dataset.blocked'"))

    found = await shown(client, version)
    assert (found["state"], found["files"][0]["state"]) == ("blocked", "failed")
    parked = rows(admin, "select name, parked_reason from job_run where state = 'parked'")
    assert parked == [("catalog.process_file", "failed_infrastructure")]
