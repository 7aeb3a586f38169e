"""Reads of saved searches; each starts from whose they are."""

from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.saved.errors import SavedSearchNotFound
from marketplace.catalog.saved.models import SavedSearch
from marketplace.catalog.search.matching import Sort

MARKET = "/market"


async def list_own(session: AsyncSession, user_id: UUID) -> list[SavedSearch]:
    """Return the searches that a person keeps, by name."""
    rows = await session.scalars(
        select(SavedSearch)
        .where(col(SavedSearch.user_id) == user_id)
        .order_by(col(SavedSearch.name), col(SavedSearch.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def count_own(session: AsyncSession, user_id: UUID) -> int:
    """Return how many searches a person keeps."""
    found = await session.scalar(select(func.count()).where(col(SavedSearch.user_id) == user_id))
    return found or 0


async def get_own(
    session: AsyncSession, user_id: UUID, search_id: UUID, *, lock: bool = False
) -> SavedSearch:
    """Return one search of a person, its row locked where asked.

    Raises:
        SavedSearchNotFound: none of this person
    """
    statement = select(SavedSearch).where(
        col(SavedSearch.id) == search_id, col(SavedSearch.user_id) == user_id
    )
    found: SavedSearch | None = await session.scalar(
        (statement.with_for_update() if lock else statement).execution_options(
            populate_existing=True
        )
    )
    if found is None:
        raise SavedSearchNotFound
    return found


def address_of(saved: SavedSearch) -> str:
    """Return the address that runs a search on the market's page."""
    pairs = [("q", saved.words)] if saved.words else []
    pairs += [(name, value) for name, values in saved.filters.items() for value in values]
    if saved.sort is not Sort.relevance:
        pairs.append(("sort", saved.sort.value))
    return f"{MARKET}?{urlencode(pairs)}"
