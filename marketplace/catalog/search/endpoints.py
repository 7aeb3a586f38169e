"""The API of the search, for everybody: products, facets, proposals."""

from typing import Annotated, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.search import service
from marketplace.catalog.search.asking import (
    DEPENDENCIES,
    TEXT_CHARS_MAX,
    Limit,
    QueryTooLong,
    SortUnknown,
    Wanted,
)
from marketplace.catalog.search.facets import Facet
from marketplace.catalog.search.matching import COUNTED_MOST
from marketplace.catalog.search.service import PAGE_USUAL, Hit, Instead, WayOn
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers

PATH: Final = "/api/v1/products"
TAGS: Final = ["market"]
REFUSED: Final = answers(CursorRefused, QueryTooLong, SortUnknown)
Typed = Annotated[str, QueryParameter(min_length=1, max_length=TEXT_CHARS_MAX)]


class FoundProducts(Struct, frozen=True):
    """A page of products that were found. ``more_than_counted``: there are more than 1,000."""

    items: list[Hit]
    count: int
    more_than_counted: bool
    instead: list[Instead]
    ways_on: list[WayOn]
    next_cursor: str | None


class FoundFacets(Struct, frozen=True):
    """The facets of what was found."""

    items: list[Facet]


class Proposals(Struct, frozen=True):
    """Words of the market that begin as typed, the most used first."""

    items: list[str]


@get(
    PATH,
    opt=allow(EVERYONE) | REFUSED,
    dependencies=DEPENDENCIES,
    tags=TAGS,
)
async def search_products(
    session: NamedDependency[AsyncSession],
    wanted: NamedDependency[Wanted],
    limit: Limit = PAGE_USUAL,
) -> FoundProducts:
    """Find products on sale by words and facets; several values of a facet are alternatives."""
    page = await service.search(session, wanted.query(limit))
    return FoundProducts(
        page.hits,
        min(page.count, COUNTED_MOST),
        page.count > COUNTED_MOST,
        page.instead,
        page.ways_on,
        wanted.next_cursor(page),
    )


@get(
    PATH + "/facets",
    opt=allow(EVERYONE) | REFUSED,
    dependencies=DEPENDENCIES,
    tags=TAGS,
)
async def show_facets(
    session: NamedDependency[AsyncSession], wanted: NamedDependency[Wanted]
) -> FoundFacets:
    """Count what was found by industry, process, equipment, kind, format, price, grade and seller."""
    query = wanted.query(1)
    page = await service.search(session, query)
    return FoundFacets(await service.facets_of(session, query, page))


@get(PATH + "/proposals", opt=allow(EVERYONE), tags=TAGS)
async def propose_words(session: NamedDependency[AsyncSession], q: Typed) -> Proposals:
    """Propose words while somebody types: half a syllable (금ㅎ) or first letters (ㅅㅊ) do."""
    return Proposals(await service.propose(session, q))


ROUTES: tuple[ControllerRouterHandler, ...] = (search_products, show_facets, propose_words)
