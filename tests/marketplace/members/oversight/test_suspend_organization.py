"""The operator suspends an organization and lets it in again."""

import asyncio
from datetime import timedelta

import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.members.oversight.staff import Desk, code_of, path_of, post

Business = tuple[User, Organization]
REASON = {"reason": "허위 서류 제출"}


def state_of(desk: Desk, organization: Organization) -> tuple[str, str | None]:
    found = desk.row(
        "select state, suspended_reason from organization where id = %s", organization.id
    )
    return found[0], found[1]


async def test_suspends_tells_the_owners_and_writes_it_down(desk: Desk, business: Business) -> None:
    owner, organization = business
    administrator = await desk.hire(Role.administrator)

    async with desk.browser(administrator) as client:
        status, body = await post(client, path_of(organization, "suspension"), REASON)

    assert (status, body["state"]) == (201, "suspended")
    assert state_of(desk, organization) == ("suspended", "허위 서류 제출")
    assert desk.trail() == ["organization.suspended"]
    assert desk.row("select reason, actor_user_id, organization_id from audit_event") == (
        "허위 서류 제출",
        administrator.id,
        organization.id,
    )
    assert desk.mails() == [(owner.email, f"{organization.name}의 이용이 정지되었습니다")]


async def test_rights_end_at_the_owners_next_request(desk: Desk, business: Business) -> None:
    owner, organization = business
    administrator = await desk.hire(Role.administrator)
    cookie = await new_session(desk.database, owner.id)

    async with desk.browser(administrator) as client, parallel_client(desk.app, cookie) as theirs:
        await post(client, path_of(organization, "suspension"), REASON)
        during = await theirs.get("/api/v1/operator/organizations")
        principal, _ = await desk.app.state["authenticate"](session=cookie, token=None)
        await post(client, path_of(organization, "reinstatement"), {"reason": "소명 완료"})
        again, _ = await desk.app.state["authenticate"](session=cookie, token=None)

    assert during.status_code == 403
    assert principal.roles == frozenset()
    assert again.roles == {Role.owner}
    assert state_of(desk, organization) == ("active", None)


@pytest.mark.parametrize("role", [Role.reviewer, Role.finance])
async def test_other_staff_may_not(desk: Desk, business: Business, role: Role) -> None:
    person = await desk.hire(role)
    async with desk.browser(person) as client:
        refused = await code_of(client, path_of(business[1], "suspension"), REASON)
    assert refused == (403, "forbidden")
    assert state_of(desk, business[1]) == ("active", None)
    assert desk.trail() == []


async def test_needs_a_fresh_sign_in(desk: Desk, business: Business) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person, signed_in_ago=timedelta(minutes=11)) as client:
        refused = await code_of(client, path_of(business[1], "suspension"), REASON)
    assert refused == (403, "reauthentication_required")


async def test_nobody_outside_may(desk: Desk, business: Business) -> None:
    owner, organization = business
    other, _ = await a_member(desk.database, Role.owner)
    for person in (owner, other):
        async with desk.browser(person) as client:
            refused = await code_of(client, path_of(organization, "suspension"), REASON)
            assert refused == (403, "forbidden")
    async with parallel_client(desk.app) as client:
        refused = await code_of(client, path_of(organization, "suspension"), REASON)
    assert refused == (401, "not_signed_in")
    assert desk.trail() == []


async def test_the_own_organization_is_left_alone(desk: Desk) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        refused = await code_of(client, path_of(desk.organization, "suspension"), REASON)
    assert refused == (403, "own_account")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": " \n "}, 422, "reason_missing"),
        ({"reason": ""}, 400, "malformed"),
        ({}, 400, "malformed"),
        ({"reason": "x" * 1_001}, 400, "malformed"),
        ({"reason": "맞음", "state": "closed"}, 400, "malformed"),
    ],
)
async def test_a_reason_is_compulsory(
    desk: Desk, business: Business, body: object, status: int, code: str
) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        assert await code_of(client, path_of(business[1], "suspension"), body) == (status, code)
    assert state_of(desk, business[1]) == ("active", None)
    assert desk.mails() == []


async def test_of_two_at_the_same_moment_the_second_is_told(desk: Desk, business: Business) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    async with desk.browser(one) as first, desk.browser(two) as second:
        answers = await asyncio.gather(
            post(first, path_of(business[1], "suspension"), REASON),
            post(second, path_of(business[1], "suspension"), REASON),
        )
    assert sorted(status for status, _ in answers) == [201, 409]
    assert next(b["code"] for s, b in answers if s == 409) == "already_decided"
    assert desk.trail() == ["organization.suspended"]
    assert len(desk.mails()) == 1


async def test_the_same_key_answers_the_same_and_acts_once(desk: Desk, business: Business) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        path = path_of(business[1], "suspension")
        first = await post(client, path, REASON, key="a-key-for-the-test-1")
        again = await post(client, path, REASON, key="a-key-for-the-test-1")
    assert first == again
    assert desk.trail() == ["organization.suspended"]


async def test_a_reason_in_decomposed_hangul_is_kept_composed(
    desk: Desk, business: Business
) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        await post(client, path_of(business[1], "suspension"), {"reason": "가 사유"})
    assert state_of(desk, business[1]) == ("suspended", "가 사유")


async def test_an_unknown_organization_is_not_found(desk: Desk, database: Database) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        unknown = path_of(person.id, "suspension")
        assert await code_of(client, unknown, REASON) == (404, "not_found")
