"""The pages of what was bought: the library, one right with its files, downloads, and their receipts."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope, now
from marketplace.http.files import PDF, file_answer
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor, cursors_of, number_of
from marketplace.orders.delivery import queries, receipts, service
from marketplace.orders.delivery.answers import shelf_of, taker_of, way_to_file, whole_answer
from marketplace.orders.delivery.endpoints import (
    RECEIPTS_NAME,
    out_of,
    page_of,
    receipts_page,
    whole,
)
from marketplace.orders.delivery.papers import paper
from marketplace.orders.delivery.policies import DOWNLOAD, START
from marketplace.orders.delivery.schemas import ReceiptOut, StartIn
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, language_of, render
from storage.ports import ObjectLinks, ObjectStore

LIST: Final = "/library"
ONE: Final = LIST + "/{entitlement_id:uuid}"
RECEIPTS: Final = ONE + "/receipts"


@get(LIST, opt=allow(DOWNLOAD), include_in_schema=False)
async def show_library(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
) -> Page:
    """List what the organization bought, the newest first."""
    own = own_organization_id(principal)
    found = await page_of(session, own, settings, cursor, DEFAULT_ROWS)
    return render(request, "library.html", found=found)


@get(ONE, opt=allow(DOWNLOAD), include_in_schema=False)
async def show_right(
    request: AnyRequest,
    entitlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show one right with its licence and its files."""
    return await _right_page(request, phases, principal, entitlement_id, EMPTY)


async def _right_page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    entitlement_id: UUID,
    form: Form[Any],
) -> Page:
    async with phases() as session:
        owned = await queries.get_own(session, own_organization_id(principal), entitlement_id)
        right = await whole(session, owned)
    return render(
        request, "entitlement.html", status=form.status, form=form, right=right,
        may_start=principal.has(*START.roles),
    )  # fmt: skip


@post(ONE + "/start", opt=allow(START) | back(LIST), include_in_schema=False)
async def submit_start(
    request: AnyRequest,
    *,
    entitlement_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Confirm that withdrawal ends with the first download."""
    form = await read_form(request, StartIn)
    here, taker = f"{LIST}/{entitlement_id}", taker_of(principal)

    async def act(content: StartIn) -> Page:
        async def start(session: AsyncSession) -> None:
            agreed = content.withdrawal_ends
            await service.start(session, taker, entitlement_id, withdrawal_ends=agreed)

        return await once.redirect(form.key, start, here, "download-ready", scope=Scope.system())

    async def again(wrong: Form[StartIn]) -> Page:
        return await _right_page(request, phases, principal, entitlement_id, wrong)

    return await submitted(form, act, again)


@get(ONE + "/files/{file_id:uuid}", opt=allow(DOWNLOAD), include_in_schema=False)
async def go_to_file(
    *,
    entitlement_id: FromPath[UUID],
    file_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectLinks]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Lead to the signed address of one file, which lives two minutes."""
    wanted = (entitlement_id, file_id)
    return await way_to_file(phases, store, shelf_of(settings), taker_of(principal), wanted)


@get(ONE + "/all.zip", opt=allow(DOWNLOAD), include_in_schema=False)
async def send_whole(
    entitlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Stream:
    """Send the whole version as one ZIP."""
    taker = taker_of(principal)
    return await whole_answer(phases, store, shelf_of(settings), taker, entitlement_id)


@get(RECEIPTS, opt=allow(DOWNLOAD), include_in_schema=False)
async def show_receipts(
    *,
    request: AnyRequest,
    entitlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
) -> Page:
    """List the downloads of one right."""
    own = own_organization_id(principal)
    owned = await queries.get_own(session, own, entitlement_id)
    before = number_of(cursors_of(settings, RECEIPTS_NAME), cursor)
    found = await receipts.list_bought(
        session, own, entitlement_id, before=before, most=DEFAULT_ROWS + 1
    )
    return render(
        request, "receipts.html", here=f"{LIST}/{entitlement_id}/receipts", right=out_of(owned),
        found=receipts_page(found, settings, DEFAULT_ROWS, RECEIPTS_NAME),
    )  # fmt: skip


@get(RECEIPTS + ".pdf", opt=allow(DOWNLOAD), include_in_schema=False)
async def send_paper(
    request: AnyRequest,
    entitlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the newest thousand receipts of one right as a PDF."""
    own = own_organization_id(principal)
    await queries.get_own(session, own, entitlement_id)
    most = receipts.PAPER_ROWS_MOST
    found = await receipts.list_bought(session, own, entitlement_id, before=None, most=most)
    return await paper_answer(request, session, found, settings)


@get(RECEIPTS + ".csv", opt=allow(DOWNLOAD), include_in_schema=False)
async def send_table(
    entitlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Send the newest receipts of one right as CSV."""
    own = own_organization_id(principal)
    await queries.get_own(session, own, entitlement_id)
    most = receipts.CSV_ROWS_MOST
    found = await receipts.list_bought(session, own, entitlement_id, before=None, most=most)
    return table_answer(found)


async def paper_answer(
    request: AnyRequest, session: AsyncSession, found: list[ReceiptOut], settings: Settings
) -> Response[bytes]:
    """Answer with receipts as a PDF in the reader's language."""
    content = await asyncio.to_thread(
        paper, found, exchange=settings.operator_name, made_at=now(session),
        language=language_of(request),
    )  # fmt: skip
    return file_answer(content, PDF, "receipts.pdf")


def table_answer(found: list[ReceiptOut]) -> Response[bytes]:
    """Answer with receipts as CSV."""
    return file_answer(receipts.as_csv(found), "text/csv; charset=utf-8", "receipts.csv")


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_library,
    show_right,
    submit_start,
    go_to_file,
    send_whole,
    show_receipts,
    send_paper,
    send_table,
)
