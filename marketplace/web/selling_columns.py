"""The page of the column dictionary: lines that go to a spreadsheet and come back."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.queries import find_report
from marketplace.catalog.datasets.versions import dictionary_of
from marketplace.catalog.products import queries, service
from marketplace.catalog.products.dictionary import as_text, read_text
from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.products.schemas import ColumnEntry, DraftPatch
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH, Versioned


class ColumnsForm(Versioned, kw_only=True):
    """The dictionary as one text."""

    columns: Annotated[str, Meta(max_length=200_000)] = ""


def patch_of(form: ColumnsForm) -> DraftPatch:
    """Return what a form changes.

    Raises:
        DraftInvalid: a line is no entry
    """
    return DraftPatch(revision=form.seen, column_dictionary=read_text(form.columns))


@get(OWN + "/columns", opt=allow(SELL), include_in_schema=False)
async def show_columns(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the dictionary; columns of the data that it lacks stand below, to be taken over."""
    return await _page(request, phases, principal, product_id, EMPTY)


async def _page(
    request: AnyRequest, phases: Phases, principal: Principal, product_id: UUID, form: Form[Any]
) -> Page:
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), product_id)
        draft = queries.writable(own)
        missing = await _missing(session, draft)
    return render(
        request,
        "selling_columns.html",
        status=form.status,
        form=form,
        own=own,
        draft=draft,
        lines=as_text(draft.column_dictionary),
        missing=missing,
    )


async def _missing(session: AsyncSession, draft: ProductContent) -> list[dict[str, Any]]:
    """Return the columns of the draft's data that its dictionary lacks."""
    version_id = draft.dataset_version_id
    report = await find_report(session, version_id) if version_id is not None else None
    if report is None:
        return []
    known = {entry["name"] for entry in draft.column_dictionary}
    return [entry for entry in dictionary_of(report.report) if entry["name"] not in known]


@post(OWN + "/columns", opt=allow(SELL), include_in_schema=False)
async def submit_columns(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Save the dictionary."""
    form = await read_form(request, ColumnsForm)
    own = own_organization_id(principal)

    async def act(content: ColumnsForm) -> Page:
        patch = patch_of(content)

        async def save(session: AsyncSession) -> object:
            return await service.save(session, own, product_id, patch, actor_id=principal.user_id)

        return await once.redirect(form.key, save, f"{PATH}/{product_id}/columns", "saved")

    async def again(wrong: Form[ColumnsForm]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


class Missing(Struct):
    """The revision that was shown."""

    revision: int


@post(OWN + "/columns/missing", opt=allow(SELL), include_in_schema=False)
async def submit_missing(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take over the columns of the data that the dictionary lacks; what was written stays."""
    form = await read_form(request, Missing)
    own = own_organization_id(principal)

    async def act(content: Missing) -> Page:
        async def fill(session: AsyncSession) -> object:
            found = await queries.get_own(session, own, product_id)
            draft = queries.writable(found)
            whole = [*draft.column_dictionary, *await _missing(session, draft)]
            patch = DraftPatch(
                revision=content.revision, column_dictionary=convert(whole, list[ColumnEntry])
            )
            return await service.save(session, own, product_id, patch, actor_id=principal.user_id)

        return await once.redirect(form.key, fill, f"{PATH}/{product_id}/columns", "saved")

    async def again(wrong: Form[Missing]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_columns, submit_columns, submit_missing)
