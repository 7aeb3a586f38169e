"""Telling the operator's reviewers of strong matches, and keeping them in the trail.

The trail names nobody as the owner of the event: a seller reads what is its own, and must not learn there
that somebody's draft exists.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Function, Role
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.matches.models import DataMatch
from marketplace.catalog.matches.notices import MATCHED
from marketplace.catalog.products.models import Product
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.service import notify

REVIEWING: Final = (Role.administrator, Role.reviewer)


async def tell_of(session: AsyncSession, version: DatasetVersion, new: Sequence[DataMatch]) -> None:
    """Write down and tell strong matches that nobody was told of yet; the strongest is named."""
    if not new:
        return
    first = max(new, key=lambda one: one.share)
    product = await session.get_one(Product, version.product_id)
    other = await session.get_one(Product, first.other_product_id)
    facts = {
        "product": product.number,
        "number": version.number,
        "other": other.number,
        "other_version": str(first.other_version_id),
        "share": round(first.share, 4),
        "pairs": len(new),
    }
    await record(session, "dataset.matched", Thing("dataset_version", version.id), facts=facts)
    for person in await people_with(session, REVIEWING, function=Function.exchange_operator):
        await notify(
            session, recipient_of(person), MATCHED, link=f"/operator/versions/{version.id}",
            product=product.number, number=version.number, other=other.number,
            table=first.table_name, other_table=first.other_table_name,
            share=pct(first.share), count=len(new),
        )  # fmt: skip


def pct(share: float) -> str:
    """Return a share in per cent, cut and never rounded up: 100 is all."""
    return f"{int(share * 1_000) / 10:g}"
