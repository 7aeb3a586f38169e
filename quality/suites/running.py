"""Run a suite on the tables of a file while they are read; in the sandboxed child alone."""

from pathlib import Path
from typing import Any, Final

from quality.profile.blocks import Block
from quality.profile.planned import Plan
from quality.suites.counting import Counts
from quality.suites.parts import NotRun, Outcome
from quality.suites.reading import columns_needed
from quality.suites.references import References
from quality.suites.results import RuleResult, SuiteResult
from quality.suites.staging import Stage
from quality.suites.suite import Expectation, Suite
from quality.suites.types import DUCKDB, PANDAS, TYPES
from quality.suites.viewing import View
from quality.suites.wording import rule_words

PERCENT: Final = 100


class Running:
    """A suite on one file: each table is begun, fed with its blocks, and finished.

    Args:
        file: its name
        references: the files that rules may refer to
        folder: for copies of columns
    """

    def __init__(self, suite: Suite, file: str, references: References, folder: str | None) -> None:
        self.suite, self.file = suite, file
        self.folder = None if folder is None else Path(folder)
        self.references = references
        self.results: list[SuiteResult] = []
        self._rules: list[tuple[int, Expectation]] = []
        self._counts: Counts | None = None
        self._stage: Stage | None = None
        self._number = 0

    def begin(self, plan: Plan, *names: str | None) -> None:
        """Begin a table.

        Args:
            names: what the table goes by beside its file's name
        """
        self._rules = [
            (number, rule)
            for number, rule in enumerate(self.suite.expectations)
            if rule.about(self.file, *(name for name in names if name is not None))
        ]
        self._counts = Counts(self._rules, plan, self.references)
        wanted = self._outside()
        positions = {one.name: one.position for one in plan.columns}
        columns = {positions[name] for _, rule in wanted for name in columns_needed(rule)}
        self._stage = None
        if columns:
            assert self.folder is not None, "who asks for such rules gives a folder"
            self._stage = Stage(self.folder / f"table{self._number}.parquet", plan, sorted(columns))
        self._number += 1

    def _outside(self) -> list[tuple[int, Expectation]]:
        assert self._counts is not None
        return [
            (number, rule)
            for number, rule in self._rules
            if TYPES[rule.type].way in (DUCKDB, PANDAS) and number not in self._counts.not_run
        ]

    def add(self, block: Block) -> None:
        """Take the table's next block."""
        assert self._counts is not None
        self._counts.add(block)
        if self._stage is not None:
            self._stage.add(View(block))

    def finish(self, table: str) -> None:
        """End the table, which has this name in the report."""
        counts = self._counts
        assert counts is not None
        found = counts.finish()
        if self._stage is not None:
            from quality.suites.outside import run_outside  # noqa: PLC0415 - imports for seconds

            self._stage.close()
            found |= run_outside(self._outside(), self._stage, counts.plan)
            self._stage.path.unlink()
        self.results.append(
            SuiteResult(
                table=table,
                suite=self.suite.name,
                sha256=self.suite.sha256,
                results=tuple(
                    result_of(number, rule, found[number]) for number, rule in self._rules
                ),
            )
        )


def result_of(number: int, rule: Expectation, came: Outcome | NotRun) -> RuleResult:
    """Return what came of a rule, with the rule in words."""
    said = rule_words(rule)
    base: dict[str, Any] = {
        "number": number, "type": rule.type, "kwargs": rule.kwargs, "severity": rule.severity,
        "ko": said.ko, "en": said.en,
    }  # fmt: skip
    if isinstance(came, NotRun):
        return RuleResult(**base, success=False, reason_ko=came.ko, reason_en=came.en)
    return RuleResult(
        **base,
        success=came.success,
        element_count=came.element_count,
        missing_count=came.missing_count,
        unexpected_count=came.unexpected_count,
        unexpected_pct=_pct(came),
        observed=came.observed,
        details=came.details,
        places=came.places,
    )


def _pct(came: Outcome) -> float | None:
    if came.element_count is None or came.unexpected_count is None:
        return None
    counted = came.element_count - (came.missing_count or 0)
    return PERCENT * came.unexpected_count / counted if counted else None
