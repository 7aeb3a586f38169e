"""The operator's pages of disputes: the list, and one with both sides' words and the decision."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.policies import STAFF
from marketplace.orders.acceptance.delivered import delivered_files
from marketplace.orders.disputes import queries
from marketplace.orders.disputes.models import DisputeState
from marketplace.orders.disputes.policies import STAFF_FRESH
from marketplace.orders.purchases.models import OrderLine
from marketplace.orders.refunds import disputed
from marketplace.orders.refunds.schemas import DecisionIn
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/disputes"
ONE: Final = BASE + "/{dispute_id:uuid}"


@get(BASE, opt=allow(STAFF), include_in_schema=False)
async def show_list(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the open disputes, and those that have ended."""
    async with phases() as session:
        waiting = [DisputeState.open, DisputeState.proposed]
        ended = [state for state in DisputeState if state not in waiting]
        return render(
            request,
            "operator/disputes.html",
            waiting=await queries.list_all(session, waiting),
            ended=await queries.list_all(session, ended),
        )


async def _one(request: AnyRequest, dispute_id: UUID, form: Form[Any] = EMPTY) -> Page:
    async with provide_phases(request)() as session:
        found = await queries.get_any(session, dispute_id)
        line = await session.get_one(OrderLine, found.order_line_id)
        return render(
            request,
            "operator/dispute.html",
            status=form.status,
            form=form,
            dispute=(await queries.shaped(session, [found]))[0],
            line=line,
            files=await delivered_files(session, line.version_id),
            steps=list(reversed(await history(session, found.id))),
            **desk_of(request, session),
        )


@get(ONE, opt=allow(STAFF), include_in_schema=False)
async def show_dispute(request: AnyRequest, dispute_id: FromPath[UUID]) -> Page:
    """Show a dispute with what both sides say."""
    return await _one(request, dispute_id)


@post(ONE, opt=allow(STAFF_FRESH), include_in_schema=False)
async def submit_decision(
    request: AnyRequest,
    *,
    dispute_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Decide a dispute."""
    form = await read_form(request, DecisionIn)
    limit_won = settings.refund_second_person_won

    async def decide(session: AsyncSession) -> object:
        return await disputed.decide_dispute(
            session, principal, dispute_id, form.data, second_person_won=limit_won
        )

    path, system = f"{BASE}/{dispute_id}", Scope.system()
    return await submitted(
        form,
        lambda _: once.redirect(form.key, decide, path, "dispute-decided", scope=system),
        lambda wrong: _one(request, dispute_id, wrong),
    )


ROUTES = (show_list, show_dispute, submit_decision)
