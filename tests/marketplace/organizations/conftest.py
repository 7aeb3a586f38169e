"""People of one organization and clients that act for them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from litestar import Litestar

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, new_session, parallel_client

ClientOf = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def client_of(app: Litestar, database: Database, clean: None) -> AsyncIterator[ClientOf]:
    """Give a client that acts for a person, or for nobody."""
    async with AsyncExitStack() as stack:

        async def opened(person: User | None = None, **given: object) -> httpx.AsyncClient:
            cookie = await new_session(database, person.id, **given) if person else None  # type: ignore[arg-type]
            return await stack.enter_async_context(parallel_client(app, cookie))

        yield opened


@pytest.fixture
async def owner(database: Database, clean: None) -> tuple[User, Organization]:
    """An owner and the organization."""
    return await a_member(database, Role.owner, name="가상대표")
