"""The operator uploads films into a version of the course that is being written (E3)."""

import struct
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.settings import Settings
from marketplace.stores import make_buckets
from marketplace.training.content import FILMS, CourseContent, shipped
from marketplace.training.errors import CaptionsWrong, FilmUnreadable
from marketplace.training.films import cues_of, duration_of
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.marketplace.training.test_operator import administrator
from tests.marketplace.training.test_training import (
    _clock,  # noqa: F401 - puts the clock back
    agree_all,
    course,
    learner,
    sign,
    watch_all,
)
from tests.waiting import until

BASE = "/operator/training"
NEW = f"{BASE}/film"
SHIPPED = (FILMS / "basic-rules.webm").read_bytes()
WORDS = {
    "title_ko": "안전 영상",
    "title_en": "Safety",
    "lines": "0\t처음 말\tFirst\n4.5|둘째 말|Second",
}
__all__ = ["administrator", "course", "learner", "worker"]


@pytest.fixture(autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


def element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + (0x0100000000000000 | len(body)).to_bytes(8) + body


def webm(duration: bytes, *, kind: bytes = b"webm", scale: bytes = b"") -> bytes:
    info = (element("2ad7b1", scale) if scale else b"") + element("4489", duration)
    return element("1a45dfa3", element("4282", kind)) + element(
        "18538067", element("1549a966", info)
    )


async def begin(administrator: httpx.AsyncClient) -> None:
    begun = await send(administrator, BASE, {}, to=f"{BASE}/versions")
    assert begun.status_code == 303


async def post_film(
    client: httpx.AsyncClient, path: str, fields: dict[str, str], content: bytes | None
) -> httpx.Response:
    files: Any = {"file": ("영상.webm", content, "video/webm")} if content is not None else None
    return await send(client, path, fields, files=files)


def test_the_length_stands_in_the_file() -> None:
    seconds = struct.pack(">d", 12_345.6)

    assert duration_of(SHIPPED) == pytest.approx(shipped().films[0].duration_ms, abs=50)
    assert duration_of(webm(seconds)) == 12_345
    assert duration_of(webm(struct.pack(">f", 12.0), scale=(10**9).to_bytes(4))) == 12_000


@pytest.mark.parametrize(
    "content",
    [
        b"", b"RIFF", SHIPPED[:30], webm(b""), webm(struct.pack(">d", float("nan"))),
        webm(struct.pack(">d", float("inf"))), webm(struct.pack(">d", -5.0)),
        webm(struct.pack(">d", 999.0)), webm(struct.pack(">d", 3_600_001.0)),
        webm(struct.pack(">d", 5_000.0), kind=b"matroska"), b"\x00" * 200, b"\xff" * 200,
    ],
)  # fmt: skip
def test_what_is_no_film_is_refused(content: bytes) -> None:
    with pytest.raises(FilmUnreadable):
        duration_of(content)


@given(st.binary(max_size=80), st.integers(0, 200))
def test_no_damage_breaks_the_reader(noise: bytes, at: int) -> None:
    try:
        length_ms = duration_of(SHIPPED[:at] + noise + SHIPPED[at + len(noise) :])
    except FilmUnreadable:
        return
    assert 1_000 <= length_ms <= 3_600_000


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("", 0), ("0\t가", 1), ("0|가|A\n0|나|B", 2), ("0|가|A\n\n9|나|B", 3), ("x|가|A", 1),
        ("-1|가|A", 1), ("nan|가|A", 1), ("0|" + "가" * 301 + "|A", 1), ("0||A", 1),
    ],
)  # fmt: skip
def test_captions_name_the_line_that_does_not_fit(lines: str, wrong: int) -> None:
    with pytest.raises(CaptionsWrong, match=str(wrong)):
        cues_of(lines, 8_000)


async def test_a_film_is_added_changed_shown_and_taken_out(
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,
    course: CourseContent,
    admin: psycopg.Connection,
) -> None:
    await begin(administrator)
    bare = await post_film(administrator, NEW, WORDS, None)
    junk = await post_film(administrator, NEW, WORDS, b"MZ this is no film")
    added = await post_film(administrator, NEW, WORDS, SHIPPED)
    edit = await administrator.get(f"{BASE}/edit")
    key = edit.text.split("/operator/training/films/film-")[1].split('"')[0]
    one = f"{BASE}/films/film-{key}"
    preview = await administrator.get(f"{one}/video", headers={"range": "bytes=0-3"})
    early = await learner.get(f"/training/films/film-{key}")
    changed = await post_film(administrator, one, WORDS | {"title_ko": "고친 영상"}, None)
    dropped = await send(
        administrator, f"{BASE}/films/rights", {}, to=f"{BASE}/films/rights/removal"
    )
    published = await send(administrator, f"{BASE}/edit", {}, to=f"{BASE}/publish")
    shown = await learner.get(f"/training/films/film-{key}")
    video = await learner.get(f"/training/films/film-{key}/video")
    captions = await learner.get(f"/training/films/film-{key}/captions/en")

    assert "새 영상의 WebM 파일을 고르십시오" in bare.text
    assert "WebM 영상이 아니거나" in junk.text
    assert added.headers["location"] == f"{BASE}/edit?done=saved"
    assert (preview.status_code, preview.content) == (206, SHIPPED[:4])
    assert early.status_code == 404
    assert changed.headers["location"] == f"{BASE}/edit?done=saved"
    assert dropped.headers["location"] == f"{BASE}/edit?done=film-removed"
    assert published.status_code == 303
    assert "고친 영상" in shown.text
    assert video.content == SHIPPED
    assert "Second" in captions.text
    standing = (await learner.get("/api/v1/training")).json()
    assert [film["key"] for film in standing["films"]] == ["rules", "preparation", f"film-{key}"]
    acts = rows(admin, "select count(*) from audit_event where action like 'training.film_%%'")
    assert acts == [(3,)]


async def test_the_last_film_stays(administrator: httpx.AsyncClient, course: CourseContent) -> None:
    await begin(administrator)
    for key in ("rules", "preparation"):
        await send(administrator, f"{BASE}/films/{key}", {}, to=f"{BASE}/films/{key}/removal")
    page = f"{BASE}/films/rights"
    offered = await administrator.get(page)
    last = await send(administrator, page, {}, to=f"{page}/removal")

    assert "/removal" not in offered.text
    assert last.status_code == 409


async def test_a_new_version_is_told_to_those_who_completed_the_old_one(
    admin: psycopg.Connection,
    administrator: httpx.AsyncClient,
    learner: httpx.AsyncClient,
    course: CourseContent,
    worker: Worker,
) -> None:
    await watch_all(learner, admin)
    await agree_all(learner)
    assert (await sign(learner)).status_code == 201
    await begin(administrator)
    await send(administrator, f"{BASE}/edit", {"title_ko": "고친 교육"})
    await send(administrator, f"{BASE}/edit", {}, to=f"{BASE}/publish")
    telling = "select user_id, facts from notice where kind = 'training.renewed'"
    async with worker():
        told = await until(lambda: rows(admin, telling))

    signed = rows(admin, "select user_id from training_signature")
    assert [(who,) for who, _ in told] == signed
    assert told[0][1] == {"number": 2}
