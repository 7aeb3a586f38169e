"""Writing into the books: post once, reverse once. Never commits; the caller's transaction does."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.ledger.entries import Account, Entry, Line, Source
from billing.ledger.errors import AlreadyReversed, SourceTaken, TransactionMissing
from billing.ledger.models import LedgerPosting, LedgerTransaction


async def post(session: AsyncSession, entry: Entry) -> int:
    """Post an entry once; the same entry again is the same transaction.

    Of two at the same time the second waits for the first to commit. The database seals the lines with
    the caller's transaction: later nobody adds one.

    Args:
        session: of the exchange itself; other roles have no right to write
        entry: what moved, balanced

    Returns:
        The number of the ledger's transaction.

    Raises:
        SourceTaken: the source was posted before with other lines or for another matter
    """
    return await _post(session, entry, reverses_id=None)


async def reverse(session: AsyncSession, transaction_id: int, source: Source) -> int:
    """Post the opposite of a transaction; once, and never of a reversal.

    Args:
        session: of the exchange itself
        transaction_id: what is taken back, as a whole
        source: what caused the reversal

    Returns:
        The number of the reversal; repeated with the same source, the same number.

    Raises:
        TransactionMissing: there is no such transaction
        AlreadyReversed: it was reversed from another source, or is a reversal
        SourceTaken: the source was posted for something else
    """
    found = await session.get(LedgerTransaction, transaction_id)
    if found is None:
        raise TransactionMissing(transaction_id)
    if found.reverses_id is not None:
        raise AlreadyReversed(transaction_id)
    lines = await lines_of(session, transaction_id)
    opposite = tuple(Line(line.account, -line.amount_won, line.party_id) for line in lines)
    return await _post(session, Entry(source, found.matter_id, opposite), transaction_id)


async def lines_of(session: AsyncSession, transaction_id: int) -> list[Line]:
    """Return the lines of a transaction, as they were posted."""
    rows = await session.execute(
        select(
            col(LedgerPosting.account_code),
            col(LedgerPosting.amount_won),
            col(LedgerPosting.party_id),
        )
        .where(col(LedgerPosting.transaction_id) == transaction_id)
        .order_by(col(LedgerPosting.id))
    )
    return [Line(Account(code), won, party_id) for code, won, party_id in rows]


async def _post(session: AsyncSession, entry: Entry, reverses_id: int | None) -> int:
    # Either unique index may say no: the source is taken, or what is reversed was reversed.
    statement = (
        insert(LedgerTransaction)
        .values(
            source_kind=entry.source.kind,
            source_id=entry.source.id,
            matter_id=entry.matter_id,
            reverses_id=reverses_id,
        )
        .on_conflict_do_nothing()
        .returning(col(LedgerTransaction.id))
    )
    transaction_id = await session.scalar(statement)
    if transaction_id is None:
        return await _posted_before(session, entry, reverses_id)
    rows = [
        {
            "transaction_id": transaction_id,
            "account_code": line.account.value,
            "party_id": line.party_id,
            "amount_won": line.amount_won,
        }
        for line in entry.lines
    ]
    await session.execute(insert(LedgerPosting).inline().values(rows))
    return transaction_id


async def _posted_before(session: AsyncSession, entry: Entry, reverses_id: int | None) -> int:
    found = await session.scalar(
        select(LedgerTransaction).where(
            col(LedgerTransaction.source_kind) == entry.source.kind,
            col(LedgerTransaction.source_id) == entry.source.id,
        )
    )
    if found is None:
        assert reverses_id is not None, "only a reversal meets another constraint than its source"
        raise AlreadyReversed(reverses_id)
    assert found.id is not None
    same = (found.matter_id, found.reverses_id) == (entry.matter_id, reverses_id)
    if not same or _sorted(await lines_of(session, found.id)) != _sorted(entry.lines):
        raise SourceTaken(entry.source)
    return found.id


def _sorted(lines: list[Line] | tuple[Line, ...]) -> list[tuple[str, int, UUID]]:
    nobody = UUID(int=0)
    return sorted((line.account.value, line.amount_won, line.party_id or nobody) for line in lines)
