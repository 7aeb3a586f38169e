"""A whole dataset out of its files' reports: indices, total, grades and their reasons. Pure."""

import hashlib
from collections.abc import Sequence
from typing import Final

from msgspec import to_builtins
from msgspec.structs import replace

from quality import grading
from quality.across.laying import laid_out
from quality.across.looking import look_across
from quality.across.references import pointing
from quality.canonical import encode
from quality.checks.checking import Thresholds
from quality.findings import KINDS
from quality.indices import INTEGRITY, MEASURES, indices
from quality.presets import DEFAULT, PRESETS
from quality.report import (
    DatasetReport,
    FileReport,
    SchemaGroup,
    Severity,
    Table,
)
from quality.settings import Settings, Threshold
from quality.thresholds import applied

ENGINE: Final = "marketplace-quality 3"


def summarize(
    reports: Sequence[FileReport], *, augmented: bool | None = None, preset: str | None = None
) -> DatasetReport:
    """Put the reports of a dataset's files together.

    Args:
        reports: one for each file, in the order of the files
        augmented: whether the seller says that the data were augmented, None where nothing was said
        preset: name of the total's weights; None: the one that the files were examined by

    What is between the tables is judged by the thresholds of the files' settings, which the report carries; where
    files were examined by different ones the first file that sets a threshold decides.
    """
    across = look_across(reports, augmented=augmented, thresholds=_thresholds(reports))
    tables = [table for report in reports for table in report.tables]
    findings = [*(one for report in reports for one in report.findings), *across.findings]
    said = _said(reports)
    chosen = PRESETS[preset or next((one.preset for one in said), DEFAULT)]
    measured = indices(tables, pointing(laid_out(reports), across.joins))
    weights = grading.weights_of(chosen, measured)
    total = grading.total(weights, measured)
    blockers = sum(one.severity is Severity.blocker for one in findings)
    warnings = sum(one.severity is Severity.warning for one in findings)
    grade, ko, en = grading.grade(total, blockers, warnings)
    return DatasetReport(
        engine=ENGINE,
        files=tuple(replace(report, previews=(), sketches=(), settings=None) for report in reports),
        row_count=sum(table.row_count for table in tables),
        table_count=len(tables),
        size_bytes=sum(report.size_bytes for report in reports),
        schemas=_schemas(tables),
        indices=measured,
        total_pct=total,
        grade=grade,
        grade_ko=ko,
        grade_en=en,
        blocker_count=blockers,
        warning_count=warnings,
        rules=rules_version(said, chosen.name),
        preset=chosen.name,
        weights=weights,
        level=grading.level(measured, blockers),
        settings=said,
        across=across,
    )


def _said(reports: Sequence[FileReport]) -> tuple[Settings, ...]:
    """Return the different settings by which files were examined, in the order of their names."""
    found = {one.settings_id: one.settings for one in reports if one.settings is not None}
    return tuple(found[name] for name in sorted(found))


def _thresholds(reports: Sequence[FileReport]) -> Thresholds:
    """Return the thresholds by which files were examined, of each name the first that differs from the default."""
    given: dict[str, Threshold] = {}
    for one in reports:
        if one.settings is not None:
            given = {**one.settings.thresholds, **given}
    return applied(given)


def rules_version(settings: Sequence[Settings] = (), preset: str = DEFAULT) -> str:
    """Return the name of the rules: the hash of all that decides what a report says of the same counts.

    That is codes, sentences, indices, weights, grades and thresholds, and what was declared of the data.
    """
    kinds = {code: [kind.severity.value, kind.ko, kind.en] for code, kind in KINDS.items()}
    grades = [to_builtins(one) for one in (*grading.LETTERS, *grading.WORDS)]
    measures = [[one.name, one.rule_ko, one.rule_en] for one in MEASURES]
    decided = {
        "kinds": kinds,
        "measures": measures,
        "integrity": INTEGRITY,
        "preset": to_builtins(PRESETS[preset]),
        "grades": grades,
        "declared": grading.DECLARED,
        "thresholds": to_builtins(Thresholds()),
        "settings": sorted(one.id for one in settings),
    }
    return f"marketplace-rules {hashlib.sha256(encode(decided)).hexdigest()[:12]}"


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
