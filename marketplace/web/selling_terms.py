"""The pages of a product's licence: the twelve questions, and the contract that they give."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.products import queries, service
from marketplace.catalog.products.endpoints import contract_of
from marketplace.catalog.products.licence.contract import clauses
from marketplace.catalog.products.licence.questions import QUESTIONS
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.products.schemas import DraftPatch
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id, own_url
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH, Versioned

Answer = Annotated[str, Meta(max_length=40)]


class LicenceForm(Versioned, kw_only=True):
    """The twelve answers."""

    purpose: Answer
    term: Answer
    territory: Answer
    seats: Answer
    derived: Answer
    training: Answer
    redistribution: Answer
    citation: Answer
    warranty: Answer
    deletion: Answer
    refund: Answer
    dispute: Answer


def patch_of(form: LicenceForm) -> DraftPatch:
    """Return what a form changes."""
    answers = {name: getattr(form, name) for name in QUESTIONS}
    return DraftPatch(revision=form.seen, licence=answers)


@get(OWN + "/licence", opt=allow(SELL), include_in_schema=False)
async def show_licence(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the twelve questions with the contract that the answers give."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    return _licence_page(request, own, EMPTY)


def _licence_page(request: AnyRequest, own: OwnProduct, form: Form[Any]) -> Page:
    draft = queries.writable(own)
    return render(
        request,
        "selling_licence.html",
        status=form.status,
        form=form,
        own=own,
        draft=draft,
        questions=QUESTIONS,
        clauses=clauses(draft.licence),
    )


@post(OWN + "/licence", opt=allow(SELL), include_in_schema=False)
async def submit_licence(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Save the twelve answers."""
    form = await read_form(request, LicenceForm)
    own = own_organization_id(principal)

    async def act(content: LicenceForm) -> Page:
        async def save(session: AsyncSession) -> object:
            return await service.save(
                session, own, product_id, patch_of(content), actor_id=principal.user_id
            )

        return await once.redirect(form.key, save, f"{PATH}/{product_id}/licence", "saved")

    async def again(wrong: Form[LicenceForm]) -> Page:
        async with phases() as session:
            found = await queries.get_own(session, own, product_id)
        return _licence_page(request, found, wrong)

    return await submitted(form, act, again)


@get(OWN + "/contract", opt=allow(SELL_READ), include_in_schema=False)
async def show_contract(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Show the contract as a buyer will read and print it."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    made = contract_of(own, own_url(settings))
    return render(request, "selling_contract.html", own=own, contract=made)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_licence, submit_licence, show_contract)
