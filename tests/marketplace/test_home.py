"""The first page: what a visitor sees, and where an unfinished sign-in goes on."""

from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.auth import Role
from marketplace.db import Database
from tests.factories import a_member, sign_in


async def test_shows_a_visitor_how_to_begin(client: AsyncTestClient[Litestar]) -> None:
    response = await client.get("/")

    assert response.status_code == 200
    assert 'href="/sign-up"' in response.text


async def test_goes_on_with_the_second_factor_that_is_still_due(
    client: AsyncTestClient[Litestar], database: Database
) -> None:
    owner, _ = await a_member(database, Role.owner)
    await sign_in(client, database, owner.id, second_factor=False)

    response = await client.get("/", follow_redirects=False)

    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in/second-factor"


async def test_greets_a_member_by_name(
    client: AsyncTestClient[Litestar], database: Database
) -> None:
    buyer, place = await a_member(database, Role.buyer)
    await sign_in(client, database, buyer.id)

    text = (await client.get("/")).text

    assert buyer.name in text
    assert place.name in text
