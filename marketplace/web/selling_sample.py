"""The page where a seller chooses the rows that everybody may see."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products import queries
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.samples import service
from marketplace.catalog.samples.errors import SampleTableMissing
from marketplace.catalog.samples.schemas import (
    CHOICE_ROWS_MAX,
    SAMPLE_ROWS_MAX,
    RevisionIn,
    SampleIn,
)
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH

SHOWN_ROWS = 30
SHOWN_COLUMNS = 20


class SampleForm(Struct):
    """A table by its place on the page, and which rows of it."""

    revision: int
    source: Annotated[int, Meta(ge=0, le=10_000)]
    first_row: Annotated[int, Meta(ge=1, le=CHOICE_ROWS_MAX)]
    row_count: Annotated[int, Meta(ge=1, le=SAMPLE_ROWS_MAX)]


@get(OWN + "/sample", opt=allow(SELL), include_in_schema=False)
async def show_choice(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the first rows of a table and the rows chosen so far."""
    return await _page(request, phases, principal, product_id, EMPTY)


async def _page(
    request: AnyRequest, phases: Phases, principal: Principal, product_id: UUID, form: Form[Any]
) -> Page:
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), product_id)
        draft = queries.writable(own)
        choices = await service.choices_of(session, draft)
    asked = form.value("source") or request.query_params.get("source", "")
    at = int(asked) if asked.isdecimal() and len(asked) <= 5 and int(asked) < len(choices) else 0
    rows = choices[at][1].rows[:SHOWN_ROWS] if choices else ()
    lines = [row[:SHOWN_COLUMNS] for row in rows]
    return render(
        request,
        "selling_sample.html",
        status=form.status,
        form=form,
        own=own,
        draft=draft,
        choices=choices,
        at=at,
        lines=lines,
        columns_most=SHOWN_COLUMNS,
        sample=service.sample_of(draft),
    )


@post(OWN + "/sample", opt=allow(SELL), include_in_schema=False)
async def submit_choice(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Keep the chosen rows."""
    form = await read_form(request, SampleForm)
    own = own_organization_id(principal)

    async def act(content: SampleForm) -> Page:
        async def choose(session: AsyncSession) -> object:
            given = await _named(session, own, product_id, content)
            return await service.choose(session, own, product_id, given, actor_id=principal.user_id)

        return await once.redirect(form.key, choose, f"{PATH}/{product_id}/sample", "saved")

    async def again(wrong: Form[SampleForm]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


async def _named(
    session: AsyncSession, organization_id: UUID, product_id: UUID, content: SampleForm
) -> SampleIn:
    """Return the choice with the name of its table."""
    draft = queries.writable(await queries.get_own(session, organization_id, product_id))
    choices = await service.choices_of(session, draft)
    if content.source >= len(choices):
        raise SampleTableMissing
    file, table = choices[content.source]
    return SampleIn(content.revision, file.id, table.name, content.first_row, content.row_count)


@post(OWN + "/sample/removal", opt=allow(SELL), include_in_schema=False)
async def submit_removal(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Show no rows any more."""
    form = await read_form(request, RevisionIn)
    own = own_organization_id(principal)

    async def act(content: RevisionIn) -> Page:
        async def drop(session: AsyncSession) -> object:
            return await service.drop(
                session, own, product_id, revision=content.revision, actor_id=principal.user_id
            )

        return await once.redirect(form.key, drop, f"{PATH}/{product_id}/sample", "sample-dropped")

    async def again(wrong: Form[RevisionIn]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_choice, submit_choice, submit_removal)
