"""Telling buyer and seller of a paper, and the operator of what failed or is due."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement
from sqlmodel import col

from billing.papers.documents import Document
from marketplace.auth import Function, Role
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.members.organizations.telling import tell_people
from marketplace.orders.invoices import notices
from marketplace.orders.invoices.contents import read_kept
from marketplace.orders.invoices.models import PaperState, TaxInvoice
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import number_of

BUYING: Final = (Role.owner, Role.buyer)
SELLING: Final = (Role.owner, Role.seller)
FINANCE: Final = (Role.administrator, Role.finance)
DESK: Final = "/operator/invoices"
WORDS: Final = {
    Document.tax_invoice: ("전자세금계산서", "electronic tax invoice"),
    Document.amended_tax_invoice: ("수정전자세금계산서", "amended electronic tax invoice"),
    Document.exempt_invoice: ("전자계산서", "electronic invoice without tax"),
    Document.amended_exempt_invoice: ("수정전자계산서", "amended electronic invoice without tax"),
}
FAILURES: Final = {
    "": ("발급 서비스가 답하지 않습니다.", "The service of tax invoices gives no answer."),
    "seller_gives_no_invoice": (
        "판매자가 간이과세자로 바뀌어 세금계산서를 낼 수 없습니다.",
        "The seller has become a simplified taxpayer and can give no tax invoice.",
    ),
    "seller_tax_undecided": (
        "판매자의 과세 유형을 운영기관이 정해야 합니다.",
        "The operator must decide how the seller is taxed.",
    ),
    "seller_tax_changed": (
        "판매자의 과세 유형이 주문할 때와 달라졌습니다.",
        "The seller is taxed otherwise than when the order was placed.",
    ),
    "tax_office_refused": ("국세청이 전송을 받지 않았습니다.", "The tax office did not take it."),
}
ISSUE_NOTICE_DAYS: Final = 1


async def tell(session: AsyncSession, invoice_id: UUID) -> None:
    """Tell buyer and seller that a paper was issued, or cancelled."""
    paper = await session.get_one(TaxInvoice, invoice_id)
    kind = notices.CANCELLED if paper.state is PaperState.cancelled else notices.ISSUED
    facts = await _facts(session, paper)
    for roles, organization_id, link in (
        (BUYING, paper.organization_id, f"/invoices/{paper.id}"),
        (SELLING, paper.seller_id, f"/selling/invoices/{paper.id}"),
    ):
        await tell_people(session, roles, kind, organization_id=organization_id, link=link, **facts)


async def tell_failed(session: AsyncSession, invoice_id: UUID) -> None:
    """Tell the operator's finance staff that a paper failed."""
    paper = await session.get_one(TaxInvoice, invoice_id)
    facts = await _facts(session, paper)
    await tell_people(
        session,
        FINANCE,
        notices.FAILED,
        function=Function.exchange_operator,
        link=f"{DESK}/{paper.id}",
        **facts,
    )


def urgent_on(today: date) -> ColumnElement[bool]:
    """Return the condition of papers whose deadline is near or over.

    The issue is near on the day before its last; the transmission, which is always due the next business day, on the
    day itself.
    """
    unsent = col(TaxInvoice.state).in_([PaperState.issued, PaperState.sending])
    unissued = col(TaxInvoice.state).in_([PaperState.drawn_up, PaperState.failed])
    soon = today + timedelta(days=ISSUE_NOTICE_DAYS)
    return or_(
        and_(unsent, col(TaxInvoice.transmit_due_on) <= today),
        and_(unissued, col(TaxInvoice.issue_due_on) <= soon),
    )


def due_on(paper: TaxInvoice) -> date:
    """Return the next deadline of a paper: its issue, then its transmission."""
    unissued = paper.state in {PaperState.drawn_up, PaperState.failed}
    return paper.issue_due_on if unissued else (paper.transmit_due_on or paper.issue_due_on)


async def alarm(session: AsyncSession) -> int:
    """Tell the operator once a day of the papers whose deadline is near or over; returns how many are new."""
    today = seoul_date(now(session))
    found = await session.scalars(
        select(TaxInvoice)
        .where(
            urgent_on(today),
            or_(col(TaxInvoice.alarmed_on).is_(None), col(TaxInvoice.alarmed_on) < today),
        )
        .with_for_update(skip_locked=True)
    )
    papers = list(found)
    if not papers:
        return 0
    first = min(due_on(paper) for paper in papers)
    for paper in papers:
        paper.alarmed_on = today
    await tell_people(
        session,
        FINANCE,
        notices.DUE,
        function=Function.exchange_operator,
        link=DESK,
        count=len(papers),
        due_on=first.isoformat(),
    )
    return len(papers)


async def _facts(session: AsyncSession, paper: TaxInvoice) -> dict[str, Any]:
    content = read_kept(paper.content)
    order = await session.get_one(Order, paper.order_id)
    paper_ko, paper_en = WORDS[paper.document]
    failure_ko, failure_en = FAILURES.get(paper.failure, (paper.failure, paper.failure))
    return {
        "paper_ko": paper_ko,
        "paper_en": paper_en,
        "number": number_of(order),
        "key": paper.key,
        "supplier": content.supplier.name,
        "buyer": content.buyer.name,
        "issue_id": paper.issue_id or "-",
        "written_on": paper.written_on.isoformat(),
        "issue_due_on": paper.issue_due_on.isoformat(),
        "transmit_due_on": paper.transmit_due_on.isoformat() if paper.transmit_due_on else "-",
        "supply_won": f"{paper.supply_won:,}",
        "vat_won": f"{paper.vat_won:,}",
        "total_won": f"{paper.charge.total_won:,}",
        "failure_ko": failure_ko,
        "failure_en": failure_en,
    }
