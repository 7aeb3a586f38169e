"""The pages of quotations: the list, one of them, its PDF."""

import asyncio
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.http.files import PDF, file_answer
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart.policies import BUY_READ
from marketplace.orders.quotations import queries
from marketplace.orders.quotations.endpoints import out_of
from marketplace.orders.quotations.papers import issuer_of, number_of, paper
from marketplace.settings import Settings
from marketplace.web.pages import AnyRequest, Page, language_of, render

LIST: Final = "/quotations"
ONE: Final = LIST + "/{quotation_id:uuid}"


@get(LIST, opt=allow(BUY_READ), include_in_schema=False)
async def show_list(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """List the organization's quotations, the newest first."""
    own = await queries.list_own(session, own_organization_id(principal))
    return render(
        request,
        "quotations.html",
        quotations=[out_of(one) for one in own],
        today=seoul_date(now(session)),
    )


@get(ONE, opt=allow(BUY_READ), include_in_schema=False)
async def show_quotation(
    request: AnyRequest,
    quotation_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show a quotation with its lines."""
    own = own_organization_id(principal)
    quotation = out_of(*await queries.get_own(session, own, quotation_id))
    today = seoul_date(now(session))
    return render(request, "quotation.html", quotation=quotation, today=today)


@get(ONE + "/quotation.pdf", opt=allow(BUY_READ), include_in_schema=False)
async def send_file(
    request: AnyRequest,
    quotation_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send a quotation as a PDF in the reader's language."""
    own = own_organization_id(principal)
    quotation, lines = await queries.get_own(session, own, quotation_id)
    content = await asyncio.to_thread(
        paper, quotation, lines, issuer_of(settings), language_of(request)
    )
    return file_answer(content, PDF, f"quotation-{number_of(quotation)}.pdf")


ROUTES: tuple[ControllerRouterHandler, ...] = (show_list, show_quotation, send_file)
