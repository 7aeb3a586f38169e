"""Checks of a counted table or of a whole file: each a small module, found here by its id."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from quality.checks.checking import Check, Thresholds, Unmeasured
from quality.checks.file import (
    archive,
    broken,
    dates,
    encoding,
    form,
    header,
    leading_zeros,
    number_texts,
    placeholders,
)
from quality.checks.image import boxes, decoded, identical, looks, similar, sizes, splits
from quality.checks.label import balance, conflicting, leak
from quality.checks.label import missing as unlabelled
from quality.checks.privacy import personal, persons, secrets
from quality.checks.provenance import repeated as repeated_stretches
from quality.checks.sensor import (
    clipped,
    coarse,
    drift,
    mixed_units,
    quiet,
    sentinel,
    spikes,
    stuck,
)
from quality.checks.table import (
    constant,
    declared,
    keys,
    limits,
    missing,
    mixed,
    related,
    repeated,
    same_columns,
    spelling,
)
from quality.checks.time import (
    age,
    backward,
    beat,
    clock,
    column,
    coverage,
    entities,
    gaps,
    resolution,
)
from quality.checks.time import (
    repeated as repeated_stamps,
)
from quality.claims import Place
from quality.findings import KINDS
from quality.report import Checked, FileReport, Finding, Severity, Table

CHECKS: Final[tuple[Check, ...]] = (
    *(
        module.CHECK
        for module in (
            form, encoding, header, archive, number_texts, leading_zeros, placeholders, dates, broken,
            missing, repeated, constant, same_columns, spelling, mixed, keys, limits, related, declared,
            column, beat, gaps, repeated_stamps, backward, resolution, entities, coverage, clock, age,
            stuck, clipped, sentinel, spikes, drift, coarse, quiet, mixed_units,
            balance, conflicting, leak, unlabelled, repeated_stretches,
            decoded, identical, similar, sizes, looks, boxes, splits,
        )
    ),
    personal.RESIDENT, personal.CONTACT, persons.CHECK, secrets.CHECK,
)  # fmt: skip

# The check that gives each code; what is found while a file is read is named by it, too.
_BY_CODE: Final = {code: check for check in CHECKS for code in check.codes}
CHECK_OF: Final = {code: check.id for code, check in _BY_CODE.items()}

# The first places of what was found, by code and column.
Evidence = Mapping[tuple[str, str | None], tuple[Place, ...]]
PLACES_MAX: Final = 20

_CUT: Final = Unmeasured(
    "보고서가 길어 이 검사의 결과가 빠졌을 수 있습니다.",
    "The report was shortened, and what this check said may be missing.",
)


def run(
    table: Table,
    member: str | None,
    thresholds: Thresholds | None = None,
    evidence: Evidence | None = None,
) -> tuple[list[Finding], tuple[Checked, ...]]:
    """Run every check on a table; return the findings, and what came of each check of tables. Pure.

    Args:
        member: of the archive that the table lies in
        evidence: places that the table's facts do not hold
    """
    findings: list[Finding] = []
    came = []
    for check in CHECKS:
        if check.look is None:
            continue
        seen = check.look(table, thresholds or Thresholds())
        if not isinstance(seen, Unmeasured):
            findings += [_placed(one, check.id, member, evidence or {}) for one in seen]
        if check.whole is None:
            came.append(_came(check.id, seen))
    return findings, tuple(came)


def aged(report: FileReport, as_of: date) -> FileReport:
    """Return a report whose tables say how old they were on a date. Pure.

    Checks decide on facts alone, so that this one can run where the date is known, after the file was read.
    """
    dated = Thresholds(as_of=as_of.isoformat())
    tables, findings = [], [one for one in report.findings if one.check != age.CHECK.id]
    for table in report.tables:
        seen = age.look(table, dated)
        own = _came(age.CHECK.id, seen)
        came = tuple(own if one.id == own.id else one for one in table.checks)
        tables.append(replace(table, checks=came))
        if not isinstance(seen, Unmeasured):
            findings += [_placed(one, own.id, _member_of(table, report), {}) for one in seen]
    return replace(report, tables=tuple(tables), findings=tuple(findings), as_of=as_of.isoformat())


def advice(code: str) -> tuple[str, str] | None:
    """Return what to do about a finding, as its check says, where its sentences say only what and where."""
    kind, check = KINDS.get(code), _BY_CODE.get(code)
    if kind is None or check is None or kind.severity is Severity.note or kind.ko.count(".") > 1:
        return None
    return check.todo_ko, check.todo_en


def judged(report: FileReport) -> FileReport:
    """Return a report whose findings name their checks, and that says what came of the checks of the file. Pure."""
    findings = tuple(
        one if one.check else replace(one, check=CHECK_OF.get(one.code, ""))
        for one in report.findings
    )
    cut = any(one.code == "REPORT_CUT" for one in findings)
    came = []
    for check in CHECKS:
        if check.whole is None:
            continue
        mine = [one for one in findings if one.check == check.id]
        why = check.whole(report) or (_CUT if cut else None)
        came.append(_came(check.id, why if why is not None and not mine else mine))
    return replace(report, findings=findings, checks=tuple(came))


def _member_of(table: Table, report: FileReport) -> str | None:
    """Return the member of an archive that a table lies in; a sheet's name stands behind its book's."""
    names = {one.name for one in report.members}
    book, _, _ = table.name.rpartition(" / ")
    return next((one for one in (table.name, book) if one in names), None)


def _came(check: str, seen: object) -> Checked:
    if isinstance(seen, Unmeasured):
        return Checked(id=check, state="unmeasured", reason_ko=seen.ko, reason_en=seen.en)
    assert isinstance(seen, list | tuple), "a check gives its findings, or why there are none"
    return Checked(id=check, state="found" if seen else "clear", count=len(seen))


def _placed(one: Finding, check: str, member: str | None, evidence: Evidence) -> Finding:
    """Return a finding that names its check and its first places, each with column and member."""
    places = (one.places or evidence.get((one.code, one.column), ()))[:PLACES_MAX]
    row = places[0].row if one.row is None and places else one.row
    return within(replace(one, check=check, places=places, row=row), member)


def within(one: Finding, member: str | None) -> Finding:
    """Return a finding of a table whose places name their column and member."""
    places = tuple(
        replace(place, column=place.column or one.column, member=member) for place in one.places
    )
    return replace(one, member=member, places=places)
