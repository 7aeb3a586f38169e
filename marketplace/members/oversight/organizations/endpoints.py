"""The operator's API of organizations."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Principal, allow
from marketplace.http.files import file_answer
from marketplace.idempotency import Once, repeatable
from marketplace.members.organizations.models import OrganizationKind, OrganizationState
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.organizations import files, queries, service
from marketplace.members.oversight.organizations.queries import OrganizationFilter, Waiting
from marketplace.members.oversight.organizations.schemas import (
    DownloadOut,
    ExportIn,
    OrganizationDetailOut,
    OrganizationOut,
    OrganizationsOut,
    PaperDecisionIn,
    PaperOut,
    WaitingOut,
)
from marketplace.members.oversight.policies import (
    ADMINISTRATORS_FRESH,
    REVIEWERS,
    REVIEWERS_FRESH,
    STAFF,
)
from marketplace.members.oversight.schemas import OptionalReasonIn, ReasonIn
from marketplace.settings import Settings
from storage.ports import ObjectLinks

LIST_NAME = "operator_organizations"
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[OrganizationState | None, QueryParameter(name="state")]


def provide_filter(
    text: FromQuery[str] = "",
    function: FromQuery[Function | None] = None,
    in_state: InState = None,
    kind: FromQuery[OrganizationKind | None] = None,
    waiting: FromQuery[Waiting | None] = None,
) -> OrganizationFilter:
    """Read the conditions of the list from the address."""
    return OrganizationFilter(text[:100], function, in_state, kind, waiting)


@get(
    "/",
    opt=allow(STAFF),
    dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)},
)
async def list_organizations(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    wanted: NamedDependency[OrganizationFilter],
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> OrganizationsOut:
    """List organizations, the newest first, with the work that waits for the operator."""
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, cursor)
    rows = await queries.list_organizations(session, wanted, after=after, rows_max=limit + 1)
    shown = {"items": rows[:limit], "next_cursor": next_cursor(cursors, rows, limit)}
    return msgspec.convert(shown, OrganizationsOut, from_attributes=True)


@get("/waiting", opt=allow(STAFF))
async def count_waiting(session: NamedDependency[AsyncSession]) -> WaitingOut:
    """Count the organizations that wait for each kind of work."""
    counts = await queries.count_waiting(session)
    return msgspec.convert(counts, WaitingOut, from_attributes=True)


@post(
    "/exports",
    opt=allow(ADMINISTRATORS_FRESH) | repeatable("each export is an act of its own and a file"),
    status_code=200,
)
async def export_organizations(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    data: JSONBody[ExportIn],
) -> Response[bytes]:
    """Export the list as CSV; the reason is kept in the audit trail."""
    wanted = OrganizationFilter(data.text, data.function, data.state, data.kind, data.waiting)
    content = await files.export_organizations(session, principal, wanted, reason=data.reason)
    return file_answer(content, "text/csv", "organizations.csv")


@get("/{organization_id:uuid}", opt=allow(STAFF))
async def show_organization(
    session: NamedDependency[AsyncSession], organization_id: FromPath[UUID]
) -> OrganizationDetailOut:
    """Show an organization with its papers, bank accounts and members."""
    found = {
        "organization": await queries.get_organization(session, organization_id),
        "papers": await queries.list_papers(session, organization_id),
        "bank_accounts": await queries.list_bank_accounts(session, organization_id),
        "members": await queries.list_members(session, organization_id),
    }
    return msgspec.convert(found, OrganizationDetailOut, from_attributes=True)


@post("/{organization_id:uuid}/suspension", opt=allow(ADMINISTRATORS_FRESH))
async def suspend_organization(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[OrganizationOut]:
    """Suspend an organization; its people lose every role at the next request."""

    async def act(session: AsyncSession) -> object:
        return await service.suspend(session, principal, organization_id, reason=data.reason)

    return await once.answer(act, OrganizationOut)


@post("/{organization_id:uuid}/reinstatement", opt=allow(ADMINISTRATORS_FRESH))
async def reinstate_organization(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[OrganizationOut]:
    """End the suspension of an organization."""

    async def act(session: AsyncSession) -> object:
        return await service.reinstate(session, principal, organization_id, reason=data.reason)

    return await once.answer(act, OrganizationOut)


@post("/{organization_id:uuid}/papers/{paper_id:uuid}/decision", opt=allow(REVIEWERS))
async def decide_paper(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    paper_id: FromPath[UUID],
    data: JSONBody[PaperDecisionIn],
) -> Response[PaperOut]:
    """Accept a proof file, or return it with a reason."""

    async def act(session: AsyncSession) -> object:
        paper_of = (organization_id, paper_id)
        return await service.examine_paper(
            session, principal, paper_of, accepted=data.accepted, reason=data.reason
        )

    return await once.answer(act, PaperOut)


@post(
    "/{organization_id:uuid}/papers/{paper_id:uuid}/link",
    opt=allow(STAFF)
    | repeatable("each address is issued anew, lives a minute, and is in the trail"),
)
async def open_paper(
    session: NamedDependency[AsyncSession],
    store: NamedDependency[SkipValidation[ObjectLinks]],
    settings: NamedDependency[Settings],
    organization_id: FromPath[UUID],
    paper_id: FromPath[UUID],
) -> DownloadOut:
    """Give an address that downloads a paper for a minute."""
    bucket = settings.bucket("private")
    url = await files.open_paper(session, store, bucket, (organization_id, paper_id))
    return DownloadOut(url, files.LINK_EXPIRES_S)


@post("/{organization_id:uuid}/representative", opt=allow(REVIEWERS_FRESH))
async def verify_representative(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[OptionalReasonIn],
) -> Response[OrganizationOut]:
    """Record that the accepted papers show who represents the organization."""

    async def act(session: AsyncSession) -> object:
        return await service.verify_representative(
            session, principal, organization_id, reason=data.reason
        )

    return await once.answer(act, OrganizationOut)


@post("/{organization_id:uuid}/representative/withdrawal", opt=allow(REVIEWERS_FRESH))
async def withdraw_representative(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[OrganizationOut]:
    """Take the verification of the representative back."""

    async def act(session: AsyncSession) -> object:
        return await service.withdraw_representative(
            session, principal, organization_id, reason=data.reason
        )

    return await once.answer(act, OrganizationOut)


@post("/{organization_id:uuid}/registry-override", opt=allow(ADMINISTRATORS_FRESH))
async def override_registry(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[OrganizationOut]:
    """Treat a business as one in operation whatever the register says."""

    async def act(session: AsyncSession) -> object:
        return await service.override_registry(
            session, principal, organization_id, reason=data.reason
        )

    return await once.answer(act, OrganizationOut)


@post("/{organization_id:uuid}/registry-override/withdrawal", opt=allow(ADMINISTRATORS_FRESH))
async def withdraw_override(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[OrganizationOut]:
    """Let the register's answer count again."""

    async def act(session: AsyncSession) -> object:
        return await service.withdraw_override(
            session, principal, organization_id, reason=data.reason
        )

    return await once.answer(act, OrganizationOut)


ROUTES = (
    Router(
        "/api/v1/operator/organizations",
        route_handlers=[
            list_organizations,
            count_waiting,
            export_organizations,
            show_organization,
            suspend_organization,
            reinstate_organization,
            decide_paper,
            open_paper,
            verify_representative,
            withdraw_representative,
            override_registry,
            withdraw_override,
        ],
        tags=["operator: organizations"],
    ),
)
