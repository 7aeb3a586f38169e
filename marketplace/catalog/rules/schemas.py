"""What crosses the wire about rules."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from marketplace.catalog.rules.models import RunState


class RulesIn(Struct, forbid_unknown_fields=True):
    """A whole suite as great-expectations writes it, in place of the one that is there."""

    revision: int
    suite: dict[str, Any]


class RuleIn(Struct, forbid_unknown_fields=True):
    """One rule: an expectation with ``type``, ``kwargs``, ``severity`` and ``meta`` as in a suite."""

    revision: int
    expectation: dict[str, Any]


class RuleRemovalIn(Struct, forbid_unknown_fields=True):
    """The revision of the draft that was shown."""

    revision: int


class RuleLine(Struct, frozen=True, kw_only=True):
    """What came of one rule on one table, in words; ``number`` is its place in the suite from 1."""

    number: int
    severity: str
    success: bool
    ran: bool
    rule_ko: str
    rule_en: str
    came_ko: str
    came_en: str
    element_count: int | None
    unexpected_count: int | None
    unexpected_pct: float | None
    first_row: int | None


class TableLines(Struct, frozen=True):
    """What came of the rules on one table."""

    table: str
    lines: list[RuleLine]


class RunOut(Struct, frozen=True, kw_only=True):
    """What came of the rules on the draft's data; ``unused`` are rules about tables that are not there."""

    state: RunState
    made_at: datetime
    rule_count: int
    failed_count: int
    tables: list[TableLines]
    unused: Annotated[list[int], Meta(description="places of rules, from 1")]


class RulesOut(Struct, frozen=True, kw_only=True):
    """The rules of the draft; ``run`` is null while they wait to be run or there are no data."""

    revision: int
    suite: dict[str, Any]
    sha256: str | None
    run: RunOut | None


class RulesShown(Struct, frozen=True, kw_only=True):
    """The rules of a product on sale, and what came of them on the version that is sold."""

    suite: dict[str, Any]
    sha256: str
    run: RunOut
