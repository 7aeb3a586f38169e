"""Invitations: by mail, seven days, once, and only for the invited address."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations.inviting import INVITATIONS_PER_DAY
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, a_user, parallel_client, save
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import (
    PASSWORD,
    a_sign_up,
    newest_link,
    post,
    rows,
    secret_of,
)

Owner = tuple[User, Organization]
GUEST = "guest@example.com"
PATH = "/api/v1/organization/invitations"


async def invite(client: httpx.AsyncClient, email: str = GUEST, *roles: str) -> tuple[int, Any]:
    return await post(client, PATH, {"email": email, "roles": list(roles) or ["buyer"]})


async def accept_new(client: httpx.AsyncClient, secret: str, **given: Any) -> tuple[int, Any]:
    body = {
        "token": secret,
        "person_name": "가상손님",
        "person_phone": "010-0000-0000",
        "password": PASSWORD,
        "terms": True,
        "privacy": True,
        **given,
    }
    return await post(client, "/api/v1/invitations/accept-as-new", body)


def membership_of(admin: psycopg.Connection, email: str) -> list[tuple[Any, ...]]:
    return rows(
        admin,
        "select o.name, m.roles, u.state from membership m"
        " join user_account u on u.id = m.user_id join organization o on o.id = m.organization_id"
        " where u.email = %s and m.left_at is null",
        email,
    )


async def test_a_new_person_accepts_and_is_a_member_at_once(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client, guest = await client_of(owner[0]), await client_of()

    status, body = await invite(client, " Guest@Example.com ", "buyer", "viewer")
    assert (status, body["email"], body["roles"]) == (201, GUEST, ["buyer", "viewer"])
    assert newest_link(admin, GUEST).startswith("/invitation?token=")
    secret = secret_of(admin, GUEST)

    assert (await accept_new(guest, secret))[0] == 201
    assert membership_of(admin, GUEST) == [(owner[1].name, ["buyer", "viewer"], "active")]
    assert rows(admin, "select kind from notice where user_id = %s", owner[0].id) == [
        ("organization.member_joined",)
    ]
    assert rows(admin, "select roles_after, reason from role_change") == [
        (["buyer", "viewer"], "invitation")
    ]
    status, body = await accept_new(guest, secret)
    assert (status, body["code"]) == (404, "invitation_not_usable")


async def test_a_person_without_an_organization_accepts_signed_in(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    person = a_user(email=GUEST)
    await save(database, person)
    await invite(await client_of(owner[0]))
    secret = secret_of(admin, GUEST)
    guest = await client_of(person)

    assert (await accept_new(guest, secret))[1]["code"] == "invitation_needs_sign_in"
    status, body = await post(guest, "/api/v1/invitations/accept", {"token": secret})

    assert (status, body["organization_name"]) == (201, owner[1].name)
    assert (await guest.get("/api/v1/organization")).json()["name"] == owner[1].name


async def test_a_link_is_only_for_the_invited_address_and_for_who_belongs_nowhere(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member_elsewhere, _ = await a_member(database, Role.viewer, email=GUEST)
    another = a_user()
    await save(database, another)
    await invite(await client_of(owner[0]))
    secret = secret_of(admin, GUEST)
    for person, code in (
        (another, "invitation_for_another"),
        (member_elsewhere, "belongs_elsewhere"),
    ):
        client = await client_of(person)
        status, body = await post(client, "/api/v1/invitations/accept", {"token": secret})
        assert (status, body["code"]) == (409, code)
    assert rows(admin, "select accepted_at from invitation") == [(None,)]
    assert rows(admin, "select count(*) from membership") == [(2,)]


async def test_a_link_accepted_twice_at_once_makes_one_membership(
    app: Litestar, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    await invite(await client_of(owner[0]))
    secret = secret_of(admin, GUEST)
    async with parallel_client(app) as guest:
        answers = await asyncio.gather(*(accept_new(guest, secret) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [201, 404, 404]
    assert len(membership_of(admin, GUEST)) == 1


async def test_two_organizations_accepted_at_once_give_one_membership(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    other, _ = await a_member(database, Role.owner)
    person = a_user(email=GUEST)
    await save(database, person)
    secrets = []
    for inviter in (owner[0], other):
        await invite(await client_of(inviter))
        secrets.append(secret_of(admin, GUEST))
    one, two = await client_of(person), await client_of(person)
    answers = await asyncio.gather(
        post(one, "/api/v1/invitations/accept", {"token": secrets[0]}),
        post(two, "/api/v1/invitations/accept", {"token": secrets[1]}),
    )
    assert sorted(status for status, _ in answers) == [201, 409]
    assert len(membership_of(admin, GUEST)) == 1


async def test_accepting_ends_a_sign_up_that_was_never_confirmed(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    guest = await client_of()
    await guest.post("/api/v1/organizations", json=a_sign_up(email=GUEST, name="버려질 상호"))
    await invite(await client_of(owner[0]))

    assert (await accept_new(guest, secret_of(admin, GUEST)))[0] == 201

    assert membership_of(admin, GUEST) == [(owner[1].name, ["buyer"], "active")]
    assert rows(admin, "select state from organization where name = '버려질 상호'") == [("closed",)]
    assert rows(admin, "select count(*) from link_token where used_at is null") == [(0,)]


async def test_sending_again_ends_the_earlier_link(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client, guest = await client_of(owner[0]), await client_of()
    _, body = await invite(client)
    earlier = secret_of(admin, GUEST)
    assert (await post(client, f"{PATH}/{body['id']}/send-again"))[0] == 200
    newer = secret_of(admin, GUEST)
    assert newer != earlier
    assert (await accept_new(guest, earlier))[0] == 404
    assert (await accept_new(guest, newer))[0] == 201


async def test_a_withdrawn_link_ends_and_the_address_can_be_invited_anew(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client, guest = await client_of(owner[0]), await client_of()
    _, body = await invite(client)
    assert (await client.delete(f"{PATH}/{body['id']}")).status_code == 204
    assert (await client.delete(f"{PATH}/{body['id']}")).json()["code"] == "invitation_not_found"
    assert (await accept_new(guest, secret_of(admin, GUEST)))[0] == 404
    assert (await invite(client))[0] == 201


async def test_after_seven_days_the_link_is_over_and_a_new_invitation_replaces_it(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client, guest = await client_of(owner[0]), await client_of()
    await invite(client)
    secret = secret_of(admin, GUEST)
    admin.execute("update invitation set expires_at = app_now() + interval '2 seconds'")
    assert (await invite(client))[1]["code"] == "invitation_open"
    admin.execute("update invitation set expires_at = app_now()")
    assert (await accept_new(guest, secret))[0] == 404
    assert (await invite(client))[0] == 201
    assert len((await client.get(PATH)).json()["items"]) == 1


async def test_the_lifetime_is_seven_days(
    client_of: ClientOf, owner: Owner, admin: psycopg.Connection
) -> None:
    await invite(await client_of(owner[0]))
    assert rows(admin, "select expires_at - invited_at from invitation") == [(timedelta(days=7),)]


async def test_a_member_is_not_invited(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1])
    status, body = await invite(await client_of(owner[0]), member.email)
    assert (status, body["code"]) == (409, "already_member")
    assert rows(admin, "select count(*) from mail") == [(0,)]


@pytest.mark.parametrize(
    ("email", "roles", "field"),
    [("nobody", ["buyer"], "email"), (GUEST, ["finance"], "roles")],
)
async def test_a_wrong_address_or_role_keeps_nothing(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    email: str,
    roles: list[str],
    field: str,
) -> None:
    status, body = await invite(await client_of(owner[0]), email, *roles)
    assert (status, [one["field"] for one in body["fields"]]) == (422, [field])
    assert rows(admin, "select count(*) from invitation") == [(0,)]


async def test_a_suspended_person_does_not_come_back_by_an_invitation(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    await save(database, a_user(email=GUEST, state=UserState.suspended))
    await invite(await client_of(owner[0]))
    guest = await client_of()
    status, body = await accept_new(guest, secret_of(admin, GUEST))
    assert (status, body["code"]) == (409, "invitation_needs_sign_in")
    assert membership_of(admin, GUEST) == []


async def test_the_link_of_a_suspended_organization_is_not_usable(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    await invite(await client_of(owner[0]))
    admin.execute("update organization set state = 'suspended'")
    assert (await accept_new(await client_of(), secret_of(admin, GUEST)))[0] == 404


async def test_only_owners_of_the_organization_see_and_withdraw_its_invitations(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    _, body = await invite(await client_of(owner[0]))
    stranger, _ = await a_member(database, Role.owner)
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])
    theirs = await client_of(stranger)
    assert (await theirs.get(PATH)).json() == {"items": []}
    assert (await theirs.delete(f"{PATH}/{body['id']}")).status_code == 404
    assert (await post(theirs, f"{PATH}/{body['id']}/send-again"))[0] == 404
    for client, status in ((await client_of(viewer), 403), (await client_of(), 401)):
        assert (await client.get(PATH)).status_code == status
        assert (await invite(client))[0] == status
        assert (await client.delete(f"{PATH}/{body['id']}")).status_code == status


async def test_mistakes_of_the_new_person_use_nothing_up(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    await invite(await client_of(owner[0]))
    secret, guest = secret_of(admin, GUEST), await client_of()
    status, body = await accept_new(
        guest, secret, password="12345678", terms=False, person_phone="?"
    )
    assert status == 422
    assert {one["field"] for one in body["fields"]} == {"password", "terms", "person_phone"}
    assert (await accept_new(guest, "unknown"))[0] == 404
    assert (await accept_new(guest, secret))[0] == 201


async def test_an_organization_sends_only_so_many_a_day(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    for _ in range(INVITATIONS_PER_DAY):
        await invite(client, "nobody")
    status, body = await invite(client)
    assert (status, body["code"]) == (429, "too_many_requests")
    assert rows(admin, "select count(*) from invitation") == [(0,)]
