"""The pages of reports: filing one, the operator's desk."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, allow
from marketplace.catalog.market.queries import get_content
from marketplace.catalog.products.models import ProductState
from marketplace.catalog.reports import queries, service
from marketplace.catalog.reports.models import ReportOutcome, ReportReason
from marketplace.catalog.reports.schemas import ClosingIn, ReportIn
from marketplace.db import Phases, now
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

FILING: Final = "/products/{product_id:uuid}/report"
DESK: Final = "/operator/reports"


@get(FILING, opt=allow(SIGNED_IN), include_in_schema=False)
async def show_filing(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show what the organization has reported, also after the sale stopped, and the form before."""
    return await _filing(request, phases, principal, product_id, EMPTY)


async def _filing(
    request: AnyRequest, phases: Phases, principal: Principal, product_id: UUID, form: Form[Any]
) -> Page:
    async with phases() as session:
        product, content = await get_content(session, product_id)
        own = await queries.list_own(session, own_organization_id(principal), product_id)
    return render(
        request,
        "market_report.html",
        status=form.status,
        plain=True,
        form=form,
        product=product,
        content=content,
        on_sale=product.state is ProductState.listed,
        reports=own,
        reasons=list(ReportReason),
    )


@post(FILING, opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_filing(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Report a product."""
    form = await read_form(request, ReportIn)
    own = own_organization_id(principal)

    async def act(content: ReportIn) -> Page:
        async def file(session: AsyncSession) -> object:
            return await service.report(
                session, own, product_id, content, actor_id=principal.user_id
            )

        return await once.redirect(form.key, file, f"/products/{product_id}", "report-sent")

    async def again(wrong: Form[ReportIn]) -> Page:
        return await _filing(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@get(DESK, opt=allow(REVIEWERS), include_in_schema=False)
async def show_desk(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show open reports, and the closed ones on demand."""
    return await _desk(request, phases, EMPTY)


async def _desk(
    request: AnyRequest, phases: Phases, form: Form[Any], failed: UUID | None = None
) -> Page:
    closed = request.query_params.get("closed") == "1"
    async with phases() as session:
        filed = await queries.list_filed(session, closed=closed)
        at = now(session)
    return render(
        request,
        "operator/reports.html",
        status=form.status,
        form=form,
        failed=failed,
        filed=filed,
        closed=closed,
        at=at,
        outcomes=list(ReportOutcome),
    )


@post(DESK + "/{report_id:uuid}/closing", opt=allow(REVIEWERS), include_in_schema=False)
async def submit_closing(
    request: AnyRequest,
    report_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Give a report its outcome."""
    form = await read_form(request, ClosingIn)

    async def act(content: ClosingIn) -> Page:
        async def close(session: AsyncSession) -> object:
            return await service.close(session, principal, report_id, content)

        return await once.redirect(form.key, close, DESK, "report-closed")

    async def again(wrong: Form[ClosingIn]) -> Page:
        return await _desk(request, phases, wrong, report_id)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_filing,
    submit_filing,
    show_desk,
    submit_closing,
)
