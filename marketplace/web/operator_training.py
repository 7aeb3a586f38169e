"""The operator's pages of the training: who is where, where people stop, a new version of the course."""

from typing import Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.http import csrf
from marketplace.idempotency import Once
from marketplace.members.oversight.policies import ADMINISTRATORS_FRESH, REVIEWERS
from marketplace.training import editing, queries
from marketplace.training.content import CourseContent, Cue, Film, Item
from marketplace.training.errors import CourseWordsTooLong
from marketplace.training.queries import Course
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/training"
EDIT: Final = f"{BASE}/edit"


@get(BASE, opt=allow(REVIEWERS), include_in_schema=False)
async def show_training(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show who is where in the course in force, and where people stop."""
    return await _page(request, phases, EMPTY)


async def _page(request: AnyRequest, phases: Phases, form: Form[Any]) -> Page:
    async with phases() as session:
        course = await queries.get_course(session)
        return render(
            request,
            "operator/training.html",
            status=form.status,
            form=form,
            course=course,
            draft=await editing.find_draft(session),
            funnel=await queries.funnel(session, course),
            learners=await queries.learners(session, course),
            **desk_of(request, session),
        )


@post(BASE + "/versions", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def submit_beginning(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Begin a new version."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def begin(session: AsyncSession) -> object:
            return await editing.begin(session, principal)

        return await once.redirect(form.key, begin, EDIT, "course-begun")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _page(request, phases, wrong)

    return await submitted(form, act, again)


@get(EDIT, opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def show_edit(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the words of the version that is being written."""
    return await _edit_page(request, phases, EMPTY)


async def _edit_page(request: AnyRequest, phases: Phases, form: Form[Any]) -> Page:
    async with phases() as session:
        draft = await editing.get_draft(session)
        current = await queries.find_course(session)
    return render(
        request,
        "operator/training_edit.html",
        status=form.status,
        form=form,
        draft=draft,
        changed=current is None or current.content != draft.content,
    )


@post(EDIT, opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def submit_edit(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Save the words."""
    sent = {name: str(value) for name, value in (await request.form()).multi_items()}
    # The fields are named after films, cues and items, so no struct can list them.
    form = Form(values={}, errors=(), content=Nothing(), key=sent.get(csrf.KEY_FIELD, ""))

    async def act(_content: Nothing) -> Page:
        async def save(session: AsyncSession) -> object:
            draft = await editing.get_draft(session, lock=True)
            return await editing.save(session, rewritten(draft, sent))

        return await once.redirect(form.key, save, EDIT, "saved")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _edit_page(request, phases, wrong)

    return await submitted(form, act, again)


def rewritten(draft: Course, written: dict[str, str]) -> CourseContent:
    """Return a course with the words of a form; what is left empty keeps its words. Pure.

    Items whose Korean words are emptied go; words under ``item.new`` add one.

    Raises:
        CourseWordsTooLong: a title, sentence or text is longer than its place
    """
    content = draft.content

    def words(name: str, known: str) -> str:
        return " ".join(written.get(name, "").split()) or known

    films = [
        Film(
            film.key, words(f"film.{film.key}.ko", film.title_ko),
            words(f"film.{film.key}.en", film.title_en), film.file, film.duration_ms,
            [
                Cue(
                    cue.from_s, words(f"cue.{film.key}.{at}.ko", cue.ko),
                    words(f"cue.{film.key}.{at}.en", cue.en),
                )
                for at, cue in enumerate(film.cues)
            ],
        )
        for film in content.films
    ]  # fmt: skip
    items = [
        Item(
            item.key,
            words(f"item.{item.key}.ko", item.ko),
            words(f"item.{item.key}.en", item.en),
        )
        for item in content.items
        if written.get(f"item.{item.key}.ko", item.ko).strip()
    ]
    added = " ".join(written.get("item.new.ko", "").split())
    if added:
        key = f"item-{max(len(content.items), len(items)) + 1}-{draft.version.number}"
        items.append(Item(key, added, words("item.new.en", added)))
    made = CourseContent(
        title_ko=words("title_ko", content.title_ko),
        title_en=words("title_en", content.title_en),
        sign_ko=words("sign_ko", content.sign_ko),
        sign_en=words("sign_en", content.sign_en),
        films=films,
        items=items or content.items,
    )
    try:
        return msgspec.convert(msgspec.to_builtins(made), CourseContent)
    except msgspec.ValidationError as error:
        raise CourseWordsTooLong from error


@post(BASE + "/publish", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def submit_publication(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Put the version into force."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def publish(session: AsyncSession) -> object:
            return await editing.publish(session, principal)

        return await once.redirect(form.key, publish, BASE, "course-published")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _edit_page(request, phases, wrong)

    return await submitted(form, act, again)


@post(BASE + "/discard", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def submit_discarding(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Discard the version that is being written."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        return await once.redirect(form.key, editing.discard, BASE, "discarded")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _page(request, phases, wrong)

    return await submitted(form, act, again)


HANDLERS = (
    show_training,
    submit_beginning,
    show_edit,
    submit_edit,
    submit_publication,
    submit_discarding,
)
