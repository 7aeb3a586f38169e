"""What refunds, and a deposit that the bank took back, do to the papers of an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.money import Split
from billing.papers.amendments import (
    Sending,
    Way,
    amendment_due_on,
    change_price,
    rescind,
    way_of_refund,
)
from billing.papers.documents import Invoice
from billing.papers.ports import Issued, NotCancellable, TaxInvoiceProvider
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.failpoints import failpoint
from marketplace.orders.invoices.contents import (
    condensed,
    difference_of,
    read_kept,
    with_lines,
    without,
)
from marketplace.orders.invoices.drawing import Cause, keep, paid_by_deposit_on, step
from marketplace.orders.invoices.issuing import apply
from marketplace.orders.invoices.models import PaperState, TaxInvoice
from marketplace.orders.invoices.standing import Standing, papers_of, standing_of
from marketplace.orders.purchases.models import Order, OrderLine, OrderState
from marketplace.orders.purchases.queries import lines_of, locked
from marketplace.orders.refunds.models import RefundCase, RefundLine
from marketplace.states import StateStep

# A cancellation may meet the transmission; then what was sent is amended.
TRIES: Final = 2
NO_LONGER_WANTED: Final = "환불되어 발급하지 않음"
REPLACED: Final = "환불한 나머지로 새로 발급"


@dataclass(frozen=True)
class Taking:
    """What goes back of the supply of one seller.

    Args:
        lines: by order line, positive; None for everything that is left
        on: the day of the refund or rescission in Seoul
        case_id: the refund; None where the bank took the deposit back
    """

    order_id: UUID
    seller_id: UUID
    lines: Mapping[UUID, Split] | None
    on: date
    case_id: UUID | None = None


async def taken_of(session: AsyncSession, case_id: UUID) -> list[tuple[UUID, UUID, Split]]:
    """Return what a refund takes: seller, order line, and the sum."""
    rows = await session.scalars(
        select(RefundLine)
        .where(col(RefundLine.case_id) == case_id)
        .order_by(col(RefundLine.seller_id), col(RefundLine.order_line_id))
    )
    return [(row.seller_id, row.order_line_id, Split(row.supply_won, row.vat_won)) for row in rows]


async def takings_of(session: AsyncSession, case_id: UUID) -> list[Taking]:
    """Return what a decided refund takes of each seller; nothing while it is undecided."""
    case = await session.get_one(RefundCase, case_id)
    if case.decided_at is None:
        return []
    sellers: dict[UUID, dict[UUID, Split]] = {}
    for seller_id, line_id, split in await taken_of(session, case_id):
        sellers.setdefault(seller_id, {})[line_id] = split
    on = seoul_date(case.decided_at)
    return [Taking(case.order_id, one, lines, on, case_id) for one, lines in sellers.items()]


async def withdrawals_of(session: AsyncSession, order_id: UUID) -> list[Taking]:
    """Return that everything goes back of an order whose deposit the bank took back; nothing where it is paid again."""
    order = await session.get_one(Order, order_id)
    if order.state not in {OrderState.taken_back, OrderState.cancelled}:
        return []
    at: datetime | None = await session.scalar(
        select(func.max(col(StateStep.at))).where(
            col(StateStep.thing_id) == order.id,
            col(StateStep.to_state) == OrderState.taken_back.value,
        )
    )
    assert at is not None, "it has taken the step"
    sellers = await session.scalars(
        select(col(TaxInvoice.seller_id)).where(col(TaxInvoice.order_id) == order.id).distinct()
    )
    return [Taking(order.id, one, None, seoul_date(at)) for one in sellers]


async def amend_for_refund(phases: Phases, provider: TaxInvoiceProvider, taking: Taking) -> Way:
    """Do to the paper of one seller what a refund asks for; once more changes nothing.

    Returns:
        What was done; ``wait`` where the paper is on its way and it must be tried again.
    """
    for _ in range(TRIES):
        async with phases(Scope.system()) as session:
            way, paper = await _decide(session, taking)
        if way is not Way.cancel or paper is None:
            return way
        seen = await _cancelled(provider, paper.key)
        failpoint("invoice.cancelled")
        if seen is not None:
            async with phases(Scope.system()) as session:
                await apply(session, paper.id, seen, case_id=taking.case_id)
            if seen.sending is Sending.cancelled:
                return way
    return Way.wait


async def _cancelled(provider: TaxInvoiceProvider, key: str) -> Issued | None:
    try:
        return await provider.cancel(key)
    except NotCancellable:
        return await provider.query(key)


async def _decide(session: AsyncSession, taking: Taking) -> tuple[Way, TaxInvoice | None]:
    """Decide, and write down all that needs no call; a paper to be cancelled is returned."""
    order = await locked(session, taking.order_id)
    papers = await papers_of(session, order.id, taking.seller_id)
    if taking.case_id is not None and any(one.case_id == taking.case_id for one in papers):
        return Way.nothing, None
    lines = [one for one in await lines_of(session, order.id) if one.seller_id == taking.seller_id]
    gone = not any(line.left_won for line in lines)
    standing = standing_of(papers)
    if standing is None:
        coming = not papers and not gone and order.state is OrderState.paid
        paid = await paid_by_deposit_on(session, order) is not None
        return (Way.wait if coming and paid else Way.nothing), None
    whole = _whole(standing, taking)
    way = _way(standing.original, whole=whole, gone=gone)
    if way is Way.cancel:
        return way, standing.original
    await _carry_out(session, order, lines, standing, (taking, way))
    return way, None


def _whole(standing: Standing, taking: Taking) -> bool:
    if taking.lines is None:
        return True
    left_won = standing.left.total_won - sum(one.total_won for one in taking.lines.values())
    assert left_won >= 0, "the database lets nobody refund more than was paid"
    return left_won == 0


def _way(original: TaxInvoice, *, whole: bool, gone: bool) -> Way:
    """Return what is to be done.

    Args:
        whole: this refund leaves nothing
        gone: nothing is left once all refunds are carried out
    """
    if original.state is PaperState.drawn_up:
        return Way.wait
    if (
        original.issue_id is None
    ):  # failed before it was issued: the operator issues it, or it is not wanted
        return Way.nothing if whole or gone else Way.wait
    sent = original.state is PaperState.sent
    return way_of_refund(Sending(original.state.value), whole=whole or (gone and not sent))


async def _carry_out(
    session: AsyncSession,
    order: Order,
    lines: Sequence[OrderLine],
    standing: Standing,
    decided: tuple[Taking, Way],
) -> None:
    taking, way = decided
    original = standing.original
    if way in {Way.nothing, Way.issue_anew} and original.state is PaperState.failed:
        anew = way is Way.issue_anew
        await step(
            session, original, PaperState.void, reason=REPLACED if anew else NO_LONGER_WANTED
        )
        if anew and taking.lines is not None:
            content = read_kept(original.content)
            left = without(lines, taking.lines, original.written_on)
            fresh = replace(with_lines(content, left), issue_id=None, sent_at=now(session))
            cause = Cause(case_id=taking.case_id)
            await keep(session, order, taking.seller_id, fresh, original.issue_due_on, cause)
    if way in {Way.rescind, Way.change_price}:
        sheet = _amended(standing, lines, taking, now(session), whole=way is Way.rescind)
        assert sheet.amendment is not None, "it amends"
        if way is Way.rescind:
            original.ended_at = now(session)
        due_on = amendment_due_on(sheet.amendment.reason, taking.on)
        cause = Cause(original, taking.case_id)
        await keep(session, order, taking.seller_id, sheet, due_on, cause)


def _amended(
    standing: Standing, lines: Sequence[OrderLine], taking: Taking, at: datetime, *, whole: bool
) -> Invoice:
    effective, changes = standing.effective, standing.changes
    if whole:
        sheet = rescind(effective, rescinded_on=taking.on, sent_at=at, earlier=changes)
        return with_lines(sheet, condensed(sheet.lines))
    difference = difference_of(lines, taking.lines or {}, taking.on)
    return change_price(effective, difference, changed_on=taking.on, sent_at=at, earlier=changes)
