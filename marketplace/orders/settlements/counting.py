"""What a seller has earned and not yet got, by the lines and by the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.ledger.entries import Account
from billing.ledger.models import LedgerPosting
from billing.ledger.queries import balance
from marketplace.db import take_turns
from marketplace.members.organizations.bank_accounts import account_in_use
from marketplace.members.organizations.models import Organization, OrganizationState
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.purchases.models import OrderLine
from marketplace.orders.settlements.models import (
    CarryReason,
    FeeBase,
    Settlement,
    SettlementLine,
    SettlementPeriod,
    SettlementState,
)
from marketplace.orders.settlements.periods import Sums, Terms, accepted_before, fee_of, sums_of

ACCEPTED = (AcceptanceState.accepted, AcceptanceState.lapsed)
ON_THE_WAY = (SettlementState.approved, SettlementState.paying)
PAYABLE_TURN = "seller_payable"
UNDECIDED = (SettlementState.drafted, SettlementState.approved_once)


@dataclass(frozen=True)
class Due:
    """An accepted line that is not settled yet."""

    line: OrderLine
    accepted_at: datetime

    def fee_base_won(self, base: FeeBase) -> int:
        """Return what the fee of this line is counted on [won]."""
        if base is FeeBase.total:
            return self.line.left_won
        return self.line.supply_won - self.line.refunded_supply_won


@dataclass(frozen=True)
class Count:
    """What a settlement would be made of now."""

    due: list[Due]
    sums: Sums

    @property
    def empty(self) -> bool:
        """Whether there is nothing to settle."""
        moves_nothing = not self.sums.paid_won and not self.sums.set_off_won
        return not self.due and moves_nothing


async def due_lines(
    session: AsyncSession,
    seller_id: UUID,
    *,
    until: datetime | None = None,
    besides: UUID | None = None,
    lock: bool = False,
) -> list[Due]:
    """Return the accepted lines of a seller that no settlement has.

    Args:
        until: accepted before this instant [UTC]
        besides: a settlement whose own lines count as free
        lock: keep refunds of them waiting until the transaction ends
    """
    taken = select(col(SettlementLine.order_line_id)).where(
        col(SettlementLine.released_at).is_(None),
        col(SettlementLine.organization_id) == seller_id,
    )
    if besides is not None:
        taken = taken.where(col(SettlementLine.settlement_id) != besides)
    statement = (
        select(OrderLine, Acceptance)
        .join(Acceptance, col(Acceptance.id) == col(OrderLine.id))
        .where(
            col(OrderLine.seller_id) == seller_id,
            col(Acceptance.state).in_(ACCEPTED),
            col(OrderLine.id).not_in(taken),
        )
        .order_by(col(OrderLine.id))
        .execution_options(populate_existing=True)
    )
    if until is not None:
        statement = statement.where(col(Acceptance.decided_at) < until)
    if lock:
        statement = statement.with_for_update(of=OrderLine)
    found = [
        Due(line, window.decided_at)
        for line, window in (await session.execute(statement)).all()
        if line.left_won > 0 and window.decided_at is not None
    ]
    return sorted(found, key=lambda one: (one.accepted_at, one.line.id))


async def count(
    session: AsyncSession,
    seller_id: UUID,
    period: SettlementPeriod,
    terms: Terms,
    *,
    besides: UUID | None = None,
    lock: bool = False,
) -> Count:
    """Return what a settlement of the seller comes to now.

    Args:
        session: of the exchange itself
        besides: the settlement that is counted anew
        lock: keep refunds of the lines waiting until the transaction ends
    """
    every = await due_lines(session, seller_id, besides=besides, lock=lock)
    if lock:
        await take_payable_turn(session, seller_id)
    before = accepted_before(period.ends_on, terms.hold_days)
    due = [one for one in every if one.accepted_at < before]
    fee = fee_of(sum(one.fee_base_won(terms.fee_base) for one in due), terms)
    sums = sums_of(
        _won(due),
        fee,
        carried_in_won=await _carried_in(session, seller_id, _won(every)),
        debt_won=max(0, await balance(session, Account.seller_clawback, party_id=seller_id)),
        stop=await stop_of(session, seller_id),
        least_won=terms.least_won,
    )
    return Count(due, sums)


def _won(due: Sequence[Due]) -> int:
    return sum(one.line.left_won for one in due)


async def _carried_in(session: AsyncSession, seller_id: UUID, unsettled_won: int) -> int:
    """What the books owe the seller besides lines that wait and payouts on their way [won].

    Derived, like every balance: a deposit that the bank took back after its settlement shows here too.
    """
    payable_won = await balance(session, Account.seller_payable, party_id=seller_id)
    return payable_won - unsettled_won - await _on_the_way(session, seller_id)


async def _on_the_way(session: AsyncSession, seller_id: UUID) -> int:
    """Approved and not yet seen on the bank's statement [won]."""
    found = await session.scalar(
        select(func.coalesce(func.sum(col(Settlement.paid_won)), 0)).where(
            col(Settlement.organization_id) == seller_id, col(Settlement.state).in_(ON_THE_WAY)
        )
    )
    return int(found or 0)


async def take_payable_turn(session: AsyncSession, seller_id: UUID) -> None:
    """Keep others from taking of what is payable to a seller until the transaction ends.

    Whoever locks order lines locks them before this.
    """
    await take_turns(session, PAYABLE_TURN, seller_id)


async def free_payable(session: AsyncSession, seller_id: UUID) -> int:
    """Return what of a seller's money a refund may take: not what is on its way to the bank [won].

    Nobody else takes of it until the transaction ends.

    Args:
        session: of the exchange itself
    """
    await take_payable_turn(session, seller_id)
    payable_won = await balance(session, Account.seller_payable, party_id=seller_id)
    return max(0, payable_won - await _on_the_way(session, seller_id))


async def stop_of(session: AsyncSession, seller_id: UUID) -> CarryReason | None:
    """Return why nothing may be paid out to a seller now."""
    seller = await session.get_one(Organization, seller_id, populate_existing=True)
    if seller.state is not OrganizationState.active:
        return CarryReason.suspended
    if await account_in_use(session, seller_id) is None:
        return CarryReason.no_account
    return None


async def sellers_with_something(session: AsyncSession, *, until: datetime) -> list[UUID]:
    """Return the sellers that have accepted lines, or an open balance, in a fixed order.

    Args:
        session: of the exchange itself
        until: accepted before this instant [UTC]
    """
    lines = await session.scalars(
        select(col(Acceptance.seller_id))
        .where(
            col(Acceptance.state).in_(ACCEPTED),
            col(Acceptance.decided_at) < until,
            col(Acceptance.id).not_in(
                select(col(SettlementLine.order_line_id)).where(
                    col(SettlementLine.released_at).is_(None)
                )
            ),
        )
        .distinct()
    )
    owed = await session.scalars(
        select(col(LedgerPosting.party_id))
        .where(
            col(LedgerPosting.account_code) == Account.seller_payable.value,
            col(LedgerPosting.party_id).is_not(None),
        )
        .group_by(col(LedgerPosting.party_id))
        .having(func.sum(col(LedgerPosting.amount_won)) != 0)
    )
    return sorted({*lines, *(one for one in owed if one is not None)})
