"""The operator's API of invoices: what is due or failed, and the acts on a paper."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor, cursors_of
from marketplace.members.oversight.policies import FINANCE
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.orders.invoices import correcting, shaping
from marketplace.orders.invoices.choosing import broker_of
from marketplace.orders.invoices.endpoints import Day, xml_of
from marketplace.orders.invoices.errors import (
    TaxInvoiceFaulty,
    TaxInvoiceNotFailed,
    TaxInvoiceNotFound,
    TaxInvoiceNotIssued,
    TaxInvoiceNotSent,
    TaxInvoiceUnchanged,
)
from marketplace.orders.invoices.models import PaperState
from marketplace.orders.invoices.queries import Seen
from marketplace.orders.invoices.schemas import (
    CorrectionIn,
    CorrectionPreview,
    InvoiceDetail,
    InvoicePage,
)
from marketplace.settings import Settings

LIST_NAME: Final = "operator_invoices"
ONE: Final = "/invoices/{invoice_id:uuid}"
ALL: Final = Seen()
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[PaperState | None, QueryParameter(name="state")]
AMENDING: Final = allow(FINANCE) | answers(
    TaxInvoiceNotFound, TaxInvoiceNotSent, TaxInvoiceUnchanged, TaxInvoiceFaulty
)


@get("/invoices", opt=allow(FINANCE) | answers(CursorRefused))
async def list_invoices(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    from_on: Day = None,
    to_on: Day = None,
    in_state: InState = None,
    cursor: Cursor = "",
) -> InvoicePage:
    """List invoices, the newest first."""
    seen = Seen(from_on=from_on, to_on=to_on, state=in_state)
    cursors = cursors_of(settings, LIST_NAME)
    return await shaping.page_of(session, seen, cursors, cursor, DEFAULT_ROWS)


@get("/invoices/due", opt=allow(FINANCE) | answers(CursorRefused))
async def list_due_invoices(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
) -> InvoicePage:
    """List invoices whose deadline is near or over, the newest first."""
    seen = Seen(urgent_day=seoul_date(now(session)))
    cursors = cursors_of(settings, LIST_NAME)
    return await shaping.page_of(session, seen, cursors, cursor, DEFAULT_ROWS)


@get(ONE, opt=allow(FINANCE) | answers(TaxInvoiceNotFound))
async def show_invoice(
    invoice_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> InvoiceDetail:
    """Show an invoice."""
    return await shaping.detail_of(session, ALL, invoice_id)


@get(ONE + "/document", opt=allow(FINANCE) | answers(TaxInvoiceNotFound, TaxInvoiceNotIssued))
async def send_document(
    invoice_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Response[bytes]:
    """Send the standard document (표준전자세금계산서) of an invoice."""
    return xml_of(await shaping.document_of(session, ALL, invoice_id))


@post(
    ONE + "/sending",
    status_code=204,
    opt=allow(FINANCE) | answers(TaxInvoiceNotFound, TaxInvoiceNotFailed),
)
async def send_invoice_again(
    invoice_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[None]:
    """Issue an invoice that failed anew, under a new number."""

    async def act(session: AsyncSession) -> None:
        await correcting.send_again(
            session, principal, invoice_id, reason=data.reason, broker=broker_of(settings)
        )

    return await once.answer(act, None)


@post(
    ONE + "/correction/preview",
    status_code=200,
    opt=AMENDING | repeatable("it shows what would be and keeps nothing"),
)
async def preview_correction(
    invoice_id: FromPath[UUID],
    data: JSONBody[CorrectionIn],
    session: NamedDependency[AsyncSession],
) -> CorrectionPreview:
    """Show the two papers that a correction would make."""
    sheets = await correcting.preview_correction(session, invoice_id, data)
    return CorrectionPreview([shaping.sheet_of(one) for one in sheets])


@post(ONE + "/correction", status_code=204, opt=AMENDING)
async def correct_invoice(
    invoice_id: FromPath[UUID],
    data: JSONBody[CorrectionIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[None]:
    """Amend an invoice with a wrong entry (수정사유 1): in full with a minus, and as it is right."""

    async def act(session: AsyncSession) -> None:
        await correcting.correct_entries(session, principal, invoice_id, data)

    return await once.answer(act, None)


@post(
    ONE + "/double-issue",
    status_code=204,
    opt=allow(FINANCE) | answers(TaxInvoiceNotFound, TaxInvoiceNotSent),
)
async def take_double_back(
    invoice_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[None]:
    """Take an invoice back that should not be there (수정사유 6)."""

    async def act(session: AsyncSession) -> None:
        await correcting.take_double_back(session, principal, invoice_id, reason=data.reason)

    return await once.answer(act, None)


ROUTES = (
    Router(
        "/api/v1/operator",
        route_handlers=[
            list_invoices,
            list_due_invoices,
            show_invoice,
            send_document,
            send_invoice_again,
            preview_correction,
            correct_invoice,
            take_double_back,
        ],
        tags=["operator"],
    ),
)
