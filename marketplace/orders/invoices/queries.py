"""Reads of invoices: by the buyer, by the seller, by the operator."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement
from sqlmodel import col

from marketplace.orders.invoices.errors import TaxInvoiceListTooLong, TaxInvoiceNotFound
from marketplace.orders.invoices.models import PaperState, TaxInvoice
from marketplace.orders.invoices.telling import urgent_on

LISTED_MOST: Final = 10_000


class Side(StrEnum):
    """Whose papers: those of what an organization bought, or of what it sold."""

    bought = "bought"
    sold = "sold"


@dataclass(frozen=True)
class Seen:
    """Which papers the caller sees; the operator sees all.

    Args:
        side: None for the operator
        urgent_day: of papers whose deadline is near or over on this day alone
    """

    side: Side | None = None
    organization_id: UUID | None = None
    from_on: date | None = None
    to_on: date | None = None
    state: PaperState | None = None
    urgent_day: date | None = None

    def condition(self) -> ColumnElement[bool]:
        """Return the condition of the rows."""
        parts: list[ColumnElement[bool]] = [*self._owner()]
        if self.from_on is not None:
            parts.append(col(TaxInvoice.written_on) >= self.from_on)
        if self.to_on is not None:
            parts.append(col(TaxInvoice.written_on) <= self.to_on)
        if self.state is not None:
            parts.append(col(TaxInvoice.state) == self.state)
        if self.urgent_day is not None:
            parts.append(urgent_on(self.urgent_day))
        return and_(True, *parts)  # noqa: FBT003 - SQL's own

    def _owner(self) -> list[ColumnElement[bool]]:
        if self.side is None:
            return []
        owner = TaxInvoice.organization_id if self.side is Side.bought else TaxInvoice.seller_id
        return [
            col(owner) == self.organization_id,
            # A failed one in whose place another stands is the operator's matter.
            col(TaxInvoice.state) != PaperState.void,
        ]


async def list_papers(
    session: AsyncSession, seen: Seen, *, after: tuple[datetime, UUID] | None, most: int
) -> list[TaxInvoice]:
    """Return papers, the newest first."""
    statement = select(TaxInvoice).where(seen.condition())
    if after is not None:
        place = tuple_(col(TaxInvoice.made_at), col(TaxInvoice.id))
        statement = statement.where(place < tuple_(*after))
    rows = await session.scalars(
        statement.order_by(col(TaxInvoice.made_at).desc(), col(TaxInvoice.id).desc()).limit(most)
    )
    return list(rows)


async def all_papers(session: AsyncSession, seen: Seen) -> list[TaxInvoice]:
    """Return all papers of a period in the order of their dates.

    Raises:
        TaxInvoiceListTooLong: more than one list holds
    """
    rows = await session.scalars(
        select(TaxInvoice)
        .where(seen.condition())
        .order_by(col(TaxInvoice.written_on), col(TaxInvoice.key))
        .limit(LISTED_MOST + 1)
    )
    papers = list(rows)
    if len(papers) > LISTED_MOST:
        raise TaxInvoiceListTooLong(most=LISTED_MOST)
    return papers


async def get_paper(session: AsyncSession, seen: Seen, invoice_id: UUID) -> TaxInvoice:
    """Return one paper.

    Raises:
        TaxInvoiceNotFound: none that the caller sees
    """
    found = await session.scalar(
        select(TaxInvoice).where(seen.condition(), col(TaxInvoice.id) == invoice_id)
    )
    if found is None:
        raise TaxInvoiceNotFound
    return found


async def related(session: AsyncSession, seen: Seen, paper: TaxInvoice) -> list[TaxInvoice]:
    """Return the original that a paper amends, and those that amend the same original, by date."""
    original_id = paper.amends_id or paper.id
    rows = await session.scalars(
        select(TaxInvoice)
        .where(
            seen.condition(),
            or_(col(TaxInvoice.id) == original_id, col(TaxInvoice.amends_id) == original_id),
            col(TaxInvoice.id) != paper.id,
        )
        .order_by(col(TaxInvoice.made_at), col(TaxInvoice.key))
    )
    return list(rows)
