"""The operator sees who is where and writes a new version of the course (E3)."""

import httpx
import psycopg
import pytest

from marketplace.auth import Function, Role
from marketplace.db import Database
from marketplace.training.content import CourseContent, shipped
from tests.factories import a_member, an_organization, save
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.marketplace.training.conftest import ClientOf
from tests.marketplace.training.test_training import (
    _clock,  # noqa: F401 - puts the clock back
    course,  # noqa: F401 - a fixture
    learner,  # noqa: F401 - a fixture
    report,
    watch_all,
)

BASE = "/operator/training"


@pytest.fixture
async def administrator(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    operator = an_organization(function=Function.exchange_operator)
    await save(database, operator)
    person, _ = await a_member(database, Role.administrator, organization=operator)
    return await client_of(person, second_factor=True)


async def test_where_people_stop(
    admin: psycopg.Connection,
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,  # noqa: F811
) -> None:
    nobody = await administrator.get(BASE)
    await report(learner, "rules", 0)
    begun = await administrator.get(BASE)
    await watch_all(learner, admin)
    watched = await administrator.get(BASE)

    assert "아직 시작한 사람이 없습니다" in nobody.text
    assert "0 / 3" in begun.text
    assert "3 / 3" in watched.text
    assert "앞 단계보다 1명 적음" in watched.text


async def test_a_new_version_is_written_and_published(
    admin: psycopg.Connection,
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,  # noqa: F811
    course: CourseContent,  # noqa: F811
) -> None:
    early = await administrator.get(f"{BASE}/edit")
    begun = await send(administrator, BASE, {}, to=f"{BASE}/versions")
    edit = f"{BASE}/edit"
    same = await send(administrator, edit, {"_key": "k" * 24}, to=f"{BASE}/publish")
    words = {
        "title_ko": "고친 교육", "item.report.ko": "", "item.new.ko": "새 항목입니다.",
        "cue.rules.0.ko": "고친 자막입니다.",
    }  # fmt: skip
    saved = await send(administrator, edit, words)
    long = await send(administrator, edit, {"title_ko": "가" * 121})
    published = await send(administrator, edit, {}, to=f"{BASE}/publish")
    standing = (await learner.get("/api/v1/training")).json()
    captions = await learner.get("/training/films/rules/captions/ko")

    assert early.status_code == 404
    assert begun.headers["location"] == f"{edit}?done=course-begun"
    assert same.status_code == 409
    assert saved.headers["location"] == f"{edit}?done=saved"
    assert long.status_code == 400
    assert published.headers["location"] == f"{BASE}?done=course-published"
    assert (standing["version"], standing["title_ko"]) == (2, "고친 교육")
    assert len(standing["items"]) == len(shipped().items)
    assert standing["items"][-1]["ko"] == "새 항목입니다."
    assert "report" not in {item["key"] for item in standing["items"]}
    assert "고친 자막입니다." in captions.text
    actions = [action for (action,) in rows(admin, "select action from audit_event order by id")]
    assert actions[-3:] == [
        "training.version_begun", "training.version_saved", "training.version_published",
    ]  # fmt: skip


async def test_a_draft_is_discarded(
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,  # noqa: F811
) -> None:
    await send(administrator, BASE, {}, to=f"{BASE}/versions")

    gone = await send(administrator, f"{BASE}/edit", {}, to=f"{BASE}/discard")

    assert gone.headers["location"] == f"{BASE}?done=discarded"
    assert (await learner.get("/api/v1/training")).json()["version"] == 1
    assert (await learner.get(BASE)).status_code == 403
