"""The operator's pages of a film of the course that is being written: new, changed, seen, taken out."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.db import Phases
from marketplace.http.headers import content_policy
from marketplace.idempotency import Once
from marketplace.members.oversight.policies import ADMINISTRATORS_FRESH
from marketplace.settings import Settings
from marketplace.training import editing
from marketplace.training.content import Film, Title
from marketplace.training.editing import NewFilm
from marketplace.training.errors import FilmNotFound
from marketplace.training.films import film_shelf, lines_of
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.operator_training import EDIT
from marketplace.web.pages import AnyRequest, Page, back, render
from marketplace.web.ranges import part_of
from storage.ports import ObjectStore

NEW: Final = "/operator/training/film"
ONE: Final = "/operator/training/films/{key:str}"
Store = NamedDependency[SkipValidation[ObjectStore]]
MINE: Final = allow(ADMINISTRATORS_FRESH) | back(EDIT)


class FilmForm(Struct):
    """A film: titles, captions in lines, and its file where that is new."""

    title_ko: Title
    title_en: Title
    lines: Annotated[str, Meta(max_length=140_000)]
    file: UploadFile | None = None


async def _page(
    request: AnyRequest, phases: Phases, key: str | None, form: Form[Any] = EMPTY
) -> Page:
    async with phases() as session:
        draft = await editing.get_draft(session)
    film: Film | None = None
    if key is not None:
        film = draft.content.film(key)
        if film is None:
            raise FilmNotFound
    settings: Settings = request.app.state["settings"]
    page = render(
        request,
        "operator/training_film.html",
        status=form.status,
        form=form,
        draft=draft,
        film=film,
        lines=lines_of(film) if film is not None else "",
        limit_bytes=settings.document_limit_bytes,
    )
    page.headers["content-security-policy"] = content_policy(media_src="'self'")
    return page


@get(NEW, opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def show_new_film(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the form of a new film."""
    return await _page(request, phases, None)


@get(ONE, opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def show_film(
    request: AnyRequest, key: FromPath[str], phases: NamedDependency[Phases]
) -> Page:
    """Show a film with its captions as lines."""
    return await _page(request, phases, key)


@post(NEW, opt=MINE, include_in_schema=False)
async def submit_new_film(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    store: Store,
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Add a film behind the others."""
    return await _saved(request, phases, store, settings, once, None)


@post(ONE, opt=MINE, include_in_schema=False)
async def submit_film(
    request: AnyRequest,
    key: FromPath[str],
    phases: NamedDependency[Phases],
    store: Store,
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Change a film; without a file its bytes stay."""
    return await _saved(request, phases, store, settings, once, key)


async def _saved(
    request: AnyRequest,
    phases: Phases,
    store: ObjectStore,
    settings: Settings,
    once: Once,
    key: str | None,
) -> Page:
    form = await read_form(request, FilmForm)
    limit_bytes = settings.document_limit_bytes

    async def act(content: FilmForm) -> Page:
        stored = None
        if content.file is not None:
            sent = await content.file.read(limit_bytes + 1)
            stored = await film_shelf(settings, store).keep(sent, limit_bytes=limit_bytes)
        new = NewFilm(content.title_ko, content.title_en, content.lines, stored)

        async def save(session: AsyncSession) -> object:
            return await editing.put_film(session, key, new)

        return await once.redirect(form.key, save, EDIT, "saved")

    async def again(wrong: Form[FilmForm]) -> Page:
        return await _page(request, phases, key, wrong)

    return await submitted(form, act, again)


@post(ONE + "/removal", opt=MINE, include_in_schema=False)
async def submit_removal(
    request: AnyRequest,
    key: FromPath[str],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take a film out; the version in force keeps it."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def remove(session: AsyncSession) -> object:
            return await editing.remove_film(session, key)

        return await once.redirect(form.key, remove, EDIT, "film-removed")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _page(request, phases, key, wrong)

    return await submitted(form, act, again)


@get(ONE + "/video", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def send_draft_film(
    request: AnyRequest,
    key: FromPath[str],
    phases: NamedDependency[Phases],
    store: Store,
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Send a film of the version that is being written."""
    async with phases() as session:
        film = (await editing.get_draft(session)).content.film(key)
    if film is None:
        raise FilmNotFound
    content = await film_shelf(settings, store).read(film.file)
    wanted = request.headers.get("range")
    return part_of(content, wanted, media_type="video/webm", kept="private, no-store")


# All of a path together: some take a film, so all are mounted with the limit of documents.
ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_new_film,
    show_film,
    submit_new_film,
    submit_film,
    submit_removal,
    send_draft_film,
)
