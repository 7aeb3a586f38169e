"""Films are watched, items agreed to, the course signed: in this order, and by nobody's trick (E3)."""

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.training.content import CourseContent, captions, shipped
from marketplace.training.crediting import complete, credited_ms
from marketplace.training.models import CourseVersion
from marketplace.training.publishing import ensure_course
from marketplace.training.queries import has_trained_member
from tests.actors import fresh_key
from tests.factories import a_member
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.marketplace.training.conftest import ClientOf

Owner = tuple[User, Organization]
API = "/api/v1/training"
AT = datetime(2026, 11, 26, tzinfo=UTC)
LINES = [[[x, 100 + x % 50] for x in range(0, 300, 10)]]


@pytest.fixture
async def course(database: Database, clean: None) -> CourseContent:
    async with database.transaction(Scope.system()) as session:
        return (await ensure_course(session)).content


@pytest.fixture
async def learner(client_of: ClientOf, owner: Owner, course: CourseContent) -> httpx.AsyncClient:
    return await client_of(owner[0])


async def report(client: httpx.AsyncClient, film: str, position_ms: int) -> dict[str, Any]:
    answer = await client.post(f"{API}/films/{film}/progress", json={"position_ms": position_ms})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def let_pass(admin: psycopg.Connection, seconds: float) -> None:
    """Move the clock of the sandbox, as a rehearsal does."""
    admin.execute("update sandbox_clock set shift = shift + make_interval(secs => %s)", (seconds,))


@pytest.fixture(autouse=True)
def _clock(admin: psycopg.Connection) -> Any:
    yield
    admin.execute("update sandbox_clock set shift = interval '0'")


async def watch_all(client: httpx.AsyncClient, admin: psycopg.Connection) -> None:
    for film in shipped().films:
        await report(client, film.key, 0)
    let_pass(admin, 40)
    for film in shipped().films:
        assert (await report(client, film.key, film.duration_ms))["completed"]


async def agree_all(client: httpx.AsyncClient) -> None:
    for item in shipped().items:
        answer = await client.post(f"{API}/items/{item.key}")
        assert answer.status_code == 200, answer.text


async def sign(client: httpx.AsyncClient, **given: Any) -> httpx.Response:
    body = {"typed_name": "가상대표", "strokes": LINES} | given
    return await client.post(
        f"{API}/signature", json=body, headers={"idempotency-key": fresh_key()}
    )


@pytest.mark.parametrize(
    ("watched", "passed_s", "position", "counted"),
    [
        (0, 0, 54_000, 0),  # the first report starts the clock
        (0, 10, 10_000, 10_000),
        (0, 10, 54_000, 15_000),  # never more than half as fast again
        (20_000, 4, 3_000, 20_000),  # back is not lost
        (50_000, 60, 90_000, 54_000),  # never beyond the end
        (20_000, -5, 54_000, 20_000),  # a clock that goes back earns nothing
    ],
)
def test_credit(watched: int, passed_s: int, position: int, counted: int) -> None:
    now = AT + timedelta(seconds=passed_s)
    assert credited_ms(watched, AT, now, position, 54_000) == counted


def test_the_shipped_course_is_whole() -> None:
    content = shipped()
    assert len(content.films) == 3
    assert len(content.items) == 12
    for film in content.films:
        assert film.duration_ms >= 40_000
        assert complete(film.duration_ms - 400, film.duration_ms)
        said = captions(film, "ko")
        assert said.startswith("WEBVTT\n")
        assert said.count("-->") == len(film.cues)
        assert "00:00:45.000 --> 00:00:54.000" in said


async def test_a_program_cannot_hurry(
    admin: psycopg.Connection, learner: httpx.AsyncClient
) -> None:
    first = await report(learner, "rules", 54_000)
    hurried = first
    for _ in range(20):
        hurried = await report(learner, "rules", 54_000)
    let_pass(admin, 10)
    later = await report(learner, "rules", 54_000)

    assert first["watched_ms"] == 0
    assert hurried["watched_ms"] < 15_000
    assert later["watched_ms"] < hurried["watched_ms"] + 25_000
    assert not later["completed"]


async def test_two_windows_earn_what_one_does(
    admin: psycopg.Connection, learner: httpx.AsyncClient
) -> None:
    await report(learner, "rules", 0)
    let_pass(admin, 10)

    answers = await asyncio.gather(*(report(learner, "rules", 54_000) for _ in range(6)))

    assert max(one["watched_ms"] for one in answers) < 20_000


async def test_films_then_items_then_the_signature(
    database: Database, admin: psycopg.Connection, learner: httpx.AsyncClient, owner: Owner
) -> None:
    early_item = await learner.post(f"{API}/items/report")
    early_sign = await sign(learner)
    await watch_all(learner, admin)
    unknown = await learner.post(f"{API}/items/nothing")
    before_items = await sign(learner)
    await agree_all(learner)
    wrong_name = await sign(learner, typed_name="다른 사람")
    no_lines = await sign(learner, strokes=[])
    signed = await sign(learner)
    twice = await sign(learner)
    async with database.transaction(Scope("tenant", owner[0].id, owner[1].id)) as session:
        trained = await has_trained_member(session, owner[1].id)

    codes = [
        answer.json()["code"]
        for answer in (early_item, early_sign, unknown, before_items, wrong_name, no_lines, twice)
    ]
    assert codes == [
        "films_unwatched", "films_unwatched", "item_not_found", "items_open", "signed_name_wrong",
        "signature_unusable", "already_signed",
    ]  # fmt: skip
    assert signed.status_code == 201
    assert trained
    kept = rows(
        admin,
        "select typed_name, by_typing, length(text_sha256), address, signed_text from training_signature",
    )[0]
    assert kept[:3] == ("가상대표", False, 64)
    assert kept[4] == shipped().sign_ko
    standing = (await learner.get(API)).json()
    assert standing["certificate"]["number"] == signed.json()["number"]
    actions = [action for (action,) in rows(admin, "select action from audit_event order by id")]
    assert actions.count("training.film_watched") == 3
    assert actions[-1] == "training.signed"


async def test_the_certificate_is_a_pdf_with_its_font_and_anybody_verifies_it(
    admin: psycopg.Connection, learner: httpx.AsyncClient, client_of: ClientOf, owner: Owner
) -> None:
    await watch_all(learner, admin)
    await agree_all(learner)
    number = (await sign(learner)).json()["number"]
    anybody = await client_of(None)

    sent = await learner.get("/training/certificate.pdf")
    page = await anybody.get(f"/verify/training/{number.lower()}")
    told = (await anybody.get(f"/api/v1/certificates/{number}")).json()
    none = await anybody.get("/verify/training/AAAA-BBBB-CCCC")

    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    assert sent.content.startswith(b"%PDF-")
    assert b"NotoSansKR" in sent.content
    assert number in sent.headers["content-disposition"]
    assert "가○○○" in page.text
    assert "가상대표" not in page.text
    assert owner[1].name in page.text
    assert (told["name"], told["in_force"]) == ("가○○○", True)
    assert none.status_code == 404
    assert len(io.BytesIO(sent.content).getvalue()) < 300_000


async def test_a_new_version_asks_again(
    database: Database, admin: psycopg.Connection, learner: httpx.AsyncClient, client_of: ClientOf,
    owner: Owner,
) -> None:  # fmt: skip
    await watch_all(learner, admin)
    await agree_all(learner)
    number = (await sign(learner)).json()["number"]
    async with database.transaction(Scope.system()) as session:
        known = await ensure_course(session)
        session.add(
            CourseVersion(course="basic", number=2, content=known.version.content, published_at=AT)
        )
        await session.flush()
        trained = await has_trained_member(session, owner[1].id)

    standing = (await learner.get(API)).json()
    told = (await (await client_of(None)).get(f"/api/v1/certificates/{number}")).json()

    assert not trained
    assert (standing["version"], standing["certificate"]) == (2, None)
    assert told["in_force"] is False


async def test_the_pages_lead_through_it(
    admin: psycopg.Connection, learner: httpx.AsyncClient
) -> None:
    start = await learner.get("/training")
    film = await learner.get("/training/films/rules")
    words = await learner.get("/training/films/rules/captions/en")
    await watch_all(learner, admin)
    items = [item.key for item in shipped().items]
    agreed = await send(learner, "/training", {"items": items}, to="/training/items")
    unsigned = await send(
        learner, "/training", {"typed_name": "가상대표", "strokes": "["}, to="/training/sign"
    )
    signed = await send(
        learner, "/training", {"typed_name": "가상대표", "by_typing": "on"}, to="/training/sign"
    )
    end = await learner.get("/training")

    assert "영상을 모두 보면 열립니다" in start.text
    assert "media-src 'self'" in film.headers["content-security-policy"]
    assert "media-src" not in start.headers["content-security-policy"]
    assert words.text.startswith("WEBVTT")
    assert agreed.headers["location"].startswith("/training")
    assert unsigned.status_code == 400
    assert "서명을 읽지 못했습니다" in unsigned.text
    assert signed.headers["location"] == "/training?done=signed"
    assert "이수증 받기" in end.text


async def test_films_are_sent_in_parts(learner: httpx.AsyncClient) -> None:
    path = "/training/films/rules/video"
    whole = await learner.get(path)
    part = await learner.get(path, headers={"range": "bytes=100-199"})
    tail = await learner.get(path, headers={"range": "bytes=-50"})
    beyond = await learner.get(path, headers={"range": "bytes=99999999-"})
    odd = await learner.get(path, headers={"range": "bytes=5-2,7-9"})

    assert whole.content[:4] == b"\x1aE\xdf\xa3"
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert tail.content == whole.content[-50:]
    assert beyond.status_code == 416
    assert odd.status_code == 200


async def test_what_is_hostile_is_refused(
    admin: psycopg.Connection, learner: httpx.AsyncClient, client_of: ClientOf
) -> None:
    anybody = await client_of(None)
    await watch_all(learner, admin)
    await agree_all(learner)

    answers = [
        await sign(learner, strokes=[[[0, 0]]] * 201),
        await sign(learner, strokes=[[[5_000, 0]]]),
        await sign(learner, strokes=[[["<svg>", 0]]]),
        await learner.post(f"{API}/films/rules/progress", json={"position_ms": -1}),
        await learner.post(f"{API}/films/%2e%2e/progress", json={"position_ms": 1}),
        await anybody.post(f"{API}/films/rules/progress", json={"position_ms": 1}),
        await anybody.get("/training/films/rules/video"),
    ]

    assert all(400 <= answer.status_code < 500 or answer.status_code == 303 for answer in answers)
    assert rows(admin, "select count(*) from training_signature") == [(0,)]


async def test_nobody_signs_for_a_colleague(
    database: Database, owner: Owner, course: CourseContent
) -> None:
    other = await _colleague(database, owner[1])
    forged = text(
        "insert into training_signature (id, user_id, organization_id, version_id, address,"
        " certificate_number, typed_name, by_typing, signed_text, text_sha256)"
        " select gen_random_uuid(), :user, :org, id, 'x', 'x', 'x', true, 'x', 'x' from course_version"
    )
    async with database.transaction(Scope("tenant", owner[0].id, owner[1].id)) as session:
        values = {"user": other.id, "org": owner[1].id}
        with pytest.raises(ProgrammingError, match="row-level security"):
            await session.execute(forged, values)
        await session.rollback()


async def _colleague(database: Database, organization: Organization) -> User:
    return (await a_member(database, Role.seller, organization=organization))[0]
