"""The operator writes a version of the course by program: words, checklist, films, publication (E3)."""

import struct
from typing import Any

import httpx
import psycopg
import pytest

from marketplace.settings import Settings
from marketplace.stores import make_buckets
from marketplace.training.content import CourseContent
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.organizations.steps import rows
from tests.marketplace.training.test_films import BASE, SHIPPED, WORDS, begin, post_film, webm
from tests.marketplace.training.test_operator import administrator
from tests.marketplace.training.test_training import (
    _clock,  # noqa: F401 - puts the clock back
    course,
    learner,
)

API = "/api/v1/operator/training"
DRAFT = f"{API}/draft"
__all__ = ["administrator", "course", "learner"]


@pytest.fixture(autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


async def act(client: httpx.AsyncClient, path: str, **more: Any) -> httpx.Response:
    return await client.post(path, headers=keyed(), **more)


async def send_film(
    client: httpx.AsyncClient, path: str, content: bytes | None, **words: str
) -> httpx.Response:
    files = {name: (None, text) for name, text in (WORDS | words).items()}
    film = {"file": ("영상.webm", content, "video/webm")} if content is not None else {}
    return await act(client, path, files=files | film)


def words_of(draft: dict[str, Any], **changed: Any) -> dict[str, Any]:
    kept = ("title_ko", "title_en", "sign_ko", "sign_en", "items")
    return {name: draft[name] for name in kept} | changed


async def test_a_version_is_written_and_put_into_force(
    admin: psycopg.Connection,
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,
    course: CourseContent,
) -> None:
    early = await administrator.get(DRAFT)
    begun = await act(administrator, DRAFT)
    twice = await act(administrator, DRAFT)
    same = await act(administrator, f"{DRAFT}/publication")
    item = {"key": "new-one", "ko": "새 항목입니다.", "en": "A new item."}
    items = [*begun.json()["items"][1:], item]
    saved = await administrator.put(
        DRAFT, json=words_of(begun.json(), title_ko="고친 교육", items=items)
    )
    repeated = await administrator.put(DRAFT, json=words_of(begun.json(), items=[item, item]))
    published = await act(administrator, f"{DRAFT}/publication")
    shown = (await administrator.get(API)).json()
    standing = (await learner.get("/api/v1/training")).json()

    assert (early.status_code, early.json()["code"]) == (404, "course_draft_missing")
    assert (begun.status_code, begun.json()["number"]) == (201, 2)
    assert (twice.status_code, twice.json()["code"]) == (409, "course_draft_open")
    assert (same.status_code, same.json()["code"]) == (409, "course_unchanged")
    assert saved.json()["title_ko"] == "고친 교육"
    assert (repeated.status_code, repeated.json()["code"]) == (409, "course_item_repeated")
    assert published.status_code == 200
    assert (shown["number"], shown["title_ko"]) == (2, "고친 교육")
    assert standing["items"][-1]["key"] == "new-one"
    assert len(standing["items"]) == len(course.items)
    actions = [action for (action,) in rows(admin, "select action from audit_event order by id")]
    assert actions[-3:] == [
        "training.version_begun", "training.version_saved", "training.version_published",
    ]  # fmt: skip


async def test_films_are_added_changed_and_taken_out(
    administrator: httpx.AsyncClient, course: CourseContent
) -> None:
    await act(administrator, DRAFT)

    bare = await send_film(administrator, f"{DRAFT}/films", None)
    junk = await send_film(administrator, f"{DRAFT}/films", b"MZ this is no film")
    added = await send_film(administrator, f"{DRAFT}/films", SHIPPED)
    key = added.json()["films"][-1]["key"]
    changed = await send_film(administrator, f"{DRAFT}/films/{key}", None, title_ko="고친 영상")
    lost = await send_film(administrator, f"{DRAFT}/films/nothing", None)
    lines = await send_film(administrator, f"{DRAFT}/films/{key}", None, lines="x|가|A")
    gone = await act(administrator, f"{DRAFT}/films/{key}/removal")
    for one in course.films[:-1]:
        await act(administrator, f"{DRAFT}/films/{one.key}/removal")
    last = await act(administrator, f"{DRAFT}/films/{course.films[-1].key}/removal")
    discarded = await act(administrator, f"{DRAFT}/discard")
    after = await act(administrator, f"{DRAFT}/discard")

    assert (bare.json()["code"], junk.json()["code"]) == ("film_missing", "film_unreadable")
    assert added.status_code == 201
    assert added.json()["films"][-1]["cues"][1] == {"from_s": 4.5, "ko": "둘째 말", "en": "Second"}
    assert changed.json()["films"][-1]["title_ko"] == "고친 영상"
    assert (lost.status_code, lines.json()["code"]) == (404, "captions_wrong")
    assert key not in {film["key"] for film in gone.json()["films"]}
    assert (last.status_code, last.json()["code"]) == (409, "last_film")
    assert discarded.status_code == 200
    assert after.status_code == 404


async def test_a_film_may_be_as_large_as_a_document(
    administrator: httpx.AsyncClient, settings: Settings, course: CourseContent
) -> None:
    await begin(administrator)
    film = webm(struct.pack(">d", 60_000.0))
    most = settings.document_limit_bytes
    whole, over = film + bytes(most - len(film)), film + bytes(most + 1 - len(film))

    by_form = await post_film(administrator, f"{BASE}/film", WORDS, whole)
    by_program = await send_film(administrator, f"{DRAFT}/films", whole)
    too_large = await send_film(administrator, f"{DRAFT}/films", over)

    assert by_form.status_code == 303
    assert by_program.status_code == 201
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")


async def test_nobody_else_writes_the_course(
    learner: httpx.AsyncClient, course: CourseContent
) -> None:
    assert (await learner.get(API)).status_code == 403
    assert (await act(learner, DRAFT)).status_code == 403
    assert (await send_film(learner, f"{DRAFT}/films", SHIPPED)).status_code == 403
