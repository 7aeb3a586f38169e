"""What a seller does with rules of a draft; each change has them run on the draft's data anew."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.catalog.products import queries
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.rules.errors import RuleNotFound, RulesFull, RulesInvalid
from marketplace.catalog.rules.schemas import RuleIn, RuleRemovalIn, RulesIn
from marketplace.catalog.rules.shaping import NAME, suite_in
from marketplace.db import now
from marketplace.errors import FieldError
from marketplace.jobs import enqueue
from quality.suites.reading import EXPECTATIONS_MAX, SuiteRefused, suite_of
from quality.suites.suite import Suite

Change = Callable[[Suite], dict[str, Any]]


def read(given: Any) -> Suite:
    """Return the suite that plain data describe.

    Raises:
        RulesInvalid: every rule that is wrong, as field ``rules.{place from 1}``
    """
    try:
        return suite_of(given)
    except SuiteRefused as refused:
        fields = [
            FieldError(
                f"rules.{one.number}" if one.number else "rules", "rule_invalid", one.ko, one.en
            )
            for one in refused.problems
        ]
        raise RulesInvalid(fields) from refused


async def replace_rules(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: RulesIn,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Put a whole suite in place of the draft's rules.

    Raises:
        ProductNotFound, NoDraft, DraftChanged: as for every save of a draft
        RulesInvalid: a rule cannot be run
    """
    suite = read(given.suite)
    return await _change(
        session,
        (organization_id, product_id, given.revision, actor_id),
        lambda _: suite.plain(),
        "product.rules_replaced",
    )


async def add_rule(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: RuleIn,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Add a rule at the end.

    Raises:
        ProductNotFound, NoDraft, DraftChanged: as for every save of a draft
        RulesInvalid: the rule cannot be run
        RulesFull: there are as many as there may be
    """

    def change(suite: Suite) -> dict[str, Any]:
        if len(suite.expectations) >= EXPECTATIONS_MAX:
            raise RulesFull(most=EXPECTATIONS_MAX)
        plain = suite.plain()
        return plain | {"expectations": [*plain["expectations"], given.expectation]}

    return await _change(
        session,
        (organization_id, product_id, given.revision, actor_id),
        change,
        "product.rule_added",
    )


async def change_rule(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    number: int,
    given: RuleIn | RuleRemovalIn,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Put another rule in the place of one, or take it out.

    Args:
        number: its place from 1
        given: the other rule, or a removal

    Raises:
        ProductNotFound, NoDraft, DraftChanged: as for every save of a draft
        RuleNotFound: there is no such place
        RulesInvalid: the rule cannot be run
    """

    def change(suite: Suite) -> dict[str, Any]:
        if not 1 <= number <= len(suite.expectations):
            raise RuleNotFound
        plain = suite.plain()
        rules = plain["expectations"]
        rules[number - 1 : number] = [given.expectation] if isinstance(given, RuleIn) else []
        return plain

    action = "product.rule_changed" if isinstance(given, RuleIn) else "product.rule_removed"
    return await _change(
        session, (organization_id, product_id, given.revision, actor_id), change, action
    )


async def _change(
    session: AsyncSession, whose: tuple[UUID, UUID, int, UUID], change: Change, action: str
) -> OwnProduct:
    """Save other rules with the draft; an empty suite is none."""
    organization_id, product_id, revision, actor_id = whose
    own = await queries.get_own_for_update(session, organization_id, product_id)
    draft = queries.writable(own)
    await queries.refuse_stale(session, draft, revision)
    suite = read({"name": NAME, **change(suite_in(draft))})
    draft.rules = suite.plain() if suite.expectations else None
    draft.rules_sha256 = suite.sha256 if suite.expectations else None
    draft.revision += 1
    draft.saved_by, draft.saved_at = actor_id, now(session)
    await session.flush()
    facts = {"rules": len(suite.expectations), "sha256": draft.rules_sha256}
    await record(session, action, Thing("product", product_id, organization_id), facts=facts)
    if draft.rules is not None and draft.dataset_version_id is not None:
        await enqueue(session, "catalog.check_rules", content_id=str(draft.id))
    return own
