"""Counting who looks at products: one visitor a day counts once, robots and the seller do not."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.market.models import ProductView
from marketplace.clock import seoul_date
from marketplace.db import now

WINDOW_DAYS: Final = 30
# Programs that say what they are; those that do not rarely run the page's script.
_ROBOT = re.compile(
    r"bot|crawl|spider|slurp|preview|headless|monitor|curl|wget|python|java/", re.IGNORECASE
)
_COUNT = text("select count_view(:product_id, :visitor)")


@dataclass(frozen=True)
class Visitor:
    """What a browser shows of itself; never stored."""

    address: str
    agent: str

    @property
    def robot(self) -> bool:
        """Whether it says that nobody is looking."""
        return not self.agent or _ROBOT.search(self.agent) is not None


def visitor_hash(visitor: Visitor, day: date, key: str) -> bytes:
    """Return 16 bytes that stand for a visitor on one day and for nobody on the next.

    Args:
        key: secret of this installation
    """
    told = f"{day.isoformat()}|{visitor.address}|{visitor.agent}"
    return hmac.new(key.encode(), told.encode(), hashlib.sha256).digest()[:16]


async def count_view(session: AsyncSession, product_id: UUID, visitor: Visitor, key: str) -> None:
    """Count that somebody looks at a product on sale; an unknown product counts nothing."""
    if visitor.robot:
        return
    hashed = visitor_hash(visitor, seoul_date(now(session)), key)
    await session.execute(_COUNT, {"product_id": product_id, "visitor": hashed})


async def views_of(session: AsyncSession, organization_id: UUID) -> dict[UUID, int]:
    """Return the views of the last 30 days by product; products nobody looked at are missing."""
    since = seoul_date(now(session)) - timedelta(days=WINDOW_DAYS - 1)
    rows = await session.execute(
        select(col(ProductView.product_id), func.count().label("views"))
        .where(col(ProductView.organization_id) == organization_id, col(ProductView.day) >= since)
        .group_by(col(ProductView.product_id))
    )
    return {row.product_id: row.views for row in rows}
