"""The operator and the accounts of persons: sessions, suspension, confirmation, lists."""

import asyncio
import unicodedata
from datetime import timedelta

import pytest

from marketplace.auth import Role
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, a_user, new_session, save
from tests.marketplace.members.oversight.staff import API, Desk, code_of, post

Business = tuple[User, Organization]
REASON = {"reason": "계정 도용 신고"}
ACTS = ["sessions/end", "suspension", "reinstatement", "second-factor-reset"]


def path_of(user: User, act: str) -> str:
    return f"/people/{user.id}/{act}"


def state_of(desk: Desk, user: User) -> str:
    return str(desk.row("select state from user_account where id = %s", user.id)[0])


async def test_suspension_ends_sessions_and_links_at_once(desk: Desk, business: Business) -> None:
    owner, _ = business
    person = await desk.hire(Role.administrator)
    cookie = await new_session(desk.database, owner.id)
    async with desk.browser(person) as client:
        status, body = await post(client, path_of(owner, "suspension"), REASON)
    principal, _ = await desk.app.state["authenticate"](session=cookie, token=None)
    assert (status, body["state"]) == (201, "suspended")
    assert principal is None
    assert desk.row("select end_reason from user_session where user_id = %s", owner.id) == (
        "suspended",
    )
    assert desk.trail() == ["user.suspended"]
    assert desk.mails() == [(owner.email, "계정 이용이 정지되었습니다")]


async def test_reinstatement_makes_nobody_a_member_who_was_none(desk: Desk) -> None:
    one = a_user(state=UserState.unconfirmed)
    await save(desk.database, one)
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        await post(client, path_of(one, "suspension"), REASON)
        assert state_of(desk, one) == "suspended"
        await post(client, path_of(one, "reinstatement"), REASON)
        assert state_of(desk, one) == "unconfirmed"
        again = await code_of(client, path_of(one, "reinstatement"), REASON)
    assert again == (409, "already_decided")


async def test_ending_sessions_counts_them(desk: Desk, business: Business) -> None:
    owner, _ = business
    for _ in range(2):
        await new_session(desk.database, owner.id)
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        assert await post(client, path_of(owner, "sessions/end"), REASON) == (
            201,
            {"ended_count": 2},
        )
        assert (await post(client, path_of(owner, "sessions/end"), REASON))[1] == {"ended_count": 0}


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_acts_on_themself_and_only_administrators_act(
    desk: Desk, business: Business, act: str
) -> None:
    person, reviewer = await desk.hire(Role.administrator), await desk.hire(Role.reviewer)
    finance = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        assert await code_of(client, path_of(person, act), REASON) == (403, "own_account")
    for other in (reviewer, finance, business[0]):
        async with desk.browser(other) as client:
            refused = await code_of(client, path_of(business[0], act), REASON)
            assert refused == (403, "forbidden")
    async with desk.browser(person, signed_in_ago=timedelta(minutes=11)) as client:
        refused = await code_of(client, path_of(business[0], act), REASON)
    assert refused == (403, "reauthentication_required")
    assert desk.trail() == []


async def test_two_suspensions_at_the_same_moment(desk: Desk, business: Business) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    async with desk.browser(one) as first, desk.browser(two) as second:
        answers = await asyncio.gather(
            post(first, path_of(business[0], "suspension"), REASON),
            post(second, path_of(business[0], "suspension"), REASON),
        )
    assert sorted(status for status, _ in answers) == [201, 409]
    assert desk.trail() == ["user.suspended"]


@pytest.mark.parametrize(
    ("password_hash", "page"), [(None, "/first-sign-in?"), ("hash", "/confirm-email?")]
)
async def test_the_confirmation_is_sent_again_to_who_needs_it(
    desk: Desk, password_hash: str | None, page: str
) -> None:
    waiting = a_user(state=UserState.unconfirmed, password_hash=password_hash)
    confirmed = a_user()
    await save(desk.database, waiting, confirmed)
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        status, _ = await post(client, path_of(waiting, "confirmation"))
        refused = await code_of(client, path_of(confirmed, "confirmation"))
    assert status == 201
    assert refused == (409, "already_decided")
    assert page in desk.row("select body from mail")[0]
    assert "token" not in str(desk.rows("select facts, link from notice"))


async def test_the_list_finds_by_name_address_role_and_goes_on_by_cursor(desk: Desk) -> None:
    for number in range(3):
        await a_member(
            desk.database,
            Role.seller,
            name=f"찾는 사람 {number}",
            email=f"seek{number}@example.com",
        )
    await a_member(desk.database, Role.buyer, name="다른 사람")
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:

        async def found(**params: object) -> list[str]:
            answer = await client.get(
                f"{API}/people", params={k: str(v) for k, v in params.items()}
            )
            assert answer.status_code == 200, answer.text
            return [row["email"] for row in answer.json()["items"]]

        newest = ["seek2@example.com", "seek1@example.com", "seek0@example.com"]
        assert await found(text=unicodedata.normalize("NFD", "찾는 사람")) == newest
        assert await found(text="SEEK1@") == ["seek1@example.com"]
        assert await found(role="seller") == newest
        assert await found(text="100%") == []
        first = (await client.get(f"{API}/people", params={"role": "seller", "limit": "2"})).json()
        rest = await found(role="seller", limit=2, cursor=first["next_cursor"])
        assert [row["email"] for row in first["items"]] + rest == newest
        for cursor, status in (("made-up", 400), ("가" * 3, 400)):
            answer = await client.get(f"{API}/people", params={"cursor": cursor})
            assert answer.status_code == status
        assert (await client.get(f"{API}/people", params={"limit": "101"})).status_code == 400


async def test_the_detail_shows_membership_factors_and_sessions_and_no_secret(
    desk: Desk, business: Business
) -> None:
    owner, organization = business
    await new_session(desk.database, owner.id)
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        body = (await client.get(f"{API}/people/{owner.id}")).json()
    assert body["belongs_to"]["organization_id"] == str(organization.id)
    assert body["belongs_to"]["roles"] == ["owner"]
    assert body["factors"] == {"authenticator": False, "passkey_count": 0, "token_count": 0}
    assert len(body["sessions"]) == 1
    assert "hash" not in str(body)
