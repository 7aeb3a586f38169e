"""The operator's pages: who sees them, their forms without script, refusals that keep the input."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Function, Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization, Paper, PaperKind
from tests.factories import a_member, an_organization, save
from tests.marketplace.members.oversight.staff import Desk, the_operator

Business = tuple[User, Organization]
PAGES = {
    "/operator/organizations": {Role.administrator, Role.reviewer, Role.finance},
    "/operator/organizations/{organization}": {Role.administrator, Role.reviewer, Role.finance},
    "/operator/people": {Role.administrator},
    "/operator/people/{owner}": {Role.administrator},
    "/operator/staff": {Role.administrator},
    "/operator/staff/bodies/new": {Role.administrator},
    "/operator/evaluators": {Role.administrator, Role.agency_manager},
    "/operator/audit": {Role.administrator},
    "/operator/jobs": {Role.administrator},
}
KEY = re.compile(r'name="_key" value="([^"]+)"')


@pytest.fixture
async def desk(app: Litestar, database: Database, admin: psycopg.Connection, clean: None) -> Desk:
    operator = the_operator()
    await save(database, operator)
    return Desk(app, database, admin, operator)


@pytest.fixture
async def business(database: Database, desk: Desk) -> Business:
    return await a_member(database, Role.owner, email="owner@example.com", name="<b>대표</b>")


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Send a form as a browser does, with a fresh key."""
    return await client.post(path, data={"_key": uuid4().hex, **fields})


async def test_every_page_opens_for_its_roles_and_for_nobody_else(
    desk: Desk, business: Business
) -> None:
    owner, organization = business
    agency = an_organization(function=Function.operating_agency)
    await save(desk.database, agency)
    people = {role: await desk.hire(role) for role in PAGES["/operator/organizations"]}
    manager, _ = await a_member(desk.database, Role.agency_manager, organization=agency)
    people |= {Role.agency_manager: manager, Role.owner: owner}
    answers = {}
    for role, person in people.items():
        async with desk.browser(person) as client:
            for template in PAGES:
                path = template.format(organization=organization.id, owner=owner.id)
                answers[template, role] = (await client.get(path)).status_code
    assert answers == {
        (template, role): 200 if role in allowed else 403
        for template, allowed in PAGES.items()
        for role in people
    }


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_pages_are_whole_in_both_languages_and_escape_names(
    desk: Desk, business: Business, language: str
) -> None:
    owner, organization = business
    person = await desk.hire(Role.administrator, name="Admin", language=language)
    desk.admin.execute("update organization set name = 'Sample <i>', representative = 'Name'")
    desk.admin.execute(
        "update organization set address = 'Road 1', business_type = 'x', business_item = 'y'"
    )
    desk.admin.execute("update user_account set name = '<b>Owner</b>' where email like 'owner%'")
    async with desk.browser(person) as client:
        for template in PAGES:
            path = template.format(organization=organization.id, owner=owner.id)
            text = (await client.get(path)).text
            assert "<b>Owner" not in text
            assert "Sample <i>" not in text
            main = text[text.index("<main") : text.index("</main>")]
            assert bool(re.search("[가-힣]", main)) is (language == "ko"), path


async def test_a_suspension_by_form_leads_back_with_a_sentence(
    desk: Desk, business: Business
) -> None:
    organization = business[1]
    person = await desk.hire(Role.administrator)
    page = f"/operator/organizations/{organization.id}"
    async with desk.browser(person) as client:
        key = KEY.search((await client.get(page)).text)
        assert key is not None
        fields = {"reason": "허위 서류", "_key": key[1]}
        answer = await client.post(f"{page}/suspension", data=fields)
        twice = await client.post(f"{page}/suspension", data=fields)
        after = (await client.get(answer.headers["location"])).text
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?done=suspended")
    assert twice.headers["location"] == answer.headers["location"]
    assert "이용을 정지했습니다." in after
    assert "허위 서류" in after
    assert desk.trail() == ["organization.suspended"]


async def test_a_refused_form_shows_the_page_again_with_what_was_typed(
    desk: Desk, business: Business
) -> None:
    person = await desk.hire(Role.administrator)
    page = f"/operator/organizations/{business[1].id}"
    async with desk.browser(person) as client:
        empty = await send(client, f"{page}/suspension", reason="  ")
        late = await send(client, f"{page}/reinstatement", reason="<script>")
    assert empty.status_code == 422
    assert "사유를 적으십시오." in empty.text
    assert late.status_code == 409
    assert "이미 결정된 건입니다." in late.text
    assert "<script>" not in late.text.replace("<script src", "")
    assert desk.trail() == []


async def test_a_paper_is_decided_by_form(desk: Desk, business: Business) -> None:
    owner, organization = business
    paper = Paper(
        organization_id=organization.id,
        kind=PaperKind.business_registration,
        file_name="등록증.pdf",
        content_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        object_key="papers/x",
        uploaded_by=owner.id,
    )
    await save(desk.database, paper)
    desk.admin.execute("update paper set ready_at = app_now()")
    person = await desk.hire(Role.reviewer)
    page = f"/operator/organizations/{organization.id}"
    async with desk.browser(person) as client:
        returned = await send(client, f"{page}/papers/{paper.id}/decision", reason="")
        accepted = await send(client, f"{page}/papers/{paper.id}/decision", accepted="on")
        verified = await send(client, f"{page}/representative", reason="")
    assert returned.status_code == 422
    assert accepted.headers["location"] == f"{page}?done=paper-decided"
    assert verified.headers["location"] == f"{page}?done=representative-verified"


async def test_without_a_fresh_sign_in_the_page_asks_for_the_password(
    desk: Desk, business: Business
) -> None:
    person = await desk.hire(Role.administrator)
    page = f"/operator/organizations/{business[1].id}"
    async with desk.browser(person, signed_in_ago=timedelta(minutes=11)) as client:
        text = (await client.get(page)).text
        answer = await send(client, f"{page}/suspension", reason="늦음")
    assert f"/reauthenticate?next={page}" in text
    assert f'action="{page}/suspension"' not in text
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/reauthenticate")
    assert desk.trail() == []


async def test_staff_are_added_and_confirmed_by_forms(desk: Desk) -> None:
    one, two = await desk.hire(Role.administrator), await desk.hire(Role.administrator)
    new = {"name": "새 담당", "email": "new@example.com", "roles": "finance", "reason": "정산"}
    async with desk.browser(one) as first, desk.browser(two) as second:
        wrong = await send(first, "/operator/staff", **{**new, "email": "nobody"})
        asked = await send(first, "/operator/staff", **new)
        (key,) = desk.row("select id from proposal")
        own = await send(first, f"/operator/staff/proposals/{key}/confirmation")
        done = await send(second, f"/operator/staff/proposals/{key}/confirmation")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    assert asked.headers["location"] == "/operator/staff?done=proposed"
    assert own.status_code == 403
    assert "자기가 올린 요청" in own.text
    assert done.headers["location"] == "/operator/staff?done=proposal-confirmed"
    assert desk.row("select count(*) from user_account where email = 'new@example.com'") == (1,)


async def test_a_body_is_made_by_form_and_wrong_values_are_marked(desk: Desk) -> None:
    person = await desk.hire(Role.administrator)
    fields = {
        "function": "ministry",
        "business_number": "999-82-01059",
        "name": "가상 부처",
        "representative": "장",
        "opened_on": "2015-03-02",
        "address": "가상시 1",
        "phone": "02-000-0000",
        "invoice_email": "x@example.com",
        "business_type": "행정",
        "business_item": "행정",
        "tax_type": "05",
        "kind": "public_institute",
        "size": "non_profit",
        "manager_name": "담당",
        "manager_email": "m@example.com",
    }
    async with desk.browser(person) as client:
        wrong = await send(client, "/operator/staff/bodies", **{**fields, "opened_on": "x"})
        answers = [await send(client, "/operator/staff/bodies", **fields) for _ in range(2)]
    assert wrong.status_code == 422
    assert 'href="#opened_on"' in wrong.text
    assert 'value="가상 부처"' in wrong.text
    assert [answer.status_code for answer in answers] == [303, 409]


async def test_exports_of_pages_are_files(desk: Desk) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        rows = await send(client, "/operator/organizations/exports", reason="분기 보고")
        lines = await send(client, "/operator/audit/exports", reason="감사원 요청")
        without = await send(client, "/operator/audit/exports", reason="")
    assert rows.headers["content-disposition"] == 'attachment; filename="organizations.csv"'
    assert lines.headers["content-type"] == "application/jsonl"
    assert without.status_code == 422
    assert desk.trail() == ["organization.list_exported", "audit.exported"]


async def test_conditions_that_do_not_fit_are_left_out(desk: Desk, business: Business) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        for query in ("state=&kind=nothing&text=%20", "text=" + "x" * 5_000, "from_on=x"):
            for page in ("organizations", "people", "audit", "jobs"):
                answer = await client.get(f"/operator/{page}?{query}")
                assert answer.status_code == 200, (page, query[:40])
        assert (await client.get("/operator/people?cursor=x")).status_code == 400
        empty = await client.get("/operator/organizations?text=없는이름")
    assert "맞는 사업자가 없습니다" in empty.text
