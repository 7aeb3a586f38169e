"""Giving the right to use what was bought, and taking it away."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.delivery.models import EndReason, Entitlement
from marketplace.orders.purchases.models import OrderLine

# Years of the licence's answers to "term".
TERM_YEARS: Final = {"one_year": 1, "three_years": 3}


def last_day(paid_on: date, term: str) -> date | None:
    """Return the last day of a licence's term; None where it has no end.

    Args:
        paid_on: the day of payment in Seoul, which is not counted
        term: the answer to the licence's question

    Source:
        민법 제157조, 제160조: years from the day of payment end the day before the same date, counted from the
        next day
    """
    years = TERM_YEARS.get(term)
    if years is None:
        return None
    begun = paid_on + timedelta(days=1)
    year = begun.year + years
    end = date(year, begun.month, min(begun.day, monthrange(year, begun.month)[1]))
    return end - timedelta(days=1)


async def grant(session: AsyncSession, lines: Sequence[OrderLine]) -> None:
    """Let the buyer use the versions of paid lines from now on.

    Args:
        session: of the exchange itself
    """
    at = now(session)
    ids = [line.id for line in lines]
    kept = await session.scalars(
        select(Entitlement).where(col(Entitlement.order_line_id).in_(ids)).with_for_update()
    )
    known = {one.order_line_id: one for one in kept}
    for line in lines:
        ends_on = last_day(seoul_date(at), str(line.licence.get("term", "")))
        if (earlier := known.get(line.id)) is not None:
            # The bank gave the money after all: the same right, from now on.
            earlier.ended_at, earlier.end_reason = None, None
            earlier.granted_at, earlier.ends_on = at, ends_on
            continue
        session.add(
            Entitlement(
                organization_id=line.organization_id, order_id=line.order_id,
                order_line_id=line.id, seller_id=line.seller_id, product_id=line.product_id,
                version_id=line.version_id, granted_at=at, ends_on=ends_on,
            )
        )  # fmt: skip
    await session.flush()


async def end(session: AsyncSession, line_ids: Sequence[UUID], reason: EndReason) -> None:
    """End the right to use the versions of these lines; one that has ended stays as it is.

    Args:
        session: of the exchange itself
    """
    await session.execute(
        update(Entitlement)
        .where(
            col(Entitlement.order_line_id).in_(list(line_ids)), col(Entitlement.ended_at).is_(None)
        )
        .values(ended_at=now(session), end_reason=reason)
    )
