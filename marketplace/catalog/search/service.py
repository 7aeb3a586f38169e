"""Finding products for people: words as typed, a way on where nothing was found, facets, proposals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.market.queries import Offer, offers_by_id, shapes_of
from marketplace.catalog.search import matching, vocabulary
from marketplace.catalog.search.facets import Facet, facets
from marketplace.catalog.search.lexemes import FACETS, Alternatives, Asked
from marketplace.catalog.search.matching import COUNTED_MOST, Asking, Found, Place, Sort
from marketplace.catalog.search.tokens import hangul, query_word, runs

PAGE_MOST: Final = 50
PAGE_USUAL: Final = 20
WORDS_MOST: Final = 12
# Fewer hits than this for a word alone, and it may be a slip.
SLIP_BELOW: Final = 3
JOINED_CHARS_MIN: Final = 4
# Such a word that the market does not know is looked for in parts as well, whatever it finds whole.
SURELY_JOINED_CHARS: Final = 6
PROPOSALS_MOST: Final = 8


@dataclass(frozen=True)
class Query:
    """What somebody looks for.

    Args:
        text: as typed
        filters: values by the facet's name
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: Sort = Sort.relevance
    after: Place | None = None
    limit: int = PAGE_USUAL


class Hit(Struct, frozen=True, kw_only=True):
    """A product in the list of what was found; ``shape`` are the bars of its first column of numbers."""

    id: UUID
    number: int
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    seller_id: UUID
    seller: str
    industry_division: str | None
    process: str
    equipment: str
    data_kind: str | None
    formats: list[str]
    price_won: int
    grade: str
    row_count: int
    size_bytes: int
    listed_at: datetime
    shape: list[int]


class Instead(Struct, frozen=True):
    """A word as typed, and the words that were looked for beside it."""

    typed: str
    meant: str


class WayOn(Struct, frozen=True):
    """What would find something: a facet to let go of, or a word to look for alone."""

    facet: str
    word: str
    count: int


class Page(Struct, frozen=True, kw_only=True):
    """A page of what was found. ``count`` is exact up to 1,000 and 1,001 for more."""

    hits: list[Hit]
    count: int
    instead: list[Instead]
    ways_on: list[WayOn]
    wordings: list[list[Asked]]
    last: Place | None


@dataclass(frozen=True)
class Located:
    """What a query found, by id; see ``Page``."""

    found: list[Found]
    count: int
    instead: list[Instead]
    ways_on: list[WayOn]
    wordings: list[list[Asked]]


@dataclass(frozen=True)
class _Understood:
    """What the words of a query are looked for as, and how many products have them."""

    typed: list[str]
    wordings: list[list[Asked]]
    instead: list[Instead]
    count: int


NOTHING: Final = Located([], 0, [], [], [])


async def locate(session: AsyncSession, query: Query) -> Located:
    """Find products; where hardly any has the words, also those that were meant."""
    filters = {name: query.filters.get(name, ()) for name in FACETS}
    meant = await _understand(session, query.text, filters)
    if query.text.strip() and not meant.typed:
        return NOTHING
    wordings = meant.wordings
    if not meant.count:
        return Located([], 0, [], await _ways_on(session, meant.typed, wordings, filters), wordings)
    asking = Asking(wordings, filters, query.sort, meant.count > COUNTED_MOST)
    limit = min(query.limit, PAGE_MOST)
    found = await matching.page(session, asking, after=query.after, most=limit)
    return Located(found, meant.count, meant.instead, [], wordings)


async def finds(session: AsyncSession, query: Query, product_id: UUID) -> bool:
    """Whether a query finds one product: the same reading of the words, asked of its row alone."""
    filters = {name: query.filters.get(name, ()) for name in FACETS}
    if not await matching.has(session, product_id, [], filters):
        return False
    if not query.text.strip():
        return True
    meant = await _understand(session, query.text, filters)
    if not meant.typed:
        return False
    return await matching.has(session, product_id, meant.wordings, filters)


async def _understand(
    session: AsyncSession, words: str, filters: Mapping[str, Sequence[str]]
) -> _Understood:
    """Read words as typed and, where hardly any product has them, as they may have been meant."""
    total = await matching.count_all(session)
    least = vocabulary.least_count(total)
    typed = await vocabulary.stems(session, runs(words)[:WORDS_MOST], least)
    if words.strip() and not typed:
        return _Understood([], [], [], 0)
    wordings = [await _asked(session, typed, least)]
    count = await matching.count(session, wordings, filters)
    instead: list[Instead] = []
    if typed and (count < PAGE_USUAL or await _joined(session, typed, least)):
        meant, instead = await _meant(session, typed, total, least)
        if instead:
            wordings.append(await _asked(session, meant, least))
            count = await matching.count(session, wordings, filters)
    return _Understood(typed, wordings, instead, count)


async def search(session: AsyncSession, query: Query) -> Page:
    """Return a page of products as the lists show them."""
    located = await locate(session, query)
    found = located.found
    return Page(
        hits=await _hits(session, [one.product_id for one in found]),
        count=located.count,
        instead=located.instead,
        ways_on=located.ways_on,
        wordings=located.wordings,
        last=found[-1].place if len(found) == min(query.limit, PAGE_MOST) else None,
    )


async def facets_of(session: AsyncSession, query: Query, page: Page | Located) -> list[Facet]:
    """Return the facets of what a query found."""
    return await facets(session, page.wordings, query.filters)


async def propose(session: AsyncSession, typed: str) -> list[str]:
    """Return words of the market that somebody may be typing."""
    return await vocabulary.proposals(session, typed, PROPOSALS_MOST)


async def _asked(session: AsyncSession, words: Sequence[str], least: int) -> list[Asked]:
    """Turn words into what the index is asked; a Latin one may go on as any known word does."""
    asked: list[Asked] = []
    for word in words:
        if hangul(word):
            asked.append(query_word(word))
            continue
        going_on = await vocabulary.starting_with(session, word, least)
        asked.append(Alternatives(tuple(dict.fromkeys((word, *going_on)))))
    return asked


async def _meant(
    session: AsyncSession, words: Sequence[str], total: int, least: int
) -> tuple[list[str], list[Instead]]:
    """Return what the words may have meant: joined ones apart, mistyped ones mended."""
    meant: list[str] = []
    instead: list[Instead] = []
    for word in words:
        other = await _other(session, word, total, least)
        meant += other or [word]
        if other:
            instead.append(Instead(word, " ".join(other)))
    return meant, instead


async def _joined(session: AsyncSession, words: Sequence[str], least: int) -> bool:
    """Whether a word looks like several written together, as Korean allows."""
    long = [word for word in words if hangul(word) and len(word) >= SURELY_JOINED_CHARS]
    return len(await vocabulary.known(session, long, least)) < len(long)


async def _other(session: AsyncSession, word: str, total: int, least: int) -> list[str]:
    """Return what a word may have meant: its parts, itself without a particle, or mended."""
    if hangul(word) and len(word) >= JOINED_CHARS_MIN:
        parts = await vocabulary.split(session, word, total, least)
        if parts:
            return parts
    if await _count_alone(session, word, least) >= SLIP_BELOW:
        return []
    for stem in vocabulary.stems_of(word):
        if await _count_alone(session, stem, least):
            return [stem]
    mended = await vocabulary.meant(session, word, least)
    return [mended] if mended else []


async def _count_alone(session: AsyncSession, word: str, least: int) -> int:
    asked = [await _asked(session, [word], least)]
    return await matching.count(session, asked, {}, most=SLIP_BELOW)


async def _ways_on(
    session: AsyncSession,
    words: Sequence[str],
    wordings: Sequence[Sequence[Asked]],
    filters: Mapping[str, Sequence[str]],
) -> list[WayOn]:
    """Return what would find something where nothing was found."""
    ways: list[WayOn] = []
    for name in (name for name in FACETS if filters.get(name)):
        count = await matching.count(session, wordings, {**filters, name: ()})
        if count:
            ways.append(WayOn(name, "", count))
    for word in words if len(words) > 1 else ():
        count = await matching.count(session, [[query_word(word)]], filters)
        if count:
            ways.append(WayOn("", word, count))
    return ways


async def _hits(session: AsyncSession, ids: Sequence[UUID]) -> list[Hit]:
    offers = {offer.product.id: offer for offer in await offers_by_id(session, ids)}
    shapes = await shapes_of(session, [offer.version_id for offer in offers.values()])
    return [
        _hit(offers[one], shapes.get(offers[one].version_id, [])) for one in ids if one in offers
    ]


def _hit(offer: Offer, shape: list[int]) -> Hit:
    product, content = offer.product, offer.content
    assert product.number is not None, "a saved row has its number"
    assert product.price_won is not None, "a listed product has its price"
    assert product.listed_at is not None, "and its time"
    return Hit(
        id=product.id, number=product.number, title_ko=content.title_ko, title_en=content.title_en,
        summary_ko=content.summary_ko, summary_en=content.summary_en,
        seller_id=product.organization_id, seller=offer.seller.name,
        industry_division=content.industry_division, process=content.process,
        equipment=content.equipment,
        data_kind=content.data_kind.value if content.data_kind else None,
        formats=offer.formats, price_won=product.price_won, grade=offer.grade,
        row_count=offer.row_count, size_bytes=offer.size_bytes,
        listed_at=product.listed_at, shape=shape,
    )  # fmt: skip
