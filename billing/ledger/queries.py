"""Reading the books. Every balance is derived from the postings; none is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Result, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from billing.ledger.entries import Account
from billing.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction, Side


@dataclass(frozen=True)
class AccountTotals:
    """One row of a trial balance [won]; ``balance_won`` is positive on the account's own side."""

    code: str
    side: Side
    name_ko: str
    name_en: str
    debit_won: int
    credit_won: int

    @property
    def balance_won(self) -> int:
        """Debit less credit for what is owned or spent, credit less debit for the others [won]."""
        net = self.debit_won - self.credit_won
        return net if self.side in {Side.asset, Side.expense} else -net


async def balance(
    session: AsyncSession,
    account: Account,
    *,
    party_id: UUID | None = None,
    matter_id: UUID | None = None,
) -> int:
    """Return the balance of an account, positive on its own side [won].

    Args:
        session: of the exchange itself or of its staff
        party_id: whose, for an account that names parties; None takes all together
        matter_id: of one order or settlement alone
    """
    statement = (
        select(func.coalesce(func.sum(col(LedgerPosting.amount_won)), 0), col(LedgerAccount.side))
        .select_from(LedgerAccount)
        .outerjoin(LedgerPosting, _concerning(party_id, matter_id))
        .where(col(LedgerAccount.code) == account.value)
        .group_by(col(LedgerAccount.side))
    )
    net, side = (await session.execute(statement)).one()
    return int(net) if side in {Side.asset, Side.expense} else -int(net)


def _concerning(party_id: UUID | None, matter_id: UUID | None) -> ColumnElement[bool]:
    wanted = col(LedgerPosting.account_code) == col(LedgerAccount.code)
    if party_id is not None:
        wanted &= col(LedgerPosting.party_id) == party_id
    if matter_id is not None:
        of_matter = select(col(LedgerTransaction.id)).where(
            col(LedgerTransaction.matter_id) == matter_id
        )
        wanted &= col(LedgerPosting.transaction_id).in_(of_matter)
    return wanted


async def standing(session: AsyncSession, kind: str, source_id: UUID) -> tuple[int, int | None]:
    """Return how often a movement was posted from a source, and the one that stands unreversed.

    Args:
        kind: of the movement

    Returns:
        The count, and the number of the ledger's transaction or None.
    """
    taken = aliased(LedgerTransaction)
    rows: Result[Any] = await session.execute(
        select(col(LedgerTransaction.id), col(taken.id).label("taken"))
        .outerjoin(taken, col(taken.reverses_id) == col(LedgerTransaction.id))
        .where(
            col(LedgerTransaction.source_kind) == kind,
            (col(LedgerTransaction.source_id) == str(source_id))
            | col(LedgerTransaction.source_id).startswith(f"{source_id}:"),
        )
        .order_by(col(LedgerTransaction.id))
    )
    found = rows.all()
    return len(found), next((row.id for row in found if row.taken is None), None)


async def trial_balance(
    session: AsyncSession, *, until: datetime | None = None
) -> list[AccountTotals]:
    """Return debit and credit of every account; over all accounts they are equal.

    Args:
        session: of the exchange itself or of its staff
        until: only what was posted before this instant [UTC]
    """
    posted = select(LedgerPosting).subquery()
    if until is not None:
        posted = (
            select(LedgerPosting)
            .join(LedgerTransaction, col(LedgerTransaction.id) == col(LedgerPosting.transaction_id))
            .where(col(LedgerTransaction.at) < until)
            .subquery()
        )
    won = posted.c.amount_won
    statement = (
        select(
            col(LedgerAccount.code),
            col(LedgerAccount.side),
            col(LedgerAccount.name_ko),
            col(LedgerAccount.name_en),
            cast(func.coalesce(func.sum(case((won > 0, won), else_=0)), 0), BigInteger),
            cast(func.coalesce(func.sum(case((won < 0, -won), else_=0)), 0), BigInteger),
        )
        .outerjoin(posted, posted.c.account_code == col(LedgerAccount.code))
        .group_by(col(LedgerAccount.code))
        .order_by(col(LedgerAccount.side), col(LedgerAccount.code))
    )
    return [AccountTotals(*row) for row in (await session.execute(statement)).all()]
