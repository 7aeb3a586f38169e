"""The buyer's page of acceptance: each line with its window, what was delivered, accepting and disputing it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.acceptance import accepting
from marketplace.orders.acceptance.delivered import delivered_files
from marketplace.orders.acceptance.queries import windows_of
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.disputes import opening, queries
from marketplace.orders.disputes.schemas import DisputeIn
from marketplace.orders.purchases.queries import get_own, lines_of, number_of
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

HERE: Final = "/orders/{order_id:uuid}/acceptance"


@dataclass(frozen=True)
class AcceptancePlace:
    """The page of an order's acceptance, and what it is made with."""

    request: AnyRequest
    order_id: UUID
    phases: Phases
    principal: Principal

    @property
    def own(self) -> UUID:
        """The organization of the person who asks."""
        return own_organization_id(self.principal)

    @property
    def path(self) -> str:
        """The address of the page."""
        return f"/orders/{self.order_id}/acceptance"

    async def page(self, form: Form[Any] = EMPTY, failed: str = "") -> Page:
        """Show the windows; ``form`` is what was sent for the line ``failed`` and refused."""
        async with self.phases() as session:
            order = await get_own(session, self.own, self.order_id)
            lines = await lines_of(session, order.id)
            windows = await windows_of(session, order.id)
            disputes = await queries.list_of_order(session, order.id)
            at = now(session)
        async with self.phases(Scope.system()) as session:
            files = {one.id: await delivered_files(session, one.version_id) for one in lines}
        return render(
            self.request,
            "acceptance.html",
            status=form.status,
            form=form,
            failed=failed,
            blank=EMPTY,
            order=order,
            number=number_of(order),
            lines=lines,
            windows=windows,
            disputes=disputes,
            files=files,
            at=at,
            today=seoul_date(at),
            may_buy=self.principal.has(*BUY.roles),
        )

    async def act(self, once: Once, kind: type[Any], name: str, done: str, act: Any) -> Page:
        """Carry a form of the page out, or show the page again with what is wrong.

        Args:
            name: which form of the page
            act: takes the session and the form's content
        """
        form = await read_form(self.request, kind)

        async def go(content: Any) -> Page:
            async def carry_out(session: AsyncSession) -> object:
                return await act(session, content)

            return await once.redirect(form.key, carry_out, self.path, done, scope=Scope.system())

        async def again(wrong: Form[Any]) -> Page:
            return await self.page(wrong, name)

        return await submitted(form, go, again)


def provide_place(
    request: AnyRequest,
    order_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> AcceptancePlace:
    """Give the page that is asked for."""
    return AcceptancePlace(request, order_id, phases, principal)


PLACE: Final = {"place": Provide(provide_place, sync_to_thread=False)}


@get(HERE, opt=allow(BUY_READ), include_in_schema=False, dependencies=PLACE)
async def show_acceptance(place: NamedDependency[AcceptancePlace]) -> Page:
    """Show what was delivered, and until when it can be examined."""
    return await place.page()


@post(
    HERE + "/{line_id:uuid}/accepting",
    opt=allow(BUY),
    include_in_schema=False,
    dependencies=PLACE,
)
async def submit_acceptance(
    line_id: FromPath[UUID],
    place: NamedDependency[AcceptancePlace],
    once: NamedDependency[Once],
) -> Page:
    """Accept a line."""

    async def act(session: AsyncSession, _: Nothing) -> object:
        return await accepting.accept(session, place.own, line_id, actor_id=place.principal.user_id)

    return await place.act(once, Nothing, f"accept-{line_id}", "line-accepted", act)


@post(
    HERE + "/{line_id:uuid}/disputing",
    opt=allow(BUY),
    include_in_schema=False,
    dependencies=PLACE,
)
async def submit_dispute(
    line_id: FromPath[UUID],
    place: NamedDependency[AcceptancePlace],
    once: NamedDependency[Once],
) -> Page:
    """Dispute a line."""

    async def act(session: AsyncSession, given: DisputeIn) -> object:
        actor_id = place.principal.user_id
        return await opening.open_dispute(session, place.own, line_id, given, actor_id=actor_id)

    return await place.act(once, DisputeIn, f"dispute-{line_id}", "dispute-opened", act)


@post(
    HERE + "/disputes/{dispute_id:uuid}/withdrawal",
    opt=allow(BUY),
    include_in_schema=False,
    dependencies=PLACE,
)
async def submit_withdrawal(
    dispute_id: FromPath[UUID],
    place: NamedDependency[AcceptancePlace],
    once: NamedDependency[Once],
) -> Page:
    """Give a dispute up."""

    async def act(session: AsyncSession, _: Nothing) -> object:
        return await opening.withdraw(
            session, place.own, dispute_id, actor_id=place.principal.user_id
        )

    return await place.act(once, Nothing, f"withdraw-{dispute_id}", "dispute-withdrawn", act)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_acceptance,
    submit_acceptance,
    submit_dispute,
    submit_withdrawal,
)
