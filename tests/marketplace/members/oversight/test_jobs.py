"""The operator looks at jobs and at lost mail, starts parked jobs again and cancels others."""

from typing import Any

import pytest

from marketplace.auth import Role
from marketplace.db import Scope
from marketplace.demo.following import enqueue_demonstration
from marketplace.jobs import enqueue
from marketplace.notices.models import Mail
from tests.factories import save
from tests.marketplace.members.oversight.staff import API, Desk, code_of, post


async def a_job(desk: Desk) -> Any:
    async with desk.database.transaction(Scope.system()) as session:
        return await enqueue_demonstration(session)


async def test_jobs_are_listed_shown_and_cancelled_once(desk: Desk) -> None:
    run_id = await a_job(desk)
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        listed = (await client.get(f"{API}/jobs", params={"state": "waiting"})).json()
        none = (await client.get(f"{API}/jobs", params={"state": "parked"})).json()
        queue = (await client.get(f"{API}/jobs/queue")).json()
        retried = await code_of(client, f"/jobs/{run_id}/retry")
        status, body = await post(client, f"/jobs/{run_id}/cancellation")
        again = await code_of(client, f"/jobs/{run_id}/cancellation")
        shown = (await client.get(f"{API}/jobs/{run_id}")).json()
    assert [job["name"] for job in listed["items"]] == ["demo.load"]
    assert (none["items"], queue["waiting_count"], queue["worker_count"]) == ([], 1, 0)
    assert retried == (409, "job_not_parked")
    assert (status, body["state"]) == (201, "cancelled")
    assert again == (409, "job_ended")
    assert shown["state"] == "cancelled"
    assert desk.trail() == ["job.cancelled"]


async def test_pages_of_jobs_go_on_by_cursor(desk: Desk) -> None:
    async with desk.database.transaction(Scope.system()) as session:
        ids = [str(await enqueue(session, "demo.load")) for _ in range(3)]
    person = await desk.hire(Role.administrator)
    seen: list[str] = []
    cursor: str | None = ""
    async with desk.browser(person) as client:
        while cursor is not None:
            params = {"limit": "2", "cursor": cursor}
            body = (await client.get(f"{API}/jobs", params=params)).json()
            seen += [job["id"] for job in body["items"]]
            cursor = body["next_cursor"]
    assert sorted(seen) == sorted(ids)


async def test_lost_mail_is_listed_without_its_text(desk: Desk) -> None:
    await save(
        desk.database, Mail(email="x@example.com", subject="제목", body="token=abc123", tries=14)
    )
    desk.admin.execute("update mail set given_up_at = app_now(), last_error = '550 unknown'")
    person = await desk.hire(Role.administrator)
    async with desk.browser(person) as client:
        answer = await client.get(f"{API}/lost-mails")
        page = await client.get("/operator/jobs")
    (mail,) = answer.json()["items"]
    assert (mail["email"], mail["tries"], mail["last_error"]) == (
        "x@example.com",
        14,
        "550 unknown",
    )
    assert "abc123" not in answer.text + page.text
    assert "550 unknown" in page.text


@pytest.mark.parametrize("role", [Role.reviewer, Role.finance])
async def test_other_staff_see_no_jobs(desk: Desk, role: Role) -> None:
    run_id = await a_job(desk)
    person = await desk.hire(role)
    async with desk.browser(person) as client:
        for path in ("/jobs", f"/jobs/{run_id}", "/jobs/queue", "/lost-mails"):
            assert (await client.get(f"{API}{path}")).status_code == 403
        assert await code_of(client, f"/jobs/{run_id}/cancellation") == (403, "forbidden")
    assert desk.row("select state from job_run") == ("waiting",)
