"""Taking payouts from the bank's statement: by reference and amount, each line once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.db import now, take_turns
from marketplace.orders.settlements.bank_statements import StatementLine
from marketplace.orders.settlements.errors import PaidOnWrong, PayoutNotWaiting
from marketplace.orders.settlements.models import (
    PayoutStatementRow,
    Settlement,
    SettlementState,
    StatementOutcome,
)
from marketplace.orders.settlements.paying import mark_paid

EVERYBODY = UUID(int=0)


@dataclass(frozen=True)
class Taken:
    """What became of a line that names a payout."""

    line: StatementLine
    settlement: Settlement | None
    outcome: StatementOutcome


@dataclass
class Imported:
    """What a statement brought: lines without a reference, lines known from before, and the others."""

    other_count: int = 0
    known_count: int = 0
    taken: list[Taken] = field(default_factory=list)


async def import_statement(
    session: AsyncSession, lines: Sequence[StatementLine], *, actor_id: UUID
) -> Imported:
    """Mark the payouts paid that a statement shows with their reference and their exact amount.

    Args:
        session: of the exchange itself
    """
    await take_turns(session, "payout_statement_row", EVERYBODY)
    done = Imported()
    named = [line for line in lines if line.sequence is not None]
    done.other_count = len(lines) - len(named)
    for line in sorted(named, key=lambda one: one.sequence or 0):
        await _take(session, line, done, actor_id)
    facts = {
        "other": done.other_count,
        "known": done.known_count,
        "paid": [_number(one) for one in done.taken if one.outcome is StatementOutcome.paid],
        "open": [_number(one) for one in done.taken if one.outcome is not StatementOutcome.paid],
    }
    thing = Thing("payout_statement_row", now(session).date().isoformat())
    await record(session, "settlement.statement_imported", thing, facts=facts)
    return done


def _number(taken: Taken) -> str:
    return taken.settlement.number if taken.settlement else f"S{taken.line.sequence:06d}"


async def _take(session: AsyncSession, line: StatementLine, done: Imported, actor_id: UUID) -> None:
    known = await session.scalar(
        select(col(PayoutStatementRow.id)).where(
            col(PayoutStatementRow.fingerprint) == line.fingerprint
        )
    )
    if known is not None:
        done.known_count += 1
        return
    settlement = await session.scalar(
        select(Settlement)
        .where(col(Settlement.sequence) == line.sequence)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    outcome = await _outcome(session, line, settlement)
    await session.execute(
        insert(PayoutStatementRow).values(
            id=uuid4(), fingerprint=line.fingerprint, booked_on=line.booked_on,
            amount_won=line.amount_won, description=line.description,
            settlement_id=settlement.id if settlement else None, outcome=outcome,
            imported_by=actor_id,
        )
    )  # fmt: skip
    done.taken.append(Taken(line, settlement, outcome))


async def _outcome(
    session: AsyncSession, line: StatementLine, settlement: Settlement | None
) -> StatementOutcome:
    if settlement is None:
        return StatementOutcome.unknown
    if settlement.state is not SettlementState.paying:
        paid = settlement.state is SettlementState.paid
        return StatementOutcome.paid_before if paid else StatementOutcome.not_sent
    if line.amount_won != settlement.paid_won:
        return StatementOutcome.amount_differs
    try:
        await mark_paid(
            session, settlement, paid_on=line.booked_on, cause=f"{line.description} (거래내역)"
        )
    except (PayoutNotWaiting, PaidOnWrong):
        return StatementOutcome.not_sent
    return StatementOutcome.paid
