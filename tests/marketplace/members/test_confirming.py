"""A confirmed mail address makes the sign-up count, once."""

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.organizations.confirming import email_confirmed
from marketplace.members.organizations.models import JoinRequest, Organization, OrganizationState
from tests.factories import a_member, a_user, an_organization, save


async def confirm(database: Database, user_id: object) -> None:
    async with database.transaction(Scope.system()) as session:
        await email_confirmed(session, user_id)  # type: ignore[arg-type]


async def test_the_organization_becomes_active_once(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = an_organization(state=OrganizationState.unconfirmed)
    await save(database, place)
    owner, _ = await a_member(database, Role.owner, Role.seller, organization=place)

    for _ in range(2):
        await confirm(database, owner.id)

    assert admin.execute(
        "select state, registry_asked_at is not null from organization"
    ).fetchall() == [("active", True)]
    assert admin.execute("select roles_before, roles_after from role_change").fetchall() == [
        ([], ["owner", "seller"])
    ]
    assert admin.execute("select action from audit_event").fetchall() == [
        ("organization.activated",)
    ]
    assert admin.execute("select count(*) from mail").fetchone() == (1,)


@pytest.mark.parametrize("state", [OrganizationState.closed, OrganizationState.suspended])
async def test_what_ended_meanwhile_stays_as_it_is(
    database: Database, admin: psycopg.Connection, clean: None, state: OrganizationState
) -> None:
    place = an_organization(state=state)
    await save(database, place)
    owner, _ = await a_member(database, Role.owner, organization=place)

    await confirm(database, owner.id)

    assert admin.execute("select state from organization").fetchone() == (state.value,)
    assert admin.execute("select count(*) from audit_event").fetchone() == (0,)


async def asks(database: Database, place: Organization) -> object:
    person = a_user(name="가상지원")
    await save(database, person, JoinRequest(organization_id=place.id, user_id=person.id))
    return person.id


async def test_owners_learn_of_a_request_when_its_person_confirmed(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    owner, place = await a_member(database, Role.owner)
    await a_member(database, Role.buyer, organization=place)
    asking = await asks(database, place)

    await confirm(database, asking)

    assert admin.execute("select user_id, kind, link from notice").fetchall() == [
        (owner.id, "organization.join_requested", "/organization/members")
    ]


async def test_a_request_to_an_unconfirmed_organization_is_told_when_that_is_confirmed(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    place = an_organization(state=OrganizationState.unconfirmed)
    await save(database, place)
    owner, _ = await a_member(database, Role.owner, organization=place)
    await confirm(database, await asks(database, place))
    assert admin.execute("select count(*) from notice").fetchone() == (0,)

    await confirm(database, owner.id)

    assert admin.execute("select kind from notice order by kind").fetchall() == [
        ("organization.activated",),
        ("organization.join_requested",),
    ]
