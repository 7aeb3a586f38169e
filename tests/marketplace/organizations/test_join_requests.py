"""Requests to join: the owner answers, the person sees it and may withdraw."""

import asyncio
from typing import Any

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations.models import JoinRequest, Organization
from tests.factories import a_member, a_user, save
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import an_organization_body, post, rows, usable_number

Owner = tuple[User, Organization]
PATH = "/api/v1/organization/join-requests"


@pytest.fixture
async def asking(database: Database, owner: Owner) -> tuple[User, JoinRequest]:
    person = a_user(name="가상지원")
    request = JoinRequest(organization_id=owner[1].id, user_id=person.id)
    await save(database, person, request)
    return person, request


Asking = tuple[User, JoinRequest]


def states(admin: psycopg.Connection) -> list[tuple[Any, ...]]:
    return rows(admin, "select state, reason from join_request")


async def test_an_owner_accepts_with_roles(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    client, theirs = await client_of(owner[0]), await client_of(asking[0])
    listed = (await client.get(PATH)).json()["items"]
    assert [(one["name"], one["state"]) for one in listed] == [("가상지원", "waiting")]

    status, body = await post(client, f"{PATH}/{asking[1].id}/accept", {"roles": ["buyer"]})

    assert (status, body["state"]) == (200, "accepted")
    assert rows(admin, "select roles from membership where user_id = %s", asking[0].id) == [
        (["buyer"],)
    ]
    assert (await theirs.get("/api/v1/organization")).status_code == 401
    again = await client_of(asking[0])
    assert (await again.get("/api/v1/organization")).json()["name"] == owner[1].name
    assert rows(admin, "select kind from notice where user_id = %s", asking[0].id) == [
        ("organization.join_accepted",)
    ]
    status, body = await post(client, f"{PATH}/{asking[1].id}/refuse", {"reason": "아니요"})
    assert (status, body["code"]) == (409, "join_request_answered")


async def test_an_owner_refuses_with_a_reason_that_the_person_reads(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    client, theirs = await client_of(owner[0]), await client_of(asking[0])
    assert (await post(client, f"{PATH}/{asking[1].id}/refuse", {"reason": ""}))[0] == 400
    status, _ = await post(client, f"{PATH}/{asking[1].id}/refuse", {"reason": "우리 직원이 아님"})
    assert status == 200
    assert states(admin) == [("refused", "우리 직원이 아님")]
    seen = (await theirs.get("/api/v1/me/join-request")).json()
    assert (seen["state"], seen["reason"], seen["organization_name"]) == (
        "refused",
        "우리 직원이 아님",
        owner[1].name,
    )
    assert "우리 직원이 아님" in rows(admin, "select body from mail")[0][0]


async def test_the_person_withdraws(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    theirs = await client_of(asking[0])
    path = "/api/v1/me/join-request/withdraw"
    assert (await post(theirs, path))[1]["state"] == "withdrawn"
    assert (await post(theirs, path))[1]["code"] == "join_request_answered"
    client = await client_of(owner[0])
    status, body = await post(client, f"{PATH}/{asking[1].id}/accept", {"roles": ["buyer"]})
    assert (status, body["code"]) == (409, "join_request_answered")
    assert rows(admin, "select count(*) from membership") == [(1,)]
    assert rows(admin, "select user_id from notice") == [(owner[0].id,)]


async def test_accepting_and_withdrawing_at_once_has_one_winner(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    client, theirs = await client_of(owner[0]), await client_of(asking[0])
    accepted, withdrawn = await asyncio.gather(
        post(client, f"{PATH}/{asking[1].id}/accept", {"roles": ["buyer"]}),
        post(theirs, "/api/v1/me/join-request/withdraw"),
    )
    assert sorted([accepted[0], withdrawn[0]]) in ([200, 409], [200, 401])
    joined = rows(admin, "select count(*) from membership where user_id = %s", asking[0].id)
    assert joined == [(1 if accepted[0] == 200 else 0,)]


async def test_who_joined_elsewhere_meanwhile_is_not_accepted(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    person, _ = await a_member(database, Role.viewer)
    request = JoinRequest(organization_id=owner[1].id, user_id=person.id)
    await save(database, request)
    client = await client_of(owner[0])
    status, body = await post(client, f"{PATH}/{request.id}/accept", {"roles": ["buyer"]})
    assert (status, body["code"]) == (409, "belongs_elsewhere")
    assert states(admin) == [("waiting", None)]


async def test_a_request_of_an_unconfirmed_person_is_not_shown(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    admin.execute("update user_account set state = 'unconfirmed' where id = %s", [asking[0].id])
    client = await client_of(owner[0])
    assert (await client.get(PATH)).json() == {"items": []}
    assert (await post(client, f"{PATH}/{asking[1].id}/accept", {"roles": ["buyer"]}))[0] == 404


async def test_only_this_organizations_owners_answer(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, asking: Asking
) -> None:
    stranger, _ = await a_member(database, Role.owner)
    seller, _ = await a_member(database, Role.seller, organization=owner[1])
    for person, status in ((stranger, 404), (seller, 403), (None, 401)):
        client = await client_of(person)
        for path, body in (("accept", {"roles": ["buyer"]}), ("refuse", {"reason": "x"})):
            assert (await post(client, f"{PATH}/{asking[1].id}/{path}", body))[0] == status
    assert states(admin) == [("waiting", None)]


async def register(client: Any, **given: Any) -> tuple[int, Any]:
    return await post(client, "/api/v1/organization", an_organization_body(**given))


async def test_a_person_who_belongs_nowhere_registers_an_organization(
    database: Database, admin: psycopg.Connection, client_of: ClientOf
) -> None:
    person = a_user()
    await save(database, person)
    client = await client_of(person)

    status, body = await register(client)

    assert (status, body["joined"]) == (201, True)
    shown = (await client.get("/api/v1/organization")).json()
    assert (shown["name"], shown["state"]) == ("가상정밀", "active")
    assert shown["registry_asked_at"] is not None
    assert rows(admin, "select roles from membership") == [(["owner", "seller", "buyer"],)]
    assert (await register(client, business_number=usable_number(2)))[1]["code"] == (
        "belongs_elsewhere"
    )


async def test_registering_a_known_number_asks_its_owner(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    admin.execute("update organization set business_number = %s", [usable_number(1)])
    person = a_user()
    await save(database, person)
    client = await client_of(person)
    for _ in range(2):
        status, body = await register(client)
        assert (status, body["joined"]) == (201, False)
    assert rows(admin, "select state from join_request order by asked_at") == [
        ("withdrawn",),
        ("waiting",),
    ]
    assert rows(admin, "select count(*) from organization") == [(1,)]
    assert {row[0] for row in rows(admin, "select user_id from notice")} == {owner[0].id}


async def test_an_unconfirmed_person_cannot_register(
    database: Database, admin: psycopg.Connection, client_of: ClientOf
) -> None:
    person = a_user(state=UserState.unconfirmed)
    await save(database, person)
    assert (await register(await client_of(person)))[0] == 401
