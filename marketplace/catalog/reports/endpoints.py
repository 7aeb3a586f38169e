"""The API of reports: filing, one's own, the operator's desk."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, allow
from marketplace.catalog.market.errors import ListingNotFound, ListingSuspended, ListingWithdrawn
from marketplace.catalog.reports import queries, service
from marketplace.catalog.reports.errors import (
    OwnProductReport,
    ReportClosed,
    ReportNotFound,
    ReportOpen,
    StillOnSale,
)
from marketplace.catalog.reports.models import ProductReport
from marketplace.catalog.reports.schemas import ClosingIn, ReportIn, ReportList, ReportOut
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.errors import OwnAccount
from marketplace.members.oversight.policies import REVIEWERS

DESK: Final = "/api/v1/operator/reports"
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[Literal["open", "closed"], QueryParameter(name="state")]


def out_of(filed: ProductReport) -> ReportOut:
    """Shape a report as its reporter and the operator see it."""
    return convert(filed, ReportOut, from_attributes=True)


def _listed(filed: Sequence[ProductReport]) -> ReportList:
    return ReportList([out_of(one) for one in filed])


@post(
    "/api/v1/products/{product_id:uuid}/reports",
    opt=allow(SIGNED_IN)
    | answers(
        ListingNotFound, ListingWithdrawn, ListingSuspended, NoOrganization, OwnProductReport,
        ReportOpen,
    ),
    tags=["market"],
)  # fmt: skip
async def report_product(
    product_id: FromPath[UUID],
    data: JSONBody[ReportIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ReportOut]:
    """Report a product to the exchange; its seller does not learn who did."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> ReportOut:
        return out_of(
            await service.report(session, own, product_id, data, actor_id=principal.user_id)
        )

    return await once.answer(act, ReportOut)


@get(
    "/api/v1/organization/reports", opt=allow(SIGNED_IN) | answers(NoOrganization), tags=["market"]
)
async def list_own_reports(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> ReportList:
    """List what your organization has reported, with the outcomes."""
    return _listed(await queries.list_own(session, own_organization_id(principal)))


@get(DESK, opt=allow(REVIEWERS), tags=["operator"])
async def list_reports(
    session: NamedDependency[AsyncSession], in_state: InState = "open"
) -> ReportList:
    """List open reports, the oldest first, or closed ones, the newest first."""
    filed = await queries.list_filed(session, closed=in_state == "closed")
    return _listed([one.report for one in filed])


@post(
    DESK + "/{report_id:uuid}/closing",
    status_code=200,
    opt=allow(REVIEWERS) | answers(ReportNotFound, ReportClosed, OwnAccount, StillOnSale),
    tags=["operator"],
)
async def close_report(
    report_id: FromPath[UUID],
    data: JSONBody[ClosingIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[ReportOut]:
    """Give a report its outcome; the reporter is told."""

    async def act(session: AsyncSession) -> ReportOut:
        return out_of(await service.close(session, principal, report_id, data))

    return await once.answer(act, ReportOut, status=200)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    report_product,
    list_own_reports,
    list_reports,
    close_report,
)
