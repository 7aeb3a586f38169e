"""What came of the rules of a suite on a table; plain data, part of a file's report."""

from typing import Any

from msgspec import Struct


class Unexpected(Struct, frozen=True):
    """A cell that breaks a rule: its row of data from 1, and what stands there, hidden where it is personal.

    ``value`` is a number or a text; rules over several columns give a dictionary of them.
    """

    row: int
    value: Any


class RuleResult(Struct, frozen=True, kw_only=True):
    """What came of one rule on one table.

    ``success`` is false as well where the rule could not be run, and then ``reason_ko`` and ``reason_en``
    say why. Counts are of cells, or of rows where the rule is over several columns; they and
    ``unexpected_pct`` (of the cells that are not missing) are None for rules about a whole column or
    table, which have ``observed``. ``number`` is the rule's place in the suite from 0.
    """

    number: int
    type: str
    kwargs: dict[str, Any]
    severity: str
    success: bool
    ko: str
    en: str
    element_count: int | None = None
    missing_count: int | None = None
    unexpected_count: int | None = None
    unexpected_pct: float | None = None
    observed: Any = None
    details: dict[str, Any] = {}
    places: tuple[Unexpected, ...] = ()
    reason_ko: str = ""
    reason_en: str = ""

    @property
    def ran(self) -> bool:
        """Whether the rule could be run."""
        return not self.reason_ko


class SuiteResult(Struct, frozen=True, kw_only=True):
    """What came of a suite on one table; ``sha256`` is of the suite's stored form."""

    table: str
    suite: str
    sha256: str
    results: tuple[RuleResult, ...]

    @property
    def failed(self) -> list[RuleResult]:
        """The rules that do not hold or could not be run."""
        return [one for one in self.results if not one.success]
