"""The operator's pages of invoices: what is due or failed, one paper, and the acts on it."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, now
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.listing import DEFAULT_ROWS, cursors_of
from marketplace.members.oversight.policies import FINANCE
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.orders.invoices import correcting, shaping
from marketplace.orders.invoices.choosing import broker_of
from marketplace.orders.invoices.desk_endpoints import ALL, LIST_NAME
from marketplace.orders.invoices.endpoints import xml_of
from marketplace.orders.invoices.models import PaperState
from marketplace.orders.invoices.printing import Copy
from marketplace.orders.invoices.queries import Seen, get_paper, list_papers
from marketplace.orders.invoices.schemas import CorrectionIn, SheetOut
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.invoices import listed, printed
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/invoices"
ONE: Final = BASE + "/{invoice_id:uuid}"
CORRECTION: Final = ONE + "/correction"
DOUBLE: Final = ONE + "/double-issue"
URGENT_MOST: Final = 100


class InvoicesFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list."""

    from_on: date | None = None
    to_on: date | None = None
    state: PaperState | None = None


class CorrectionForm(CorrectionIn):
    """The entries as they are right; kept only once the preview was seen."""

    seen: bool = False


def _seen(given: InvoicesFilterIn) -> Seen:
    return Seen(from_on=given.from_on, to_on=given.to_on, state=given.state)


@get(BASE, opt=allow(FINANCE), include_in_schema=False)
async def show_list(
    request: AnyRequest, session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Page:
    """Show what is due or failed, and all papers."""
    given = read_filter(request, InvoicesFilterIn)
    cursors, cursor = cursors_of(settings, LIST_NAME), request.query_params.get("cursor", "")
    found = await shaping.page_of(session, _seen(given), cursors, cursor, DEFAULT_ROWS)
    today, more = seoul_date(now(session)), found.next_cursor
    return render(
        request, "operator/invoices.html", given=given, papers=found.items, today=today,
        urgent=await _waiting(session, Seen(urgent_day=today)),
        failed=await _waiting(session, Seen(state=PaperState.failed)), states=list(PaperState),
        list_href=address(BASE + "/list.xlsx", given),
        next_href=address(BASE, given, cursor=more) if more else "",
    )  # fmt: skip


async def _waiting(session: AsyncSession, seen: Seen) -> list[Any]:
    papers = await list_papers(session, seen, after=None, most=URGENT_MOST)
    return [shaping.out_of(one, operator=True) for one in papers]


@get(BASE + "/list.xlsx", opt=allow(FINANCE), include_in_schema=False)
async def send_list(request: AnyRequest, session: NamedDependency[AsyncSession]) -> Response[bytes]:
    """Send the papers of a period as a workbook."""
    return await listed(session, _seen(read_filter(request, InvoicesFilterIn)))


async def _page(
    request: AnyRequest, phases: Phases, invoice_id: UUID, form: Form[Any] = EMPTY
) -> Page:
    async with phases() as session:
        return render(
            request,
            "operator/invoice.html",
            status=form.status,
            form=form,
            found=await shaping.detail_of(session, ALL, invoice_id),
            steps=await history(session, invoice_id),
            today=seoul_date(now(session)),
            **desk_of(request, session),
        )


@get(ONE, opt=allow(FINANCE), include_in_schema=False)
async def show_paper(
    request: AnyRequest, invoice_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show one paper with its steps and deadlines."""
    return await _page(request, phases, invoice_id)


@get(ONE + "/invoice.pdf", opt=allow(FINANCE), include_in_schema=False)
async def send_print(
    invoice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    whose: Annotated[Copy, QueryParameter(name="copy")] = Copy.buyer,
) -> Response[bytes]:
    """Send either copy as PDF."""
    return await printed(await get_paper(session, ALL, invoice_id), whose)


@get(ONE + "/invoice.xml", opt=allow(FINANCE), include_in_schema=False)
async def send_document(
    invoice_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Response[bytes]:
    """Send the standard document."""
    return xml_of(await shaping.document_of(session, ALL, invoice_id))


@post(ONE + "/sending", opt=allow(FINANCE), include_in_schema=False)
async def submit_sending(
    request: AnyRequest,
    invoice_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Issue a failed paper anew."""
    form = await read_form(request, ReasonIn)

    async def act(content: ReasonIn) -> Page:
        async def send(session: AsyncSession) -> object:
            return await correcting.send_again(
                session, principal, invoice_id, reason=content.reason, broker=broker_of(settings)
            )

        return await once.redirect(form.key, send, BASE, "invoice-sent-again")

    async def again(wrong: Form[ReasonIn]) -> Page:
        return await _page(request, provide_phases(request), invoice_id, wrong)

    return await submitted(form, act, again)


async def _correction(
    request: AnyRequest,
    invoice_id: UUID,
    form: Form[Any] = EMPTY,
    sheets: tuple[SheetOut, ...] = (),
) -> Page:
    async with provide_phases(request)() as session:
        found = await shaping.detail_of(session, ALL, invoice_id)
    return render(
        request, "operator/invoice_correction.html", status=form.status, form=form, found=found,
        sheets=sheets,
    )  # fmt: skip


@get(CORRECTION, opt=allow(FINANCE), include_in_schema=False)
async def show_correction(request: AnyRequest, invoice_id: FromPath[UUID]) -> Page:
    """Show the form of a correction."""
    return await _correction(request, invoice_id)


@post(CORRECTION, opt=allow(FINANCE), include_in_schema=False)
async def submit_correction(
    request: AnyRequest,
    invoice_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Show the two papers of a correction first, and keep them once they were seen."""
    form = await read_form(request, CorrectionForm)

    async def act(wish: CorrectionForm) -> Page:
        if not wish.seen:
            async with provide_phases(request)() as session:
                made = await correcting.preview_correction(session, invoice_id, wish)
            sheets = tuple(shaping.sheet_of(one) for one in made)
            return await _correction(request, invoice_id, form, sheets)

        async def correct(session: AsyncSession) -> object:
            return await correcting.correct_entries(session, principal, invoice_id, wish)

        return await once.redirect(form.key, correct, f"{BASE}/{invoice_id}", "invoice-amended")

    async def again(wrong: Form[CorrectionForm]) -> Page:
        return await _correction(request, invoice_id, wrong)

    return await submitted(form, act, again)


async def _double(request: AnyRequest, invoice_id: UUID, form: Form[Any] = EMPTY) -> Page:
    async with provide_phases(request)() as session:
        found = await shaping.detail_of(session, ALL, invoice_id)
        sheet = shaping.sheet_of(await correcting.preview_double(session, invoice_id))
    return render(
        request, "operator/invoice_double.html", status=form.status, form=form, found=found,
        sheet=sheet,
    )  # fmt: skip


@get(DOUBLE, opt=allow(FINANCE), include_in_schema=False)
async def show_double(request: AnyRequest, invoice_id: FromPath[UUID]) -> Page:
    """Show the paper that takes a double one back, and ask for the reason."""
    return await _double(request, invoice_id)


@post(DOUBLE, opt=allow(FINANCE), include_in_schema=False)
async def submit_double(
    request: AnyRequest,
    invoice_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Take a paper back that should not be there."""
    form = await read_form(request, ReasonIn)

    async def act(content: ReasonIn) -> Page:
        async def take(session: AsyncSession) -> object:
            return await correcting.take_double_back(
                session, principal, invoice_id, reason=content.reason
            )

        return await once.redirect(form.key, take, f"{BASE}/{invoice_id}", "invoice-amended")

    async def again(wrong: Form[ReasonIn]) -> Page:
        return await _double(request, invoice_id, wrong)

    return await submitted(form, act, again)


ROUTES = (
    show_list,
    send_list,
    show_paper,
    send_print,
    send_document,
    submit_sending,
    show_correction,
    submit_correction,
    show_double,
    submit_double,
)
