"""The pages of invoices of an organization: lists of purchases and sales, one paper, its print and document."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Policy, Principal, allow
from marketplace.catalog.products.policies import SELL_READ
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.http.files import file_answer
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import DEFAULT_ROWS, cursors_of
from marketplace.orders.cart.policies import BUY_READ
from marketplace.orders.invoices import shaping
from marketplace.orders.invoices.contents import read_kept
from marketplace.orders.invoices.endpoints import LIST_NAMES, xml_of
from marketplace.orders.invoices.lists import as_xlsx
from marketplace.orders.invoices.models import PaperState, TaxInvoice
from marketplace.orders.invoices.printing import Copy, form_of
from marketplace.orders.invoices.queries import Seen, Side, all_papers, get_paper
from marketplace.settings import Settings
from marketplace.spreadsheets import XLSX
from marketplace.states import history
from marketplace.web.filters import address, read_filter
from marketplace.web.pages import AnyRequest, Page, render

PDF: Final = "application/pdf"
_STAMPS: Final = {
    PaperState.drawn_up: "발급 전",
    PaperState.cancelled: "발급 취소",
    PaperState.void: "무효",
}


class Period(Struct, forbid_unknown_fields=True):
    """The dates on the papers of a list."""

    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Shelf:
    """Where one side's papers are shown.

    Args:
        copy: whose copy is printed unless another is asked for
    """

    side: Side
    path: str
    policy: Policy
    copy: Copy

    def seen(self, principal: Principal, period: Period | None = None) -> Seen:
        """Return which papers the person sees."""
        given = period or Period()
        return Seen(self.side, own_organization_id(principal), given.from_on, given.to_on)


SHELVES: Final = (
    Shelf(Side.bought, "/invoices", BUY_READ, Copy.buyer),
    Shelf(Side.sold, "/selling/invoices", SELL_READ, Copy.seller),
)


async def printed(paper: TaxInvoice, copy: Copy) -> Response[bytes]:
    """Send one copy of a paper as PDF."""
    stamp = _STAMPS.get(paper.state, "")
    if paper.state is PaperState.failed and paper.issue_id is None:
        stamp = _STAMPS[PaperState.drawn_up]
    content = await asyncio.to_thread(form_of, read_kept(paper.content), copy, stamp=stamp)
    return file_answer(content, PDF, f"invoice-{paper.key}.pdf")


async def listed(session: AsyncSession, seen: Seen) -> Response[bytes]:
    """Send the papers of a period as a workbook."""
    papers = await all_papers(session, seen)
    rows = [shaping.out_of(one, operator=seen.side is None) for one in papers]
    return file_answer(await asyncio.to_thread(as_xlsx, rows), XLSX, "invoices.xlsx")


def _lists_of(shelf: Shelf) -> tuple[ControllerRouterHandler, ...]:
    opt: dict[str, Any] = allow(shelf.policy)

    @get(shelf.path, opt=opt, include_in_schema=False)
    async def show_list(
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        settings: NamedDependency[Settings],
    ) -> Page:
        """List the papers of a period."""
        given = read_filter(request, Period)
        cursors = cursors_of(settings, LIST_NAMES[shelf.side])
        cursor = request.query_params.get("cursor", "")
        seen = shelf.seen(principal, given)
        found = await shaping.page_of(session, seen, cursors, cursor, DEFAULT_ROWS)
        more = found.next_cursor
        return render(
            request, "invoices.html", side=shelf.side, base=shelf.path, given=given,
            papers=found.items, today=seoul_date(now(session)),
            list_href=address(shelf.path + "/list.xlsx", given),
            next_href=address(shelf.path, given, cursor=more) if more else "",
        )  # fmt: skip

    @get(shelf.path + "/list.xlsx", opt=opt, include_in_schema=False)
    async def send_list(
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> Response[bytes]:
        """Send the papers of a period as a workbook."""
        return await listed(session, shelf.seen(principal, read_filter(request, Period)))

    return show_list, send_list


def _papers_of(shelf: Shelf) -> tuple[ControllerRouterHandler, ...]:
    opt: dict[str, Any] = allow(shelf.policy)
    one = shelf.path + "/{invoice_id:uuid}"

    @get(one, opt=opt, include_in_schema=False)
    async def show_paper(
        request: AnyRequest,
        invoice_id: FromPath[UUID],
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> Page:
        """Show one paper."""
        found = await shaping.detail_of(session, shelf.seen(principal), invoice_id)
        steps = await history(session, invoice_id)
        return render(
            request, "invoice.html", side=shelf.side, base=shelf.path, found=found, steps=steps
        )

    @get(one + "/invoice.pdf", opt=opt, include_in_schema=False)
    async def send_print(
        invoice_id: FromPath[UUID],
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> Response[bytes]:
        """Send the copy of this side as PDF."""
        paper = await get_paper(session, shelf.seen(principal), invoice_id)
        return await printed(paper, shelf.copy)

    @get(one + "/invoice.xml", opt=opt, include_in_schema=False)
    async def send_document(
        invoice_id: FromPath[UUID],
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> Response[bytes]:
        """Send the standard document."""
        return xml_of(await shaping.document_of(session, shelf.seen(principal), invoice_id))

    return show_paper, send_print, send_document


ROUTES: tuple[ControllerRouterHandler, ...] = tuple(
    handler for shelf in SHELVES for handler in (*_lists_of(shelf), *_papers_of(shelf))
)
