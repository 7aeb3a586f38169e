"""People who look for data, and what their programs and browsers send."""

from datetime import date, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.catalog.products.models import Product
from marketplace.clock import seoul_date
from marketplace.db import Database, Scope, now
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import keyed

Owner = tuple[User, Organization]
API: Final = "/api/v1/wanted"
NOTICES: Final = (
    "select n.kind, u.name from notice n join user_account u on u.id = n.user_id"
    " where n.kind like 'wanted.%%' order by n.created_at, n.kind, u.name"
)
WHOLE = {
    "title": "도금 두께와 전류의 시계열",
    "purpose": "도금 두께 불량을 미리 알아내는 모형을 만들려 합니다.",
    "industry_division": "29",
    "process": "도금",
    "data_kind": "time_series",
    "period": "최근 1년, 1초마다",
    "budget_from_won": 1_000_000,
    "budget_to_won": 3_000_000,
}


@pytest.fixture
async def product(database: Database, owner: Owner) -> Product:
    return await put_on_sale(database, owner, "컨베이어 벨트", summary_ko="요약")


@pytest.fixture
async def asker(database: Database) -> Owner:
    return await a_member(database, Role.buyer, name="찾는 사람")


@pytest.fixture
async def today(database: Database, clean: None) -> date:
    async with database.transaction(Scope.system()) as session:
        return seoul_date(now(session))


@pytest.fixture
def whole(today: date) -> dict[str, Any]:
    return WHOLE | {"until_on": (today + timedelta(days=30)).isoformat()}


async def ask(client: httpx.AsyncClient, whole: dict[str, Any], **more: Any) -> httpx.Response:
    return await client.post(API, json=whole | more, headers=keyed())


async def answer(client: httpx.AsyncClient, wanted: str, **given: Any) -> httpx.Response:
    body = {"body": "우리 공장에 그런 데이터가 있습니다."} | given
    return await client.post(f"{API}/{wanted}/answers", json=body, headers=keyed())


async def reply(
    client: httpx.AsyncClient, thread: str, body: str = "얼마입니까?"
) -> httpx.Response:
    return await client.post(
        f"{API}/threads/{thread}/messages", json={"body": body}, headers=keyed()
    )


def fill(admin: psycopg.Connection, count: int) -> None:
    """Repeat the only message so many times, as if it had been written again and again."""
    admin.execute(
        "insert into wanted_message (id, thread_id, organization_id, asker_organization_id,"
        " by_asker, author_id, body) select gen_random_uuid(), thread_id, organization_id,"
        " asker_organization_id, by_asker, author_id, body from wanted_message,"
        " generate_series(1, %s)",
        (count,),
    )


async def threads(client: httpx.AsyncClient, wanted: str) -> list[dict[str, Any]]:
    return list((await client.get(f"{API}/{wanted}/threads")).json()["items"])
