"""What is bought in the tests of delivery: a right to a version with real files, and how it is used."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text

from marketplace.app import Parts
from marketplace.catalog.products.models import Product
from marketplace.db import Database, Scope
from marketplace.settings import Settings
from storage.ports import ObjectStore
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.bytes_of import with_files
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows

ENTITLEMENTS = "/api/v1/organization/entitlements"
BELT, NOTE = "자료/컨베이어 속도.csv", "읽어 주세요.txt"
FILES = {BELT: "시각,속도\n1,2\n".encode() * 5_000, NOTE: "속도는 m/s입니다.\n".encode()}
HASHES = {path: hashlib.sha256(content).hexdigest() for path, content in FILES.items()}


@dataclass(frozen=True)
class Bought:
    """What was bought: the right, the product, and the ids of its files by path."""

    id: str
    product: Product
    files: dict[str, UUID]
    order: dict[str, Any]

    @property
    def path(self) -> str:
        return f"{ENTITLEMENTS}/{self.id}"

    def link(self, path: str = BELT) -> str:
        return f"{self.path}/files/{self.files[path]}/link"


Buy = Callable[..., Awaitable[Bought]]


@pytest.fixture
def buy(
    parts: Parts,
    settings: Settings,
    store: ObjectStore,
    database: Database,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> Buy:
    """Put a product with real files on sale and pay for it."""

    async def bought(files: dict[str, bytes] = FILES) -> Bought:
        product = await on_sale("컨베이어 벨트")
        ids = await with_files(database, store, settings, product, files)
        order = await paid(parts, buying, product.id)
        found = (await buying.get(ENTITLEMENTS)).json()["items"]
        return Bought(found[0]["id"], product, ids, order)

    return bought


async def start(
    client: httpx.AsyncClient, bought: Bought, *, ticked: bool = True
) -> httpx.Response:
    body = {"withdrawal_ends": ticked}
    return await client.post(f"{bought.path}/start", json=body, headers=keyed())


async def fetched(url: str) -> httpx.Response:
    """Ask the store itself, as a browser does."""
    async with httpx.AsyncClient() as browser:
        return await browser.get(url)


async def change(database: Database, statement: str, **given: object) -> None:
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(statement), given)


def receipts(admin: psycopg.Connection) -> list[tuple[Any, ...]]:
    return rows(
        admin, "select kind, path, size_bytes, sha256 from download_receipt order by sequence"
    )
