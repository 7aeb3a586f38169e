"""The operator's API of running bodies, and of evaluators and experts."""

from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.idempotency import Once
from marketplace.members.accounts.models import PersonRole
from marketplace.members.oversight.bodies import queries, service
from marketplace.members.oversight.bodies.reading import read_body, read_person
from marketplace.members.oversight.bodies.schemas import (
    AccountOut,
    AccountsOut,
    BodiesOut,
    BodyIn,
    BodyOut,
    EvaluatorIn,
    PersonIn,
)
from marketplace.members.oversight.policies import (
    ADMINISTRATORS,
    ADMINISTRATORS_FRESH,
    PERSON_MAKERS,
    PERSON_MAKERS_FRESH,
)
from marketplace.settings import Settings


@get("/bodies", opt=allow(ADMINISTRATORS))
async def list_bodies(session: NamedDependency[AsyncSession]) -> BodiesOut:
    """List the bodies that run the exchange and the programme."""
    found = {"items": await queries.list_bodies(session)}
    return msgspec.convert(found, BodiesOut, from_attributes=True)


@post("/bodies", opt=allow(ADMINISTRATORS_FRESH))
async def make_body(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    data: JSONBody[BodyIn],
) -> Response[BodyOut]:
    """Make a running body and invite its first manager by mail."""
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        body = read_body(data, today=seoul_date(now(session)))
        return await service.make_body(session, principal, body, public_url=url)

    return await once.answer(act, BodyOut)


@post("/bodies/{organization_id:uuid}/managers", opt=allow(ADMINISTRATORS_FRESH))
async def add_manager(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    organization_id: FromPath[UUID],
    data: JSONBody[PersonIn],
) -> Response[AccountOut]:
    """Invite another manager of a running body by mail."""
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        person = read_person(data)
        return await service.add_manager(
            session, principal, organization_id, person, public_url=url
        )

    return await once.answer(act, AccountOut)


@get("/evaluators", opt=allow(PERSON_MAKERS))
async def list_evaluators(
    phases: NamedDependency[Phases], role: FromQuery[PersonRole | None] = None
) -> AccountsOut:
    """List evaluators and experts."""
    async with phases(Scope.system()) as session:
        found = {"items": await queries.list_persons(session, role)}
    return msgspec.convert(found, AccountsOut, from_attributes=True)


@post("/evaluators", opt=allow(PERSON_MAKERS_FRESH))
async def add_evaluator(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    data: JSONBody[EvaluatorIn],
) -> Response[AccountOut]:
    """Make the account of an evaluator or an expert; a link goes out by mail."""
    invitation = service.Invitation(principal.organization_name or "", settings.public_url)

    async def act(session: AsyncSession) -> object:
        person = read_person(data)
        return await service.add_person(session, person, data.role, invitation)

    return await once.answer(act, AccountOut, scope=Scope.system())


ROUTES = (
    Router(
        "/api/v1/operator",
        route_handlers=[list_bodies, make_body, add_manager, list_evaluators, add_evaluator],
        tags=["operator: bodies and staff"],
    ),
)
