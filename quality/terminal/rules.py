"""What came of rules, as a clerk reads it: those that do not hold first, each in words. Pure."""

from typing import Final

from quality.report import DatasetReport
from quality.suites.results import RuleResult, SuiteResult
from quality.suites.suite import Expectation, Suite
from quality.suites.wording import result_words, rule_words, shown_value
from quality.terminal.words import Tongue, safe

RULES_MOST: Final = 20
PLACES_MOST: Final = 3


def rules_shown(
    suite: Suite, report: DatasetReport, say: Tongue, *, everything: bool = False
) -> list[str]:
    """Return the lines that are shown of what came of a suite.

    Args:
        everything: also rules that hold, and what would be left out for its length
    """
    results = [one for file in report.files for one in file.suites]
    lines = ["", say(f"규칙 '{safe(suite.name)}'", f"Rules '{safe(suite.name)}'")]
    for one in results:
        lines += _table(one, say, everything=everything)
    for number, rule in unused_rules(suite, report):
        said = rule_words(rule)
        where = say(
            f"표 '{rule.table}'이(가) 없어" if rule.table else "읽은 표가 없어",
            f"no table '{rule.table}'" if rule.table else "no table was read",
        )
        lines.append(
            say(
                f"  ? {number + 1}. {safe(said.ko)}: {where} 확인하지 못했습니다.",
                f"  ? {number + 1}. {safe(said.en)}: not checked, {where}.",
            )
        )
    return lines


def _table(result: SuiteResult, say: Tongue, *, everything: bool) -> list[str]:
    failed, total = result.failed, len(result.results)
    head = say(
        f"  {safe(result.table)}: 규칙 {total:,}개 가운데 {len(failed):,}개가 지켜지지 않습니다.",
        f"  {safe(result.table)}: {len(failed):,} of {total:,} rules do not hold.",
    )
    if not failed:
        head = say(
            f"  {safe(result.table)}: 규칙 {total:,}개를 모두 지킵니다.",
            f"  {safe(result.table)}: all {total:,} rules hold.",
        )
    shown = failed if everything else failed[:RULES_MOST]
    lines = [head, *(line for one in shown for line in _rule(one, "✗" if one.ran else "?", say))]
    if len(failed) > len(shown):
        left = len(failed) - len(shown)
        lines.append(say(f"  … 그 밖에 {left:,}개 (--all)", f"  … and {left:,} more (--all)"))
    if everything:
        lines += [line for one in result.results if one.success for line in _rule(one, "✓", say)]
    return lines


def _rule(one: RuleResult, sign: str, say: Tongue) -> list[str]:
    came = result_words(one)
    lines = [
        f"  {sign} {one.number + 1}. {safe(say(f'{one.ko}: {came.ko}', f'{one.en}: {came.en}'))}"
    ]
    if one.places and not one.success:
        seen = "; ".join(
            f"{place.row}: {shown_value(place.value)}" for place in one.places[:PLACES_MOST]
        )
        lines.append(f"       {say('행', 'rows')} {safe(seen)}")
    return lines


def unused_rules(suite: Suite, report: DatasetReport) -> list[tuple[int, Expectation]]:
    """Return the rules that no table was found for, each with its place in the suite."""
    ran = {
        one.number
        for file in report.files
        for suite_result in file.suites
        for one in suite_result.results
    }
    return [(number, rule) for number, rule in enumerate(suite.expectations) if number not in ran]
