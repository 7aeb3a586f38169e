"""What stands of a seller's paper after everything that has amended it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.money import Split
from billing.papers.documents import Invoice, Reason
from marketplace.orders.invoices.contents import read_kept
from marketplace.orders.invoices.models import GONE, TaxInvoice


@dataclass(frozen=True)
class Standing:
    """An original with the papers that amend it, as rows that are locked."""

    original: TaxInvoice
    chain: tuple[TaxInvoice, ...]

    @property
    def left(self) -> Split:
        """What the papers together say was supplied."""
        return sum((paper.charge for paper in self.chain), start=self.original.charge)

    @property
    def effective(self) -> Invoice:
        """The paper as it is right: the original, or what corrected it under the original's number."""
        content = read_kept(self.original.content)
        right = [
            paper
            for paper in self.chain
            if paper.reason is Reason.entry_error and paper.supply_won > 0
        ]
        if not right:
            return content
        return replace(
            read_kept(right[-1].content),
            document=content.document,
            amendment=None,
            issue_id=content.issue_id,
        )

    @property
    def changes(self) -> list[Invoice]:
        """The papers that have changed the price."""
        return [
            read_kept(paper.content) for paper in self.chain if paper.reason is Reason.price_change
        ]


async def papers_of(session: AsyncSession, order_id: UUID, seller_id: UUID) -> list[TaxInvoice]:
    """Return all papers of a seller of a locked order, the oldest first, locked."""
    rows = await session.scalars(
        select(TaxInvoice)
        .where(col(TaxInvoice.order_id) == order_id, col(TaxInvoice.seller_id) == seller_id)
        .order_by(col(TaxInvoice.made_at), col(TaxInvoice.key))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


def standing_of(papers: Sequence[TaxInvoice]) -> Standing | None:
    """Return the original that stands with its chain; None where none does."""
    for paper in papers:
        if paper.amends_id is None and paper.ended_at is None and paper.state not in GONE:
            chain = [one for one in papers if one.amends_id == paper.id and one.state not in GONE]
            return Standing(paper, tuple(chain))
    return None
