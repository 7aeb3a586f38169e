"""The page on which a seller revokes one version of a product's data."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.queries import get_version
from marketplace.catalog.listings.revoking import revoke_own
from marketplace.catalog.products import queries
from marketplace.catalog.products.policies import SELL
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH

REVOKE = OWN + "/versions/{version_id:uuid}/revoke"


@get(REVOKE, opt=allow(SELL), include_in_schema=False)
async def confirm_revocation(
    request: AnyRequest,
    product_id: FromPath[UUID],
    version_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Ask whether the version is really revoked."""
    return await _page(request, phases, own_organization_id(principal), product_id, version_id)


async def _page(
    request: AnyRequest,
    phases: Phases,
    organization_id: UUID,
    product_id: UUID,
    version_id: UUID,
    form: Form[Any] = EMPTY,
) -> Page:
    async with phases() as session:
        own = await queries.get_own(session, organization_id, product_id)
        version = await get_version(session, organization_id, version_id)
    return render(
        request, "selling_revoke.html", status=form.status, form=form, own=own, version=version
    )


@post(REVOKE, opt=allow(SELL), include_in_schema=False)
async def submit_revocation(
    request: AnyRequest,
    product_id: FromPath[UUID],
    version_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Revoke the version."""
    form = await read_form(request, ReasonIn)
    own = own_organization_id(principal)

    async def act(content: ReasonIn) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await revoke_own(session, own, version_id, reason=content.reason)

        return await once.redirect(
            form.key, withdraw, f"{PATH}/{product_id}/data", "version-revoked"
        )

    async def again(wrong: Form[ReasonIn]) -> Page:
        return await _page(request, phases, own, product_id, version_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (confirm_revocation, submit_revocation)
