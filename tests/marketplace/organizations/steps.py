"""What people do in the tests of organizations: bodies, keys, links out of mail."""

import re
import secrets
from typing import Any

import httpx
import psycopg
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import business_number

Client = AsyncTestClient[Litestar] | httpx.AsyncClient
PASSWORD = "풍선-우산-기차-열쇠"


def a_sign_up(**given: Any) -> dict[str, Any]:
    """A complete body for the sign-up of a fictitious manufacturer."""
    return {
        "business_number": usable_number(1),
        "corporate_number": None,
        "name": "가상정밀",
        "representative": "가상인",
        "opened_on": "2015-03-02",
        "address": "가상시 시험구 견본로 1",
        "phone": "031-000-0000",
        "invoice_email": "tax@example.com",
        "business_type": "제조업",
        "business_item": "금속 가공",
        "tax_type": "01",
        "kind": "manufacturer",
        "size": "small",
        "person_name": "가상담당",
        "email": "founder@example.com",
        "password": PASSWORD,
        "person_phone": "010-0000-0000",
        "terms": True,
        "privacy": True,
        **given,
    }


def an_organization_body(**given: Any) -> dict[str, Any]:
    """A complete body for registering an organization as a person who has an account."""
    person = {"person_name", "email", "password", "person_phone", "terms", "privacy"}
    return {k: v for k, v in a_sign_up(**given).items() if k not in person}


def usable_number(serial: int) -> str:
    """A number that sign-up takes: the factories' begin with 0, which is never given out."""
    first_nine = f"999{business_number(serial)[3:9]}"
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * w for d, w in zip(first_nine, weights, strict=True))
    return first_nine + str(-(total + int(first_nine[8]) * 5 // 10) % 10)


def key() -> dict[str, str]:
    """A header with a fresh idempotency key."""
    return {"Idempotency-Key": secrets.token_urlsafe(18)}


async def post(client: Client, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Send a POST under a fresh key and return status and answer."""
    answer = await client.post(path, json={} if body is None else body, headers=key() | headers)
    return answer.status_code, answer.json() if answer.content else None


def newest_link(admin: psycopg.Connection, email: str) -> str:
    """Return the path and query of the link in the newest mail to an address."""
    row = admin.execute(
        "select body from mail where email = %s order by created_at desc, id limit 1", (email,)
    ).fetchone()
    assert row is not None, f"no mail to {email}"
    found = re.search(r"http://127\.0\.0\.1:8000(\S+)", row[0])
    assert found is not None, row[0]
    return found[1]


def secret_of(admin: psycopg.Connection, email: str) -> str:
    """Return the secret of the link in the newest mail to an address."""
    return newest_link(admin, email).split("token=")[1]


def rows(admin: psycopg.Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query, past row-level security."""
    return admin.execute(query, values).fetchall()
