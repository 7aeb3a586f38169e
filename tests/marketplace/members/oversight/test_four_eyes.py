"""What two administrators decide together: roles of the operator, and lost second factors."""

import asyncio
from typing import Any

import pytest

from marketplace.auth import Role
from marketplace.members.accounts.models import Passkey, RecoveryCode, SecondFactor, User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member, new_session, save
from tests.marketplace.members.oversight.staff import Desk, code_of, post

Business = tuple[User, Organization]
NEW = {"email": "New@Example.com", "name": "새 사람", "roles": ["reviewer"], "reason": "심사 증가"}


def proposals(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows("select kind, email, roles, state from proposal order by proposed_at")


def members(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows(
        "select u.email, m.roles from membership m join user_account u on u.id = m.user_id"
        " where m.organization_id = %s and m.left_at is null order by u.email",
        desk.organization.id,
    )


async def test_a_second_administrator_makes_it_happen(desk: Desk) -> None:
    one = await desk.hire(Role.administrator, email="one@example.com")
    two = await desk.hire(Role.administrator, email="two@example.com")
    async with desk.browser(one) as first, desk.browser(two) as second:
        status, body = await post(first, "/staff", NEW)
        assert (status, body["done"]) == (201, False)
        assert [email for email, _ in members(desk)] == ["one@example.com", "two@example.com"]
        path = f"/proposals/{body['proposal']['id']}"
        assert await code_of(first, f"{path}/confirmation") == (403, "proposal_own")
        status, body = await post(second, f"{path}/confirmation")
        again = await code_of(second, f"{path}/confirmation")
    assert (status, body["state"]) == (201, "confirmed")
    assert again == (409, "already_decided")
    assert ("new@example.com", ["reviewer"]) in members(desk)
    assert desk.trail() == ["proposal.add_staff", "proposal.confirmed", "staff.added"]
    assert [email for email, _ in desk.mails()] == ["new@example.com", "two@example.com"]
    assert desk.row("select facts from audit_event where action = 'staff.added'") == (
        {"roles": ["reviewer"], "alone": False},
    )


async def test_the_first_administrator_adds_the_second_alone_and_no_third(desk: Desk) -> None:
    one = await desk.hire(Role.administrator)
    async with desk.browser(one) as client:
        status, body = await post(client, "/staff", {**NEW, "roles": ["administrator"]})
        assert (status, body) == (201, {"proposal": None, "done": True})
        third = {**NEW, "email": "third@example.com", "roles": ["administrator"]}
        status, body = await post(client, "/staff", third)
    assert (status, body["done"]) == (201, False)
    assert len(members(desk)) == 2
    assert desk.row("select facts from audit_event where action = 'staff.added'") == (
        {"roles": ["administrator"], "alone": True},
    )


async def test_alone_only_administrators_come_and_removing_the_second_opens_no_door(
    desk: Desk,
) -> None:
    one = await desk.hire(Role.administrator)
    async with desk.browser(one) as client:
        status, body = await post(client, "/staff", NEW)
        assert (status, body["done"]) == (201, False)
        await post(client, "/staff", {**NEW, "email": "b@example.com", "roles": ["administrator"]})
        (second,) = desk.row("select id from user_account where email = 'b@example.com'")
        removed, _ = await post(client, f"/staff/{second}/removal", {"reason": "퇴사"})
        status, body = await post(
            client, "/staff", {**NEW, "email": "c@example.com", "roles": ["administrator"]}
        )
    assert removed == 201
    assert (status, body["done"]) == (201, False)


async def test_two_confirmations_at_the_same_moment(desk: Desk) -> None:
    one, two, three = [await desk.hire(Role.administrator) for _ in range(3)]
    async with desk.browser(one) as client:
        _, body = await post(client, "/staff", NEW)
    path = f"/proposals/{body['proposal']['id']}/confirmation"
    async with desk.browser(two) as second, desk.browser(three) as third:
        answers = await asyncio.gather(post(second, path), post(third, path))
    assert sorted(status for status, _ in answers) == [201, 409]
    assert len(members(desk)) == 4


async def test_refused_withdrawn_expired_and_double_requests(desk: Desk) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    async with desk.browser(one) as first, desk.browser(two) as second:
        _, body = await post(first, "/staff", NEW)
        path = f"/proposals/{body['proposal']['id']}"
        assert await code_of(second, "/staff", NEW) == (409, "proposal_open")
        assert await code_of(second, f"{path}/refusal", {}) == (422, "reason_missing")
        await post(second, f"{path}/refusal", {"reason": "필요 없음"})
        _, body = await post(first, "/staff", NEW)
        await post(first, f"/proposals/{body['proposal']['id']}/refusal", {})
        _, body = await post(first, "/staff", NEW)
        desk.admin.execute(
            "update proposal set proposed_at = proposed_at - interval '7 days 1 second'"
            " where state = 'waiting'"
        )
        late = f"/proposals/{body['proposal']['id']}/confirmation"
        assert await code_of(second, late) == (409, "proposal_expired")
        status, _ = await post(first, "/staff", NEW)
    assert status == 201
    assert sorted(state for _, _, _, state in proposals(desk)) == [
        "refused",
        "waiting",
        "withdrawn",
        "withdrawn",
    ]
    assert len(members(desk)) == 2


async def test_more_roles_need_two_and_fewer_need_one(desk: Desk) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    other = await desk.hire(Role.reviewer, email="other@example.com")
    cookie = await new_session(desk.database, other.id)
    path = f"/staff/{other.id}/roles"
    both = {"roles": ["reviewer", "finance"], "reason": "정산 겸무"}
    async with desk.browser(one) as first, desk.browser(two) as second:
        _, body = await post(first, path, both)
        assert ("other@example.com", ["reviewer"]) in members(desk)
        await post(second, f"/proposals/{body['proposal']['id']}/confirmation")
        assert ("other@example.com", ["reviewer", "finance"]) in members(desk)
        principal, _ = await desk.app.state["authenticate"](session=cookie, token=None)
        assert principal is None
        assert await code_of(first, path, both) == (409, "already_decided")
        fewer = {"roles": ["finance"], "reason": "겸무 끝"}
        assert (await post(first, path, fewer))[1] == {"proposal": None, "done": True}
        assert ("other@example.com", ["finance"]) in members(desk)
        own = await code_of(
            first, f"/staff/{one.id}/roles", {"roles": ["finance"], "reason": "자기 것"}
        )
        foreign = await code_of(first, path, {"roles": ["owner"], "reason": "없는 권한"})
    assert own == (403, "own_account")
    assert foreign == (422, "roles_not_of_body")


async def test_a_lost_second_factor_is_reset_by_two_and_the_person_is_told(
    desk: Desk, business: Business
) -> None:
    owner, _ = business
    await save(
        desk.database,
        SecondFactor(user_id=owner.id, secret_encrypted=b"x"),
        RecoveryCode(user_id=owner.id, code_hash=b"x"),
        Passkey(user_id=owner.id, credential_id=b"x", public_key=b"x", label="휴대전화"),
    )
    cookie = await new_session(desk.database, owner.id)
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    async with desk.browser(one) as first, desk.browser(two) as second:
        reason = {"reason": "영상 통화로 신분증 확인"}
        _, body = await post(first, f"/people/{owner.id}/second-factor-reset", reason)
        assert desk.row("select count(*) from passkey") == (1,)
        status, _ = await post(second, f"/proposals/{body['id']}/confirmation")
        nothing = await code_of(first, f"/people/{owner.id}/second-factor-reset", reason)
    principal, _ = await desk.app.state["authenticate"](session=cookie, token=None)
    assert status == 201
    assert principal is None
    assert desk.row(
        "select (select count(*) from passkey), (select count(*) from recovery_code),"
        " (select count(*) from second_factor)"
    ) == (0, 0, 0)
    assert nothing == (409, "already_decided")
    assert [s for e, s in desk.mails() if e == owner.email] == [
        "두 번째 확인을 초기화하는 요청이 올라왔습니다",
        "두 번째 확인이 초기화되었습니다",
    ]


async def test_nobody_confirms_what_is_about_themself(desk: Desk) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    await save(
        desk.database,
        Passkey(user_id=two.id, credential_id=b"x", public_key=b"x", label="열쇠"),
    )
    async with desk.browser(one) as first, desk.browser(two) as second:
        _, body = await post(
            first, f"/people/{two.id}/second-factor-reset", {"reason": "분실 신고"}
        )
        path = f"/proposals/{body['id']}"
        assert await code_of(second, f"{path}/confirmation") == (403, "proposal_own")
        assert await code_of(second, f"{path}/refusal", {"reason": "싫음"}) == (403, "proposal_own")


@pytest.mark.parametrize("path", ["/staff", "/proposals/{id}/confirmation"])
async def test_other_roles_and_members_are_refused(
    desk: Desk, business: Business, path: str
) -> None:
    people = [await desk.hire(Role.reviewer), await desk.hire(Role.finance), business[0]]
    for person in people:
        async with desk.browser(person) as client:
            refused = await code_of(client, path.format(id=person.id), NEW)
            assert refused == (403, "forbidden")
    assert proposals(desk) == []


async def test_an_address_in_use_is_refused(desk: Desk) -> None:
    one = await desk.hire(Role.administrator)
    await desk.hire(Role.administrator)
    await a_member(desk.database, Role.owner, email="new@example.com")
    async with desk.browser(one) as client:
        assert await code_of(client, "/staff", NEW) == (409, "email_taken")
    assert proposals(desk) == []


async def test_the_members_routes_of_organizations_are_no_way_around_it(desk: Desk) -> None:
    one = await desk.hire(Role.administrator)
    other = await desk.hire(Role.reviewer, email="other@example.com")
    calls = [
        ("PUT", f"members/{other.id}/roles", {"roles": ["administrator"], "reason": "혼자"}),
        ("PUT", f"members/{other.id}", {"roles": ["administrator"], "reason": "혼자"}),
        ("POST", "invitations", {"email": "x@example.com", "roles": ["administrator"]}),
        ("POST", "ownership", {"user_id": str(other.id)}),
        ("POST", "hand-over", {"user_id": str(other.id)}),
        ("DELETE", f"members/{other.id}", {"reason": "혼자"}),
    ]
    async with desk.browser(one) as client:
        answers = {
            (await client.request(method, f"/api/v1/organization/{path}", json=body)).status_code
            for method, path, body in calls
        }
    assert answers <= {400, 403, 404, 405}
    assert sorted(roles for _, roles in members(desk)) == [["administrator"], ["reviewer"]]
    assert desk.row("select count(*) from invitation") == (0,)
    assert desk.trail() == []
