"""Evaluators and experts, made by the operating agency's manager or by an administrator."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.bodies import queries, service
from marketplace.members.oversight.bodies.reading import read_person
from marketplace.members.oversight.bodies.schemas import EvaluatorIn
from marketplace.members.oversight.policies import PERSON_MAKERS, PERSON_MAKERS_FRESH
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/evaluators"


async def _page(request: AnyRequest, phases: Phases, form: Form[Any] = EMPTY) -> Page:
    # Accounts without an organization are nobody's tenant rows; the policy says who may look.
    async with phases(Scope.system()) as session:
        return render(
            request,
            "operator/evaluators.html",
            status=form.status,
            people=await queries.list_persons(session),
            form=form,
            **desk_of(request, session),
        )


@get(BASE, opt=allow(PERSON_MAKERS), include_in_schema=False)
async def show(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show evaluators and experts."""
    return await _page(request, phases)


@post(BASE, opt=allow(PERSON_MAKERS_FRESH), include_in_schema=False)
async def add(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Make the account of an evaluator or an expert; a link goes out by mail."""
    form = await read_form(request, EvaluatorIn)
    invitation = service.Invitation(principal.organization_name or "", settings.public_url)
    phases, system = provide_phases(request), Scope.system()

    async def act(session: AsyncSession) -> object:
        person = read_person(form.data)
        return await service.add_person(session, person, form.data.role, invitation)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "link-sent", scope=system),
        lambda refused: _page(request, phases, refused),
    )


ROUTES = (show, add)
