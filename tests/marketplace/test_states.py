"""A state changes only by a step that its machine knows, together with its history row."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.catalog.products.models import Product, ProductState
from marketplace.db import Database, Scope
from marketplace.states import history, move
from tests.factories import a_user, an_organization, save


async def a_product(database: Database) -> Product:
    person, organization = a_user(id=uuid4()), an_organization(id=uuid4())
    product = Product(
        id=uuid4(), organization_id=organization.id, created_by=person.id, price_won=1_000_000
    )
    await save(database, person, organization, product)
    return product


async def step(database: Database, product: Product, *states: ProductState) -> None:
    async with database.transaction(Scope.system()) as session:
        found = await session.get_one(Product, product.id, with_for_update=True)
        for state in states:
            await move(session, "product", found, state, organization_id=product.organization_id)


async def test_a_step_changes_the_state_and_leaves_its_history(
    database: Database, clean: None
) -> None:
    product = await a_product(database)

    await step(database, product, ProductState.listed, ProductState.withdrawn)

    async with database.transaction(Scope.system()) as session:
        found = await session.get_one(Product, product.id)
        steps = await history(session, product.id)
    assert found.state is ProductState.withdrawn
    assert [(one.from_state, one.to_state) for one in steps] == [
        ("draft", "listed"),
        ("listed", "withdrawn"),
    ]


async def test_a_step_that_the_machine_does_not_know_is_refused(
    database: Database, clean: None
) -> None:
    product = await a_product(database)

    with pytest.raises(IntegrityError, match="fk_state_step_allowed"):
        await step(database, product, ProductState.withdrawn)


@pytest.mark.parametrize("earlier", [False, True])
async def test_a_state_without_a_step_of_its_own_transaction_is_refused(
    database: Database, clean: None, *, earlier: bool
) -> None:
    product = await a_product(database)
    if earlier:
        await step(database, product, ProductState.listed, ProductState.withdrawn)
        await step(database, product, ProductState.listed)

    with pytest.raises(DBAPIError, match="only together with its history"):
        async with database.transaction(Scope.system()) as session:
            await session.execute(
                text("update product set state = :state"),
                {"state": "withdrawn" if earlier else "listed"},
            )
