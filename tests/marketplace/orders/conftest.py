"""A seller's products on sale, and buyers with clients that act for them."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.conftest import ClientOf, client_of, owner

__all__ = [
    "ClientOf", "Member", "OnSale", "buyer", "buying", "client_of", "on_sale", "owner", "two_lines",
]  # fmt: skip

Member = tuple[User, Organization]
OnSale = Callable[..., Awaitable[Product]]


@pytest.fixture
async def buyer(database: Database, clean: None) -> Member:
    """A person who buys for an organization."""
    return await a_member(database, Role.buyer, name="구매담당")


@pytest.fixture
async def buying(client_of: ClientOf, buyer: Member) -> httpx.AsyncClient:
    """The client of the person who buys."""
    return await client_of(buyer[0])


@pytest.fixture
def on_sale(database: Database, owner: Member) -> OnSale:
    """Put a product of the seller on sale, by title."""

    async def put(title: str, *, seller: Member = owner, **given: object) -> Product:
        return await put_on_sale(database, seller, title, **given)

    return put


@pytest.fixture
async def two_lines(parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale) -> dict[str, Any]:
    """An order of two lines of one seller, 1,100,000 and 330,003 won with tax, paid by card."""
    first = await on_sale("컨베이어 벨트")
    second = await on_sale("도금 두께", price_won=300_003)
    return await paid(parts, buying, first.id, second.id)
