"""Matching a product that came onto the market with saved searches, and telling their owners.

A product is asked for by itself, so the work grows with the saved searches and not with the market.
Each product is told once for each search: the row of the match is the proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketplace.catalog.market.queries import Offer, offers_by_id
from marketplace.catalog.products.models import Product, ProductState
from marketplace.catalog.saved.models import Frequency, SavedSearch, SavedSearchMatch
from marketplace.catalog.saved.notices import DIGEST, FOUND, MORE, STOP
from marketplace.catalog.saved.schedule import last_due
from marketplace.catalog.saved.service import stop_token
from marketplace.catalog.search.service import Query, finds
from marketplace.db import now
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership
from marketplace.notices.service import notify

BATCH_ROWS: Final = 200
LINES_MOST: Final = 20


@dataclass(frozen=True)
class Letter:
    """What the mail of an alert needs: where the exchange is, and the secret behind its links."""

    public_url: str
    key: str


@dataclass
class Round:
    """One product on its way through the saved searches; equal questions are asked once."""

    product_id: UUID
    after: UUID | None = None
    answers: dict[bytes, bool] = field(default_factory=dict)


async def match_batch(session: AsyncSession, going: Round, letter: Letter) -> bool:
    """Match the product with the next searches and tell those who want to know at once.

    Returns:
        Whether there may be more; ``going`` says how far it came.
    """
    product = await session.get(Product, going.product_id)
    if product is None or product.state is not ProductState.listed:
        return False
    searches = await _next_searches(session, going, product)
    fitting = [one for one in searches if await _fits(session, going, one)]
    if fitting:
        await _remember(session, product, fitting)
    await _tell_at_once(session, fitting, letter)
    going.after = searches[-1].id if searches else None
    return len(searches) == BATCH_ROWS


async def _next_searches(
    session: AsyncSession, going: Round, product: Product
) -> Sequence[SavedSearch]:
    known = aliased(SavedSearchMatch)
    statement = (
        select(SavedSearch)
        .where(
            *_may_be_told(product.organization_id),
            ~exists().where(
                col(known.search_id) == col(SavedSearch.id), col(known.product_id) == product.id
            ),
        )
        .order_by(col(SavedSearch.id))
        .limit(BATCH_ROWS)
    )
    if going.after is not None:
        statement = statement.where(col(SavedSearch.id) > going.after)
    return (await session.scalars(statement)).all()


def _may_be_told(seller_id: ColumnElement[UUID] | UUID) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of a search whose owner is told of a seller's product."""
    active = exists().where(
        col(User.id) == col(SavedSearch.user_id), col(User.state) == UserState.active
    )
    own = exists().where(
        col(Membership.user_id) == col(SavedSearch.user_id),
        col(Membership.organization_id) == seller_id,
        col(Membership.left_at).is_(None),
    )
    return col(SavedSearch.alert).is_(True), active, ~own


async def _fits(session: AsyncSession, going: Round, saved: SavedSearch) -> bool:
    asked = msgspec.json.encode([saved.words, saved.filters], order="sorted")
    if asked not in going.answers:
        query = Query(saved.words, saved.filters)
        going.answers[asked] = await finds(session, query, going.product_id)
    return going.answers[asked]


async def _remember(
    session: AsyncSession, product: Product, fitting: Sequence[SavedSearch]
) -> None:
    rows = [
        {
            "search_id": one.id,
            "user_id": one.user_id,
            "product_id": product.id,
            "found_at": now(session),
        }
        for one in fitting
    ]
    await session.execute(insert(SavedSearchMatch).values(rows).on_conflict_do_nothing())


async def _tell_at_once(
    session: AsyncSession, fitting: Sequence[SavedSearch], letter: Letter
) -> None:
    for one in fitting:
        if one.frequency is Frequency.at_once:
            await tell(session, one.id, letter)


async def due_searches(session: AsyncSession) -> list[UUID]:
    """Return the searches of which something waits whose time has come, at most a batch."""
    at = now(session)
    due = or_(
        *(
            (col(SavedSearch.frequency) == one)
            & (col(SavedSearchMatch.found_at) < last_due(one, at))
            for one in Frequency
        )
    )
    active = exists().where(
        col(User.id) == col(SavedSearch.user_id), col(User.state) == UserState.active
    )
    rows = await session.scalars(
        select(col(SavedSearch.id))
        .join(SavedSearchMatch, col(SavedSearchMatch.search_id) == col(SavedSearch.id))
        .where(col(SavedSearchMatch.told_at).is_(None), col(SavedSearch.alert), active, due)
        .distinct()
        .limit(BATCH_ROWS)
    )
    return list(rows)


async def tell(session: AsyncSession, search_id: UUID, letter: Letter) -> None:
    """Tell the owner of a search what waits; what is no longer on sale, or is their own, is dropped."""
    saved = await session.scalar(
        select(SavedSearch).where(col(SavedSearch.id) == search_id).with_for_update()
    )
    if saved is None or not saved.alert:
        return
    owner = await session.get_one(User, saved.user_id)
    waiting = await _waiting(session, saved)
    if owner.state is not UserState.active or not waiting:
        return
    offers = await _still_offered(session, saved, waiting)
    gone = {one.product_id for one in waiting} - {one.product.id for one in offers}
    if gone:
        await session.execute(
            delete(SavedSearchMatch).where(
                col(SavedSearchMatch.search_id) == saved.id,
                col(SavedSearchMatch.product_id).in_(gone),
            )
        )
    for one in waiting:
        if one.product_id not in gone:
            one.told_at = now(session)
    await session.flush()
    if offers:
        await _write(session, saved, owner, offers, letter)


async def _waiting(session: AsyncSession, saved: SavedSearch) -> Sequence[SavedSearchMatch]:
    rows = await session.scalars(
        select(SavedSearchMatch)
        .where(col(SavedSearchMatch.search_id) == saved.id, col(SavedSearchMatch.told_at).is_(None))
        .order_by(col(SavedSearchMatch.found_at), col(SavedSearchMatch.product_id))
        .with_for_update()
    )
    return rows.all()


async def _still_offered(
    session: AsyncSession, saved: SavedSearch, waiting: Sequence[SavedSearchMatch]
) -> list[Offer]:
    own = await session.scalar(
        select(col(Membership.organization_id)).where(
            col(Membership.user_id) == saved.user_id, col(Membership.left_at).is_(None)
        )
    )
    ids = [one.product_id for one in waiting]
    offers = {one.product.id: one for one in await offers_by_id(session, ids)}
    return [
        offers[one] for one in ids if one in offers and offers[one].product.organization_id != own
    ]


async def _write(
    session: AsyncSession, saved: SavedSearch, owner: User, offers: Sequence[Offer], letter: Letter
) -> None:
    to = recipient_of(owner)
    lines = [_line(one, english=to.language == "en") for one in offers[:LINES_MOST]]
    if len(offers) > LINES_MOST:
        lines.append(MORE[to.language].format(count=len(offers) - LINES_MOST))
    single = saved.frequency is Frequency.at_once and len(offers) == 1
    url = letter.public_url.rstrip("/")
    stop = f"{url}/searches/{saved.id}/stop?token={stop_token(letter.key, saved.id)}"
    await notify(
        session,
        to,
        FOUND if single else DIGEST,
        link=f"/products/{offers[0].product.id}" if single else f"/searches/{saved.id}",
        mail_end=STOP[to.language].format(address=stop),
        name=saved.name,
        count=len(offers),
        products="\n".join(lines),
    )


def _line(offer: Offer, *, english: bool) -> str:
    title = (english and offer.content.title_en) or offer.content.title_ko
    return f"· {title} ({offer.seller.name}, ₩{offer.product.price_won:,})"
