"""Sellers and clients that act for them, where their files lie, and a product on sale."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.marketplace.catalog.listing import a_whole_product, listed, may_sell, shelves_in
from tests.marketplace.organizations.conftest import ClientOf, client_of, owner

__all__ = ["ClientOf", "Sold", "client_of", "owner", "shelves", "sold"]

Sold = tuple[httpx.AsyncClient, dict[str, Any]]


@pytest.fixture(scope="package", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


@pytest.fixture
def shelves(settings: Settings, tmp_path: Path) -> Shelves:
    """The store, and a worker's folder of the test's own."""
    return shelves_in(settings, tmp_path)


@pytest.fixture
async def sold(
    database: Database, client_of: ClientOf, owner: tuple[User, Organization], shelves: Shelves
) -> Sold:
    """The seller's client, and a product on sale whose report is not signed yet."""
    await may_sell(database, *owner)
    client = await client_of(owner[0])
    product = await a_whole_product(client, database, shelves)
    await listed(database, client, client_of, product)
    return client, product
