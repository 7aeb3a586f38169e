"""The operator's work on the course: begin a new version, change its words, publish or discard it."""

import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import convert, structs, to_builtins
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.training.content import BASIC, CourseContent, Film
from marketplace.training.errors import (
    CourseDraftMissing,
    CourseDraftOpen,
    CourseItemRepeated,
    CourseUnchanged,
    FilmMissing,
    FilmNotFound,
    FilmsFull,
    LastFilm,
)
from marketplace.training.films import cues_of
from marketplace.training.models import CourseVersion
from marketplace.training.queries import Course, find_course, get_course

KIND: Final = "course_version"
FILMS_MOST: Final = 20


async def find_draft(session: AsyncSession, *, lock: bool = False) -> Course | None:
    """Return the version that is being written, if there is one."""
    statement = select(CourseVersion).where(
        col(CourseVersion.course) == BASIC, col(CourseVersion.published_at).is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    version: CourseVersion | None = await session.scalar(statement)
    return None if version is None else Course(version, convert(version.content, CourseContent))


async def get_draft(session: AsyncSession, *, lock: bool = False) -> Course:
    """Return the version that is being written.

    Raises:
        CourseDraftMissing: there is none
    """
    found = await find_draft(session, lock=lock)
    if found is None:
        raise CourseDraftMissing
    return found


async def begin(session: AsyncSession, actor: Principal) -> Course:
    """Begin a new version with what the one in force says.

    Raises:
        CourseMissing: no version is in force
        CourseDraftOpen: one is being written already
    """
    current = await get_course(session)
    if await find_draft(session) is not None:
        raise CourseDraftOpen
    newest = await session.scalar(
        select(func.max(CourseVersion.number)).where(col(CourseVersion.course) == BASIC)
    )
    version = CourseVersion(
        course=BASIC,
        number=(newest or 0) + 1,
        content=current.version.content,
        created_by=actor.user_id,
        created_at=now(session),
    )
    session.add(version)
    await session.flush()
    await record(session, "training.version_begun", Thing(KIND, version.id))
    return Course(version, current.content)


async def save(session: AsyncSession, content: CourseContent) -> Course:
    """Save the words of the version that is being written; its films stay as they are.

    Raises:
        CourseDraftMissing: none is being written
        CourseItemRepeated: two items have the same key
    """
    keys = [item.key for item in content.items]
    for key in keys:
        if keys.count(key) > 1:
            raise CourseItemRepeated(key=key)
    draft = await get_draft(session, lock=True)
    films = [
        structs.replace(film, file=known.file, duration_ms=known.duration_ms)
        for film in content.films
        if (known := draft.content.film(film.key)) is not None
    ]
    whole = structs.replace(content, films=films or draft.content.films)
    draft.version.content = to_builtins(whole)
    await session.flush()
    await record(session, "training.version_saved", Thing(KIND, draft.version.id))
    return Course(draft.version, whole)


@dataclass(frozen=True)
class NewFilm:
    """What is written about a film; without ``stored`` (file name, length [ms]) its bytes stay."""

    title_ko: str
    title_en: str
    lines: str
    stored: tuple[str, int] | None


async def put_film(session: AsyncSession, key: str | None, new: NewFilm) -> Course:
    """Change a film of the version that is being written, or add one behind the others.

    Args:
        key: of the film that is changed, or None for a new one

    Raises:
        CourseDraftMissing: none is being written
        FilmNotFound: no such film in it
        FilmMissing: a new film without a file
        FilmsFull: as many as a course may have
        CaptionsWrong: a line of the captions does not fit
    """
    draft = await get_draft(session, lock=True)
    films = list(draft.content.films)
    known = draft.content.film(key) if key is not None else None
    if key is not None and known is None:
        raise FilmNotFound
    if known is None and len(films) >= FILMS_MOST:
        raise FilmsFull(most=FILMS_MOST)
    stored = new.stored
    if stored is None and known is not None:
        stored = (known.file, known.duration_ms)
    if stored is None:
        raise FilmMissing
    file, duration_ms = stored
    film = Film(
        known.key if known else f"film-{secrets.token_hex(4)}",
        new.title_ko,
        new.title_en,
        file,
        duration_ms,
        cues_of(new.lines, duration_ms),
    )
    if known is None:
        films.append(film)
    else:
        films[films.index(known)] = film
    return await _with_films(session, draft, films, "training.film_saved", film)


async def remove_film(session: AsyncSession, key: str) -> Course:
    """Take a film out of the version that is being written.

    Raises:
        CourseDraftMissing: none is being written
        FilmNotFound: no such film in it
        LastFilm: it is the only one
    """
    draft = await get_draft(session, lock=True)
    film = draft.content.film(key)
    if film is None:
        raise FilmNotFound
    if len(draft.content.films) == 1:
        raise LastFilm
    films = [one for one in draft.content.films if one.key != key]
    return await _with_films(session, draft, films, "training.film_removed", film)


async def _with_films(
    session: AsyncSession, draft: Course, films: list[Film], action: str, film: Film
) -> Course:
    content = structs.replace(draft.content, films=films)
    draft.version.content = to_builtins(content)
    await session.flush()
    facts = {"film": film.key, "file": film.file}
    await record(session, action, Thing(KIND, draft.version.id), facts=facts)
    return Course(draft.version, content)


async def publish(session: AsyncSession, actor: Principal) -> Course:
    """Put the version into force: it is asked for before the next registration request (E3).

    Raises:
        CourseDraftMissing: none is being written
        CourseUnchanged: it says what the one in force says
    """
    draft = await get_draft(session, lock=True)
    current = await find_course(session)
    if current is not None and current.content == draft.content:
        raise CourseUnchanged
    draft.version.published_at, draft.version.published_by = now(session), actor.user_id
    await session.flush()
    facts = {"number": draft.version.number}
    await record(session, "training.version_published", Thing(KIND, draft.version.id), facts=facts)
    await enqueue(session, "training.tell", version_id=str(draft.version.id))
    return draft


async def discard(session: AsyncSession) -> UUID:
    """Discard the version that is being written.

    Raises:
        CourseDraftMissing: there is none
    """
    draft = await get_draft(session, lock=True)
    version_id = draft.version.id
    await session.execute(delete(CourseVersion).where(col(CourseVersion.id) == version_id))
    await record(session, "training.version_discarded", Thing(KIND, version_id))
    return version_id
