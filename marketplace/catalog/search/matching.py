"""Reading the index: tier after tier, the newest stretches first, exact for the order that is shown.

Relevance is the tier (all words in the title, in title and names, anywhere) and then how new the
product is. Where the newest stretches fill the page the rest is not read; else everything is. Each
read is one statement whose inner part PostgreSQL may not mix with the order, because it would walk
the whole order by hand for a rare word (measured: 20 s against 6 ms).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.search.lexemes import (
    GRADES,
    NARROW_BANDS,
    SAMPLES,
    TIERS,
    Asked,
    either,
    every,
    facet,
    filters_query,
    match_query,
    narrow_band,
    quoted,
    stretch_of,
    words_query,
)


class Sort(StrEnum):
    """In which order products are shown."""

    relevance = "relevance"
    newest = "newest"
    cheapest = "cheapest"
    dearest = "dearest"
    grade = "grade"


WINDOW_STRETCHES: Final = 2
COUNTED_STRETCHES: Final = 2
COUNTED_MOST: Final = 1_000
# A larger part of the newest stretches is not tried before everything is, and so much more than needed.
WORTHWHILE: Final = 0.6
SPARE: Final = 1.2
PRICED: Final = (Sort.cheapest, Sort.dearest)
# Order, and what comes after a place in it.
NEWEST: Final = ("position desc", "position < :position")
ORDERS: Final = {
    Sort.cheapest: (
        "price_won, position desc",
        "(price_won > :price_won or (price_won = :price_won and position < :position))",
    ),
    Sort.dearest: (
        "price_won desc, position desc",
        "(price_won < :price_won or (price_won = :price_won and position < :position))",
    ),
}
_MATCHED: Final = """
with m as materialized (
  select product_id, position, price_won from product_search where {where})
select product_id, position, price_won from m where {after} order by {order} limit :most"""
_ALL: Final = """
select product_id, position, price_won from product_search
 where {after} order by {order} limit :most"""
_COUNT = text(
    "select count(*) from (select 1 from product_search where words @@ cast(:asked as tsquery)"
    " limit :most) as found"
)
_HAS = text(
    "select exists(select 1 from product_search where product_id = :product_id"
    " and (:asked = '' or words @@ cast(nullif(:asked, '') as tsquery)))"
)
_COUNT_ALL = text("select product_count from facet_count where name = 'all'")


@dataclass(frozen=True)
class Asking:
    """What is looked for, and in which order.

    Args:
        wordings: as typed, then as it may have been meant; all words of one of them must be there
        filters: values by the facet's name; one of each must fit
        many: whether more than 1,000 products match, so that prices are read band by band
    """

    wordings: Sequence[Sequence[Asked]]
    filters: Mapping[str, Sequence[str]]
    sort: Sort = Sort.relevance
    many: bool = False


@dataclass(frozen=True)
class Place:
    """Where a page ended: step of the reading, and the last row's position and price."""

    step: int
    position: int
    price_won: int


@dataclass(frozen=True)
class Found:
    """A product that was found, and where it stands in the order."""

    product_id: UUID
    place: Place


@dataclass(frozen=True)
class _Step:
    """One part of the order: what is asked, and whether the newest stretches are tried first."""

    asked: str
    newest_first: bool = True


async def top_position(session: AsyncSession) -> int:
    """Return the position of the newest product; 0 on an empty market."""
    found = await session.scalar(text("select max(position) from product_search"))
    return found or 0


async def count_all(session: AsyncSession) -> int:
    """Return how many products are on sale."""
    return await session.scalar(_COUNT_ALL) or 0


async def count(
    session: AsyncSession,
    wordings: Sequence[Sequence[Asked]],
    filters: Mapping[str, Sequence[str]],
    *,
    most: int = COUNTED_MOST + 1,
) -> int:
    """Return how many products match, at most ``most``."""
    asked = match_query(wordings, filters)
    if not asked:
        return min(await count_all(session), most)
    # Of a frequent word the newest stretches hold enough, and the rest of its list is never read.
    top = await top_position(session)
    stretches, every_stretch = COUNTED_STRETCHES, stretch_of(top) + 1
    async with reading(session):
        while stretches < every_stretch:
            newest = every((asked, _newest(top, stretches)))
            found = await session.scalar(_COUNT, {"asked": newest, "most": most}) or 0
            if found == most:
                return most
            stretches = _more_stretches(stretches, found, most) if found else every_stretch
            if stretches > WORTHWHILE * every_stretch:
                break
        return await session.scalar(_COUNT, {"asked": asked, "most": most}) or 0


def _more_stretches(stretches: int, found: int, most: int) -> int:
    """Return how many of the newest stretches should hold enough, if older ones hold as many."""
    return max(ceil(SPARE * stretches * most / found), 2 * stretches)


async def estimated(
    session: AsyncSession,
    wordings: Sequence[Sequence[Asked]],
    filters: Mapping[str, Sequence[str]],
    *,
    most: int,
) -> int:
    """Return about how many products match, from at most ``most`` of a random 64th of all."""
    asked = match_query(wordings, filters, quoted("Z0"))
    async with reading(session):
        found = await session.scalar(_COUNT, {"asked": asked, "most": most})
    return (found or 0) * SAMPLES


async def has(
    session: AsyncSession,
    product_id: UUID,
    wordings: Sequence[Sequence[Asked]],
    filters: Mapping[str, Sequence[str]],
) -> bool:
    """Whether one product matches; only its own row is read."""
    asked = match_query(wordings, filters)
    return bool(await session.scalar(_HAS, {"product_id": product_id, "asked": asked}))


@asynccontextmanager
async def reading(session: AsyncSession) -> AsyncIterator[None]:
    """Keep PostgreSQL from reading every row's words: it does not price what lies beside the row."""
    await session.execute(text("set local enable_seqscan = off"))
    yield
    await session.execute(text("set local enable_seqscan = on"))


async def page(
    session: AsyncSession, asked: Asking, *, after: Place | None, most: int
) -> list[Found]:
    """Return the products that follow a place in the order.

    Args:
        after: where the page before ended
        most: how many at most
    """
    steps = _steps(asked)
    first = _first_step(asked, after)
    top = await top_position(session)
    found: list[Found] = []
    async with reading(session):
        for number in range(first, len(steps)):
            if len(found) >= most:
                break
            start = after if number == first else None
            rows = await _read(session, steps[number], asked.sort, start, top, most - len(found))
            found += [
                Found(row.product_id, Place(number, row.position, row.price_won)) for row in rows
            ]
    return found


def _steps(asked: Asking) -> list[_Step]:
    """Cut an order into parts that are read one after the other; nothing of a later one comes first."""
    base = match_query(asked.wordings, asked.filters)
    if asked.sort is Sort.relevance and any(asked.wordings):
        return _tiers(asked)
    if asked.sort is Sort.grade:
        return [_Step(every((base, quoted(facet("grade", grade))))) for grade in GRADES]
    if asked.sort in PRICED and asked.many:
        return [
            _Step(every((base, quoted(f"P{band}"))), newest_first=False) for band in _bands(asked)
        ]
    return [_Step(base, newest_first=asked.sort not in PRICED)]


def _tiers(asked: Asking) -> list[_Step]:
    """Return the tiers of each wording; what an earlier step has shown is asked away."""
    steps: list[_Step] = []
    shown: list[str] = []
    for words in asked.wordings:
        better = ""
        for tier in TIERS:
            here = words_query(words, tier)
            without = [f"!({one})" for one in (*shown, better) if one]
            steps.append(_Step(every((here, filters_query(asked.filters), *without))))
            better = here
        shown.append(better)
    return steps


def _bands(asked: Asking) -> list[int]:
    bands = list(range(NARROW_BANDS))
    return bands if asked.sort is Sort.cheapest else bands[::-1]


def _first_step(asked: Asking, after: Place | None) -> int:
    if after is None:
        return 0
    if asked.sort in PRICED:
        return _bands(asked).index(narrow_band(after.price_won)) if asked.many else 0
    return after.step


async def _read(
    session: AsyncSession, step: _Step, sort: Sort, after: Place | None, top: int, most: int
) -> Sequence[Row[Any]]:
    order, following = ORDERS.get(sort, NEWEST)
    values: dict[str, object] = {"most": most}
    if after is not None:
        values["position"] = after.position
        if sort in PRICED:
            values["price_won"] = after.price_won
    condition = following if after is not None else "true"
    if not step.asked and sort not in PRICED:
        statement = _ALL.format(after=condition, order=order)
        return (await session.execute(text(statement), values)).all()
    newest = _newest(after.position if after is not None else top)
    rows: Sequence[Row[Any]] = ()
    for window in (newest, "") if step.newest_first else ("",):
        asked = every((step.asked, window))
        where = "words @@ cast(:asked as tsquery)" if asked else "true"
        statement = _MATCHED.format(where=where, after=condition, order=order)
        given = values | ({"asked": asked} if asked else {})
        rows = (await session.execute(text(statement), given)).all()
        if len(rows) >= most:
            break
    return rows


def _newest(position: int, stretches: int = WINDOW_STRETCHES) -> str:
    """Return what asks for the stretch of a position and those below it."""
    top = stretch_of(position)
    return either(quoted(f"S{one}") for one in range(max(top - stretches + 1, 0), top + 1))
