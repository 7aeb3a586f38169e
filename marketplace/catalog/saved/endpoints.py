"""The API of one's saved searches."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import to_builtins
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, allow
from marketplace.catalog.saved import queries, service
from marketplace.catalog.saved.errors import (
    SavedSearchEmpty,
    SavedSearchesFull,
    SavedSearchKnown,
    SavedSearchNotFound,
)
from marketplace.catalog.saved.models import SavedSearch
from marketplace.catalog.saved.schemas import (
    SavedSearches,
    SavedSearchIn,
    SavedSearchOut,
    SavedSearchPatch,
)
from marketplace.catalog.saved.service import Keeping
from marketplace.catalog.search.asking import QueryTooLong, Wanted
from marketplace.catalog.search.service import Query
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.settings import Settings

PATH: Final = "/api/v1/me/searches"
ONE: Final = PATH + "/{search_id:uuid}"
TAGS: Final = ["market"]


def out_of(saved: SavedSearch) -> SavedSearchOut:
    """Shape a saved search as its owner sees it."""
    assert saved.saved_at is not None, "a saved row has its time"
    return SavedSearchOut(
        id=saved.id,
        name=saved.name,
        words=saved.words,
        filters=saved.filters,
        sort=saved.sort,
        alert=saved.alert,
        frequency=saved.frequency,
        saved_at=saved.saved_at,
        address=queries.address_of(saved),
    )


def _asked(given: SavedSearchIn) -> Query:
    chosen = to_builtins(given.filters) if given.filters is not None else {}
    filters = {name: values for name, values in chosen.items() if values}
    return Wanted("", given.words, filters, given.sort.value, "").query()


@get(PATH, opt=allow(SIGNED_IN), tags=TAGS)
async def list_searches(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> SavedSearches:
    """List the searches that you keep."""
    own = await queries.list_own(session, principal.user_id)
    return SavedSearches([out_of(one) for one in own], settings.saved_searches_most)


@post(
    PATH,
    opt=allow(SIGNED_IN)
    | answers(SavedSearchEmpty, SavedSearchKnown, SavedSearchesFull, QueryTooLong),
    tags=TAGS,
)
async def save_search(
    data: JSONBody[SavedSearchIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[SavedSearchOut]:
    """Keep a search; you are told of products that come onto the market and fit."""
    query = _asked(data)
    keeping = Keeping(data.name, data.alert, data.frequency, settings.saved_searches_most)

    async def act(session: AsyncSession) -> SavedSearchOut:
        return out_of(await service.save(session, principal.user_id, query, keeping))

    return await once.answer(act, SavedSearchOut)


@patch(ONE, opt=allow(SIGNED_IN) | answers(SavedSearchNotFound), tags=TAGS)
async def change_search(
    search_id: FromPath[UUID],
    data: JSONBody[SavedSearchPatch],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> SavedSearchOut:
    """Rename a search, switch its alerts, or choose how often they come."""
    return out_of(await service.change(session, principal.user_id, search_id, data))


@delete(ONE, status_code=204, opt=allow(SIGNED_IN) | answers(SavedSearchNotFound), tags=TAGS)
async def remove_search(
    search_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Let a search go."""
    await service.remove(session, principal.user_id, search_id)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_searches,
    save_search,
    change_search,
    remove_search,
)
