"""The API of one's own organization: sign-up, facts, the check at the registry, a request to join."""

from typing import Any, Final

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.db import Phases, Scope
from marketplace.errors import Invalid, TooManyRequests
from marketplace.http.facts import facts_of
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.accounts.errors import PasswordCheckBusy
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations import (
    editing,
    joining,
    queries,
    registry_checks,
    signing_up,
)
from marketplace.members.organizations.errors import (
    BelongsElsewhere,
    JoinRequestAnswered,
    JoinRequestNotFound,
    NoLongerOwner,
    NoOrganization,
    OrganizationNotActive,
    RegistryAskedRecently,
)
from marketplace.members.organizations.models import JoinRequest, Organization
from marketplace.members.organizations.policies import MANAGE, READ, own_organization_id, own_url
from marketplace.members.organizations.schemas import (
    MyJoinRequestOut,
    OrganizationIn,
    OrganizationOut,
    OrganizationPatch,
    RegisteredOut,
    SignUpIn,
    SignUpOut,
)
from marketplace.settings import Settings

SENT: Final = SignUpOut(
    message_ko="입력하신 주소로 메일을 보냈습니다. 메일의 안내를 따라 주십시오.",
    message_en="A mail is on its way to the address you gave. Please follow it.",
)
SAME_SIGN_UP: Final = "the newest sign-up replaces the one before; at worst one more mail is sent"


@post(
    "/api/v1/organizations",
    status_code=202,
    opt=allow(EVERYONE)
    | repeatable(SAME_SIGN_UP)
    | answers(Invalid, TooManyRequests, PasswordCheckBusy),
)
async def sign_up(
    request: Request[Any, Any, Any],
    data: JSONBody[SignUpIn],
    phases: NamedDependency[Phases],
    passwords: NamedDependency[PasswordHashing],
    settings: NamedDependency[Settings],
) -> SignUpOut:
    """Sign up a business; the answer is the same for every address, the mail says what comes next."""
    await signing_up.sign_up(
        phases,
        data,
        passwords=passwords,
        public_url=own_url(settings),
        address=facts_of(request.scope).address,
    )
    return SENT


@post("/api/v1/organization", opt=allow(SIGNED_IN) | answers(Invalid, BelongsElsewhere))
async def register_organization(
    data: JSONBody[OrganizationIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RegisteredOut]:
    """Register an organization as a person who belongs to none; a known number becomes a request."""

    async def act(session: AsyncSession) -> RegisteredOut:
        return await editing.register(session, data, user_id=principal.user_id)

    return await once.answer(act, RegisteredOut, scope=Scope.system())


@get("/api/v1/organization", opt=allow(READ) | answers(NoOrganization))
async def show_organization(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> OrganizationOut:
    """Show your organization with its three checks and their dates."""
    found = await queries.get_organization(session, own_organization_id(principal))
    return convert(found, OrganizationOut, from_attributes=True)


@patch("/api/v1/organization", opt=allow(MANAGE) | answers(NoOrganization, NoLongerOwner, Invalid))
async def edit_organization(
    data: JSONBody[OrganizationPatch],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> OrganizationOut:
    """Change facts; a new name, representative or opening date is checked anew."""
    found = await editing.edit(
        session, own_organization_id(principal), data, actor_id=principal.user_id
    )
    return convert(found, OrganizationOut, from_attributes=True)


@post(
    "/api/v1/organization/registry-checks",
    status_code=202,
    opt=allow(MANAGE)
    | answers(NoOrganization, OrganizationNotActive, RegistryAskedRecently, TooManyRequests),
)
async def ask_registry_again(
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Response[OrganizationOut]:
    """Have the tax office asked again; the answer comes as a notice."""
    own = own_organization_id(principal)
    await registry_checks.count_question(phases, own)

    async def act(session: AsyncSession) -> Organization:
        return await registry_checks.ask_again(session, own)

    return await once.answer(act, OrganizationOut, status=202)


@get("/api/v1/me/join-request", opt=allow(SIGNED_IN) | answers(JoinRequestNotFound))
async def show_join_request(
    phases: NamedDependency[Phases], principal: NamedDependency[Principal]
) -> MyJoinRequestOut:
    """Show your newest request to join an organization."""
    async with phases(Scope.system()) as session:
        found = await queries.find_newest_join_request(session, principal.user_id)
    if found is None:
        raise JoinRequestNotFound
    return my_join_request(*found)


@post(
    "/api/v1/me/join-request/withdraw",
    status_code=200,
    opt=allow(SIGNED_IN) | answers(JoinRequestNotFound, JoinRequestAnswered),
)
async def withdraw_join_request(
    principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Response[MyJoinRequestOut]:
    """Withdraw your waiting request to join."""

    async def act(session: AsyncSession) -> MyJoinRequestOut:
        return my_join_request(*await joining.withdraw(session, user_id=principal.user_id))

    return await once.answer(act, MyJoinRequestOut, status=200, scope=Scope.system())


def my_join_request(request: JoinRequest, organization: Organization) -> MyJoinRequestOut:
    """Shape a request as the person who asked sees it."""
    assert request.asked_at is not None, "a saved row has its time"
    return MyJoinRequestOut(
        id=request.id,
        organization_name=organization.name,
        business_number=organization.business_number,
        state=request.state,
        asked_at=request.asked_at,
        answered_at=request.answered_at,
        reason=request.reason,
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    sign_up,
    register_organization,
    show_organization,
    edit_organization,
    ask_registry_again,
    show_join_request,
    withdraw_join_request,
)
