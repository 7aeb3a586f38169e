"""The API of rules: the seller's draft, what came of them, and what everybody may see."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.market.errors import ListingNotFound, ListingSuspended, ListingWithdrawn
from marketplace.catalog.market.queries import get_listing
from marketplace.catalog.products import queries as products
from marketplace.catalog.products.errors import DraftChanged, NoDraft, ProductNotFound
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.rules import service
from marketplace.catalog.rules.errors import (
    RuleNotFound,
    RulesFull,
    RulesInvalid,
    RulesNotShown,
)
from marketplace.catalog.rules.queries import find_run
from marketplace.catalog.rules.schemas import (
    RuleIn,
    RuleRemovalIn,
    RulesIn,
    RulesOut,
    RulesShown,
)
from marketplace.catalog.rules.shaping import out_of, results_of, run_out, suite_in
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from quality.suites.exporting import validation_result

OWN: Final = "/api/v1/organization/products/{product_id:uuid}/rules"
ONE: Final = OWN + "/{number:int}"
SHOWN: Final = "/api/v1/products/{product_id:uuid}/rules"
TAGS: Final = ["products"]
SAVED: Final = allow(SELL) | answers(ProductNotFound, NoDraft, DraftChanged, RulesInvalid)


async def rules_out(session: AsyncSession, own: OwnProduct) -> RulesOut:
    """Return the rules of a draft with what came of them."""
    draft = products.writable(own)
    return out_of(draft, await find_run(session, draft))


@get(OWN, opt=allow(SELL) | answers(ProductNotFound, NoDraft), tags=TAGS)
async def show_rules(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    session: NamedDependency[AsyncSession],
) -> RulesOut:
    """Return the rules of your draft as a suite of great-expectations, and what came of them on its data."""
    return await rules_out(
        session, await products.get_own(session, own_organization_id(principal), product_id)
    )


@get(
    OWN + "/results",
    opt=allow(SELL) | answers(ProductNotFound, NoDraft, RulesNotShown),
    tags=TAGS,
)
async def send_results(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    session: NamedDependency[AsyncSession],
) -> list[dict[str, Any]]:
    """Return what came of the rules in great-expectations' own form, for each table."""
    own = await products.get_own(session, own_organization_id(principal), product_id)
    run = await find_run(session, products.writable(own))
    if run is None:
        raise RulesNotShown
    return [validation_result(one) for one in results_of(run)]


@post(OWN, status_code=200, opt=SAVED, tags=TAGS)
async def replace_rules(
    product_id: FromPath[UUID],
    data: JSONBody[RulesIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RulesOut]:
    """Put a whole suite in place of the rules of your draft; they are run on its data."""
    own, actor = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> RulesOut:
        return await rules_out(session, await service.replace_rules(session, own, product_id, data, actor_id=actor))  # fmt: skip

    return await once.answer(act, RulesOut, status=200)


@post(OWN + "/additions", status_code=200, opt=SAVED | answers(ProductNotFound, NoDraft, DraftChanged, RulesInvalid, RulesFull), tags=TAGS)  # fmt: skip
async def add_rule(
    product_id: FromPath[UUID],
    data: JSONBody[RuleIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RulesOut]:
    """Add a rule to your draft."""
    own, actor = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> RulesOut:
        return await rules_out(session, await service.add_rule(session, own, product_id, data, actor_id=actor))  # fmt: skip

    return await once.answer(act, RulesOut, status=200)


@post(ONE, status_code=200, opt=allow(SELL) | answers(ProductNotFound, NoDraft, DraftChanged, RulesInvalid, RuleNotFound), tags=TAGS)  # fmt: skip
async def change_rule(
    product_id: FromPath[UUID],
    number: FromPath[int],
    data: JSONBody[RuleIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RulesOut]:
    """Put another rule in the place of one, counted from 1."""
    own, actor = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> RulesOut:
        return await rules_out(session, await service.change_rule(session, own, product_id, number, data, actor_id=actor))  # fmt: skip

    return await once.answer(act, RulesOut, status=200)


@post(ONE + "/removal", status_code=200, opt=allow(SELL) | answers(ProductNotFound, NoDraft, DraftChanged, RulesInvalid, RuleNotFound), tags=TAGS)  # fmt: skip
async def remove_rule(
    product_id: FromPath[UUID],
    number: FromPath[int],
    data: JSONBody[RuleRemovalIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RulesOut]:
    """Take a rule, counted from 1, out of your draft."""
    own, actor = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> RulesOut:
        return await rules_out(session, await service.change_rule(session, own, product_id, number, data, actor_id=actor))  # fmt: skip

    return await once.answer(act, RulesOut, status=200)


@get(
    SHOWN,
    opt=allow(EVERYONE)
    | answers(ListingNotFound, ListingWithdrawn, ListingSuspended, RulesNotShown),
    tags=["market"],
)
async def show_public_rules(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> RulesShown:
    """Return the rules of a product on sale and what came of them, without any value of the data."""
    content = (await get_listing(session, product_id)).content
    run = await find_run(session, content)
    if run is None or content.rules_sha256 is None:
        raise RulesNotShown
    suite = suite_in(content)
    return RulesShown(suite=suite.plain(), sha256=content.rules_sha256, run=run_out(run, suite))


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_rules,
    send_results,
    replace_rules,
    add_rule,
    change_rule,
    remove_rule,
    show_public_rules,
)
