"""The page on which products are found."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.products.terms import term_in
from marketplace.catalog.search import service
from marketplace.catalog.search.asking import DEPENDENCIES, Wanted
from marketplace.catalog.search.facets import Facet, FacetValue
from marketplace.catalog.search.matching import COUNTED_MOST, Sort
from marketplace.catalog.search.service import Hit, Query
from marketplace.catalog.sellers.queries import cards_of
from marketplace.web.charts import bars
from marketplace.web.pages import AnyRequest, Page, language_of, render

PATH: Final = "/market"
TITLE_CHARS_MAX: Final = 100
# Facet: what the form of wanted data calls it.
WANTED_FIELDS: Final = {
    "industry": "industry_division", "process": "process", "equipment": "equipment",
    "data_kind": "data_kind",
}  # fmt: skip
DIVISIONS: Final = {
    code: names for section in SECTIONS.values() for code, names in section.divisions.items()
}


@get(PATH, opt=allow(EVERYONE), dependencies=DEPENDENCIES, include_in_schema=False)
async def show_market(
    request: AnyRequest, session: NamedDependency[AsyncSession], wanted: NamedDependency[Wanted]
) -> Page:
    """Show what was found, with its facets; without a query, the newest."""
    query = wanted.query()
    page = await service.search(session, query)
    facets = await service.facets_of(session, query, page)
    cursor = wanted.next_cursor(page)
    english = language_of(request) == "en"
    return render(
        request,
        "market.html",
        plain=True,
        query=query,
        sorts=list(Sort),
        count=min(page.count, COUNTED_MOST),
        more=page.count > COUNTED_MOST,
        instead=page.instead,
        ways_on=page.ways_on,
        products=[_shown(hit, english=english) for hit in page.hits],
        facets={facet.name: facet for facet in _with_chosen(facets, query)},
        sellers=await _seller_names(session, facets, query),
        divisions={code: names[int(english)] for code, names in DIVISIONS.items()},
        address=_Addresses(query),
        next_href=_Addresses(query).with_cursor(cursor) if cursor else "",
        term_in=partial(term_in, english=english),
        bars=bars,
    )


def _shown(hit: Hit, *, english: bool) -> dict[str, Any]:
    return {
        "id": hit.id,
        "title": (english and hit.title_en) or hit.title_ko,
        "summary": (english and hit.summary_en) or hit.summary_ko,
        "seller": hit.seller,
        "process": term_in(hit.process, english=english),
        "kind": hit.data_kind,
        "formats": hit.formats,
        "rows": hit.row_count,
        "size_bytes": hit.size_bytes,
        "price_won": hit.price_won,
        "grade": hit.grade,
        "shape": hit.shape,
    }


def _with_chosen(facets: Sequence[Facet], query: Query) -> list[Facet]:
    """Let a chosen value stand in its facet even where it has no hit, so that it can be let go."""
    shown = []
    known = {facet.name: facet for facet in facets}
    for name, values in query.filters.items():
        facet = known.pop(name, Facet(name, [], approximate=False))
        there = {one.value for one in facet.values}
        lost = [FacetValue(value, 0) for value in values if value not in there]
        if facet.values or lost:
            shown.append(Facet(name, [*facet.values, *lost], facet.approximate))
    return shown + list(known.values())


async def _seller_names(
    session: AsyncSession, facets: Sequence[Facet], query: Query
) -> dict[str, str]:
    wanted = {one.value for facet in facets if facet.name == "seller" for one in facet.values}
    wanted |= set(query.filters.get("seller", ()))
    cards = await cards_of(session, [UUID(one) for one in wanted])
    return {str(one): card.name for one, card in cards.items()}


class _Addresses:
    """The page's own address with one thing changed."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def without(self, name: str, value: str = "") -> str:
        """Return the address without a value of a facet, or without the words (``q``)."""
        filters = {
            facet: [one for one in values if not (facet == name and value in ("", one))]
            for facet, values in self._query.filters.items()
        }
        words = "" if name == "q" else self._query.text
        return written(Query(words, filters, self._query.sort))

    def with_words(self, words: str) -> str:
        """Return the address with other words."""
        return written(Query(words, self._query.filters, self._query.sort))

    def with_cursor(self, cursor: str) -> str:
        """Return the address of the next page."""
        return written(self._query, cursor=cursor)

    def saving(self) -> str:
        """Return the address of the page that keeps this search."""
        return written(self._query, path="/searches/new")

    def wanting(self) -> str:
        """Return the address of the form that asks for data, with what was looked for filled in."""
        query, pairs = self._query, []
        if query.text:
            pairs.append(("title", query.text[:TITLE_CHARS_MAX]))
        for facet, field in WANTED_FIELDS.items():
            if query.filters.get(facet):
                pairs.append((field, query.filters[facet][0]))
        return f"/wanted/new?{urlencode(pairs)}" if pairs else "/wanted/new"


def written(query: Query, *, path: str = PATH, cursor: str = "") -> str:
    """Return the address of a page that takes a search, with words, filters and order.

    Args:
        cursor: where the page begins, if not at the beginning
    """
    pairs = [("q", query.text)] if query.text else []
    pairs += [(name, value) for name, values in query.filters.items() for value in values]
    if query.sort is not Sort.relevance:
        pairs.append(("sort", query.sort.value))
    if cursor:
        pairs.append(("cursor", cursor))
    return f"{path}?{urlencode(pairs)}" if pairs else path


ROUTES: tuple[ControllerRouterHandler, ...] = (show_market,)
