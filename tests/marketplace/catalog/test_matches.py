"""A version that repeats another product's data is found by fingerprints; the operator sees all, a seller only what it may."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text

from marketplace.auth import Role
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.matches.matching import match_version, match_waiting
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.quality_rules import QualityRules
from tests.factories import a_member, an_organization, save
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, may_sell, reviewers_of
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.waiting import until

Owner = tuple[User, Organization]
RULES = QualityRules()
pytestmark = pytest.mark.slow  # each product has real data, examined by real children


def a_table(seed: int, count: int = 60) -> bytes:
    chance = random.Random(seed)
    lines = [f"{chance.uniform(20, 90):.3f},{chance.uniform(1, 9):.3f}" for _ in range(count)]
    return ("온도,압력\n" + "\n".join(lines) + "\n").encode()


def version_of(admin: psycopg.Connection, product: dict[str, Any]) -> UUID:
    ((found,),) = rows(
        admin, f"select id from dataset_version where product_id = '{product['id']}'"
    )
    return UUID(str(found))


async def matched(database: Database, *versions: UUID, rules: QualityRules = RULES) -> None:
    """Do what the worker does."""
    for version_id in versions:
        await match_version(database.phases(Scope.system()), rules, version_id)


@pytest.fixture
async def seller(database: Database, client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    await may_sell(database, *owner)
    return await client_of(owner[0])


@pytest.fixture
async def other(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    """The client of a second seller."""
    organization = an_organization()
    await save(database, organization)
    person, _ = await a_member(database, Role.owner, Role.seller, organization=organization)
    await may_sell(database, person, organization)
    return await client_of(person)


async def shown(reviewer: httpx.AsyncClient, version_id: UUID) -> dict[str, Any]:
    answer = await reviewer.get(f"/api/v1/operator/versions/{version_id}/matches")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def warning(client: httpx.AsyncClient, product: dict[str, Any]) -> dict[str, Any] | None:
    answer = await client.get(f"{API}/products/{product['id']}/registration")
    found = [one for one in answer.json()["checks"] if one["code"] == "dataset.matches"]
    return found[0] if found else None


@dataclass(frozen=True)
class Copied:
    """A product, its copy by another seller with other line ends, one that has nothing to do with them; compared twice."""

    reviewer: httpx.AsyncClient
    seller: httpx.AsyncClient
    other: httpx.AsyncClient
    first: dict[str, Any]
    copy: dict[str, Any]
    original: UUID
    version: UUID
    apart: UUID


@pytest.fixture
async def copied(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    other: httpx.AsyncClient,
) -> Copied:
    reviewer = (await reviewers_of(database, client_of))[0]
    first = await a_whole_product(other, database, shelves, content=a_table(1))
    copy = await a_whole_product(
        seller, database, shelves, content=a_table(1).replace(b"\n", b"\r\n")
    )
    clean = await a_whole_product(seller, database, shelves, content=a_table(2))
    original, version, apart = (version_of(admin, one) for one in (first, copy, clean))
    assert (await shown(reviewer, version))["compared_at"] is None
    await matched(database, original, version, apart)
    await matched(database, version, original)  # again: nothing more is found or told
    return Copied(reviewer, seller, other, first, copy, original, version, apart)


async def test_a_copied_product_is_found_and_the_operator_told_once(
    admin: psycopg.Connection, copied: Copied
) -> None:
    found = await shown(copied.reviewer, copied.version)
    mirrored = (await shown(copied.reviewer, copied.original))["items"]
    clean = await shown(copied.reviewer, copied.apart)

    (line,) = found["items"]
    assert (found["table_count"], found["strong_pct"]) == (1, 90)
    assert (line["share_pct"], line["row_pct"], line["strong"]) == (100, 100, True)
    assert (line["same_bytes"], line["own"], line["earlier"]) == (False, False, True)
    assert (line["other_version_id"], line["other_product_state"]) == (
        str(copied.original),
        "draft",
    )
    assert [(one["other_version_id"], one["earlier"]) for one in mirrored] == [(str(copied.version), False)]  # fmt: skip
    assert (clean["items"], clean["compared_at"] is None) == ([], False)
    notices = f"select count(*) from notice where kind = 'dataset.matched' and link = '/operator/versions/{copied.version}'"
    assert rows(admin, notices) == [(2,)], "each reviewer once"
    trail = "select organization_id, facts->>'pairs' from audit_event where action = 'dataset.matched'"  # fmt: skip
    assert rows(admin, trail) == [(None, "1")], "no seller reads it"


async def test_nobody_learns_of_the_draft_of_another_seller(
    admin: psycopg.Connection, copied: Copied
) -> None:
    path = f"{API}/products/{copied.copy['id']}/registration"

    told = await warning(copied.seller, copied.copy)
    theirs = await warning(copied.other, copied.first)
    page = await copied.seller.get(f"/selling/products/{copied.copy['id']}")
    sent = await copied.seller.post(path, headers=keyed())
    ((review,),) = rows(admin, "select id from review")
    desk = await copied.reviewer.get(f"/operator/reviews/{review}")

    assert told is not None
    assert theirs is not None
    assert (told["passed"], told["blocking"], theirs["passed"]) == (True, False, True)
    assert "겹침" not in page.text
    assert sent.status_code == 201, sent.text
    assert "다른 제품과 겹치는 자료" in desk.text
    assert f"/operator/versions/{copied.original}#matches" in desk.text


async def test_a_seller_is_warned_of_a_product_on_sale_and_not_refused(
    admin: psycopg.Connection, copied: Copied
) -> None:
    path = f"{API}/products/{copied.first['id']}/registration"
    await copied.other.post(path, headers=keyed())
    ((review,),) = rows(admin, "select id from review")
    desk = f"/operator/reviews/{review}"
    done = await send(
        copied.reviewer, desk, {"decision": "approve", "reason": ""}, to=f"{desk}/decision"
    )
    assert done.status_code == 303, done.text

    told = await warning(copied.seller, copied.copy)
    page = await copied.seller.get(f"/selling/products/{copied.copy['id']}")
    sent = await copied.seller.post(
        f"{API}/products/{copied.copy['id']}/registration", headers=keyed()
    )

    assert told is not None
    assert (told["passed"], told["blocking"]) == (False, False)
    number = copied.first["number"]
    assert f"상품 {number}" in told["ko"]
    assert "100 %" in told["en"]
    assert f"다른 상품과 자료가 겹침: 상품 {number}" in page.text
    assert sent.status_code == 201, "it warns and refuses nothing"


async def test_own_products_are_named_and_pages_show_what_to_do(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    shelves: Shelves,
    seller: httpx.AsyncClient,
) -> None:
    reviewer = (await reviewers_of(database, client_of))[0]
    content = a_table(3, 200)
    whole = await a_whole_product(seller, database, shelves, content=content)
    part = await a_whole_product(
        seller, database, shelves, content=b"\n".join(content.split(b"\n")[:51]) + b"\n"
    )
    version = version_of(admin, part)
    await matched(database, version_of(admin, whole), version)

    (line,) = (await shown(reviewer, version))["items"]
    told = await warning(seller, part)
    page = await reviewer.get(f"/operator/versions/{version}")
    admin.execute("update user_account set language = 'en'")
    english = await reviewer.get(f"/operator/versions/{version}")

    assert (line["own"], line["row_pct"], line["other_row_pct"]) == (True, 100, 25)
    assert told is not None
    assert told["passed"] is False
    assert page.status_code == 200
    assert "같은 판매자" in page.text
    assert "여기 100.0 %, 저쪽 25.0 %" in page.text
    assert "Data in common with other products" in english.text


async def test_old_versions_are_compared_once_and_again_by_other_shares(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    shelves: Shelves,
    seller: httpx.AsyncClient,
) -> None:
    content = a_table(4, 100)
    first = await a_whole_product(seller, database, shelves, content=content)
    half = b"\n".join(content.split(b"\n")[:41]) + b"\n" + a_table(5, 60).split(b"\n", 1)[1]
    second = await a_whole_product(seller, database, shelves, content=half)
    phases = database.phases(Scope.system())
    waiting = "select count(*) from procrastinate_jobs where task_name = 'catalog.match_version'"
    before = rows(admin, waiting)[0][0]

    assert await match_waiting(phases, RULES) == 2
    assert await match_waiting(phases, RULES) == 2
    assert rows(admin, waiting)[0][0] == before + 2, "a version waits once"
    await matched(database, version_of(admin, first), version_of(admin, second))
    assert await match_waiting(phases, RULES) == 0
    assert rows(admin, "select round(share * 100), strong from data_match") == [
        (40, False),
        (40, False),
    ]

    looser = QualityRules(thresholds={"copied_share": 0.3})
    assert await match_waiting(phases, looser) == 2
    await matched(database, version_of(admin, second), rules=looser)
    assert rows(admin, "select distinct strong from data_match") == [(True,)]
    stricter = QualityRules(thresholds={"public_share": 0.5})
    await matched(database, version_of(admin, first), rules=stricter)
    assert rows(admin, "select count(*) from data_match") == [(0,)]


async def test_two_versions_at_the_same_time_find_each_other(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    other: httpx.AsyncClient,
) -> None:
    made = [
        version_of(admin, await a_whole_product(one, database, shelves, content=a_table(6)))
        for one in (seller, other)
    ]

    await asyncio.gather(*(matched(database, one) for one in (*made, *made)))

    assert rows(admin, "select count(*), count(*) filter (where same_bytes) from data_match") == [(2, 2)]  # fmt: skip
    assert rows(admin, "select count(*) from table_fingerprint") == [(2,)]
    assert rows(admin, "select count(*) from audit_event where action = 'dataset.matched'") == [(1,)]  # fmt: skip


async def test_who_locks_a_product_and_then_its_version_never_waits_in_a_circle(
    admin: psycopg.Connection, database: Database, shelves: Shelves, seller: httpx.AsyncClient
) -> None:
    product = await a_whole_product(seller, database, shelves, content=a_table(7))
    version = version_of(admin, product)
    await matched(database, version)

    async with database.transaction(Scope.system()) as session:
        # As an approval does; the comparison comes between its two locks.
        await session.execute(
            text("select from product where id = :id for update"), {"id": product["id"]}
        )
        comparing = asyncio.create_task(matched(database, version))
        await until(lambda: waiting_for_locks(admin) > 0)
        await session.execute(
            text("update dataset_version set published_at = app_now() where id = :id"),
            {"id": version},
        )
    await comparing

    assert rows(admin, "select count(*) from table_fingerprint") == [(1,)]


def waiting_for_locks(admin: psycopg.Connection) -> int:
    ((count,),) = rows(
        admin,
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'",
    )
    return int(count)


async def test_versions_of_one_product_and_revoked_ones_are_left_alone(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    shelves: Shelves,
    seller: httpx.AsyncClient,
) -> None:
    product = await a_whole_product(seller, database, shelves, content=a_table(7))
    version = version_of(admin, product)
    answer = await seller.post(
        f"{API}/versions/{version}/revocation", json={"reason": "잘못 올림"}, headers=keyed()
    )
    assert answer.status_code == 200, answer.text

    await matched(database, version)

    assert rows(admin, "select count(*) from match_run") == [(0,)]
    reviewer = (await reviewers_of(database, client_of))[0]
    assert (await shown(reviewer, version))["compared_at"] is None
    missing = await reviewer.get(f"/api/v1/operator/versions/{UUID(int=1)}/matches")
    assert (missing.status_code, missing.json()["code"]) == (404, "dataset_version_not_found")
    assert (await seller.get(f"/operator/versions/{version}")).status_code == 403
    assert (await seller.get(f"/api/v1/operator/versions/{version}/matches")).status_code == 403


async def test_the_database_hides_drafts_of_others_and_uses_the_index(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    other: httpx.AsyncClient,
    owner: Owner,
) -> None:
    mine = await a_whole_product(seller, database, shelves, content=a_table(8))
    theirs = await a_whole_product(other, database, shelves, content=a_table(8))
    await matched(database, version_of(admin, mine), version_of(admin, theirs))

    def seen() -> int:
        with admin.transaction():
            admin.execute("set local role marketplace_tenant")
            admin.execute("select set_config('app.org', %s, true)", (str(owner[1].id),))
            ((count,),) = admin.execute("select count(*) from data_match").fetchall()
            return int(count)

    assert seen() == 0
    with admin.transaction():
        admin.execute("set local role marketplace_system")
        admin.execute("set local enable_seqscan = off")
        plan = admin.execute(
            "explain select 1 from table_fingerprint where keys && '{1,2}'::bigint[]"
            " and product_id <> gen_random_uuid()"
        ).fetchall()
    assert "ix_table_fingerprint_keys" in str(plan)
    for statement in ("delete from data_match", "update table_fingerprint set row_count = 0"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_staff(admin, statement)


def as_staff(admin: psycopg.Connection, statement: str) -> None:
    with admin.transaction():
        admin.execute("set local role marketplace_staff")
        admin.execute(statement)
