"""The operator examines papers, verifies the representative, and decides beside the register."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization, Paper, PaperKind
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore
from tests.factories import a_member, save
from tests.marketplace.members.oversight.staff import Desk, code_of, path_of, post

Business = tuple[User, Organization]


async def a_paper(desk: Desk, business: Business, **given: Any) -> UUID:
    owner, organization = business
    facts: dict[str, Any] = {
        "id": uuid4(),
        "organization_id": organization.id,
        "kind": PaperKind.business_registration,
        "file_name": "사업자등록증.pdf",
        "content_type": "application/pdf",
        "size_bytes": 7,
        "sha256": "0" * 64,
        "object_key": f"papers/{organization.id}/{uuid4()}",
        "ready_at": organization.created_at,
        "uploaded_by": owner.id,
    }
    paper = Paper(**{**facts, **given})
    await save(desk.database, paper)
    if "ready_at" not in given:
        desk.admin.execute("update paper set ready_at = app_now() where id = %s", (paper.id,))
    return paper.id


def state_of(desk: Desk, paper_id: UUID) -> tuple[Any, ...]:
    found: tuple[Any, ...] = desk.row(
        "select state, reason, examined_by from paper where id = %s", paper_id
    )
    return found


@pytest.mark.parametrize("role", [Role.administrator, Role.reviewer])
@pytest.mark.parametrize(
    ("decision", "state", "reason"),
    [
        ({"accepted": True}, "accepted", None),
        ({"accepted": False, "reason": "글자를 읽을 수 없음"}, "returned", "글자를 읽을 수 없음"),
    ],
)
async def test_a_paper_is_accepted_or_returned(
    desk: Desk,
    business: Business,
    role: Role,
    decision: dict[str, object],
    state: str,
    reason: str | None,
) -> None:
    paper_id = await a_paper(desk, business)
    person = await desk.hire(role)
    async with desk.browser(person) as client:
        path = path_of(business[1], "papers", paper_id, "decision")
        status, body = await post(client, path, decision)
    assert (status, body["state"]) == (201, state)
    assert state_of(desk, paper_id) == (state, reason, person.id)
    assert desk.trail() == [f"paper.{state}"]
    assert [email for email, _ in desk.mails()] == ["owner@example.com"]


async def test_a_return_without_reason_finance_and_a_late_second_are_refused(
    desk: Desk, business: Business
) -> None:
    paper_id = await a_paper(desk, business)
    path = path_of(business[1], "papers", paper_id, "decision")
    reviewer, finance = await desk.hire(Role.reviewer), await desk.hire(Role.finance)
    async with desk.browser(reviewer) as client, desk.browser(finance) as other:
        assert await code_of(client, path, {"accepted": False}) == (422, "reason_missing")
        assert await code_of(other, path, {"accepted": True}) == (403, "forbidden")
        assert state_of(desk, paper_id) == ("waiting", None, None)
        answers = await asyncio.gather(
            post(client, path, {"accepted": True}),
            post(client, path, {"accepted": False, "reason": "두 번째"}),
        )
    assert sorted(status for status, _ in answers) == [201, 409]
    assert len(desk.trail()) == 1


async def test_a_paper_of_another_organization_is_not_found(
    desk: Desk, business: Business, database: Database
) -> None:
    paper_id = await a_paper(desk, business)
    _, other = await a_member(database, Role.owner)
    person = await desk.hire(Role.reviewer)
    async with desk.browser(person) as client:
        path = path_of(other, "papers", paper_id, "decision")
        assert await code_of(client, path, {"accepted": True}) == (404, "not_found")


async def test_an_unfinished_upload_is_neither_decided_nor_opened(
    desk: Desk, business: Business
) -> None:
    paper_id = await a_paper(desk, business, ready_at=None)
    person = await desk.hire(Role.reviewer)
    async with desk.browser(person) as client:
        path = path_of(business[1], "papers", paper_id)
        decided = await code_of(client, f"{path}/decision", {"accepted": True})
        opened = await code_of(client, f"{path}/link")
    assert (decided, opened) == ((409, "paper_not_ready"), (409, "paper_not_ready"))


async def test_opening_a_paper_gives_a_short_lived_address_and_is_written_down(
    desk: Desk, business: Business, store: ObjectStore, settings: Any
) -> None:
    paper_id = await a_paper(desk, business)
    (key,) = desk.row("select object_key from paper")
    bucket = Bucket(settings.bucket("private"))
    store.ensure_buckets([bucket])  # type: ignore[attr-defined]
    store.put(bucket, ObjectKey(key), b"content")
    person = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        status, body = await post(client, path_of(business[1], "papers", paper_id, "link"))
    assert (status, body["expires_s"]) == (201, 60)
    assert key in body["url"]
    assert desk.trail() == ["paper.opened"]


async def test_the_representative_is_verified_from_accepted_papers_once(
    desk: Desk, business: Business
) -> None:
    organization = business[1]
    person = await desk.hire(Role.reviewer)
    async with desk.browser(person) as client:
        path = path_of(organization, "representative")
        without = await code_of(client, path, {})
        paper_id = await a_paper(desk, business)
        await post(
            client, path_of(organization, "papers", paper_id, "decision"), {"accepted": True}
        )
        done, body = await post(client, path, {})
        again = await code_of(client, path, {})
        taken = await post(client, f"{path}/withdrawal", {"reason": "대표자가 바뀜"})
        twice = await code_of(client, f"{path}/withdrawal", {"reason": "대표자가 바뀜"})
    assert without == (409, "representative_papers_missing")
    assert (done, body["representative_verified_by"]) == (201, str(person.id))
    assert again == (409, "already_decided")
    assert (taken[0], taken[1]["representative_verified_at"]) == (201, None)
    assert twice == (409, "already_decided")
    assert desk.trail() == [
        "paper.accepted",
        "organization.representative_verified",
        "organization.representative_withdrawn",
    ]


async def test_the_registers_answer_is_overridden_beside_it_and_back(
    desk: Desk, business: Business
) -> None:
    organization = business[1]
    desk.admin.execute(
        "update organization set registry_state = 'closed', registry_matched = false"
    )
    person, reviewer = await desk.hire(Role.administrator), await desk.hire(Role.reviewer)
    path = path_of(organization, "registry-override")
    reason = {"reason": "세무서 확인서로 확인"}
    async with desk.browser(person) as client, desk.browser(reviewer) as other:
        assert await code_of(other, path, reason) == (403, "forbidden")
        status, body = await post(client, path, reason)
        again = await code_of(client, path, reason)
        back, after = await post(client, f"{path}/withdrawal", {"reason": "확인서가 거짓"})
    assert (status, body["override_reason"], body["registry_state"]) == (
        201,
        "세무서 확인서로 확인",
        "closed",
    )
    assert again == (409, "already_decided")
    assert (back, after["override_at"]) == (201, None)
    assert desk.rows("select facts from audit_event order by id")[1] == (
        {"overridden_for": "세무서 확인서로 확인"},
    )
