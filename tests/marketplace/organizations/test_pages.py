"""The pages of organizations as links and forms, without a script."""

import re
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.http import csrf
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import JoinRequest, Organization, Paper
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.factories import a_member, a_user, parallel_client, save
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import (
    PASSWORD,
    a_sign_up,
    an_organization_body,
    newest_link,
    rows,
    secret_of,
    usable_number,
)
from tests.marketplace.organizations.test_bank_accounts import a_bankbook

Owner = tuple[User, Organization]
FIELD = re.compile(r'<input type="hidden" name="(_csrf|_key|token)" value="([^"]*)"')
ON = {"terms": "on", "privacy": "on"}


@pytest.fixture(scope="module", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


async def send(
    client: httpx.AsyncClient, path: str, fields: dict[str, Any], **more: Any
) -> httpx.Response:
    """Open the page of a form and send the form with its hidden fields, as a browser does."""
    page = await client.get(path)
    assert page.status_code == 200, page.text
    # The menu's forms come first; the page's own form is the last one that carries a key.
    hidden = dict(FIELD.findall(page.text))
    to = more.pop("to", path.split("?", maxsplit=1)[0])
    headers = {csrf.HEADER: hidden["_csrf"]}
    return await client.post(to, data={**hidden, **fields}, headers=headers, **more)


def form_fields(**given: Any) -> dict[str, str]:
    """The body of a sign-up as a browser sends it."""
    return {
        name: str(value) for name, value in (a_sign_up(**given) | ON).items() if value is not None
    }


def wrong_fields(page: str) -> set[str]:
    """The fields that the summary at the top links to."""
    return set(re.findall(r'<li><a href="#(\w+)">', page))


async def test_a_business_signs_up_with_a_form(
    app: Litestar, admin: psycopg.Connection, clean: None
) -> None:
    async with parallel_client(app) as client:
        answer = await send(client, "/sign-up", form_fields())
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-up/sent")
        sent = await client.get("/sign-up/sent")
    assert "메일을 확인하십시오" in sent.text
    assert newest_link(admin, "founder@example.com").startswith("/confirm-email?token=")


async def test_a_wrong_form_keeps_what_was_typed_and_names_each_field(
    app: Litestar, admin: psycopg.Connection, clean: None
) -> None:
    fields = form_fields(business_number="124-81-00999", email="nobody", size="non_profit")
    del fields["terms"]
    async with parallel_client(app) as client:
        answer = await send(client, "/sign-up", fields)
    assert answer.status_code == 422
    assert wrong_fields(answer.text) == {"business_number", "email", "size", "terms"}
    assert 'value="124-81-00999"' in answer.text
    assert "영리법인 본점" in answer.text
    assert PASSWORD not in answer.text
    assert rows(admin, "select count(*) from user_account") == [(0,)]


async def test_hostile_text_is_shown_as_text(app: Litestar, clean: None) -> None:
    hostile = '"><script>alert(1)</script>'
    async with parallel_client(app) as client:
        answer = await send(client, "/sign-up", form_fields(name=hostile, email="nobody"))
    assert hostile not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_a_new_person_accepts_an_invitation_with_a_form(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client, guest = await client_of(owner[0]), await client_of()
    invited = {"email": "guest@example.com", "roles": ["buyer", "viewer"]}
    answer = await send(client, "/organization/members/invite", invited)
    assert answer.headers["location"] == "/organization/members?done=invited"
    assert "guest@example.com" in (await client.get("/organization/members")).text
    path = newest_link(admin, "guest@example.com")
    person = {"person_name": "가상손님", "person_phone": "010-0000-0000", "password": PASSWORD}

    answer = await send(guest, path, person)
    assert (answer.status_code, wrong_fields(answer.text)) == (422, {"terms", "privacy"})
    answer = await send(guest, path, person | ON)
    assert answer.headers["location"] == "/sign-in?done=invitation-accepted"
    assert (await guest.get(path)).status_code == 404


async def test_a_person_without_an_organization_accepts_signed_in(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    person = a_user(email="guest@example.com")
    await save(database, person)
    client, theirs, nobody = (
        await client_of(owner[0]),
        await client_of(person),
        await client_of(),
    )
    invited = {"email": person.email, "roles": ["viewer"]}
    await send(client, "/organization/members/invite", invited)
    path = newest_link(admin, person.email)
    assert "/sign-in?next=" in (await nobody.get(path)).text

    answer = await send(theirs, path, {}, to="/invitation/accept")
    assert answer.headers["location"] == "/organization?done=joined"
    shown = await theirs.get("/organization")
    assert owner[1].name in shown.text
    assert "기업 정보 수정" not in shown.text


async def test_a_person_without_an_organization_registers_one(
    database: Database, client_of: ClientOf
) -> None:
    person = a_user()
    await save(database, person)
    client = await client_of(person)
    assert "아직 속한 기업이 없습니다" in (await client.get("/organization")).text
    fields = {k: v for k, v in an_organization_body().items() if v is not None}
    answer = await send(client, "/organization/register", fields)
    assert answer.headers["location"] == "/organization?done=registered"
    shown = (await client.get("/organization")).text
    assert "확인 중" in shown
    assert "더 필요한 것:" in shown


async def test_the_person_who_asked_sees_and_withdraws_the_request(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    person = a_user()
    await save(database, person, JoinRequest(organization_id=owner[1].id, user_id=person.id))
    client = await client_of(person)
    assert owner[1].name in (await client.get("/organization")).text
    answer = await send(client, "/organization/join-request/withdraw", {})
    assert answer.headers["location"] == "/organization?done=withdrawn"
    assert "철회함" in (await client.get("/organization")).text


@pytest.mark.parametrize(
    ("fields", "status", "state"),
    [
        ({"answer": "accept", "roles": ["buyer"]}, 303, "accepted"),
        ({"answer": "refuse", "reason": "우리 직원이 아님"}, 303, "refused"),
        ({"answer": "refuse"}, 422, "waiting"),
        ({"answer": "accept"}, 422, "waiting"),
        ({}, 422, "waiting"),
    ],
)
async def test_an_owner_answers_a_request_with_a_form(
    database: Database,
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    fields: dict[str, Any],
    status: int,
    state: str,
) -> None:
    person = a_user()
    request = JoinRequest(organization_id=owner[1].id, user_id=person.id)
    await save(database, person, request)
    client = await client_of(owner[0])
    assert "가입 요청 1건" in (await client.get("/organization")).text
    answer = await send(client, f"/organization/join-requests/{request.id}", fields)
    assert answer.status_code == status
    assert rows(admin, "select state from join_request") == [(state,)]


async def test_roles_removal_and_hand_over_by_forms(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    member, _ = await a_member(database, Role.viewer, organization=owner[1])
    gone, _ = await a_member(database, Role.viewer, organization=owner[1])
    client = await client_of(owner[0])
    members = "/organization/members"
    assert (await send(client, f"{members}/{member.id}/roles", {})).status_code == 422
    answer = await send(client, f"{members}/{member.id}/roles", {"roles": ["seller", "buyer"]})
    assert answer.headers["location"] == f"{members}?done=roles-changed"
    assert (await send(client, f"{members}/{gone.id}/remove", {})).status_code == 422
    answer = await send(client, f"{members}/{gone.id}/remove", {"reason": "퇴사"})
    assert answer.headers["location"] == f"{members}?done=member-removed"
    answer = await send(client, "/organization/leave", {})
    assert answer.status_code == 409
    assert "마지막 대표 관리자" in answer.text
    answer = await send(client, "/organization/hand-over", {"user_id": str(member.id)})
    assert answer.headers["location"] == f"{members}?done=handed-over"
    answer = await send(client, "/organization/leave", {})
    assert answer.headers["location"] == "/organization?done=left"
    assert rows(admin, "select roles from membership where left_at is null") == [
        (["owner", "seller", "buyer"],)
    ]


async def test_the_same_form_twice_changes_once(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    page = await client.get("/organization/members/invite")
    fields: dict[str, Any] = dict(FIELD.findall(page.text))
    fields |= {"email": "guest@example.com", "roles": ["viewer"]}
    answers = [await client.post("/organization/members/invite", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert rows(admin, "select count(*) from mail") == [(1,)]


async def test_invitations_are_sent_again_and_withdrawn_on_pages(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    invited = {"email": "guest@example.com", "roles": ["viewer"]}
    await send(client, "/organization/members/invite", invited)
    secret = secret_of(admin, "guest@example.com")
    one = f"/organization/invitations/{rows(admin, 'select id from invitation')[0][0]}"
    answer = await send(client, f"{one}/send-again", {})
    assert answer.headers["location"] == "/organization/members?done=invited"
    assert secret_of(admin, "guest@example.com") != secret
    answer = await send(client, f"{one}/withdraw", {})
    assert answer.headers["location"] == "/organization/members?done=withdrawn"
    assert (await client.get(f"{one}/withdraw")).status_code == 404


async def test_the_facts_are_changed_with_a_form(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    admin.execute("update organization set business_number = %s", [usable_number(1)])
    client = await client_of(owner[0])
    body = {k: v for k, v in an_organization_body(name="새 이름").items() if v is not None}
    del body["business_number"]
    answer = await send(client, "/organization/edit", body | {"name": ""})
    assert (answer.status_code, wrong_fields(answer.text)) == (422, {"name"})
    answer = await send(client, "/organization/edit", body)
    assert answer.headers["location"] == "/organization?done=saved"
    assert rows(admin, "select name from organization") == [("새 이름",)]


async def test_a_paper_is_uploaded_downloaded_and_deleted_on_pages(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    papers = "/organization/papers"
    file = {"file": ("사업자등록증.pdf", b"%PDF-1.7 proof", "application/pdf")}
    answer = await send(client, papers, {"kind": "business_registration"})
    assert (answer.status_code, wrong_fields(answer.text)) == (422, {"file"})
    answer = await send(client, papers, {"kind": "business_registration"}, files=file)
    assert answer.headers["location"] == f"{papers}?done=paper-kept"
    one = f"{papers}/{rows(admin, 'select id from paper')[0][0]}"
    assert (await client.get(f"{one}/file")).content == b"%PDF-1.7 proof"
    answer = await send(client, f"{one}/delete", {})
    assert answer.headers["location"] == f"{papers}?done=paper-deleted"
    assert "올린 서류가 없습니다" in (await client.get(papers)).text


async def test_a_bank_account_goes_through_its_pages(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    second, _ = await a_member(database, Role.owner, organization=owner[1])
    one, two = await client_of(owner[0]), await client_of(second)
    page = "/organization/bank-account"
    assert "통장 사본이 먼저 필요합니다" in (await one.get(f"{page}/new")).text
    book: Paper = await a_bankbook(database, owner)
    fields = {
        "bank_code": "088", "number": "110-123-456789", "holder": "가상정밀", "paper_id": str(book.id),
    }  # fmt: skip
    answer = await send(one, f"{page}/new", fields | {"number": "12"})
    assert (answer.status_code, wrong_fields(answer.text)) == (422, {"number"})
    answer = await send(one, f"{page}/new", fields)
    assert answer.headers["location"] == f"{page}?done=account-proposed"
    account = f"{page}/{rows(admin, 'select id from bank_account')[0][0]}"
    assert "110123456789" not in (await two.get(page)).text
    assert "110123456789" in (await send(two, f"{account}/reveal", {})).text
    answer = await send(one, f"{account}/confirm", {})
    assert (answer.status_code, "등록한 사람은 확인할 수 없습니다" in answer.text) == (409, True)
    answer = await send(two, f"{account}/confirm", {})
    assert answer.headers["location"] == f"{page}?done=account-confirmed"
    assert "대기 중" in (await one.get(page)).text
    answer = await send(one, f"{account}/withdraw", {})
    assert answer.headers["location"] == f"{page}?done=withdrawn"
    assert rows(admin, "select state from bank_account") == [("withdrawn",)]


@pytest.mark.parametrize(
    "path",
    ["/organization/members/invite", "/organization/hand-over", "/organization/bank-account/new"],
)
async def test_sensitive_pages_ask_to_prove_oneself_first(
    client_of: ClientOf, owner: Owner, path: str
) -> None:
    client = await client_of(owner[0], signed_in_ago=timedelta(seconds=601))
    answer = await client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/reauthenticate?next=")


async def test_a_viewer_sees_the_pages_without_what_only_owners_do(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])
    client = await client_of(viewer)
    members = await client.get("/organization/members")
    assert "회원 초대" not in members.text
    assert owner[0].email in members.text
    for path in ("edit", "papers", "bank-account"):
        assert (await client.get(f"/organization/{path}")).status_code == 403


ENGLISH_PAGES = (
    "",
    "/edit",
    "/members",
    "/members/invite",
    "/hand-over",
    "/leave",
    "/papers",
    "/bank-account",
    "/bank-account/new",
)


@pytest.mark.parametrize("path", ["/sign-up", *(f"/organization{path}" for path in ENGLISH_PAGES)])
async def test_pages_are_complete_in_english(
    database: Database, client_of: ClientOf, path: str
) -> None:
    person, place = await a_member(
        database, Role.owner, language="en", name="Founder", organization=None
    )
    client = await client_of(None if path == "/sign-up" else person)
    page = (await client.get(path, headers={"accept-language": "en"})).text
    main = page[page.index("<main") : page.index("</main>")]
    facts = (place.name, place.representative, place.address)
    for fact in (*facts, place.business_type, place.business_item):
        main = main.replace(fact, "")
    assert '<html lang="en"' in page
    assert re.findall(r"[가-힣]+", re.sub(r"<[^>]+>", " ", main)) == []
