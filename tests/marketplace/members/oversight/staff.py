"""People of the exchange's operator at work, and the shape of their requests."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
from litestar import Litestar

from marketplace.auth import Function, Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization, RoleChange
from tests.factories import a_member, an_organization, new_session, parallel_client, save

API = "/api/v1/operator"


@dataclass
class Desk:
    """Makes people of the operator and gives each a browser of their own."""

    app: Litestar
    database: Database
    admin: psycopg.Connection
    organization: Organization

    async def hire(self, *roles: Role, **user: Any) -> User:
        person, _ = await a_member(self.database, *roles, organization=self.organization, **user)
        await save_role_change(self.database, person, self.organization, roles)
        return person

    @asynccontextmanager
    async def browser(
        self, user: User, *, signed_in_ago: timedelta = timedelta(0)
    ) -> AsyncIterator[httpx.AsyncClient]:
        cookie = await new_session(self.database, user.id, signed_in_ago=signed_in_ago)
        async with parallel_client(self.app, cookie) as client:
            yield client

    def row(self, statement: str, *values: object) -> Any:
        return self.admin.execute(statement, values).fetchone()

    def rows(self, statement: str, *values: object) -> list[Any]:
        return self.admin.execute(statement, values).fetchall()

    def trail(self) -> list[str]:
        return [action for (action,) in self.rows("select action from audit_event order by id")]

    def mails(self) -> list[tuple[str, str]]:
        return [(a, s) for a, s in self.rows("select email, subject from mail order by subject")]


async def save_role_change(
    database: Database, person: User, organization: Organization, roles: tuple[Role, ...]
) -> None:

    await save(
        database,
        RoleChange(
            user_id=person.id,
            organization_id=organization.id,
            roles_before=[],
            roles_after=[role.value for role in roles],
            reason="test",
        ),
    )


def the_operator() -> Organization:
    """The exchange's operator; there is one at most."""
    return an_organization(function=Function.exchange_operator, name="가상 거래소 운영기관")


async def post(
    client: httpx.AsyncClient, path: str, body: object = None, *, key: str | None = None
) -> tuple[int, Any]:
    """Send an act under a fresh key and return status and content."""
    headers = {"Idempotency-Key": key or secrets.token_urlsafe(18)}
    response = await client.post(f"{API}{path}", json=body, headers=headers)
    return response.status_code, response.json() if response.content else None


async def code_of(client: httpx.AsyncClient, path: str, body: object = None) -> tuple[int, str]:
    """Send an act that is refused and return status and code."""
    status, content = await post(client, path, body)
    return status, content["code"]


def path_of(organization: Organization | UUID, *rest: object) -> str:
    """Return the address of an organization's act."""
    key = organization.id if isinstance(organization, Organization) else organization
    return "/".join(["/organizations", str(key), *map(str, rest)])
