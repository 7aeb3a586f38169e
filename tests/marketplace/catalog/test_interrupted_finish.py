"""A finish that was killed after it joined the parts is finished by the next one."""

import psycopg
import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from storage.objects import ObjectKey, Upload
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import API, add, opened, process, send, shown
from tests.marketplace.organizations.steps import rows
from tests.quality.corpus import GOOD

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # real parts to a real store, real children that examine


def upload_of(admin: psycopg.Connection, shelves: Shelves, file_id: str) -> Upload:
    ((upload_id,),) = rows(admin, f"select upload_id from data_file where id = '{file_id}'")
    return Upload(shelves.quarantine, ObjectKey(f"uploads/{file_id}"), upload_id)


async def test_parts_joined_by_a_finish_that_was_killed_count_as_received(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    file = (await add(client, version, "a.csv", len(GOOD))).json()
    await send(client, file, GOOD)
    upload = upload_of(admin, shelves, file["id"])
    shelves.store.complete(upload, shelves.store.list_parts(upload))

    seen = (await client.get(f"{API}/files/{file['id']}")).json()
    done = (await client.post(f"{API}/files/{file['id']}/finish")).json()
    await process(database, shelves, file)

    assert (seen["state"], seen["received_parts"]) == ("uploading", [1])
    assert done["state"] == "uploaded"
    assert (await shown(client, version))["files"][0]["state"] == "ready"


@pytest.mark.parametrize("content", [None, GOOD + b"1,2,3\n"])
async def test_where_nothing_or_something_else_lies_no_part_was_received(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves, content: bytes | None
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    file = (await add(client, version, "a.csv", len(GOOD))).json()
    upload = upload_of(admin, shelves, file["id"])
    shelves.store.abort(upload)
    if content is not None:
        shelves.store.put(shelves.quarantine, upload.key, content)

    assert (await client.get(f"{API}/files/{file['id']}")).json()["received_parts"] == []
