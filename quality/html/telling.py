"""What is told of a report beside its charts: findings with their places, what came of each check. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from quality.across.checking import AcrossCheck
from quality.across.checks import CHECKS as ACROSS_CHECKS
from quality.checks import CHECKS, advice
from quality.checks.checking import Check
from quality.report import Checked, DatasetReport, FileReport, Finding, Severity, Table
from quality.terminal.words import Tongue

# Of one code so many stand in full sight.
ALIKE_MOST: Final = 3
_ORDER: Final = {Severity.blocker: 0, Severity.warning: 1, Severity.note: 2}


class Said(Struct, frozen=True):
    """A finding and everywhere that the same sentence holds: file or member, and line or row."""

    finding: Finding
    places: tuple[tuple[str, int | None], ...]

    @property
    def advice(self) -> tuple[str, str] | None:
        """What to do, where the sentence does not say it."""
        return advice(self.finding.code)


class CheckLine(Struct, frozen=True, kw_only=True):
    """One check over all tables, or files where it is of whole ones: in how many it found something or not."""

    check: Check
    found_count: int
    clear_count: int
    unmeasured_count: int
    reason_ko: str
    reason_en: str


def said(report: DatasetReport) -> list[Said]:
    """Return the findings, what weighs most first; the same sentence at several places once."""
    found: dict[tuple[str, str], tuple[Finding, list[tuple[str, int | None]]]] = {}
    for file in report.files:
        for one in file.findings:
            place = one.member or (file.name if len(report.files) > 1 else "")
            found.setdefault((one.code, one.ko), (one, []))[1].append((place, one.row))
    for one in report.between:
        found.setdefault((one.code, one.ko), (one, []))[1].append((one.member or "", one.row))
    every = [Said(one, tuple(places)) for one, places in found.values()]
    return sorted(
        every,
        key=lambda one: (
            _ORDER[one.finding.severity],
            -len(one.places),
            -one.finding.count,
            one.finding.code,
        ),
    )


def grouped(findings: Sequence[Said]) -> list[tuple[list[Said], list[Said]]]:
    """Return findings of one code together, in their order: those to show, and more of the same kind."""
    groups: dict[str, list[Said]] = {}
    for one in findings:
        groups.setdefault(one.finding.code, []).append(one)
    return [
        (found, []) if len(found) <= ALIKE_MOST + 1 else (found[:ALIKE_MOST], found[ALIKE_MOST:])
        for found in groups.values()
    ]


def counted(findings: Iterable[Said]) -> dict[Severity, int]:
    """Return how many places each severity has."""
    counts = dict.fromkeys(Severity, 0)
    for one in findings:
        counts[one.finding.severity] += len(one.places)
    return counts


def check_lines(report: DatasetReport) -> list[CheckLine]:
    """Return a line for each check; none for a report that was made before there were checks."""
    came = [one for table in report.tables for one in table.checks]
    came += [one for file in report.files for one in file.checks]
    lines = []
    for check in CHECKS:
        mine = [one for one in came if one.id == check.id]
        if not mine:
            continue
        reason = next((one for one in mine if one.state == "unmeasured"), None)
        lines.append(
            CheckLine(
                check=check,
                found_count=sum(one.state == "found" for one in mine),
                clear_count=sum(one.state == "clear" for one in mine),
                unmeasured_count=sum(one.state == "unmeasured" for one in mine),
                reason_ko=reason.reason_ko if reason else "",
                reason_en=reason.reason_en if reason else "",
            )
        )
    return lines


def between_lines(report: DatasetReport) -> list[tuple[AcrossCheck, Checked]]:
    """Return each check between tables with what it came to; none for one table or an older report."""
    if report.across is None or report.table_count < 2:
        return []
    came = {one.id: one for one in report.across.checks}
    return [(check, came[check.id]) for check in ACROSS_CHECKS if check.id in came]


def findings_about(file: FileReport, table: Table) -> list[Finding]:
    """Return what was found in a table: in its member, or in the file where that holds no other."""
    if len(file.tables) == 1:
        return list(file.findings)
    names = {column.name for column in table.columns}
    return [one for one in file.findings if _about(one, table, names)]


def _about(one: Finding, table: Table, names: set[str]) -> bool:
    if one.member is None:
        return one.column is not None and one.column in names
    if table.name == one.member:
        return True
    within = table.name.startswith(f"{one.member} / ")
    return within and (one.column is None or one.column in names)


def weight(findings: Sequence[Finding]) -> tuple[int, int]:
    """Return how many block and how many warn, for an order with the worst first."""
    blockers = sum(one.severity is Severity.blocker for one in findings)
    return blockers, sum(one.severity is Severity.warning for one in findings)


def verdict(report: DatasetReport, say: Tongue) -> tuple[str, str]:
    """Return how a report came out: the state of a notice, and the sentence."""
    if report.blocker_count:
        return "bad", say(
            f"판매를 막는 문제 {report.blocker_count:,}건을 먼저 고치십시오.",
            f"Mend the {report.blocker_count:,} blocking findings first.",
        )
    if report.warning_count:
        return "warn", say(
            f"막는 것은 없습니다. 확인할 경고가 {report.warning_count:,}건 있습니다.",
            f"Nothing blocks. Look at the {report.warning_count:,} warnings.",
        )
    return "ok", say("막는 것도 경고도 없습니다.", "Nothing blocks or warns.")
