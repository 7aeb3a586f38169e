"""What an address asks the search for: words, values of facets, order, the place of a page."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter
from litestar.types import Dependencies

from marketplace.catalog.search.lexemes import FACETS
from marketplace.catalog.search.matching import Place, Sort
from marketplace.catalog.search.service import PAGE_MOST, PAGE_USUAL, Page, Query
from marketplace.errors import Malformed
from marketplace.http.cursors import CursorRefused, Cursors
from marketplace.settings import Settings

TEXT_CHARS_MAX: Final = 200
VALUES_MOST: Final = 20
VALUE_CHARS_MAX: Final = 60

Values = FromQuery[list[str] | None]
# "format" is a function of the language, so the argument has another name than the parameter.
Formats = Annotated[list[str] | None, QueryParameter(name="format")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MOST)]


class QueryTooLong(Malformed):
    """More words or values than the search takes."""

    code = "query_too_long"
    ko = "검색어는 200자, 조건은 값마다 60자로 모두 20개까지 쓸 수 있습니다. 줄여 다시 찾으십시오."
    en = "A query takes 200 characters and 20 values of 60 characters. Shorten it and search again."


class SortUnknown(Malformed):
    """No such order."""

    code = "sort_unknown"
    ko = "그런 정렬은 없습니다. relevance, newest, cheapest, dearest, grade 가운데 고르십시오."
    en = "There is no such order. Use relevance, newest, cheapest, dearest or grade."


@dataclass(frozen=True)
class Subject:
    """What the data are about."""

    industry: list[str]
    process: list[str]
    equipment: list[str]
    data_kind: list[str]


@dataclass(frozen=True)
class Deal:
    """What is got for what."""

    format: list[str]
    price: list[str]
    grade: list[str]
    seller: list[str]


@dataclass(frozen=True)
class Wanted:
    """What an address asks for, as it came. Reading it can be refused, so the handler does that.

    A dependency that refuses would leave the request's session open: the framework closes what was
    begun beside it only once the handler runs.
    """

    key: str
    text: str
    filters: dict[str, list[str]]
    sort: str
    cursor: str

    def query(self, limit: int = PAGE_USUAL) -> Query:
        """Return the query.

        Raises:
            QueryTooLong: more than a person types or chooses
            SortUnknown: no such order
            CursorRefused: the cursor is of another query
        """
        values = [value for chosen in self.filters.values() for value in chosen]
        if len(self.text) > TEXT_CHARS_MAX or len(values) > VALUES_MOST:
            raise QueryTooLong
        if any(len(value) > VALUE_CHARS_MAX for value in values):
            raise QueryTooLong
        try:
            sort = Sort(self.sort)
        except ValueError:
            raise SortUnknown from None
        return Query(self.text, self.filters, sort, self._after(), limit)

    def next_cursor(self, page: Page) -> str | None:
        """Return where the next page begins, if there may be one."""
        if page.last is None:
            return None
        return self._cursors().seal(page.last.step, page.last.position, page.last.price_won)

    def _after(self) -> Place | None:
        if not self.cursor:
            return None
        told = self._cursors().open(self.cursor)
        if len(told) != len(Place.__dataclass_fields__):
            raise CursorRefused
        return Place(*(int(one) for one in told))

    def _cursors(self) -> Cursors:
        told = msgspec.json.encode([self.text, self.filters, self.sort])
        return Cursors(self.key, f"search {hashlib.sha256(told).hexdigest()[:16]}")


def provide_subject(
    industry: Values = None,
    process: Values = None,
    equipment: Values = None,
    data_kind: Values = None,
) -> Subject:
    """Read what the data shall be about."""
    return Subject(industry or [], process or [], equipment or [], data_kind or [])


def provide_deal(
    formats: Formats = None,
    price: Values = None,
    grade: Values = None,
    seller: Values = None,
) -> Deal:
    """Read what shall be got for what."""
    sellers = [one for one in seller or [] if _is_uuid(one)]
    return Deal(formats or [], price or [], grade or [], sellers)


def provide_wanted(
    settings: NamedDependency[Settings],
    subject: NamedDependency[Subject],
    deal: NamedDependency[Deal],
    q: FromQuery[str] = "",
    sort: FromQuery[str] = Sort.relevance.value,
    cursor: FromQuery[str] = "",
) -> Wanted:
    """Read what an address asks for."""
    filters = {name: getattr(subject, name, None) or getattr(deal, name, []) for name in FACETS}
    return Wanted(settings.session_key.get_secret_value(), q, filters, sort, cursor)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


DEPENDENCIES: Final[Dependencies] = {
    "subject": Provide(provide_subject, sync_to_thread=False),
    "deal": Provide(provide_deal, sync_to_thread=False),
    "wanted": Provide(provide_wanted, sync_to_thread=False),
}
