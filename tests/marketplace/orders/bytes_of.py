"""Gives the version of a product on sale real files in the store, as uploads leave them."""

import hashlib
import secrets
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from marketplace.catalog.datasets.models import DataFile, FileState
from marketplace.catalog.products.models import Product
from marketplace.db import Database, Scope
from marketplace.settings import Settings
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore


async def with_files(
    database: Database,
    store: ObjectStore,
    settings: Settings,
    product: Product,
    files: dict[str, bytes],
    number: int = 1,
) -> dict[str, UUID]:
    """Put the bytes into the store and return the id of each file by its path."""
    ids: dict[str, UUID] = {}
    keys = {path: f"sha256/{secrets.token_hex(8)}" for path in files}
    for path, content in files.items():
        store.put(Bucket(settings.bucket("published")), ObjectKey(keys[path]), content)
    async with database.transaction(Scope.system()) as session:
        version_id = await session.scalar(
            text("select id from dataset_version where product_id = :id and number = :number"),
            {"id": product.id, "number": number},
        )
        for position, (path, content) in enumerate(files.items(), start=1):
            facts: dict[str, Any] = {
                "state": FileState.ready, "sha256": hashlib.sha256(content).hexdigest(),
                "object_key": keys[path], "part_bytes": 5_242_880, "created_by": product.created_by,
            }  # fmt: skip
            one = DataFile(
                id=uuid4(), version_id=version_id, organization_id=product.organization_id,
                position=position, path=path, size_bytes=len(content), **facts,
            )  # fmt: skip
            session.add(one)
            ids[path] = one.id
        await session.execute(
            text(
                "update dataset_version set file_count = :count, size_bytes = :size where id = :id"
            ),
            {"count": len(files), "size": sum(map(len, files.values())), "id": version_id},
        )
    return ids
