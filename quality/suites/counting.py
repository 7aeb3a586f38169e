"""All rules of a suite that are counted in the pass, over the blocks of one table; two neighbours can be joined."""

from collections.abc import Sequence

from quality.profile.blocks import Block
from quality.profile.planned import ColumnPlan, Plan
from quality.suites.cells import cell_part, mostly_of
from quality.suites.choosing import Condition, Rows, Within
from quality.suites.conditions import CONDITION, conditions_of
from quality.suites.figures import figure_part
from quality.suites.keys import Keys
from quality.suites.parts import NotRun, Outcome, Part
from quality.suites.patterns import TooSlow
from quality.suites.reading import column_problem, columns_needed
from quality.suites.references import References
from quality.suites.rows import row_part
from quality.suites.suite import Expectation
from quality.suites.tables import table_outcome
from quality.suites.types import OTHER_FILE, PASS, ROW_RULE, TYPES
from quality.suites.viewing import View
from quality.suites.wrong import Wrong

Rules = Sequence[tuple[int, Expectation]]
_SLOW = NotRun(
    "정규식이 너무 오래 걸려 멈췄습니다. 더 단순한 식으로 고치십시오.",
    "The pattern took too long and was stopped. Write a simpler one.",
)


class Counts:
    """What is counted for each rule of a suite over consecutive blocks of a table.

    Args:
        rules: those about this table, each with its place in the suite
        references: the columns of other files that rules name
    """

    def __init__(self, rules: Rules, plan: Plan, references: References) -> None:
        self.rules, self.plan = rules, plan
        self.names = [one.name for one in plan.columns]
        self.row_count = 0
        self.parts: dict[int, Part] = {}
        self.not_run: dict[int, NotRun] = {}
        for number, rule in rules:
            wrong = column_problem(rule, self.names)
            if wrong is not None:
                self.not_run[number] = NotRun(wrong.ko, wrong.en)
            elif TYPES[rule.type].way == PASS and (
                CONDITION in rule.kwargs or not about_table(rule)
            ):
                try:
                    self.parts[number] = limited(rule, plan, references)
                except NotRun as why:
                    self.not_run[number] = why

    def add(self, block: Block) -> None:
        """Take the next block."""
        view = View(block)
        for number, part in list(self.parts.items()):
            try:
                part.add(view, self.row_count)
            except NotRun as why:
                self._drop(number, why)
            except TooSlow:
                self._drop(number, _SLOW)
        self.row_count += block.rows

    def _drop(self, number: int, why: NotRun) -> None:
        self.not_run[number] = why
        del self.parts[number]

    def merge(self, other: "Counts") -> None:
        """Take the blocks after these."""
        for number, why in other.not_run.items():
            self.not_run.setdefault(number, why)
            self.parts.pop(number, None)
        for number, part in self.parts.items():
            part.merge(other.parts[number], self.row_count)
        self.row_count += other.row_count

    def finish(self) -> dict[int, Outcome | NotRun]:
        """Return what came of each rule, by its place in the suite; of rules run elsewhere, nothing."""
        found: dict[int, Outcome | NotRun] = dict(self.not_run)
        for number, rule in self.rules:
            if number in self.parts:
                try:
                    found[number] = self.parts[number].finish()
                except NotRun as why:
                    found[number] = why
            elif about_table(rule) and number not in found:
                found[number] = table_outcome(rule, self.names, self.row_count)
        return found


def about_table(rule: Expectation) -> bool:
    """Whether a rule is about a table as a whole."""
    return rule.type.startswith("expect_table_") or rule.type == "expect_column_to_exist"


def limited(rule: Expectation, plan: Plan, references: References) -> Part:
    """Return what counts a rule in the pass, over those rows alone that it is about.

    Raises:
        NotRun: the rule is not for columns of these kinds
    """
    asked = conditions_of(rule.kwargs)
    assert not isinstance(asked, Wrong), "rules were read before"
    if not asked:
        return part_of(rule, plan, references)
    condition = Condition(asked, {one.name: one for one in plan.columns})
    part = Rows(rule) if about_table(rule) else part_of(rule, plan, references)
    return Within(part, condition)


def part_of(rule: Expectation, plan: Plan, references: References) -> Part:
    """Return what counts a rule in the pass.

    Raises:
        NotRun: the rule is not for columns of these kinds
    """
    known = {one.name: one for one in plan.columns}
    columns = {name: known[name] for name in columns_needed(rule)}
    if rule.type == ROW_RULE or len(columns) > 1:
        return row_part(rule, columns)
    column: ColumnPlan = next(iter(columns.values()))
    if rule.type == OTHER_FILE:
        return references.part(rule, column)
    if rule.type == "expect_column_values_to_be_unique":
        at = column.position
        return Keys(
            lambda view: (view.filled(at), view.hashes(at)),
            mostly_of(rule),
            columns={column.name: at},
        )
    if rule.type == "expect_column_type_to_be" or "mostly" in {
        name.rstrip("!") for name in TYPES[rule.type].arguments
    }:
        return cell_part(rule, column)
    return figure_part(rule, column)
