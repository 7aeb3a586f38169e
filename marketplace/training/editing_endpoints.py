"""The API of the course that the operator writes: its words, its items, its films, putting it into force."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.errors import StoreUnavailable, TooLarge
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.oversight.policies import ADMINISTRATORS_FRESH, REVIEWERS
from marketplace.settings import Settings
from marketplace.training import editing, queries
from marketplace.training.content import Cue, Item, Key, Sentence, Text, Title
from marketplace.training.editing import NewFilm
from marketplace.training.errors import (
    CaptionsWrong,
    CourseDraftMissing,
    CourseDraftOpen,
    CourseItemRepeated,
    CourseMissing,
    CourseUnchanged,
    FilmMissing,
    FilmNotFound,
    FilmsFull,
    FilmUnreadable,
    LastFilm,
)
from marketplace.training.films import film_shelf
from marketplace.training.queries import Course
from storage.ports import ObjectStore

PATH: Final = "/api/v1/operator/training"
DRAFT: Final = f"{PATH}/draft"
FILMS: Final = f"{DRAFT}/films"
TAGS: Final = ["operator"]
Store = NamedDependency[SkipValidation[ObjectStore]]
SAVING: Final = allow(ADMINISTRATORS_FRESH) | answers(
    CourseDraftMissing,
    FilmNotFound,
    FilmMissing,
    FilmsFull,
    FilmUnreadable,
    CaptionsWrong,
    TooLarge,
    StoreUnavailable,
)


class ItemIn(Struct, forbid_unknown_fields=True):
    """A sentence to agree to; its key stays when its words change."""

    key: Key
    ko: Sentence
    en: Sentence


class CourseIn(Struct, forbid_unknown_fields=True):
    """The words of a course and its checklist, whole; films have addresses of their own."""

    title_ko: Title
    title_en: Title
    sign_ko: Text
    sign_en: Text
    items: Annotated[list[ItemIn], Meta(min_length=1, max_length=50)]


class FilmIn(Struct, forbid_unknown_fields=True):
    """A film as a multipart form: titles, captions in lines of second, Korean and English, the WebM."""

    title_ko: Title
    title_en: Title
    lines: Annotated[str, Meta(max_length=140_000)]
    file: UploadFile | None = None


class DraftFilm(Struct, frozen=True):
    """A film of the course with its captions."""

    key: str
    title_ko: str
    title_en: str
    duration_ms: int
    cues: list[Cue]


class CourseOut(Struct, frozen=True):
    """A version of the course as the operator writes it; without ``published_at`` it is a draft."""

    id: UUID
    number: int
    published_at: datetime | None
    title_ko: str
    title_en: str
    sign_ko: str
    sign_en: str
    films: list[DraftFilm]
    items: list[Item]


class DiscardedOut(Struct, frozen=True):
    """The version that is no more."""

    id: UUID


def out_of(course: Course) -> CourseOut:
    """Shape a version of the course."""
    version, content = course.version, course.content
    return CourseOut(
        version.id, version.number, version.published_at, content.title_ko, content.title_en,
        content.sign_ko, content.sign_en,
        [
            DraftFilm(film.key, film.title_ko, film.title_en, film.duration_ms, film.cues)
            for film in content.films
        ],
        content.items,
    )  # fmt: skip


@get(PATH, opt=allow(REVIEWERS) | answers(CourseMissing), tags=TAGS)
async def show_course(session: NamedDependency[AsyncSession]) -> CourseOut:
    """Show the version of the course that is in force."""
    return out_of(await queries.get_course(session))


@post(DRAFT, opt=allow(ADMINISTRATORS_FRESH) | answers(CourseMissing, CourseDraftOpen), tags=TAGS)
async def begin_course(
    principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Response[CourseOut]:
    """Begin a new version with what the one in force says."""

    async def act(session: AsyncSession) -> CourseOut:
        return out_of(await editing.begin(session, principal))

    return await once.answer(act, CourseOut)


@get(DRAFT, opt=allow(ADMINISTRATORS_FRESH) | answers(CourseDraftMissing), tags=TAGS)
async def show_draft(session: NamedDependency[AsyncSession]) -> CourseOut:
    """Show the version that is being written."""
    return out_of(await editing.get_draft(session))


@put(
    DRAFT,
    opt=allow(ADMINISTRATORS_FRESH) | answers(CourseDraftMissing, CourseItemRepeated),
    tags=TAGS,
)
async def save_course(
    data: JSONBody[CourseIn], session: NamedDependency[AsyncSession]
) -> CourseOut:
    """Save words and checklist of the version that is being written; its films stay."""
    draft = await editing.get_draft(session, lock=True)
    items = [Item(one.key, one.ko, one.en) for one in data.items]
    words = {name: getattr(data, name) for name in ("title_ko", "title_en", "sign_ko", "sign_en")}
    return out_of(await editing.save(session, structs.replace(draft.content, items=items, **words)))


async def _put_film(
    data: FilmIn, key: str | None, *, store: ObjectStore, settings: Settings, once: Once
) -> Response[CourseOut]:
    stored = None
    if data.file is not None:
        most = settings.document_limit_bytes
        sent = await data.file.read(most + 1)
        stored = await film_shelf(settings, store).keep(sent, limit_bytes=most)
    new = NewFilm(data.title_ko, data.title_en, data.lines, stored)

    async def act(session: AsyncSession) -> CourseOut:
        return out_of(await editing.put_film(session, key, new))

    return await once.answer(act, CourseOut, status=200 if key is not None else 201)


@post(FILMS, opt=SAVING, tags=TAGS)
async def add_film(
    data: Annotated[FilmIn, Body(media_type=RequestEncodingType.MULTI_PART)],
    store: Store,
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[CourseOut]:
    """Add a film (WebM) behind the others: `title_ko`, `title_en`, `lines`, `file`."""
    return await _put_film(data, None, store=store, settings=settings, once=once)


@post(FILMS + "/{key:str}", status_code=200, opt=SAVING, tags=TAGS)
async def change_film(
    key: FromPath[str],
    data: Annotated[FilmIn, Body(media_type=RequestEncodingType.MULTI_PART)],
    store: Store,
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[CourseOut]:
    """Change a film; without `file` its bytes stay."""
    return await _put_film(data, key, store=store, settings=settings, once=once)


@post(
    FILMS + "/{key:str}/removal",
    status_code=200,
    opt=allow(ADMINISTRATORS_FRESH) | answers(CourseDraftMissing, FilmNotFound, LastFilm),
    tags=TAGS,
)
async def remove_film(key: FromPath[str], once: NamedDependency[Once]) -> Response[CourseOut]:
    """Take a film out; the version in force keeps it."""

    async def act(session: AsyncSession) -> CourseOut:
        return out_of(await editing.remove_film(session, key))

    return await once.answer(act, CourseOut, status=200)


@post(
    DRAFT + "/publication",
    status_code=200,
    opt=allow(ADMINISTRATORS_FRESH) | answers(CourseDraftMissing, CourseUnchanged),
    tags=TAGS,
)
async def publish_course(
    principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Response[CourseOut]:
    """Put the version into force; it is asked for before the next registration request."""

    async def act(session: AsyncSession) -> CourseOut:
        return out_of(await editing.publish(session, principal))

    return await once.answer(act, CourseOut, status=200)


@post(
    DRAFT + "/discard",
    status_code=200,
    opt=allow(ADMINISTRATORS_FRESH) | answers(CourseDraftMissing),
    tags=TAGS,
)
async def discard_course(once: NamedDependency[Once]) -> Response[DiscardedOut]:
    """Discard the version that is being written."""

    async def act(session: AsyncSession) -> Any:
        return DiscardedOut(await editing.discard(session))

    return await once.answer(act, DiscardedOut, status=200)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_course,
    begin_course,
    show_draft,
    save_course,
    remove_film,
    publish_course,
    discard_course,
)
# They take a film, so they are mounted with the limit of documents.
FILM_ROUTES: tuple[ControllerRouterHandler, ...] = (add_film, change_film)
