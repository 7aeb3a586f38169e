"""What the operator's pages share: acts that take a reason, and whether the sign-in is fresh."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Policy, Principal, allow
from marketplace.db import now
from marketplace.idempotency import Once
from marketplace.members.organizations.telling import role_words
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.web.forms import Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of

Act = Callable[..., Awaitable[object]]
Again = Callable[[AnyRequest, UUID, str, Form[Any]], Awaitable[Page]]


@dataclass(frozen=True)
class ReasonAct:
    """One button of a page: where its form goes, what it does, and the sentence afterwards.

    Args:
        path: last part of the address, which also names the form on the page
        service: takes session, principal, id and ``reason``
        done: key of a sentence in ``toasts.html``
    """

    path: str
    service: Act
    policy: Policy
    done: str


def handler_of(
    act: ReasonAct, base: str, again: Again, back_to: str | None = None
) -> HTTPRouteHandler:
    """Return the handler of an act on the thing whose page is ``base`` and its id.

    Args:
        base: address of the list, for example ``/operator/people``
        again: shows the thing's page with the form that was refused
        back_to: where to go afterwards, the thing's page unless given
    """

    @post(f"{base}/{{thing_id:uuid}}/{act.path}", opt=allow(act.policy), include_in_schema=False)
    async def handle(
        request: AnyRequest,
        once: NamedDependency[Once],
        principal: NamedDependency[Principal],
        thing_id: FromPath[UUID],
    ) -> Page:
        form = await read_form(request, OptionalReasonIn)

        async def carry_out(session: AsyncSession) -> object:
            return await act.service(session, principal, thing_id, reason=form.data.reason)

        return await submitted(
            form,
            lambda _: once.redirect(form.key, carry_out, back_to or f"{base}/{thing_id}", act.done),
            lambda refused: again(request, thing_id, act.path, refused),
        )

    return handle


def desk_of(request: AnyRequest, session: AsyncSession) -> dict[str, Any]:
    """Return what every page of the operator's desk shows besides its content."""
    principal: Principal = request.scope["state"]["principal"]
    return {
        "fresh": principal.fresh(now(session)),
        "role_words": partial(role_words, language=language_of(request)),
    }
