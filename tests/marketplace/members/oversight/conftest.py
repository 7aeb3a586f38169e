"""Fixtures: the operator's desk, and a business that stands before it."""

import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, save
from tests.marketplace.members.oversight.staff import Desk, the_operator


@pytest.fixture
async def desk(app: Litestar, database: Database, admin: psycopg.Connection, clean: None) -> Desk:
    """The operator with nobody in it yet."""
    operator = the_operator()
    await save(database, operator)
    return Desk(app, database, admin, operator)


@pytest.fixture
async def business(database: Database, desk: Desk) -> tuple[User, Organization]:
    """A manufacturer and its one owner."""
    return await a_member(database, Role.owner, email="owner@example.com")
