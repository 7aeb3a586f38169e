"""A whole dataset out of its files' reports: the indices of KAMP, the grade and its reasons. Pure.

Source:
    KAMP guidebook, appendix 4 (데이터 유효성 검증), as read in three public re-implementations; the
    weights 0.6, 0.1, 0.1, 0.1, 0.1 come from one of them and are a preset, not a law. What was not
    measured has no part in the total, and the weights of the rest are scaled up to one.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Final

from msgspec.structs import replace

from quality.across.looking import look_across
from quality.canonical import encode
from quality.findings import KINDS
from quality.report import (
    DatasetReport,
    FileReport,
    Index,
    SchemaGroup,
    Severity,
    Table,
)

ENGINE: Final = "marketplace-quality 3"
WEIGHTS: Final = {"completeness": 6, "uniqueness": 1, "validity": 1, "accuracy": 1, "integrity": 1}
GRADES: Final = ((95.0, "A"), (85.0, "B"), (70.0, "C"))
INTEGRITY_PARTS: Final = ("uniqueness", "validity", "consistency")


def summarize(reports: Sequence[FileReport], *, augmented: bool | None = None) -> DatasetReport:
    """Put the reports of a dataset's files together.

    Args:
        reports: one for each file, in the order of the files
        augmented: whether the seller says that the data were augmented, None where nothing was said
    """
    across = look_across(reports, augmented=augmented)
    tables = [table for report in reports for table in report.tables]
    findings = [*(one for report in reports for one in report.findings), *across.findings]
    indices = _indices(tables)
    total = _total(indices)
    blockers = sum(one.severity is Severity.blocker for one in findings)
    warnings = sum(one.severity is Severity.warning for one in findings)
    grade, ko, en = _grade(total, blockers, warnings)
    return DatasetReport(
        engine=ENGINE,
        files=tuple(replace(report, previews=(), sketches=()) for report in reports),
        row_count=sum(table.row_count for table in tables),
        table_count=len(tables),
        size_bytes=sum(report.size_bytes for report in reports),
        schemas=_schemas(tables),
        indices=indices,
        total_pct=total,
        grade=grade,
        grade_ko=ko,
        grade_en=en,
        blocker_count=blockers,
        warning_count=warnings,
        rules=rules_version(),
        across=across,
    )


@cache
def rules_version() -> str:
    """Return the name of the rules: the hash of all codes, sentences, weights and grades."""
    kinds = {code: [kind.severity.value, kind.ko, kind.en] for code, kind in KINDS.items()}
    grades = [[least, letter] for least, letter in GRADES]
    said = encode({"kinds": kinds, "weights": WEIGHTS, "grades": grades, "parts": INTEGRITY_PARTS})
    return f"marketplace-rules {hashlib.sha256(said).hexdigest()[:12]}"


def _indices(tables: Sequence[Table]) -> tuple[Index, ...]:
    cells = sum(table.row_count * len(table.columns) for table in tables)
    nulls = sum(column.null_count for table in tables for column in table.columns)
    rows = sum(table.row_count for table in tables)
    repeated = sum(table.duplicate_count for table in tables)
    repeated_but_id = sum(table.duplicate_without_ids_count for table in tables)
    typed, told = _format_cells(tables)
    measured = [
        _index("completeness", "완전성", cells - nulls, cells, "비어 있지 않은 칸 / 모든 칸", "cells that are not empty / all cells"),
        _index("uniqueness", "유일성", rows - repeated, rows, "앞의 행과 다른 행 / 모든 행", "rows that repeat no earlier row / all rows"),
        _index("uniqueness_without_ids", "유일성(번호 열 제외)", rows - repeated_but_id, rows, "번호 열을 빼고 앞의 행과 다른 행 / 모든 행", "rows that repeat no earlier row when numbering columns are left out / all rows"),
        _unmeasured("validity", "유효성", "허용 범위가 선언되지 않아 재지 않았습니다.", "No allowed range was declared, so it was not measured."),
        _index("consistency", "일관성(형식)", typed, told, "열의 자료형에 맞는 칸 / 비어 있지 않은 칸", "cells of their column's type / cells that are not empty"),
        _unmeasured("accuracy", "정확성", "열 사이의 규칙이 선언되지 않아 재지 않았습니다.", "No rule between columns was declared, so it was not measured."),
    ]  # fmt: skip
    return (*measured, _integrity({one.name: one for one in measured}))


def _index(
    name: str, ko: str, numerator: int, denominator: int, rule_ko: str, rule_en: str
) -> Index:
    if denominator == 0:
        return _unmeasured(name, ko, "표가 없어 재지 않았습니다.", "There is no table to measure.")
    return Index(name=name, ko=ko, numerator=numerator, denominator=denominator, rule_ko=rule_ko, rule_en=rule_en)  # fmt: skip


def _unmeasured(name: str, ko: str, rule_ko: str, rule_en: str) -> Index:
    return Index(name=name, ko=ko, numerator=None, denominator=None, rule_ko=rule_ko, rule_en=rule_en)  # fmt: skip


def _format_cells(tables: Sequence[Table]) -> tuple[int, int]:
    """Count the cells that have their column's type, and all that are not empty."""
    typed = told = 0
    for table in tables:
        for column in table.columns:
            filled = table.row_count - column.null_count - column.blank_count
            told += filled
            if column.number is not None:
                typed += column.number.count
            elif column.time is not None:
                typed += column.time.parsed_count
            else:
                typed += filled
    return typed, told


def _integrity(known: dict[str, Index]) -> Index:
    parts = [known[name] for name in INTEGRITY_PARTS if known[name].pct is not None]
    whole = sum(one.numerator == one.denominator for one in parts)
    rule_ko = "잰 지수(유일성·유효성·일관성) 중 100 %인 것의 수 / 잰 지수의 수"
    rule_en = "measured indices (uniqueness, validity, consistency) at 100 % / measured ones"
    return _index("integrity", "무결성", whole, len(parts), rule_ko, rule_en)


def _total(indices: Sequence[Index]) -> float | None:
    measured = [(WEIGHTS[one.name], one.pct) for one in indices if one.name in WEIGHTS]
    known = [(weight, pct) for weight, pct in measured if pct is not None]
    if not known:
        return None
    return sum(weight * pct for weight, pct in known) / sum(weight for weight, _ in known)


def _grade(total: float | None, blockers: int, warnings: int) -> tuple[str, str, str]:
    if blockers:
        return (
            "-",
            f"차단 {blockers}건을 고쳐야 등급을 매깁니다.",
            f"No grade before {blockers} blocking findings are mended.",
        )
    if total is None:
        return "-", "표가 없어 등급을 매기지 않았습니다.", "There is no table to grade."
    grade = next((letter for least, letter in GRADES if total >= least), "D")
    if warnings and grade == "A":
        return (
            "B",
            f"종합 {total:.2f} %, 경고 {warnings}건이 있어 한 단계 낮췄습니다.",
            f"Total {total:.2f} %, one grade lower for {warnings} warnings.",
        )
    return grade, f"종합 {total:.2f} %, 경고 {warnings}건.", f"Total {total:.2f} %, {warnings} warnings."  # fmt: skip


def _schemas(tables: Sequence[Table]) -> tuple[SchemaGroup, ...]:
    groups: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        groups.setdefault(tuple(column.name.strip() for column in table.columns), []).append(table)
    return tuple(
        SchemaGroup(
            columns=columns,
            tables=tuple(table.name for table in members),
            row_count=sum(table.row_count for table in members),
        )
        for columns, members in groups.items()
    )
