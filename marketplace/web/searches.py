"""The pages of saved searches: keeping one, the list, letting one go, stopping its alerts from a mail."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.catalog.products.terms import term_in
from marketplace.catalog.saved import queries, service
from marketplace.catalog.saved.models import Frequency, SavedSearch
from marketplace.catalog.saved.schemas import Name, SavedSearchPatch
from marketplace.catalog.saved.service import Keeping
from marketplace.catalog.search.asking import DEPENDENCIES, Wanted
from marketplace.catalog.search.service import Query, locate
from marketplace.catalog.sellers.queries import cards_of
from marketplace.db import Phases, Scope
from marketplace.idempotency import Once
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.market_search import DIVISIONS, written
from marketplace.web.pages import AnyRequest, Page, language_of, render, see_other

LIST: Final = "/searches"
NEW: Final = LIST + "/new"
ONE: Final = LIST + "/{search_id:uuid}"


class KeepingForm(Struct):
    """Under which name a search is kept, and how it tells."""

    name: Name
    frequency: Frequency
    alert: bool = False


async def _facts(
    request: AnyRequest, session: AsyncSession, filters: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the words that the values of facets are shown with."""
    sellers = {UUID(value) for one in filters for value in one.get("seller", ())}
    cards = await cards_of(session, sorted(sellers))
    english = language_of(request) == "en"
    return {
        "divisions": {code: names[int(english)] for code, names in DIVISIONS.items()},
        "sellers": {str(one): card.name for one, card in cards.items()},
        "frequencies": list(Frequency),
        "term_in": partial(term_in, english=english),
    }


@get(NEW, opt=allow(SIGNED_IN), dependencies=DEPENDENCIES, include_in_schema=False)
async def show_new(
    request: AnyRequest, phases: NamedDependency[Phases], wanted: NamedDependency[Wanted]
) -> Page:
    """Show what would be kept, and ask for a name."""
    return await _new_page(request, phases, wanted.query(1), EMPTY)


async def _new_page(
    request: AnyRequest, phases: Phases, query: Query, form: Form[KeepingForm]
) -> Page:
    filters = {name: list(values) for name, values in query.filters.items() if values}
    async with phases() as session:
        count = (await locate(session, query)).count
        facts = await _facts(request, session, [filters])
    return render(
        request,
        "search_new.html",
        status=form.status,
        form=form,
        query=query,
        filters=filters,
        count=count,
        market=written(query),
        here=written(query, path=NEW),
        **facts,
    )


@post(NEW, opt=allow(SIGNED_IN), dependencies=DEPENDENCIES, include_in_schema=False)
async def submit_new(
    request: AnyRequest,
    *,
    phases: NamedDependency[Phases],
    wanted: NamedDependency[Wanted],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Keep a search."""
    form = await read_form(request, KeepingForm)
    query = wanted.query(1)

    async def act(content: KeepingForm) -> Page:
        keeping = Keeping(
            content.name, content.alert, content.frequency, settings.saved_searches_most
        )

        async def keep(session: AsyncSession) -> object:
            return await service.save(session, principal.user_id, query, keeping)

        return await once.redirect(form.key, keep, LIST, "search-saved")

    async def again(wrong: Form[KeepingForm]) -> Page:
        return await _new_page(request, phases, query, wrong)

    return await submitted(form, act, again)


@get(LIST, opt=allow(SIGNED_IN), include_in_schema=False)
async def show_list(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """List the own saved searches."""
    return await _list_page(request, phases, principal, settings.saved_searches_most, EMPTY)


async def _list_page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    most: int,
    form: Form[KeepingForm],
    failed: UUID | None = None,
) -> Page:
    async with phases() as session:
        own = await queries.list_own(session, principal.user_id)
        facts = await _facts(request, session, [one.filters for one in own])
    return render(
        request,
        "searches.html",
        status=form.status,
        form=form,
        failed=failed,
        searches=own,
        most=most,
        address_of=queries.address_of,
        **facts,
    )


@get(ONE, opt=allow(SIGNED_IN), include_in_schema=False)
async def run_search(
    search_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Go to what a saved search finds now; notices lead here."""
    saved = await queries.get_own(session, principal.user_id, search_id)
    return see_other(queries.address_of(saved))


@post(ONE, opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_change(
    request: AnyRequest,
    *,
    search_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Rename a search, switch its alerts, or choose how often they come."""
    form = await read_form(request, KeepingForm)

    async def act(content: KeepingForm) -> Page:
        patch = SavedSearchPatch(content.name, content.alert, content.frequency)

        async def change(session: AsyncSession) -> object:
            return await service.change(session, principal.user_id, search_id, patch)

        return await once.redirect(form.key, change, LIST, "saved")

    async def again(wrong: Form[KeepingForm]) -> Page:
        most = settings.saved_searches_most
        return await _list_page(request, phases, principal, most, wrong, search_id)

    return await submitted(form, act, again)


@get(ONE + "/deletion", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_removal(
    request: AnyRequest,
    search_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Ask whether to let a search go."""
    saved = await queries.get_own(session, principal.user_id, search_id)
    return render(request, "search_delete.html", form=EMPTY, saved=saved)


@post(ONE + "/deletion", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_removal(
    request: AnyRequest,
    search_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Let a search go."""
    form = await read_form(request, Nothing)

    async def remove(session: AsyncSession) -> None:
        await service.remove(session, principal.user_id, search_id)

    return await once.redirect(form.key, remove, LIST, "search-removed")


@get(ONE + "/stop", opt=allow(EVERYONE), include_in_schema=False)
async def show_stop(
    request: AnyRequest,
    search_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    token: FromQuery[str] = "",
) -> Page:
    """Ask whether to stop a search's alerts; opening the mail's link changes nothing."""
    async with phases(Scope.system()) as session:
        saved = await _of_link(session, search_id, token, settings)
    return render(request, "search_stop.html", plain=True, form=EMPTY, saved=saved, token=token)


class StopForm(Struct):
    """The token of the mail's link."""

    token: str


@post(ONE + "/stop", opt=allow(EVERYONE), include_in_schema=False)
async def submit_stop(
    request: AnyRequest,
    search_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Stop a search's alerts without signing in."""
    form = await read_form(request, StopForm)
    token = form.value("token")

    async def stop(session: AsyncSession) -> object:
        return await service.stop(session, await _of_link(session, search_id, token, settings))

    address = f"{LIST}/{search_id}/stop?token={token}"
    return await once.redirect(form.key, stop, address, "search-stopped", scope=Scope.system())


async def _of_link(
    session: AsyncSession, search_id: UUID, token: str, settings: Settings
) -> SavedSearch:
    key = settings.session_key.get_secret_value()
    return await service.get_for_stopping(session, search_id, token=token, key=key)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_new,
    submit_new,
    show_list,
    run_search,
    submit_change,
    show_removal,
    submit_removal,
    show_stop,
    submit_stop,
)
