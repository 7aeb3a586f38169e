"""Changing roles, hand-over, leaving and removal: somebody always remains who manages."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import ApiToken, User, UserState
from marketplace.members.accounts.tokens import new_api_token
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, save
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import post, rows

Owner = tuple[User, Organization]
TOMORROW = datetime.now(UTC) + timedelta(days=1)


async def set_roles(client: httpx.AsyncClient, user: User, *roles: str) -> tuple[int, Any]:
    answer = await client.put(
        f"/api/v1/organization/members/{user.id}/roles", json={"roles": list(roles)}
    )
    return answer.status_code, answer.json()


async def remove(client: httpx.AsyncClient, user: User) -> tuple[int, Any]:
    path = f"/api/v1/organization/members/{user.id}/remove"
    return await post(client, path, {"reason": "부서 이동"})


def roles_of(admin: psycopg.Connection, user: User) -> list[str] | None:
    found = rows(
        admin, "select roles from membership where user_id = %s and left_at is null", user.id
    )
    return found[0][0] if found else None


def changes(admin: psycopg.Connection) -> list[tuple[Any, ...]]:
    return rows(
        admin, "select roles_before, roles_after, changed_by from role_change order by changed_at"
    )


async def test_several_roles_at_once_replace_the_former_ones(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    person, place = owner
    member, _ = await a_member(database, Role.viewer, organization=place)
    members_own = await client_of(member)
    client = await client_of(person)

    status, body = await set_roles(client, member, "buyer", "seller", "buyer")

    assert (status, body["roles"]) == (200, ["seller", "buyer"])
    assert roles_of(admin, member) == ["seller", "buyer"]
    assert changes(admin) == [(["viewer"], ["seller", "buyer"], person.id)]
    assert (await members_own.get("/api/v1/organization")).status_code == 401
    assert rows(admin, "select kind from notice where user_id = %s", member.id) == [
        ("organization.roles_changed",)
    ]
    assert rows(admin, "select end_reason from user_session where ended_at is not null") == [
        ("roles_changed",)
    ]
    assert rows(admin, "select action, facts ->> 'after' from audit_event") == [
        ("member.roles_changed", '["seller", "buyer"]')
    ]


async def test_the_same_roles_again_change_nothing(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1])
    members_own = await client_of(member)
    client = await client_of(owner[0])
    assert (await set_roles(client, member, "viewer"))[0] == 200
    assert changes(admin) == []
    assert (await members_own.get("/api/v1/organization")).status_code == 200


async def test_ones_own_roles_change_without_being_signed_out(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    elsewhere = await client_of(owner[0])
    assert (await set_roles(client, owner[0], "owner", "seller"))[0] == 200
    assert (await client.get("/api/v1/organization")).status_code == 200
    assert (await elsewhere.get("/api/v1/organization")).status_code == 401


@pytest.mark.parametrize(
    ("roles", "status", "code"),
    [
        ([], 400, "malformed"),
        (["administrator"], 422, "roles_invalid"),
        (["viewer", "evaluator"], 422, "roles_invalid"),
        (["king"], 400, "malformed"),
    ],
)
async def test_only_roles_of_the_organization_are_given(
    database: Database,
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    roles: list[str],
    status: int,
    code: str,
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1])
    client = await client_of(owner[0])
    found, body = await set_roles(client, member, *roles)
    assert (found, body["code"]) == (status, code)
    assert roles_of(admin, member) == ["viewer"]
    assert changes(admin) == []


@pytest.mark.parametrize(
    ("role", "fresh", "status", "code"),
    [
        (Role.viewer, True, 403, "forbidden"),
        (Role.buyer, True, 403, "forbidden"),
        (Role.seller, True, 403, "forbidden"),
        (Role.owner, False, 403, "reauthentication_required"),
    ],
)
async def test_only_a_freshly_authenticated_owner_changes_roles(
    database: Database,
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    *,
    role: Role,
    fresh: bool,
    status: int,
    code: str,
) -> None:
    actor, _ = await a_member(database, role, organization=owner[1])
    client = await client_of(actor, signed_in_ago=timedelta(0 if fresh else 601))
    for found in (await set_roles(client, owner[0], "viewer"), await remove(client, owner[0])):
        assert (found[0], found[1]["code"]) == (status, code)
    assert roles_of(admin, owner[0]) == ["owner"]


async def test_another_organizations_member_does_not_exist(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    stranger, _ = await a_member(database, Role.viewer)
    client = await client_of(owner[0])
    for status, body in (
        await set_roles(client, stranger, "owner"),
        await remove(client, stranger),
        await post(client, "/api/v1/organization/hand-over", {"user_id": str(stranger.id)}),
    ):
        assert (status, body["code"]) == (404, "member_not_found")
    assert roles_of(admin, stranger) == ["viewer"]


async def test_nobody_signed_in_changes_nothing(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of()
    assert (await set_roles(client, owner[0], "viewer"))[0] == 401
    assert (await remove(client, owner[0]))[0] == 401
    assert (await client.get("/api/v1/organization/members")).status_code == 401


async def test_a_token_neither_changes_roles_nor_reads_without_its_scope(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    person, place = owner

    async def with_token(scope: str) -> dict[str, str]:
        token = new_api_token()
        saved = ApiToken(
            user_id=person.id, organization_id=place.id, name=scope, hint="mdx_", scopes=[scope],
            token_hash=token.digest, expires_at=TOMORROW,
        )  # fmt: skip
        await save(database, saved)
        return {"authorization": f"Bearer {token.text}"}

    client = await client_of()
    reads, writes = await with_token("organization:read"), await with_token("account:read")
    assert (await client.get("/api/v1/organization/members", headers=reads)).status_code == 200
    refused = await client.get("/api/v1/organization/members", headers=writes)
    assert (refused.status_code, refused.json()["code"]) == (403, "token_scope_missing")
    changed = await client.put(
        f"/api/v1/organization/members/{person.id}/roles",
        json={"roles": ["viewer"]},
        headers=await with_token("organization:write"),
    )
    assert (changed.status_code, changed.json()["code"]) == (403, "token_scope_missing")


async def test_the_last_owner_keeps_the_role_and_stays(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    for status, body in (
        await set_roles(client, owner[0], "viewer"),
        await post(client, "/api/v1/organization/leave"),
    ):
        assert (status, body["code"]) == (409, "last_owner")
    assert roles_of(admin, owner[0]) == ["owner"]
    assert changes(admin) == []


async def test_a_suspended_second_owner_does_not_count(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    await a_member(database, Role.owner, organization=owner[1], state=UserState.suspended)
    client = await client_of(owner[0])
    assert (await post(client, "/api/v1/organization/leave"))[0] == 409


async def test_two_owners_who_remove_each_other_at_once_leave_one(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    other, _ = await a_member(database, Role.owner, organization=owner[1])
    one, two = await client_of(owner[0]), await client_of(other)

    answers = await asyncio.gather(remove(one, other), remove(two, owner[0]))

    assert sorted(status for status, _ in answers) == [204, 403]
    assert {body["code"] for status, body in answers if status == 403} == {"no_longer_owner"}
    assert rows(admin, "select count(*) from membership where left_at is null") == [(1,)]


async def test_two_owners_who_leave_at_once_leave_one(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    other, _ = await a_member(database, Role.owner, organization=owner[1])
    one, two = await client_of(owner[0]), await client_of(other)
    answers = await asyncio.gather(
        post(one, "/api/v1/organization/leave"), post(two, "/api/v1/organization/leave")
    )
    assert sorted(status for status, _ in answers) == [204, 409]
    assert rows(admin, "select count(*) from membership where left_at is null") == [(1,)]


async def test_two_owners_who_step_down_at_once_leave_one(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    other, _ = await a_member(database, Role.owner, organization=owner[1])
    one, two = await client_of(owner[0]), await client_of(other)
    answers = await asyncio.gather(
        set_roles(one, owner[0], "viewer"), set_roles(two, other, "viewer")
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    assert rows(admin, "select count(*) from membership where 'owner' = any(roles)") == [(1,)]


async def test_ownership_is_handed_over(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    heir, _ = await a_member(database, Role.buyer, organization=owner[1])
    heirs_own = await client_of(heir)
    client = await client_of(owner[0])

    status, body = await post(client, "/api/v1/organization/hand-over", {"user_id": str(heir.id)})

    assert (status, body["roles"]) == (200, ["owner", "buyer"])
    assert roles_of(admin, owner[0]) == ["viewer"]
    assert (await heirs_own.get("/api/v1/organization")).status_code == 401
    assert (await set_roles(client, heir, "viewer"))[0] == 403
    assert (
        rows(admin, "select user_id from notice where kind = 'organization.ownership_handed_over'")
        != []
    )


async def test_ownership_is_not_handed_to_oneself(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    path, body = "/api/v1/organization/hand-over", {"user_id": str(owner[0].id)}
    status, answer = await post(client, path, body)
    assert (status, answer["code"]) == (409, "not_yourself")


async def test_removal_ends_sessions_tokens_and_rights(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, place = await a_member(database, Role.viewer, organization=owner[1])
    token = new_api_token()
    await save(
        database,
        ApiToken(
            user_id=member.id, organization_id=place.id, name="시험", hint="mdx_",
            scopes=["organization:read"], token_hash=token.digest,
            expires_at=TOMORROW,
        ),
    )  # fmt: skip
    members_own = await client_of(member)
    bearer = {"authorization": f"Bearer {token.text}"}
    assert (await members_own.get("/api/v1/organization", headers=bearer)).status_code == 200

    client = await client_of(owner[0])
    assert (await remove(client, member))[0] == 204

    assert (await members_own.get("/api/v1/organization")).status_code == 401
    nobody = await client_of()
    assert (await nobody.get("/api/v1/organization", headers=bearer)).status_code == 401
    assert rows(admin, "select revoked_at is not null from api_token") == [(True,)]
    assert rows(admin, "select left_reason from membership where left_at is not null") == [
        ("부서 이동",)
    ]
    mail = rows(admin, "select body from mail where user_id = %s", member.id)
    assert "부서 이동" in mail[0][0]
    assert (await remove(client, member))[1]["code"] == "member_not_found"


async def test_nobody_removes_oneself(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    status, body = await remove(client, owner[0])
    assert (status, body["code"]) == (409, "not_yourself")


async def test_a_member_leaves_and_the_owners_are_told(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.seller, organization=owner[1])
    client = await client_of(member)

    assert (await post(client, "/api/v1/organization/leave"))[0] == 204

    status, body = await post(client, "/api/v1/organization/leave")
    assert (status, body["code"]) == (404, "no_organization")
    assert rows(admin, "select user_id, kind from notice") == [
        (owner[0].id, "organization.member_left")
    ]
    assert changes(admin) == [(["seller"], [], member.id)]


async def test_removal_under_one_key_happens_once(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1])
    client = await client_of(owner[0])
    path = f"/api/v1/organization/members/{member.id}/remove"
    same = {"Idempotency-Key": "the-same-key-for-both"}
    answers = [await client.post(path, json={"reason": "퇴사"}, headers=same) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert len(changes(admin)) == 1


async def test_members_are_listed_owners_first_without_those_who_left(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1], name="가나다")
    gone, _ = await a_member(database, Role.viewer, organization=owner[1])
    await a_member(database, Role.owner)
    client = await client_of(gone)
    await post(client, "/api/v1/organization/leave")

    answer = await (await client_of(member)).get("/api/v1/organization/members")

    assert [one["name"] for one in answer.json()["items"]] == ["가상대표", "가나다"]
