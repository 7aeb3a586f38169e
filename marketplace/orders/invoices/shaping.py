"""Shaping invoices for the API, for pages and for lists. Pure but for the page of a list."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.papers.documents import Invoice, InvoiceLine, Party
from billing.papers.writing import write
from marketplace.http.cursors import Cursors
from marketplace.members.oversight.listing import position_of
from marketplace.orders.invoices import queries
from marketplace.orders.invoices.contents import read_kept
from marketplace.orders.invoices.errors import TaxInvoiceNotIssued
from marketplace.orders.invoices.models import TaxInvoice
from marketplace.orders.invoices.queries import Seen
from marketplace.orders.invoices.schemas import (
    InvoiceDetail,
    InvoiceLineOut,
    InvoiceOut,
    InvoicePage,
    PartyOut,
    SheetOut,
)


def out_of(paper: TaxInvoice, *, operator: bool) -> InvoiceOut:
    """Shape a paper of a list.

    Args:
        operator: also told why it failed
    """
    content = read_kept(paper.content)
    assert paper.made_at is not None, "a saved row has its time"
    return InvoiceOut(
        id=paper.id, key=paper.key, order_id=paper.order_id,
        order_number=paper.key.rpartition("-")[0], document=paper.document, state=paper.state,
        issue_id=paper.issue_id, written_on=paper.written_on, issued_on=paper.issued_on,
        issue_due_on=paper.issue_due_on, transmit_due_on=paper.transmit_due_on,
        sent_at=paper.sent_at, supplier_number=content.supplier.business_number,
        supplier_name=content.supplier.name, buyer_number=content.buyer.business_number,
        buyer_name=content.buyer.name, title=_title(content), supply_won=paper.supply_won,
        vat_won=paper.vat_won, total_won=paper.charge.total_won, amends_id=paper.amends_id,
        reason=paper.reason, failure=paper.failure if operator else "", made_at=paper.made_at,
    )  # fmt: skip


def sheet_of(content: Invoice) -> SheetOut:
    """Shape what stands on a paper."""
    amendment = content.amendment
    return SheetOut(
        document=content.document,
        reason=amendment.reason if amendment else None,
        original_issue_id=amendment.original_issue_id if amendment else None,
        written_on=content.written_on,
        supplier=_party(content.supplier),
        buyer=_party(content.buyer),
        broker=_party(content.broker) if content.broker else None,
        lines=[_line(line) for line in content.lines],
        supply_won=content.charge.supply_won,
        vat_won=content.charge.vat_won,
        total_won=content.grand_won,
        remarks=list(content.remarks),
    )


async def page_of(
    session: AsyncSession, seen: Seen, cursors: Cursors, cursor: str, limit: int
) -> InvoicePage:
    """Return a page of papers.

    Raises:
        CursorRefused: the cursor was not made here
    """
    after = position_of(cursors, cursor)
    papers = await queries.list_papers(session, seen, after=after, most=limit + 1)
    items = [out_of(one, operator=seen.side is None) for one in papers[:limit]]
    more = None
    if len(papers) > limit:
        more = cursors.seal(items[-1].made_at.isoformat(), str(items[-1].id))
    return InvoicePage(items, more)


async def detail_of(session: AsyncSession, seen: Seen, invoice_id: UUID) -> InvoiceDetail:
    """Return one paper.

    Raises:
        TaxInvoiceNotFound: none that the caller sees
    """
    paper = await queries.get_paper(session, seen, invoice_id)
    operator = seen.side is None
    others = await queries.related(session, seen, paper)
    return InvoiceDetail(
        invoice=out_of(paper, operator=operator),
        sheet=sheet_of(read_kept(paper.content)),
        related=[out_of(one, operator=operator) for one in others],
    )


async def document_of(session: AsyncSession, seen: Seen, invoice_id: UUID) -> tuple[str, bytes]:
    """Return our number and the standard document of an issued paper.

    Raises:
        TaxInvoiceNotFound: none that the caller sees
        TaxInvoiceNotIssued: it has no approval number yet
    """
    paper = await queries.get_paper(session, seen, invoice_id)
    if paper.issue_id is None:
        raise TaxInvoiceNotIssued
    return paper.key, write(read_kept(paper.content))


def _title(content: Invoice) -> str:
    more = f" 외 {len(content.lines) - 1}건" if len(content.lines) > 1 else ""
    return content.lines[0].name + more


def _party(party: Party) -> PartyOut:
    contact = party.contact
    return PartyOut(
        party.business_number, party.name, party.representative, party.address,
        party.business_type, party.business_item, contact.email if contact else None,
        contact.phone if contact else None,
    )  # fmt: skip


def _line(line: InvoiceLine) -> InvoiceLineOut:
    return InvoiceLineOut(
        line.name, line.specification, line.supplied_on, line.quantity, line.unit_price_won,
        line.amount.supply_won, line.amount.vat_won,
    )  # fmt: skip
