"""Rules and what came of them as the API and pages show them. Pure."""

from typing import Any, Final

from msgspec import convert
from msgspec.structs import replace

from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.rules.models import RuleRun
from marketplace.catalog.rules.schemas import RuleLine, RulesOut, RunOut, TableLines
from quality.suites.reading import suite_of
from quality.suites.results import RuleResult, SuiteResult
from quality.suites.suite import Suite
from quality.suites.wording import result_words, shown_value

NAME: Final = "rules"
PLACES_MOST: Final = 3


def suite_in(content: ProductContent) -> Suite:
    """Return the suite of a content; one without rules where it has none."""
    return suite_of(content.rules) if content.rules is not None else Suite(name=NAME)


def results_of(run: RuleRun) -> list[SuiteResult]:
    """Return what came of the rules, values of cells among it."""
    return convert(run.results, list[SuiteResult])


def out_of(content: ProductContent, run: RuleRun | None) -> RulesOut:
    """Return the rules of a draft with what came of them."""
    suite = suite_in(content)
    return RulesOut(
        revision=content.revision,
        suite=suite.plain(),
        sha256=content.rules_sha256,
        run=None if run is None else run_out(run, suite),
    )


def run_out(run: RuleRun, suite: Suite) -> RunOut:
    """Return what came of the rules without any value of a cell."""
    results = results_of(run)
    used = {one.number for table in results for one in table.results}
    assert run.made_at is not None, "a stored run has its time"
    return RunOut(
        state=run.state,
        made_at=run.made_at,
        rule_count=run.rule_count,
        failed_count=run.failed_count,
        tables=[TableLines(one.table, [_line(rule) for rule in one.results]) for one in results],
        unused=[place + 1 for place in range(len(suite.expectations)) if place not in used]
        if results
        else [],
    )


def _line(rule: RuleResult) -> RuleLine:
    came = result_words(_without_values(rule))
    return RuleLine(
        number=rule.number + 1,
        severity=rule.severity,
        success=rule.success,
        ran=rule.ran,
        rule_ko=rule.ko,
        rule_en=rule.en,
        came_ko=came.ko,
        came_en=came.en,
        element_count=rule.element_count,
        unexpected_count=rule.unexpected_count,
        unexpected_pct=rule.unexpected_pct,
        first_row=rule.places[0].row if rule.places else None,
    )


def _without_values(rule: RuleResult) -> RuleResult:
    """Return a result whose words name no cell of the data; figures of a column are public with its profile."""
    hidden: dict[str, Any] = {"details": {}}
    if isinstance(rule.observed, str | list):
        hidden["observed"] = None
    return replace(rule, **hidden)


def first_places(run: RuleRun | None) -> dict[str, str]:
    """Return the first cells that break each rule, by table and place; for the seller and the operator alone."""
    return {
        f"{table.table} {rule.number + 1}": "; ".join(
            f"{place.row}: {shown_value(place.value)}" for place in rule.places[:PLACES_MOST]
        )
        for table in (results_of(run) if run is not None else [])
        for rule in table.failed
        if rule.places
    }
