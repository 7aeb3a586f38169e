"""The list of organizations with the work that waits, its export, and the audit trail."""

import csv
import io
import json
import unicodedata
from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketplace.auth import Function, Role
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import (
    BankAccount,
    Organization,
    OrganizationKind,
    Paper,
    PaperKind,
)
from marketplace.spreadsheets import escaped
from tests.factories import a_member, an_organization, save
from tests.marketplace.members.oversight.staff import API, Desk, code_of, path_of, post

Business = tuple[User, Organization]


async def names(client: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await client.get(f"{API}/organizations", params=params)
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json()["items"]]


async def a_business(desk: Desk, name: str, **given: Any) -> Business:
    place = an_organization(name=name, **given)
    await save(desk.database, place)
    return await a_member(desk.database, Role.owner, organization=place)


def paper_of(business: Business, kind: PaperKind) -> Paper:
    owner, organization = business
    return Paper(
        organization_id=organization.id,
        kind=kind,
        file_name="x.pdf",
        content_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        object_key=f"papers/{organization.id}/{kind.value}",
        ready_at=owner.created_at,
        uploaded_by=owner.id,
    )


async def test_the_list_is_found_by_name_number_and_address(desk: Desk) -> None:
    owner, first = await a_business(desk, "가상한빛정밀")
    await a_business(desk, "견본100%도금", kind=OrganizationKind.university)
    person = await desk.hire(Role.reviewer)
    async with desk.browser(person) as client:
        assert await names(client, function="business") == ["견본100%도금", "가상한빛정밀"]
        assert await names(client, text=unicodedata.normalize("NFD", "한빛")) == ["가상한빛정밀"]
        assert await names(client, text="00%") == ["견본100%도금"]
        assert await names(client, text="_") == []
        number = first.business_number
        hyphened = f"{number[:3]}-{number[3:5]}-{number[5:]}"
        assert await names(client, text=hyphened) == ["가상한빛정밀"]
        assert await names(client, text=owner.email) == ["가상한빛정밀"]
        assert await names(client, kind="university") == ["견본100%도금"]
        assert await names(client, state="suspended") == []
        assert await names(client, function="exchange_operator") == [desk.organization.name]
        for wrong in ({"state": "x"}, {"limit": "0"}, {"cursor": "x"}):
            answer = await client.get(f"{API}/organizations", params=wrong)
            assert answer.status_code == 400


async def test_waiting_work_is_found_and_counted(desk: Desk) -> None:
    papers = await a_business(desk, "서류 기업")
    await save(desk.database, paper_of(papers, PaperKind.size_certificate))
    account = await a_business(desk, "계좌 기업")
    bankbook = paper_of(account, PaperKind.bankbook)
    await save(
        desk.database,
        bankbook,
        BankAccount(
            organization_id=account[1].id,
            bank_code="088",
            number_encrypted=b"x",
            number_last4="0000",
            holder="예금주",
            paper_id=bankbook.id,
            proposed_by=account[0].id,
        ),
    )
    await a_business(desk, "휴업 기업", registry_state="suspended", registry_matched=True)
    desk.admin.execute("update paper set ready_at = app_now()")
    desk.admin.execute(
        "update organization set representative_verified_at = app_now() where name <> '서류 기업'"
    )
    person = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        assert await names(client, waiting="papers") == ["서류 기업"]
        assert await names(client, waiting="representative") == ["서류 기업"]
        assert await names(client, waiting="registry") == ["휴업 기업"]
        assert await names(client, waiting="bank_account") == ["계좌 기업"]
        counts = (await client.get(f"{API}/organizations/waiting")).json()
        assert counts == {"papers": 1, "representative": 1, "registry": 1, "bank_account": 1}
        await a_member(desk.database, Role.owner, organization=account[1])
        assert await names(client, waiting="bank_account") == []


async def test_pages_go_on_without_gaps_while_others_sign_up(desk: Desk) -> None:
    for number in range(5):
        await a_business(desk, f"기업 {number}")
    person = await desk.hire(Role.reviewer)
    seen: list[str] = []
    cursor = ""
    async with desk.browser(person) as client:
        while True:
            params = {"function": "business", "limit": "2", "cursor": cursor}
            body = (await client.get(f"{API}/organizations", params=params)).json()
            seen += [row["name"] for row in body["items"]]
            await a_business(desk, f"새 기업 {len(seen)}")
            cursor = body["next_cursor"]
            if cursor is None:
                break
    assert seen == [f"기업 {number}" for number in (4, 3, 2, 1, 0)]


async def test_the_export_needs_a_reason_escapes_formulas_and_is_written_down(desk: Desk) -> None:
    await a_business(desk, "=HYPERLINK(1)", representative="+82")
    person, reviewer = await desk.hire(Role.administrator), await desk.hire(Role.reviewer)
    wanted = {"function": "business", "reason": "분기 보고"}
    async with desk.browser(person) as client, desk.browser(reviewer) as other:
        assert (await other.post(f"{API}/organizations/exports", json=wanted)).status_code == 403
        without = await client.post(f"{API}/organizations/exports", json={"function": "business"})
        blank = await client.post(f"{API}/organizations/exports", json={**wanted, "reason": "  "})
        answer = await client.post(f"{API}/organizations/exports", json=wanted)
    assert (without.status_code, blank.json()["code"]) == (400, "reason_missing")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][1:3] == ["'=HYPERLINK(1)", "'+82"]
    assert desk.rows("select action, reason from audit_event") == [
        ("organization.list_exported", "분기 보고")
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "＠"])
def test_no_value_is_a_formula(sign: str) -> None:
    assert escaped(f"{sign}1").startswith("'")
    assert escaped("가상(주) =1") == "가상(주) =1"


async def test_the_trail_is_filtered_paged_shown_and_exported(
    desk: Desk, business: Business
) -> None:
    owner, organization = business
    person, reviewer = await desk.hire(Role.administrator), await desk.hire(Role.reviewer)
    async with desk.browser(person) as client, desk.browser(reviewer) as other:
        await post(client, path_of(organization, "suspension"), {"reason": "가나"})
        await post(client, path_of(organization, "reinstatement"), {"reason": "다라"})
        await post(client, f"/people/{owner.id}/suspension", {"reason": "마바"})

        async def actions(**params: str) -> list[str]:
            answer = await client.get(f"{API}/audit", params=params)
            assert answer.status_code == 200, answer.text
            return [event["action"] for event in answer.json()["items"]]

        everything = ["user.suspended", "organization.reinstated", "organization.suspended"]
        assert await actions() == everything
        assert await actions(action="organization.") == everything[1:]
        assert await actions(organization_id=str(organization.id)) == everything
        assert await actions(person_id=str(owner.id)) == ["user.suspended"]
        assert await actions(person_id=str(person.id)) == everything
        assert await actions(to_on="2020-01-01") == []
        assert await actions(from_on="2020-01-01", to_on="9999-12-31") == everything
        first = (await client.get(f"{API}/audit", params={"limit": "2"})).json()
        assert await actions(limit="2", cursor=first["next_cursor"]) == everything[2:]
        event = (await client.get(f"{API}/audit/{first['items'][0]['id']}")).json()
        assert (event["reason"], event["actor_email"]) == ("마바", person.email)
        assert (await client.get(f"{API}/audit/999999999")).status_code == 404
        assert (await client.get(f"{API}/audit/99999999999999999999999")).status_code == 404
        assert (await other.get(f"{API}/audit")).status_code == 403


async def test_the_trail_is_exported_as_lines_with_a_reason(desk: Desk, business: Business) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        await post(client, path_of(business[1], "suspension"), {"reason": "가나"})
        await post(client, path_of(business[1], "reinstatement"), {"reason": "다라"})
        refused = await code_of(client, "/audit/exports", {"action": "organization."})
        export = {"action": "organization.", "reason": "감사원 요청"}
        answer = await client.post(f"{API}/audit/exports", json=export)
    assert refused == (400, "malformed")
    assert answer.headers["content-type"] == "application/jsonl"
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert [line["reason"] for line in lines] == ["가나", "다라"]
    assert desk.rows("select reason, facts ->> 'rows' from audit_event order by id desc")[0] == (
        "감사원 요청",
        "2",
    )


async def test_reading_the_trail_needs_a_staff_administrator(desk: Desk) -> None:
    for function, role in (
        (Function.business, Role.owner),
        (Function.ministry, Role.ministry_reader),
    ):
        place = an_organization(function=function)
        await save(desk.database, place)
        somebody, _ = await a_member(desk.database, role, organization=place)
        async with desk.browser(somebody) as client:
            for path in ("/audit", "/organizations", "/people", "/bodies", "/proposals"):
                assert (await client.get(f"{API}{path}")).status_code == 403


async def test_reading_needs_no_fresh_sign_in_and_exporting_does(desk: Desk) -> None:
    person = await desk.hire(Role.administrator)
    async with desk.browser(person, signed_in_ago=timedelta(hours=1)) as client:
        assert (await client.get(f"{API}/audit")).status_code == 200
        refused = await code_of(client, "/audit/exports", {"reason": "이유"})
    assert refused == (403, "reauthentication_required")
