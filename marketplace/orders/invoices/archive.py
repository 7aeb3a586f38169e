"""The archive of the local provider in our database, and the provider over it by the database's clock."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from billing.papers.documents import Invoice
from billing.papers.local import Filed, LocalProvider
from billing.papers.ports import Issued
from billing.papers.reading import read
from marketplace.clock import seoul_date
from marketplace.db import Database, Scope, now
from marketplace.orders.invoices.models import InvoiceDocument


class DatabaseArchive:
    """Keeps documents in ``invoice_document``; each call is a transaction of its own, as a service's would be."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> Filed | None:
        """Return the paper of a key."""
        async with self._database.transaction(Scope.system()) as session:
            row = await session.get(InvoiceDocument, key)
        return None if row is None else Filed(key, row.issued_on, row.document, row.cancelled)

    async def keep(self, filed: Filed) -> Filed:
        """Keep a new paper; where the key has one already, return that one and keep nothing."""
        statement = insert(InvoiceDocument).values(
            key=filed.key,
            issue_id=read(filed.document).issue_id,
            issued_on=filed.issued_on,
            document=filed.document,
            cancelled=filed.cancelled,
        )
        async with self._database.transaction(Scope.system()) as session:
            await session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
            row = await session.scalar(
                select(InvoiceDocument).where(col(InvoiceDocument.key) == filed.key)
            )
        assert row is not None, "it was there or is now"
        return Filed(row.key, row.issued_on, row.document, row.cancelled)

    async def cancel(self, key: str) -> None:
        """Mark the paper as cancelled."""
        async with self._database.transaction(Scope.system()) as session:
            await session.execute(
                update(InvoiceDocument)
                .where(col(InvoiceDocument.key) == key)
                .values(cancelled=True)
            )


class ArchivingProvider:
    """The local provider whose day is the database's, which a sandbox may move."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._archive = DatabaseArchive(database)

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        """Number, check and archive a paper."""
        return await (await self._today()).issue(invoice, key)

    async def query(self, key: str) -> Issued | None:
        """Return how far a paper is."""
        return await (await self._today()).query(key)

    async def cancel(self, key: str) -> Issued:
        """Cancel a paper that was issued today."""
        return await (await self._today()).cancel(key)

    async def _today(self) -> LocalProvider:
        async with self._database.transaction(Scope.system()) as session:
            today = seoul_date(now(session))
        return LocalProvider(self._archive, lambda: today)
