"""What an operator does to papers: send a failed one again, correct a wrong entry, take a double one back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.papers.amendments import correct, negated, take_back_double
from billing.papers.checks import problems_of
from billing.papers.documents import Contact, Invoice, Party
from marketplace.audit import record
from marketplace.auth import Principal
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.invoices.contents import condensed, read_kept, with_lines
from marketplace.orders.invoices.drawing import Cause, draw_original, keep, made_at, step
from marketplace.orders.invoices.errors import (
    TaxInvoiceFaulty,
    TaxInvoiceNotFailed,
    TaxInvoiceNotFound,
    TaxInvoiceNotSent,
    TaxInvoiceUnchanged,
)
from marketplace.orders.invoices.models import PaperState, TaxInvoice
from marketplace.orders.invoices.schemas import CorrectionIn
from marketplace.orders.invoices.standing import Standing, papers_of, standing_of
from marketplace.orders.purchases.models import Order, OrderState
from marketplace.orders.purchases.queries import lines_of, locked

IN_FUTURE: Final = "작성일자가 오늘보다 늦습니다. 오늘이나 그 앞의 날로 적으십시오."


async def send_again(
    session: AsyncSession,
    _actor: Principal,
    invoice_id: UUID,
    *,
    reason: str,
    broker: Party | None,
) -> TaxInvoice | None:
    """Issue what failed anew under a new number; the failed paper is void.

    A paper that the tax office refused is void by itself, so it is never sent a second time. What was never issued is
    drawn up from the order again, and the seller's tax type asked again.

    Returns:
        The new paper; None where the order needs none any more.

    Raises:
        TaxInvoiceNotFound: there is no such paper
        TaxInvoiceNotFailed: it has not failed
    """
    order, paper = await _locked(session, invoice_id)
    if paper.state is not PaperState.failed:
        raise TaxInvoiceNotFailed
    original = await session.get(TaxInvoice, paper.amends_id) if paper.amends_id else None
    await step(session, paper, PaperState.void, reason=reason)
    await record(
        session, "invoice.sent_again", made_at(paper), reason=reason, facts={"key": paper.key}
    )
    if paper.issue_id is None and original is None and paper.case_id is None:
        lines = [
            one for one in await lines_of(session, order.id) if one.seller_id == paper.seller_id
        ]
        if order.state is not OrderState.paid or not any(line.left_won for line in lines):
            return None
        return await draw_original(session, order, lines, broker=broker)
    content = replace(read_kept(paper.content), issue_id=None, sent_at=now(session))
    cause = Cause(original, paper.case_id)
    paper.case_id = None  # the new one carries it
    return await keep(session, order, paper.seller_id, content, paper.issue_due_on, cause)


async def preview_correction(
    session: AsyncSession, invoice_id: UUID, wish: CorrectionIn
) -> tuple[Invoice, Invoice]:
    """Return the two papers that a correction would make; nothing is kept.

    Raises:
        TaxInvoiceNotFound, TaxInvoiceNotSent, TaxInvoiceUnchanged, TaxInvoiceFaulty: see ``correct_entries``
    """
    _, standing = await _standing(session, invoice_id)
    return _corrected(standing, wish, now(session))


async def correct_entries(
    session: AsyncSession, _actor: Principal, invoice_id: UUID, wish: CorrectionIn
) -> list[TaxInvoice]:
    """Amend a paper with a wrong entry (수정사유 1): in full with a minus, and as it is right.

    Raises:
        TaxInvoiceNotFound: there is no such paper
        TaxInvoiceNotSent: it is no original that stands and that the tax office has
        TaxInvoiceUnchanged: every entry is as it was
        TaxInvoiceFaulty: the right paper is none that the standard allows
    """
    order, standing = await _standing(session, invoice_id)
    sheets = _corrected(standing, wish, now(session))
    return await _kept(session, order, standing, sheets, wish.reason)


async def preview_double(session: AsyncSession, invoice_id: UUID) -> Invoice:
    """Return the paper that takes a double one back; nothing is kept.

    Raises:
        TaxInvoiceNotFound, TaxInvoiceNotSent: see ``take_double_back``
    """
    _, standing = await _standing(session, invoice_id)
    return _taken_back(standing, now(session))


async def take_double_back(
    session: AsyncSession, _actor: Principal, invoice_id: UUID, *, reason: str
) -> TaxInvoice:
    """Take a paper back that should not be there (수정사유 6): a second one, or one beside a card slip.

    Raises:
        TaxInvoiceNotFound: there is no such paper
        TaxInvoiceNotSent: it is no original that stands and that the tax office has
    """
    order, standing = await _standing(session, invoice_id)
    sheet = _taken_back(standing, now(session))
    standing.original.ended_at = now(session)
    (paper,) = await _kept(session, order, standing, [sheet], reason)
    return paper


async def _kept(
    session: AsyncSession,
    order: Order,
    standing: Standing,
    sheets: Sequence[Invoice],
    reason: str,
) -> list[TaxInvoice]:
    original = standing.original
    made = [
        await keep(session, order, original.seller_id, sheet, None, Cause(original))
        for sheet in sheets
    ]
    await record(
        session, "invoice.amended", made_at(original), reason=reason,
        facts={"key": original.key, "papers": [one.key for one in made], "reason": made[0].reason},
    )  # fmt: skip
    return made


async def _locked(session: AsyncSession, invoice_id: UUID) -> tuple[Order, TaxInvoice]:
    found = await session.get(TaxInvoice, invoice_id)
    if found is None:
        raise TaxInvoiceNotFound
    order = await locked(session, found.order_id)
    await session.refresh(found, with_for_update=True)
    return order, found


async def _standing(session: AsyncSession, invoice_id: UUID) -> tuple[Order, Standing]:
    order, paper = await _locked(session, invoice_id)
    standing = standing_of(await papers_of(session, order.id, paper.seller_id))
    if standing is None or standing.original.id != paper.id:
        raise TaxInvoiceNotSent
    if paper.state is not PaperState.sent:
        raise TaxInvoiceNotSent
    return order, standing


def _corrected(standing: Standing, wish: CorrectionIn, at: datetime) -> tuple[Invoice, Invoice]:
    before = standing.effective
    supplier = replace(
        before.supplier,
        name=wish.supplier_name,
        representative=wish.supplier_representative,
        address=wish.supplier_address or None,
    )
    buyer = replace(
        before.buyer,
        business_number=wish.buyer_number.replace("-", ""),
        name=wish.buyer_name,
        representative=wish.buyer_representative,
        address=wish.buyer_address or None,
        contact=replace(before.buyer.contact or Contact(), email=wish.buyer_email),
    )
    after = replace(before, written_on=wish.written_on, supplier=supplier, buyer=buyer)
    if after == before:
        raise TaxInvoiceUnchanged
    if wish.written_on > seoul_date(at):
        raise TaxInvoiceFaulty(problems=IN_FUTURE)
    back, right = correct(before, after, sent_at=at)
    if problems := problems_of(right):
        raise TaxInvoiceFaulty(problems=" ".join(one.ko for one in problems))
    return back, right


def _taken_back(standing: Standing, at: datetime) -> Invoice:
    effective = standing.effective
    lines = [*effective.lines, *(line for one in standing.changes for line in one.lines)]
    return with_lines(take_back_double(effective, sent_at=at), condensed(negated(lines)))
