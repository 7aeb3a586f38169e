"""The registry's answer is a fact of its own: asked outside, kept once, retried while it is away."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.organizations import queries
from marketplace.members.organizations.expiring import expire_unconfirmed
from marketplace.members.organizations.jobs import recheck_registry
from marketplace.members.organizations.models import JoinRequest, Organization, OrganizationState
from marketplace.members.organizations.registry_checks import ask_registry, check_registry
from marketplace.members.organizations.signing_up import UNCONFIRMED_KEPT
from marketplace.members.registry.errors import RegistryUnavailable
from marketplace.members.registry.port import RegistryMatch, RegistryStatus, TaxType
from marketplace.members.registry.sandbox import (
    BY_TAX_TYPE,
    CLOSED,
    MISMATCHED,
    SUSPENDED,
    UNAVAILABLE,
    UNKNOWN,
    SandboxRegistry,
    special_number,
)
from tests.factories import a_member, a_user, an_organization, save
from tests.marketplace.organizations.steps import rows
from tests.waiting import until

FINE = special_number(100)
REGISTRY = SandboxRegistry(lambda: date(2026, 11, 23), slow_s=0.0)


async def a_business(database: Database, number: str) -> Organization:
    place = an_organization(business_number=number)
    await save(database, place)
    await a_member(database, Role.owner, organization=place)
    return place


async def check(database: Database, organization_id: UUID, registry: Any = REGISTRY) -> None:
    await check_registry(database.phases(Scope.system()), registry, organization_id)


def answer(admin: psycopg.Connection) -> tuple[Any, ...]:
    return rows(
        admin,
        "select registry_state, registry_matched, registry_tax_type,"
        " registry_checked_at is not null, checksum_passed_at from organization",
    )[0]


@pytest.mark.parametrize(
    ("number", "found", "word"),
    [
        (FINE, ("active", True, "01"), "계속사업자"),
        (BY_TAX_TYPE[TaxType.exempt], ("active", True, "04"), "계속사업자"),
        (SUSPENDED, ("suspended", True, "01"), "휴업"),
        (CLOSED, ("closed", True, "01"), "폐업"),
        (UNKNOWN, ("unknown", False, None), "등록되지 않음"),
        (MISMATCHED, ("active", False, "01"), "정보가 다름"),
    ],
)
async def test_each_answer_is_kept_and_told_to_the_owner(
    database: Database,
    admin: psycopg.Connection,
    clean: None,
    number: str,
    found: tuple[Any, ...],
    word: str,
) -> None:
    place = await a_business(database, number)
    await check(database, place.id)
    assert answer(admin) == (*found, True, None)
    assert rows(admin, "select facts ->> 'result_ko' from notice")[0][0].startswith(word)
    assert rows(admin, "select action from audit_event") == [("organization.registry_answered",)]


async def test_the_same_answer_again_is_not_told_again(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = await a_business(database, FINE)
    for _ in range(2):
        await check(database, place.id)
    assert rows(admin, "select count(*) from notice") == [(1,)]


async def test_a_registry_that_is_away_leaves_what_was_known(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = await a_business(database, UNAVAILABLE)
    with pytest.raises(RegistryUnavailable):
        await check(database, place.id)
    assert answer(admin) == (None, None, None, False, None)
    assert rows(admin, "select count(*) from notice") == [(0,)]


@pytest.mark.parametrize("state", [OrganizationState.closed, OrganizationState.unconfirmed])
async def test_what_does_not_count_is_not_asked_about(
    database: Database, admin: psycopg.Connection, clean: None, state: OrganizationState
) -> None:
    place = an_organization(state=state, business_number=UNAVAILABLE)
    await save(database, place)
    await check(database, place.id)
    assert answer(admin)[0] is None


class Meanwhile:
    """A register in whose answering time somebody changes the organization."""

    def __init__(self, happens: Callable[[], Awaitable[None]]) -> None:
        self._happens = happens

    async def status(self, number: str) -> RegistryStatus:
        return await REGISTRY.status(number)

    async def validate(self, number: str, opening_on: date, representative: str) -> RegistryMatch:
        await self._happens()
        return await REGISTRY.validate(number, opening_on, representative)

    async def close(self) -> None:
        """Do nothing."""


async def test_an_answer_about_facts_that_changed_meanwhile_is_dropped(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = await a_business(database, FINE)

    async def renamed() -> None:
        admin.execute("update organization set representative = '새대표'")

    await check(database, place.id, Meanwhile(renamed))
    assert answer(admin)[0] is None


async def test_no_transaction_is_open_while_the_registry_is_asked(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = await a_business(database, FINE)
    seen: list[Any] = []

    async def look() -> None:
        seen.extend(
            rows(
                admin,
                "select count(*) from pg_stat_activity where state like 'idle in trans%%'"
                " and datname = current_database()",
            )
        )

    await check(database, place.id, Meanwhile(look))
    assert seen == [(0,)]


async def test_the_worker_asks_because_the_transaction_committed(
    database: Database, admin: psycopg.Connection, worker: Any
) -> None:
    place = await a_business(database, FINE)
    async with worker(parts=SimpleNamespace(registry=REGISTRY)):
        async with database.transaction(Scope.system()) as session:
            await ask_registry(session, await queries.organization_for_update(session, place.id))
        await until(lambda: answer(admin)[0] == "active")


async def test_what_was_never_answered_is_asked_again_until_it_is(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    await a_business(database, UNAVAILABLE)
    context: Any = SimpleNamespace(
        phases=database.phases(Scope.system()), parts=SimpleNamespace(registry=REGISTRY)
    )
    admin.execute("update organization set registry_asked_at = app_now() - interval '9 minutes'")
    admin.execute("update organization set business_number = %s", [FINE])
    await recheck_registry(context)
    assert answer(admin)[0] is None

    admin.execute("update organization set registry_asked_at = app_now() - interval '11 minutes'")
    admin.execute("update organization set business_number = %s", [UNAVAILABLE])
    await recheck_registry(context)
    assert answer(admin)[0] is None

    admin.execute("update organization set business_number = %s", [FINE])
    await recheck_registry(context)
    assert answer(admin)[0] == "active"


async def expire(database: Database) -> int:
    async with database.transaction(Scope.system()) as session:
        return await expire_unconfirmed(session)


async def test_a_number_that_nobody_confirmed_is_free_after_three_days(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = an_organization(state=OrganizationState.unconfirmed, business_number=FINE)
    asking, silent = a_user(), a_user(state="unconfirmed")
    await save(database, place)
    await a_member(database, Role.owner, organization=place, state="unconfirmed")
    await save(
        database,
        asking,
        silent,
        JoinRequest(organization_id=place.id, user_id=asking.id),
        JoinRequest(organization_id=place.id, user_id=silent.id),
    )
    admin.execute(
        "update organization set created_at = app_now() - %s",
        [UNCONFIRMED_KEPT - timedelta(minutes=1)],
    )
    assert await expire(database) == 0
    admin.execute("update organization set created_at = app_now() - %s", [UNCONFIRMED_KEPT])

    assert await expire(database) == 1

    assert rows(admin, "select state from organization") == [("closed",)]
    assert rows(admin, "select left_at is not null from membership") == [(True,)]
    assert rows(admin, "select distinct state from join_request") == [("refused",)]
    assert rows(admin, "select user_id, kind from notice") == [
        (asking.id, "organization.number_free")
    ]
    await save(database, an_organization(business_number=FINE))
    assert await expire(database) == 0


async def test_an_active_organization_never_expires(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    await a_business(database, FINE)
    admin.execute("update organization set created_at = app_now() - interval '1 year'")
    assert await expire(database) == 0
    async with database.transaction(Scope.system()) as session:
        assert await session.scalar(text("select state from organization")) == "active"
