"""Issuing papers: the call to the provider between two transactions, and what its answers change."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.duties import transmit_due_on
from billing.papers.amendments import Sending
from billing.papers.evidence import NoInvoice, OperatorDecides
from billing.papers.ports import Issued, IssueRefused, KeyTaken, TaxInvoiceProvider
from billing.papers.problems import InvoiceInvalid
from marketplace.audit import record
from marketplace.db import Phases, Scope, now
from marketplace.failpoints import failpoint
from marketplace.jobs import enqueue
from marketplace.orders.invoices.contents import kept, read_kept
from marketplace.orders.invoices.drawing import (
    TaxTypeChanged,
    fail,
    made_at,
    require_evidence,
    step,
)
from marketplace.orders.invoices.models import GONE, PaperState, TaxInvoice

ASKED_MOST: Final = 200
# A paper that waits so long for its issue is tried again, whatever became of its job.
ISSUE_AGAIN: Final = timedelta(hours=1)
REFUSED_BY_TAX_OFFICE: Final = "tax_office_refused"
_STATE_OF: Final = {sending: PaperState(sending.value) for sending in Sending}
_RANK: Final = {
    PaperState.drawn_up: 0,
    PaperState.issued: 1,
    PaperState.cancelled: 2,
    PaperState.sending: 3,
    PaperState.failed: 4,
    PaperState.sent: 5,
}
"""A paper goes up: cancelled before it is sent, and sent after all where the provider tried again."""


async def issue(phases: Phases, provider: TaxInvoiceProvider, invoice_id: UUID) -> PaperState:
    """Have a paper issued under its number; however often it is called, there is one paper.

    Raises:
        Exception: the provider does not answer; the result is not known, so call again
    """
    async with phases(Scope.system()) as session:
        paper = await session.get_one(TaxInvoice, invoice_id)
    if paper.state is not PaperState.drawn_up:
        return paper.state
    # An earlier call may have come through without its answer.
    seen = await provider.query(paper.key)
    try:
        if seen is None:
            if paper.amends_id is None:
                async with phases(Scope.system()) as session:
                    await require_evidence(session, paper)
            seen = await provider.issue(read_kept(paper.content), paper.key)
    except (NoInvoice, OperatorDecides, TaxTypeChanged, KeyTaken) as error:
        return await _failed(phases, invoice_id, error.code)
    except IssueRefused as error:
        return await _failed(phases, invoice_id, str(error))
    except InvoiceInvalid as error:
        said = "; ".join(f"{problem.field}: {problem.ko}" for problem in error.problems)
        return await _failed(phases, invoice_id, said)
    failpoint("invoice.answered")
    async with phases(Scope.system()) as session:
        state = await apply(session, invoice_id, seen)
        failpoint("invoice.applied")
        return state


async def _failed(phases: Phases, invoice_id: UUID, why: str) -> PaperState:
    async with phases(Scope.system()) as session:
        paper = await lock(session, invoice_id)
        if paper.state is PaperState.drawn_up:
            await fail(session, paper, why)
        return paper.state


async def lock(session: AsyncSession, invoice_id: UUID) -> TaxInvoice:
    """Return a paper and keep others from changing it until the transaction ends."""
    return await session.get_one(
        TaxInvoice, invoice_id, with_for_update=True, populate_existing=True
    )


async def apply(
    session: AsyncSession, invoice_id: UUID, seen: Issued, *, case_id: UUID | None = None
) -> PaperState:
    """Apply what the provider says of a paper; an answer that is older than what we know changes nothing.

    Args:
        session: of the exchange itself
        case_id: the refund for which it was cancelled
    """
    paper = await lock(session, invoice_id)
    paper.asked_at = now(session)
    if paper.state is PaperState.drawn_up:
        await _number(session, paper, seen)
    wanted = _STATE_OF[seen.sending]
    if paper.state in GONE or _RANK[wanted] <= _RANK[paper.state]:
        await session.flush()
        return paper.state
    if wanted is PaperState.failed:
        await fail(session, paper, REFUSED_BY_TAX_OFFICE)
        return paper.state
    if wanted is PaperState.sent:
        paper.sent_at, paper.failure = now(session), ""
    if wanted is PaperState.cancelled:
        paper.case_id = case_id or paper.case_id
    await step(session, paper, wanted)
    await record(
        session, f"invoice.{wanted.value}", made_at(paper),
        facts={"key": paper.key, "issue_id": paper.issue_id},
    )  # fmt: skip
    if wanted is PaperState.cancelled:
        await enqueue(session, "invoices.tell", invoice_id=str(paper.id))
    return paper.state


async def _number(session: AsyncSession, paper: TaxInvoice, seen: Issued) -> None:
    """The paper has its approval number: from now on it is one."""
    paper.issue_id, paper.issued_on = seen.issue_id, seen.issued_on
    paper.transmit_due_on = transmit_due_on(seen.issued_on)
    paper.content = kept(replace(read_kept(paper.content), issue_id=seen.issue_id))
    await step(session, paper, PaperState.issued)
    await record(
        session, "invoice.issued", made_at(paper),
        facts={"key": paper.key, "issue_id": paper.issue_id},
    )  # fmt: skip
    await enqueue(session, "invoices.tell", invoice_id=str(paper.id))


async def ask(phases: Phases, provider: TaxInvoiceProvider) -> int:
    """Ask the provider for the papers that the tax office does not have yet; returns how many were asked for."""
    async with phases(Scope.system()) as session:
        rows = await session.execute(
            select(col(TaxInvoice.id), col(TaxInvoice.key))
            .where(
                or_(
                    col(TaxInvoice.state).in_([PaperState.issued, PaperState.sending]),
                    (col(TaxInvoice.state) == PaperState.failed)
                    & col(TaxInvoice.issue_id).is_not(None),
                )
            )
            .order_by(col(TaxInvoice.asked_at).asc().nulls_first())
            .limit(ASKED_MOST)
        )
        waiting = [(row.id, row.key) for row in rows]
    for invoice_id, key in waiting:
        seen = await provider.query(key)
        async with phases(Scope.system()) as session:
            if seen is None:
                (await lock(session, invoice_id)).asked_at = now(session)
                continue
            await apply(session, invoice_id, seen)
    return len(waiting)


async def issue_again(session: AsyncSession) -> int:
    """Have papers issued whose job did not bring them through; returns how many."""
    before: datetime = now(session) - ISSUE_AGAIN
    papers = await session.scalars(
        select(TaxInvoice)
        .where(
            col(TaxInvoice.state) == PaperState.drawn_up,
            col(TaxInvoice.made_at) < before,
            or_(col(TaxInvoice.asked_at).is_(None), col(TaxInvoice.asked_at) < before),
        )
        .limit(ASKED_MOST)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for paper in papers:
        paper.asked_at = now(session)
        await enqueue(
            session, "invoices.issue", invoice_id=str(paper.id), queueing_lock=f"issue {paper.id}"
        )
        count += 1
    return count
