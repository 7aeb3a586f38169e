"""Steps around the invoices of an order: the jobs' services with a provider whose day the test moves."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from billing.duties import SEOUL
from billing.papers.local import LocalProvider
from billing.papers.ports import TaxInvoiceProvider
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.invoices.archive import DatabaseArchive
from marketplace.orders.invoices.choosing import broker_of
from marketplace.orders.invoices.drawing import draw_up
from marketplace.orders.invoices.issuing import ask, issue
from marketplace.settings import Settings


class Desk:
    """What the worker does with invoices, on a day that the test moves."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.day = datetime.now(SEOUL).date()
        self.database = database
        self.settings = settings
        self.provider: TaxInvoiceProvider = LocalProvider(
            DatabaseArchive(database), lambda: self.day
        )
        self.phases = database.phases(Scope.system())

    async def drawn_up(self, order_id: str) -> None:
        """Draw the papers of an order up."""
        async with self.phases() as session:
            await draw_up(session, UUID(order_id), broker=broker_of(self.settings))

    async def issued(self, order_id: str) -> list[dict[str, Any]]:
        """Draw the papers of an order up, have all that wait issued, and return them."""
        await self.drawn_up(order_id)
        await self.issue_waiting()
        return await self.papers()

    async def issue_waiting(self) -> None:
        """Do what the waiting jobs would."""
        waiting = [one["id"] for one in await self.papers() if one["state"] == "drawn_up"]
        await asyncio.gather(*(issue(self.phases, self.provider, one) for one in waiting))

    async def pass_days(self, days: int = 1) -> None:
        """Let days pass at the provider, and ask it."""
        self.day += timedelta(days=days)
        await ask(self.phases, self.provider)

    async def papers(self) -> list[dict[str, Any]]:
        """Return all papers by their number."""
        async with self.phases() as session:
            rows = await session.execute(text("select * from tax_invoice order by key"))
            return [dict(row) for row in rows.mappings()]


def desk_of(parts: Parts, settings: Settings) -> Desk:
    """Return a desk over the application's database."""
    return Desk(parts.database, settings)


def told(day: date) -> str:
    """Return a date as pages and papers say it."""
    return f"{day:%Y-%m-%d}"
