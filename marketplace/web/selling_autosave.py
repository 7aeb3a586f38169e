"""Saving a draft while it is written: the forms' script sends what was typed and reads these answers.

Everything goes the way of the button "save": only a draft can be written, never what is approved (E6),
and a save that came in between is never overwritten unseen. The price is not among it, because it takes
effect at once.
"""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from marketplace.auth import Principal, allow
from marketplace.catalog.products import queries, service
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.products.schemas import DraftPatch
from marketplace.clock import SEOUL
from marketplace.db import Phases
from marketplace.http.problems import REFUSAL
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web import selling_columns, selling_terms
from marketplace.web.forms import Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of
from marketplace.web.selling import OWN, DraftForm, Versioned, patch_of
from marketplace.web.selling_columns import ColumnsForm
from marketplace.web.selling_terms import LicenceForm

T = TypeVar("T", bound=Versioned)


class Kept(Struct, frozen=True):
    """A draft was saved: the save's number, and the time in Seoul as it is shown."""

    revision: int
    at: str


class Trouble(Struct, frozen=True):
    """A draft was not saved, and why; ``revision`` is the save that came in between."""

    code: str
    text: str
    fields: list[str]
    revision: int | None


def autosave_of(page: str, kind: type[T], patch: Callable[[T], DraftPatch]) -> HTTPRouteHandler:
    """Return the handler that saves the form of a page while it is written.

    Args:
        page: last part of the page's address
        kind: the page's form
        patch: what the form changes
    """

    @post(f"{OWN}/{page}/autosave", status_code=200, opt=allow(SELL), include_in_schema=False)
    async def handle(
        request: AnyRequest,
        product_id: FromPath[UUID],
        principal: NamedDependency[Principal],
        phases: NamedDependency[Phases],
    ) -> Page:
        form = await read_form(request, kind)
        own = own_organization_id(principal)

        async def act(content: T) -> Page:
            async with phases() as session:
                found = await service.save(
                    session, own, product_id, patch(content), actor_id=principal.user_id
                )
            return Response(kept_of(found))

        async def again(wrong: Form[T]) -> Page:
            return _refused(request, wrong)

        return await submitted(form, act, again)

    return handle


def kept_of(own: OwnProduct) -> Kept:
    """Shape a save for the script."""
    draft = queries.writable(own)
    assert draft.saved_at is not None, "a saved row has its time"
    return Kept(draft.revision, f"{draft.saved_at.astimezone(SEOUL):%H:%M}")


def _refused(request: AnyRequest, form: Form[T]) -> Page:
    language, refusal = language_of(request), form.refusal
    request.scope["state"][REFUSAL] = refusal
    fields = [error.text(language) for error in form.errors]
    trouble = Trouble(
        code=refusal.code if refusal is not None else "invalid",
        text=refusal.text(language) if refusal is not None else "",
        fields=fields,
        revision=refusal.facts.get("revision") if refusal is not None else None,  # type: ignore[arg-type]  # a number
    )
    return Response(trouble, status_code=form.status)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    autosave_of("edit", DraftForm, patch_of),
    autosave_of("licence", LicenceForm, selling_terms.patch_of),
    autosave_of("columns", ColumnsForm, selling_columns.patch_of),
)
