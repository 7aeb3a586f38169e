"""Running bodies with their first managers, evaluators and experts."""

import asyncio
from typing import Any

import pytest

from marketplace.auth import Function, Role
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.members.registry.sandbox import special_number
from tests.factories import a_member, an_organization, save
from tests.marketplace.members.oversight.staff import API, Desk, code_of, post

BODY: dict[str, Any] = {
    "function": "operating_agency",
    "business_number": special_number(4321),
    "name": "가상 사업 운영기관",
    "representative": "기관장",
    "opened_on": "2015-03-02",
    "address": "가상시 견본로 1",
    "phone": "02-000-0000",
    "invoice_email": "tax@agency.example.com",
    "business_type": "서비스업",
    "business_item": "지원사업 운영",
    "tax_type": "05",
    "kind": "association",
    "size": "non_profit",
    "manager_name": "운영 담당",
    "manager_email": "Manager@Agency.Example.com",
}
EXPERT = {"email": "expert@example.com", "name": "전문가 가", "role": "expert"}


async def an_agency(desk: Desk) -> tuple[User, Organization]:
    return await a_member(
        desk.database,
        Role.agency_manager,
        organization=await saved(desk, an_organization(function=Function.operating_agency)),
    )


async def saved(desk: Desk, organization: Organization) -> Organization:
    await save(desk.database, organization)
    return organization


async def test_a_body_is_made_with_its_first_manager(desk: Desk) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        status, body = await post(client, "/bodies", BODY)
        listed = (await client.get(f"{API}/bodies")).json()["items"]
    assert status == 201, body
    assert (status, body["function"], body["state"]) == (201, "operating_agency", "active")
    assert desk.row(
        "select u.email, u.state, m.roles from membership m join user_account u on u.id = m.user_id"
        " where m.organization_id = %s",
        body["id"],
    ) == ("manager@agency.example.com", "unconfirmed", ["agency_manager"])
    assert {row["name"]: row["person_count"] for row in listed} == {
        "가상 사업 운영기관": 1,
        desk.organization.name: 1,
    }
    assert desk.trail() == ["body.made", "body.manager_added"]
    assert "/first-sign-in?token=" in desk.row("select body from mail")[0]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"function": "business"}, 422, "invalid"),
        ({"function": "exchange_operator"}, 422, "invalid"),
        ({"function": "unknown"}, 400, "malformed"),
        ({"business_number": "123-45-67890"}, 422, "invalid"),
        ({"manager_email": "nobody"}, 422, "invalid"),
        ({"state": "active"}, 400, "malformed"),
    ],
)
async def test_what_cannot_be_a_body_is_refused(
    desk: Desk, change: dict[str, str], status: int, code: str
) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        assert await code_of(client, "/bodies", {**BODY, **change}) == (status, code)
    assert desk.row("select count(*) from organization") == (1,)
    assert desk.mails() == []


async def test_a_number_or_an_address_in_use_is_refused_also_at_the_same_moment(
    desk: Desk,
) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    async with desk.browser(one) as first, desk.browser(two) as second:
        answers = await asyncio.gather(
            post(first, "/bodies", BODY),
            post(second, "/bodies", {**BODY, "manager_email": "other@example.com"}),
        )
        (manager,) = desk.row("select email from user_account where state = 'unconfirmed'")
        other = {**BODY, "business_number": special_number(4322), "manager_email": manager}
        taken = await code_of(first, "/bodies", other)
    assert sorted(status for status, _ in answers) == [201, 409]
    assert next(b["code"] for s, b in answers if s == 409) == "business_number_taken"
    assert taken == (409, "email_taken")
    assert desk.row("select count(*) from organization where function = 'operating_agency'") == (1,)


async def test_another_manager_is_invited_but_not_for_the_operator_or_a_business(
    desk: Desk,
) -> None:
    _, agency = await an_agency(desk)
    _, business = await a_member(desk.database, Role.owner)
    person = await desk.hire(Role.administrator)
    new = {"email": "second@example.com", "name": "둘째"}
    async with desk.browser(person) as client:
        status, body = await post(client, f"/bodies/{agency.id}/managers", new)
        operator = await code_of(client, f"/bodies/{desk.organization.id}/managers", new)
        wrong = await code_of(client, f"/bodies/{business.id}/managers", new)
    assert (status, body["email"]) == (201, "second@example.com")
    assert operator == wrong == (404, "not_found")


async def test_the_agencys_manager_makes_evaluators_and_experts_and_sees_them(desk: Desk) -> None:
    manager, agency = await an_agency(desk)
    async with desk.browser(manager) as client:
        status, body = await post(client, "/evaluators", EXPERT)
        again = await code_of(client, "/evaluators", EXPERT)
        listed = (await client.get(f"{API}/evaluators")).json()["items"]
        bodies = await client.get(f"{API}/bodies")
    assert (status, body["person_role"], body["state"]) == (201, "expert", "unconfirmed")
    assert again == (409, "email_taken")
    assert [row["email"] for row in listed] == ["expert@example.com"]
    assert bodies.status_code == 403
    assert desk.row("select action, actor_user_id, actor_organization_id from audit_event") == (
        "person.added",
        manager.id,
        agency.id,
    )


async def test_nobody_else_makes_them(desk: Desk) -> None:
    officer, _ = await a_member(
        desk.database,
        Role.agency_officer,
        organization=await saved(desk, an_organization(function=Function.operating_agency)),
    )
    owner, _ = await a_member(desk.database, Role.owner)
    for person in (officer, owner, await desk.hire(Role.reviewer)):
        async with desk.browser(person) as client:
            assert await code_of(client, "/evaluators", EXPERT) == (403, "forbidden")
            assert await code_of(client, "/bodies", BODY) == (403, "forbidden")
    assert desk.row("select count(*) from user_account where person_role is not null") == (0,)
