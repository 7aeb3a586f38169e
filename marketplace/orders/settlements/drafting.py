"""Making the drafts of a month, counting one anew, giving one up."""

from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import Phases, now, take_turns
from marketplace.jobs import enqueue
from marketplace.members.organizations.models import Organization
from marketplace.members.oversight.acts import required
from marketplace.orders.settlements import queries
from marketplace.orders.settlements.counting import (
    UNDECIDED,
    Count,
    count,
    sellers_with_something,
)
from marketplace.orders.settlements.errors import PeriodNotOver, SettlementDecided
from marketplace.orders.settlements.models import (
    PeriodState,
    Settlement,
    SettlementLine,
    SettlementPeriod,
    SettlementState,
)
from marketplace.orders.settlements.periods import Terms, accepted_before, month_of
from marketplace.states import move

PERIOD: Final = "settlement_period"
SETTLEMENT: Final = "settlement"


async def open_period(session: AsyncSession, begins_on: date, ends_on: date) -> SettlementPeriod:
    """Return the month, made where it is not there yet; of two at once one makes it.

    Args:
        session: of the exchange itself

    Raises:
        PeriodNotOver: it has not ended in Seoul
    """
    if seoul_date(now(session)) <= ends_on:
        raise PeriodNotOver(month=f"{begins_on:%Y-%m}")
    made = insert(SettlementPeriod).values(
        id=uuid4(), begins_on=begins_on, ends_on=ends_on,
        state=PeriodState.open,
    )  # fmt: skip
    await session.execute(made.on_conflict_do_nothing())
    period = await session.scalar(
        select(SettlementPeriod).where(col(SettlementPeriod.begins_on) == begins_on)
    )
    assert period is not None, "it was made or found"
    return period


async def order_drafts(session: AsyncSession, month: str) -> SettlementPeriod:
    """Have the drafts of a month made; sellers that have one keep it.

    Args:
        session: of the exchange itself
        month: as 2026-11

    Raises:
        PeriodNotOver: it has not ended in Seoul
    """
    period = await open_period(session, *month_of(month))
    await record(session, "settlement.drafts_ordered", _thing(period), facts={"month": month})
    await enqueue(
        session, "settlements.draft_period", period_id=str(period.id),
        queueing_lock=f"settlements.draft_period {period.id}",
    )  # fmt: skip
    return period


async def draft_period(phases: Phases, period_id: UUID, terms: Terms) -> int:
    """Make the missing drafts of a month, each in a transaction of its own.

    Returns:
        How many were made.
    """
    async with phases() as session:
        period = await queries.get_period(session, period_id)
        until = accepted_before(period.ends_on, terms.hold_days)
        sellers = await sellers_with_something(session, until=until)
    made = 0
    for seller_id in sellers:
        async with phases() as session:
            made += await draft(session, period_id, seller_id, terms) is not None
    async with phases() as session:
        period = await queries.lock_period(session, period_id)
        period.drafted_at = now(session)
        facts = {"month": period.month, "made": made}
        await record(session, "settlement.drafts_made", _thing(period), facts=facts)
        await close_if_done(session, period)
    return made


async def draft(
    session: AsyncSession, period_id: UUID, seller_id: UUID, terms: Terms
) -> Settlement | None:
    """Make the draft of one seller; None where it has one, an earlier one waits, or nothing is due.

    Args:
        session: of the exchange itself
    """
    await take_turns(session, SETTLEMENT, seller_id)
    period = await queries.lock_period(session, period_id)
    standing = await session.scalar(
        select(col(Settlement.id)).where(
            col(Settlement.organization_id) == seller_id,
            (
                (col(Settlement.period_id) == period_id)
                & (col(Settlement.state) != SettlementState.cancelled)
            )
            | col(Settlement.state).in_(UNDECIDED),
        )
    )
    if standing is not None:
        return None
    counted = await count(session, seller_id, period, terms)
    if counted.empty:
        return None
    seller = await session.get_one(Organization, seller_id)
    settlement = Settlement(
        period_id=period.id, organization_id=seller_id, begins_on=period.begins_on,
        ends_on=period.ends_on, seller_name=seller.name, seller_number=seller.business_number,
        **_columns(counted, terms),
    )  # fmt: skip
    session.add(settlement)
    await session.flush()
    await _take_lines(session, settlement, counted, terms)
    if period.state is PeriodState.closed:
        await move(session, PERIOD, period, PeriodState.open, organization_id=None)
    return settlement


async def redraw(session: AsyncSession, settlement_id: UUID, terms: Terms) -> Settlement:
    """Count a draft anew; approvals of the old amounts do not count any more.

    Raises:
        SettlementNotFound: there is none
        SettlementDecided: it is no draft any more
    """
    settlement = await lock_undecided(session, settlement_id)
    period = await queries.get_period(session, settlement.period_id)
    counted = await count(
        session, settlement.organization_id, period, terms, besides=settlement.id, lock=True
    )
    before_won = settlement.paid_won
    await _release_lines(session, settlement)
    for name, value in _columns(counted, terms).items():
        setattr(settlement, name, value)
    settlement.first_approved_by = settlement.first_approved_at = None
    settlement.drafted_at = now(session)
    if settlement.state is SettlementState.approved_once:
        await move(
            session, SETTLEMENT, settlement, SettlementState.drafted,
            organization_id=settlement.organization_id, reason="다시 계산",
        )  # fmt: skip
    await session.flush()
    await _take_lines(session, settlement, counted, terms)
    facts = {"before_won": before_won, "paid_won": settlement.paid_won}
    await record(session, "settlement.redrawn", thing_of(settlement), facts=facts)
    return settlement


async def cancel(session: AsyncSession, settlement_id: UUID, *, reason: str) -> Settlement:
    """Give a draft up: its lines wait for another one.

    Raises:
        ReasonMissing: too short
        SettlementNotFound: there is none
        SettlementDecided: it is no draft any more
    """
    why = required(reason)
    settlement = await lock_undecided(session, settlement_id)
    await _release_lines(session, settlement)
    await move(
        session, SETTLEMENT, settlement, SettlementState.cancelled,
        organization_id=settlement.organization_id, reason=why,
    )  # fmt: skip
    facts = {"number": settlement.number}
    await record(session, "settlement.cancelled", thing_of(settlement), reason=why, facts=facts)
    await close_if_done(session, await queries.lock_period(session, settlement.period_id))
    return settlement


async def lock_undecided(session: AsyncSession, settlement_id: UUID) -> Settlement:
    """Return a draft that nobody else changes until the transaction ends.

    Raises:
        SettlementNotFound: there is none
        SettlementDecided: it is no draft any more
    """
    settlement = await queries.get(session, settlement_id)
    await take_turns(session, SETTLEMENT, settlement.organization_id)
    settlement = await queries.lock(session, settlement_id)
    if settlement.state not in UNDECIDED:
        raise SettlementDecided
    return settlement


async def close_if_done(session: AsyncSession, period: SettlementPeriod) -> None:
    """Close a month of which nothing is left to decide or pay."""
    if period.state is PeriodState.open and not await queries.anything_open(session, period.id):
        await move(session, PERIOD, period, PeriodState.closed, organization_id=None)


def thing_of(settlement: Settlement) -> Thing:
    """Return the settlement as the audit trail names it."""
    return Thing(SETTLEMENT, settlement.id, settlement.organization_id)


def _thing(period: SettlementPeriod) -> Thing:
    return Thing(PERIOD, period.id)


def _columns(counted: Count, terms: Terms) -> dict[str, Any]:
    sums = counted.sums
    return {
        "gross_won": sums.gross_won,
        "fee_bps": terms.fee_bps,
        "fee_base": terms.fee_base,
        "fee_supply_won": sums.fee.supply_won,
        "fee_vat_won": sums.fee.vat_won,
        "set_off_won": sums.set_off_won,
        "carried_in_won": sums.carried_in_won,
        "paid_won": sums.paid_won,
        "carried_out_won": sums.carried_out_won,
        "carry_reason": sums.carry_reason,
        "debt_left_won": sums.debt_left_won,
    }


async def _take_lines(
    session: AsyncSession, settlement: Settlement, counted: Count, terms: Terms
) -> None:
    for one in counted.due:
        session.add(
            SettlementLine(
                settlement_id=settlement.id, organization_id=settlement.organization_id,
                order_line_id=one.line.id, accepted_at=one.accepted_at,
                amount_won=one.line.left_won, fee_base_won=one.fee_base_won(terms.fee_base),
            )
        )  # fmt: skip
    await session.flush()


async def _release_lines(session: AsyncSession, settlement: Settlement) -> None:
    await session.execute(
        update(SettlementLine)
        .where(
            col(SettlementLine.settlement_id) == settlement.id,
            col(SettlementLine.released_at).is_(None),
        )
        .values(released_at=now(session))
    )
