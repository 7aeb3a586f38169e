"""The pages of one's own organization: facts and checks, changes, registration, request to join."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import MANAGERS, SIGNED_IN, Principal, allow
from marketplace.db import Phases, Scope
from marketplace.idempotency import Once
from marketplace.members.organizations import editing, joining, queries, registry_checks
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.policies import MANAGE, READ, own_organization_id
from marketplace.members.organizations.readiness import Ability, checks_of, missing_for
from marketplace.members.organizations.schemas import (
    OrganizationFacts,
    OrganizationIn,
    RegisteredOut,
)
from marketplace.members.organizations.standing import standing_of
from marketplace.members.registry.business_number import holder_hint
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render, see_other
from marketplace.web.sign_up import hint_for


@get("/organization", opt=allow(READ), include_in_schema=False)
async def show_organization(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the organization, or the way to one for who belongs nowhere."""
    if principal.organization_id is None:
        return await _nowhere_page(request, phases, principal, EMPTY)
    return await _organization_page(request, phases, principal, EMPTY)


async def _organization_page(
    request: AnyRequest, phases: Phases, principal: Principal, form: Form[Nothing]
) -> Page:
    own = own_organization_id(principal)
    async with phases() as session:
        organization = await queries.get_organization(session, own)
        standing = await standing_of(session, organization)
        waiting = await queries.count_waiting_requests(session, own)
    return render(
        request,
        "organization.html",
        status=form.status,
        form=form,
        organization=organization,
        checks=checks_of(standing),
        abilities=[(one.value, missing_for(standing, one)) for one in Ability],
        hint=holder_hint(organization.business_number),
        waiting=waiting,
        manages=principal.has(*MANAGERS),
    )


async def _nowhere_page(
    request: AnyRequest, phases: Phases, principal: Principal, form: Form[Nothing]
) -> Page:
    async with phases(Scope.system()) as session:
        found = await queries.find_newest_join_request(session, principal.user_id)
    return render(request, "no_organization.html", status=form.status, form=form, found=found)


@get("/organization/register", opt=allow(SIGNED_IN), include_in_schema=False, sync_to_thread=False)
def show_register(request: AnyRequest, principal: NamedDependency[Principal]) -> Page:
    """Show the form with which a person who belongs nowhere registers an organization."""
    if principal.organization_id is not None:
        return see_other("/organization")
    return render(request, "organization_register.html", form=EMPTY, hint=None)


@post("/organization/register", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_register(
    request: AnyRequest, principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Page:
    """Register an organization; a known number becomes a request to join."""
    form = await read_form(request, OrganizationIn)

    async def act(content: OrganizationIn) -> Page:
        async def register(session: AsyncSession) -> RegisteredOut:
            return await editing.register(session, content, user_id=principal.user_id)

        system = Scope.system()
        return await once.redirect(form.key, register, "/organization", "registered", scope=system)

    async def again(wrong: Form[OrganizationIn]) -> Page:
        page, hint = "organization_register.html", hint_for(wrong)
        return render(request, page, status=wrong.status, form=wrong, hint=hint)

    return await submitted(form, act, again)


@get("/organization/edit", opt=allow(MANAGE), include_in_schema=False)
async def show_edit(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the facts that an owner may change."""
    found = await queries.get_organization(session, own_organization_id(principal))
    return render(request, "organization_edit.html", form=EMPTY, organization=found)


@post("/organization/edit", opt=allow(MANAGE), include_in_schema=False)
async def submit_edit(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Change facts of the organization."""
    form = await read_form(request, OrganizationFacts)
    own = own_organization_id(principal)

    async def act(content: OrganizationFacts) -> Page:
        async def edit(session: AsyncSession) -> Organization:
            return await editing.edit(session, own, content, actor_id=principal.user_id)

        return await once.redirect(form.key, edit, "/organization", "saved")

    async def again(wrong: Form[OrganizationFacts]) -> Page:
        async with phases() as session:
            found = await queries.get_organization(session, own)
        page = "organization_edit.html"
        return render(request, page, status=wrong.status, form=wrong, organization=found)

    return await submitted(form, act, again)


@post("/organization/registry-check", opt=allow(MANAGE), include_in_schema=False)
async def ask_registry_again(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Have the tax office asked again."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        await registry_checks.count_question(phases, own)

        async def ask(session: AsyncSession) -> Organization:
            return await registry_checks.ask_again(session, own)

        return await once.redirect(form.key, ask, "/organization", "registry-asked")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _organization_page(request, phases, principal, wrong)

    return await submitted(form, act, again)


@get(
    "/organization/join-request/withdraw",
    opt=allow(SIGNED_IN),
    include_in_schema=False,
    sync_to_thread=False,
)
def confirm_withdrawal(request: AnyRequest) -> Page:
    """Ask whether the request to join is really withdrawn."""
    return render(request, "join_request_withdraw.html", form=EMPTY)


@post("/organization/join-request/withdraw", opt=allow(SIGNED_IN), include_in_schema=False)
async def withdraw_join_request(
    request: AnyRequest, principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Page:
    """Withdraw one's waiting request to join."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await joining.withdraw(session, user_id=principal.user_id)

        system = Scope.system()
        return await once.redirect(form.key, withdraw, "/organization", "withdrawn", scope=system)

    async def again(wrong: Form[Nothing]) -> Page:
        return render(request, "join_request_withdraw.html", status=wrong.status, form=wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_organization,
    show_register,
    submit_register,
    show_edit,
    submit_edit,
    ask_registry_again,
    confirm_withdrawal,
    withdraw_join_request,
)
