"""The operator's API of its own people, and of what two administrators decide together."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.idempotency import Once
from marketplace.members.oversight.bodies import proposals, queries, staff
from marketplace.members.oversight.bodies.reading import read_person
from marketplace.members.oversight.bodies.schemas import (
    AccountOut,
    OutcomeOut,
    ProposalOut,
    ProposalsOut,
    RolesIn,
    StaffIn,
)
from marketplace.members.oversight.models import Proposal, ProposalState
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.schemas import OptionalReasonIn, ReasonIn
from marketplace.settings import Settings

# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[ProposalState | None, QueryParameter(name="state")]


def outcome_of(proposal: Proposal | None) -> dict[str, object]:
    """Return whether a request waits or was carried out at once."""
    return {"proposal": proposal, "done": proposal is None}


@post("/staff", opt=allow(ADMINISTRATORS_FRESH))
async def propose_staff(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    data: JSONBody[StaffIn],
) -> Response[OutcomeOut]:
    """Ask for a new person of the operator; a second administrator confirms."""
    request = proposals.StaffRequest(read_person(data), tuple(data.roles), data.reason)
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        made = await proposals.propose_staff(session, principal, request, public_url=url)
        return outcome_of(made)

    return await once.answer(act, OutcomeOut)


@post("/staff/{user_id:uuid}/roles", opt=allow(ADMINISTRATORS_FRESH))
async def propose_roles(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[RolesIn],
) -> Response[OutcomeOut]:
    """Ask for other roles of a colleague; fewer roles count at once."""

    async def act(session: AsyncSession) -> object:
        made = await proposals.propose_roles(
            session, principal, user_id, data.roles, reason=data.reason
        )
        return outcome_of(made)

    return await once.answer(act, OutcomeOut)


@post("/staff/{user_id:uuid}/removal", opt=allow(ADMINISTRATORS_FRESH))
async def remove_staff(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[AccountOut]:
    """End a colleague's work for the operator; the roles are gone at the next request."""

    async def act(session: AsyncSession) -> object:
        operator = await proposals.lock_operator(session, principal)
        return await staff.remove(session, principal, operator, user_id, reason=data.reason)

    return await once.answer(act, AccountOut)


@post("/people/{user_id:uuid}/second-factor-reset", opt=allow(ADMINISTRATORS_FRESH))
async def propose_second_factor_reset(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[ProposalOut]:
    """Ask to remove a person's second factors; the reason says how the identity was checked."""

    async def act(session: AsyncSession) -> object:
        return await proposals.propose_second_factor_reset(
            session, principal, user_id, reason=data.reason
        )

    return await once.answer(act, ProposalOut)


@get("/proposals", opt=allow(ADMINISTRATORS))
async def list_proposals(
    session: NamedDependency[AsyncSession], in_state: InState = None
) -> ProposalsOut:
    """List requests that need or needed a second administrator, at most the newest hundred."""
    rows = await queries.list_proposals(session, state=in_state)
    found = {"items": [row.proposal for row in rows]}
    return msgspec.convert(found, ProposalsOut, from_attributes=True)


@post("/proposals/{proposal_id:uuid}/confirmation", opt=allow(ADMINISTRATORS_FRESH))
async def confirm_proposal(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    proposal_id: FromPath[UUID],
) -> Response[ProposalOut]:
    """Confirm a request as the second administrator, which carries it out."""
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        return await proposals.confirm_proposal(session, principal, proposal_id, public_url=url)

    return await once.answer(act, ProposalOut)


@post("/proposals/{proposal_id:uuid}/refusal", opt=allow(ADMINISTRATORS_FRESH))
async def refuse_proposal(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    proposal_id: FromPath[UUID],
    data: JSONBody[OptionalReasonIn],
) -> Response[ProposalOut]:
    """Refuse a request with a reason, or withdraw the own one."""

    async def act(session: AsyncSession) -> object:
        return await proposals.refuse_proposal(session, principal, proposal_id, reason=data.reason)

    return await once.answer(act, ProposalOut)


ROUTES = (
    Router(
        "/api/v1/operator",
        route_handlers=[
            propose_staff,
            propose_roles,
            remove_staff,
            propose_second_factor_reset,
            list_proposals,
            confirm_proposal,
            refuse_proposal,
        ],
        tags=["operator: bodies and staff"],
    ),
)
