"""What is between the tables of a dataset, as lines of a terminal. Pure."""

from typing import Final

from quality.across.checks import CHECKS
from quality.report import Across, DatasetReport
from quality.terminal.words import Tongue, aligned, safe, share

LINES_MOST: Final = 20


def between(report: DatasetReport, say: Tongue, *, everything: bool) -> list[str]:
    """Return references between tables and what each check of the dataset came to; nothing for one table."""
    across = report.across
    if across is None or report.table_count < 2:
        return []
    lines = ["", say("파일 사이", "Between tables"), *_checks(across, say)]
    joins = across.joins if everything else across.joins[:LINES_MOST]
    for one in joins:
        about = "" if one.exact else say("약 ", "about ")
        lines.append(
            f"  {safe(one.table)}.{safe(one.column)} → {safe(one.to_table)}.{safe(one.to_column)}: "
            f"{about}{share(one.found_count, one.count)} ({one.found_count:,} / {one.count:,})"
        )
    if len(joins) < len(across.joins):
        left = len(across.joins) - len(joins)
        lines.append(say(f"  … 그 밖에 {left:,}가지 (--all)", f"  … and {left:,} more (--all)"))
    return lines


def _checks(across: Across, say: Tongue) -> list[str]:
    states = {one.id: one for one in across.checks}
    rows = []
    for check in CHECKS:
        came = states.get(check.id)
        if came is None:
            continue
        told = {
            "found": say(f"{came.count:,}건", f"{came.count:,} found"),
            "clear": say("없음", "none"),
            "unmeasured": say(f"측정 안 함: {came.reason_ko}", f"not measured: {came.reason_en}"),
        }
        rows.append([say(check.ko, check.en), told[came.state]])
    return aligned(rows)
