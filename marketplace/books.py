"""The command ``ledger verify``: it looks at the books from outside, as the login role."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import func, select

from billing.ledger.invariants import Outcome, examine
from billing.ledger.models import LedgerTransaction
from billing.ledger.queries import trial_balance
from marketplace.db import STATEMENT_TIMEOUT_WORKER_MS, Database, Scope
from marketplace.settings import Settings


@dataclass(frozen=True)
class Verdict:
    """What each rule found, and the sums of both sides [won]."""

    outcomes: list[Outcome]
    transactions_count: int
    debit_won: int
    credit_won: int

    @property
    def faults_count(self) -> int:
        """Breaches of all rules together."""
        return sum(outcome.faults_count for outcome in self.outcomes)


def verify_books(settings: Settings) -> Verdict:
    """Ask every rule of the books; it changes nothing.

    Raises:
        DatabaseUnavailable: the database does not answer
    """
    url = settings.database_url.get_secret_value()

    async def run() -> Verdict:
        database = Database(url, pool_size=1, statement_timeout_ms=STATEMENT_TIMEOUT_WORKER_MS)
        try:
            async with database.transaction(Scope("staff")) as session:
                totals = await trial_balance(session)
                count = await session.scalar(select(func.count()).select_from(LedgerTransaction))
                return Verdict(
                    await examine(session),
                    count or 0,
                    sum(row.debit_won for row in totals),
                    sum(row.credit_won for row in totals),
                )
        finally:
            await database.dispose()

    return asyncio.run(run())
