"""Uploads that a killed process began and no row names are given up once they are old."""

from datetime import timedelta
from uuid import uuid4

import psycopg
from typing_extensions import override

from marketplace.catalog.datasets import sweeping
from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.stores import store_connection
from storage.objects import BegunUpload, Bucket, ObjectKey, Upload
from storage.s3 import S3Store
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import add, opened
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]


class OwnUploads(S3Store):
    """The store, of whose uploads only those of the test are seen: others use its buckets too."""

    own: tuple[ObjectKey, ...] = ()

    @override
    def list_uploads(self, bucket: Bucket, *, page_count: int = 1000) -> list[BegunUpload]:
        found = super().list_uploads(bucket, page_count=page_count)
        return [one for one in found if one.upload.key in self.own]


def upload_of(admin: psycopg.Connection, shelves: Shelves, file_id: str) -> Upload:
    ((upload_id,),) = rows(admin, f"select upload_id from data_file where id = '{file_id}'")
    return Upload(shelves.quarantine, ObjectKey(f"uploads/{file_id}"), upload_id)


async def test_an_upload_that_no_row_names_is_given_up_when_it_is_old(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    settings: Settings, shelves: Shelves,
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    file = (await add(client, await opened(client), "a.csv", 5)).json()
    named = upload_of(admin, shelves, file["id"])
    forgotten = shelves.store.begin(shelves.quarantine, ObjectKey(f"uploads/{uuid4()}"))
    store = OwnUploads(store_connection(settings))
    store.own = (named.key, forgotten.key)
    phases = database.phases(Scope.system())

    async def swept(begun_for: timedelta) -> tuple[int, set[Upload]]:
        count = await sweeping.abort_forgotten(
            phases, store, shelves.quarantine, begun_for=begun_for
        )
        return count, {one.upload for one in store.list_uploads(shelves.quarantine)}

    # The store knows whole seconds, and its clock need not be the database's.
    young = await swept(timedelta(hours=1))
    old = await swept(timedelta(hours=-1))
    again = await swept(timedelta(hours=-1))

    assert (young, old, again) == ((0, {named, forgotten}), (1, {named}), (0, {named}))
