"""Test data: a test names only what it is about; everything here is fictitious."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlmodel import SQLModel

from marketplace.auth import Function, Role
from marketplace.db import Database, Scope, now
from marketplace.http import csrf
from marketplace.members.accounts.models import User, UserSession, UserState
from marketplace.members.accounts.tokens import digest
from marketplace.members.organizations.models import (
    Membership,
    Organization,
    OrganizationKind,
    OrganizationSize,
    OrganizationState,
)
from tests import documented

SESSION_KEY = "session-key-for-tests-session-key-for-tests"

_serial = count(1)


def business_number(serial: int) -> str:
    """Return a number with a right check digit that no real business has (prefix 000 to 099)."""
    digits = [int(digit) for digit in f"{serial % 100:03d}81{serial % 10_000:04d}"]
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(d * w for d, w in zip(digits, weights, strict=True)) + digits[8] * 5 // 10
    return "".join(map(str, digits)) + str((10 - total % 10) % 10)


def a_user(**given: Any) -> User:
    """A confirmed person with a second factor not yet set up."""
    serial = next(_serial)
    facts: dict[str, Any] = {
        "email": f"person{serial}@example.com",
        "name": f"시험회원{serial}",
        "state": UserState.active,
        "language": "ko",
    }
    return User(**{**facts, **given})


def an_organization(**given: Any) -> Organization:
    """An active manufacturer."""
    serial = next(_serial)
    facts: dict[str, Any] = {
        "business_number": business_number(serial),
        "name": f"가상정밀 {serial}",
        "representative": "가상인",
        "opened_on": date(2015, 3, 2),
        "address": "가상시 시험구 견본로 1",
        "phone": "02-000-0000",
        "invoice_email": f"tax{serial}@example.com",
        "business_type": "제조업",
        "business_item": "금속 가공",
        "tax_type": "01",
        "kind": OrganizationKind.manufacturer,
        "size": OrganizationSize.small,
        "state": OrganizationState.active,
        "function": Function.business,
    }
    return Organization(**{**facts, **given})


async def save(database: Database, *rows: SQLModel) -> None:
    """Insert rows in order, past row-level security, and commit."""
    async with database.transaction(Scope.system()) as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def a_member(
    database: Database, *roles: Role, organization: Organization | None = None, **user: Any
) -> tuple[User, Organization]:
    """Save a person with roles in an organization (a new one unless given)."""
    person = a_user(**user)
    place = organization or an_organization()
    rows: list[SQLModel] = [person] if organization else [person, place]
    membership = Membership(
        user_id=person.id, organization_id=place.id, roles=[role.value for role in roles]
    )
    await save(database, *rows, membership)
    return person, place


async def new_session(
    database: Database,
    user_id: UUID,
    *,
    second_factor: bool = True,
    signed_in_ago: timedelta = timedelta(0),
    lasting: timedelta = timedelta(hours=12),
) -> str:
    """Save a session of the person and return the value of its cookie."""
    cookie = f"session-for-tests-{secrets.token_hex(8)}"
    async with database.transaction(Scope.system()) as session:
        at = now(session)
        session.add(
            UserSession(
                token_hash=digest(cookie),
                user_id=user_id,
                expires_at=at + lasting,
                authenticated_at=at - signed_in_ago,
                second_factor_at=at if second_factor else None,
            )
        )
    return cookie


async def sign_in(
    client: AsyncTestClient[Litestar],
    database: Database,
    user_id: UUID,
    *,
    second_factor: bool = True,
    signed_in_ago: timedelta = timedelta(0),
) -> str:
    """Give the client a session of the person, and the cross-site token as its default header.

    Returns:
        The value of the session's cookie.
    """
    cookie = await new_session(
        database, user_id, second_factor=second_factor, signed_in_ago=signed_in_ago
    )
    client.cookies.set(csrf.session_cookie(secure=False), cookie)
    client.headers[csrf.HEADER] = csrf.token_for(SESSION_KEY, cookie)
    return cookie


def signed_headers(cookie: str) -> dict[str, str]:
    """Return the headers of a browser with a session's cookie, and with its cross-site token."""
    return {
        "cookie": f"{csrf.session_cookie(secure=False)}={cookie}",
        csrf.HEADER: csrf.token_for(SESSION_KEY, cookie),
    }


@asynccontextmanager
async def parallel_client(
    app: Litestar, cookie: str | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client whose requests overlap; ``AsyncTestClient`` sends one after the other.

    Args:
        cookie: value of a session's cookie, from ``new_session``; without it nobody is signed in
    """
    headers = signed_headers(cookie) if cookie is not None else {}
    transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        client.event_hooks["response"].append(documented.hook(app))
        yield client
