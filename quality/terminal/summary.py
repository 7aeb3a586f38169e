"""A report as a clerk reads it: the verdict, what blocks, what warns and what to do, then the figures. Pure."""

from collections.abc import Iterable
from typing import Final

from quality.checks import advice
from quality.claims import Weight
from quality.grading import LETTERS, WORDS
from quality.presets import PRESETS
from quality.report import Column, DatasetReport, Finding, SchemaGroup, Severity, Table
from quality.terminal.between import between
from quality.terminal.words import Tongue, aligned, cut, figure, safe, share, size

FINDINGS_MOST: Final = 10
COLUMNS_MOST: Final = 40
FILES_MOST: Final = 20
PLACES_MOST: Final = 3
LINE: Final = 100


def summary(report: DatasetReport, say: Tongue, *, everything: bool = False) -> list[str]:
    """Return the lines that are shown of a report.

    Args:
        everything: also what would be left out for its length
    """
    return [
        *_head(report, say),
        *_findings(report, say, everything=everything),
        *between(report, say, everything=everything),
        *_indices(report, say),
        *_tables(report, say, everything=everything),
        *(_grades(say) if everything else ()),
        *_changed(report, say),
        "",
        f"{report.engine}, {report.rules}",
    ]


def _head(report: DatasetReport, say: Tongue) -> list[str]:
    tables = report.tables
    counted = say(
        f"파일 {len(report.files):,}개, 표 {len(tables):,}개, {report.row_count:,}행, {size(report.size_bytes)}",
        f"files {len(report.files):,}, tables {len(tables):,}, rows {report.row_count:,}, {size(report.size_bytes)}",
    )
    images = sum(file.images.image_count for file in report.files if file.images is not None)
    if images:
        counted += say(f", 사진 {images:,}장", f", images {images:,}")
    names = [safe(file.name) for file in report.files]
    more = [f"… (+{len(names) - FILES_MOST})"] if len(names) > FILES_MOST else []
    return [
        say("품질 보고서", "Quality report"),
        *(f"  {name}" for name in [*names[:FILES_MOST], *more]),
        f"  {counted}",
        "",
        _verdict(report, say),
    ]


def _verdict(report: DatasetReport, say: Tongue) -> str:
    if report.blocker_count:
        word = say(
            f"결과: 막힘. 판매를 막는 문제 {report.blocker_count:,}건을 먼저 고치십시오.",
            f"Result: blocked. Mend {report.blocker_count:,} blocking findings first.",
        )
    elif report.warning_count:
        word = say(
            f"결과: 경고. 확인할 것이 {report.warning_count:,}건 있습니다.",
            f"Result: warnings. Look at {report.warning_count:,} findings.",
        )
    else:
        word = say(
            "결과: 좋음. 막는 것도 경고도 없습니다.", "Result: fine. Nothing blocks or warns."
        )
    return f"{word} {say('등급', 'Grade')} {report.grade} ({say(report.grade_ko, report.grade_en)})"


def _total(report: DatasetReport, say: Tongue) -> list[str]:
    """The total is never said without what blocks, which it hides, and the weights it rests on."""
    total = "–" if report.total_pct is None else f"{report.total_pct:.2f} %"
    blocked = say(f"차단 {report.blocker_count:,}건", f"{report.blocker_count:,} blocking")
    preset = PRESETS.get(report.preset)
    if preset is None:
        return [say("종합", "total"), total, "", "", "", blocked]
    shares = [f"{_name(report, one, say)} {100 * one.share:.1f} %" for one in report.weights if one.share]  # fmt: skip
    return [say("종합", "total"), total, "", "", "", f"{blocked} · {say(preset.ko, preset.en)}: {', '.join(shares)}"]  # fmt: skip


def _name(report: DatasetReport, weight: Weight, say: Tongue) -> str:
    return next((say(one.ko, one.en or one.name) for one in report.indices if one.name == weight.name), weight.name)  # fmt: skip


def _level(report: DatasetReport, say: Tongue) -> list[str]:
    level = report.level
    if level is None:
        return []
    head = say("선언한 규칙의 정합률", "declared rules that hold")
    word = f"{share(level.numerator, level.denominator)} · {say(level.ko, level.en)}" if level.numerator is not None and level.denominator else "–"  # fmt: skip
    return [f"  {head}: {word} ({say(level.reason_ko, level.reason_en)})"]


def _grades(say: Tongue) -> list[str]:
    rules = [f"{say(one.ko, one.en)}: {say(one.rule_ko, one.rule_en)}" for one in (*LETTERS, *WORDS)]  # fmt: skip
    return ["", say("등급의 기준", "When a grade is given"), *(f"  {rule}" for rule in rules)]


def _changed(report: DatasetReport, say: Tongue) -> list[str]:
    """Thresholds that are not the defaults."""
    changed = {name: value for one in report.settings for name, value in one.thresholds.items()}
    if not changed:
        return []
    listed = ", ".join(f"{name} = {value}" for name, value in sorted(changed.items()))
    return ["", f"{say('기본과 다른 기준값', 'Thresholds other than the defaults')}: {listed}"]


def _findings(report: DatasetReport, say: Tongue, *, everything: bool) -> list[str]:
    lines: list[str] = []
    heads = {
        Severity.blocker: say(
            "차단: 고쳐야 팔 수 있습니다", "Blocking: to be mended before a sale"
        ),
        Severity.warning: say("경고: 확인하십시오", "Warnings: to be looked at"),
        Severity.note: say("참고", "Notes"),
    }
    for severity, head in heads.items():
        said = _said(report, severity)
        if not said:
            continue
        shown = said if everything else said[:FINDINGS_MOST]
        lines += ["", f"{head} ({sum(len(places) for _, places in said):,})"]
        for number, (finding, places) in enumerate(shown, start=1):
            lines += _finding(number, finding, places, say)
        if len(said) > len(shown):
            left = len(said) - len(shown)
            lines.append(say(f"  … 그 밖에 {left:,}가지 (--all)", f"  … and {left:,} more (--all)"))
    return lines


def _said(report: DatasetReport, severity: Severity) -> list[tuple[Finding, list[str]]]:
    """Return the findings of one severity, the same sentence once with all its places."""
    said: dict[tuple[str, str], tuple[Finding, list[str]]] = {}
    for file in report.files:
        for one in file.findings:
            if one.severity is severity:
                place = one.member or (file.name if len(report.files) > 1 else "")
                said.setdefault((one.code, one.ko), (one, []))[1].append(place)
    for one in report.between:
        if one.severity is severity:
            said.setdefault((one.code, one.ko), (one, []))[1].append("")
    return sorted(said.values(), key=lambda pair: -len(pair[1]))


def _finding(number: int, one: Finding, places: Iterable[str], say: Tongue) -> list[str]:
    named = [safe(place) for place in places if place]
    lines = [f"  {number}. {safe(say(one.ko, one.en))}  [{one.code}]"]
    if named:
        more = f" … (+{len(named) - PLACES_MOST:,})" if len(named) > PLACES_MOST else ""
        where = cut(", ".join(named[:PLACES_MOST]), LINE) + more
        lines.append(f"     {say('어디', 'where')}: {where}")
    todo = advice(one.code)
    if todo is not None:
        lines.append(f"     {say('할 일', 'to do')}: {say(*todo)}")
    return lines


def _indices(report: DatasetReport, say: Tongue) -> list[str]:
    head = [say("이름", "name"), "%", say("분자", "numerator"), "", say("분모", "denominator"), say("재는 법", "rule")]  # fmt: skip
    rows = [head]
    for one in report.indices:
        name, rule = say(one.ko, one.en or one.name), say(one.rule_ko, one.rule_en)
        if one.numerator is None or one.denominator is None:
            rows.append([name, say("재지 않음", "not measured"), "", "", "", rule])
        else:
            pct = share(one.numerator, one.denominator)
            rows.append([name, pct, f"{one.numerator:,}", "/", f"{one.denominator:,}", rule])
    rows.append(_total(report, say))
    return ["", say("지수", "Indices"), *aligned(rows, right=(1, 2, 4)), *_level(report, say)]


def _tables(report: DatasetReport, say: Tongue, *, everything: bool) -> list[str]:
    known = {table.name: table for table in report.tables}
    lines: list[str] = []
    for group in report.schemas:
        tables = [known[name] for name in group.tables if name in known]
        lines += ["", _title(group, tables, say), *_columns(tables, say, everything=everything)]
    return lines


def _title(group: SchemaGroup, tables: list[Table], say: Tongue) -> str:
    first, more = safe(group.tables[0]), len(group.tables) - 1
    alike = say(f" 외 열이 같은 표 {more:,}개", f" and {more:,} more with the same columns")
    facts = [f"{group.row_count:,}{say('행', ' rows')}", f"{len(group.columns):,}{say('열', ' columns')}"]  # fmt: skip
    facts += sorted({table.encoding for table in tables if table.encoding})
    return f"{say('표', 'Table')} {first}{alike if more else ''} ({', '.join(facts)})"


def _columns(tables: list[Table], say: Tongue, *, everything: bool) -> list[str]:
    rows = [[say("열", "column"), say("종류", "kind"), say("빈 칸", "empty"), "%", say("서로 다른 값", "distinct"), say("최소 ~ 최대", "lowest ~ highest")]]  # fmt: skip
    count = len(tables[0].columns) if tables else 0
    shown = count if everything else min(count, COLUMNS_MOST)
    rows += [_column([one.columns[place] for one in tables], tables, say) for place in range(shown)]
    lines = aligned(rows, right=(2, 3, 4))
    if shown < count:
        lines.append(say(f"  … 그 밖에 {count - shown:,}열 (--all)", f"  … and {count - shown:,} more (--all)"))  # fmt: skip
    return lines


def _column(parts: list[Column], tables: list[Table], say: Tongue) -> list[str]:
    first, rows = parts[0], sum(table.row_count for table in tables)
    empty = sum(part.null_count + part.blank_count for part in parts)
    about = "" if first.distinct_exact else "≈"
    distinct = f"{about}{first.distinct_count:,}" if len(parts) == 1 else "–"
    unit = f" [{first.unit}]" if first.unit else ""
    return [safe(first.name) + safe(unit), say.kind(first.kind), f"{empty:,}", share(empty, rows), distinct, _range(parts)]  # fmt: skip


def _range(parts: list[Column]) -> str:
    numbers = [part.number for part in parts if part.number is not None and part.number.count]
    times = [part.time for part in parts if part.time is not None]
    if numbers:
        return f"{figure(min(one.low for one in numbers))} ~ {figure(max(one.high for one in numbers))}"  # fmt: skip
    if times:
        return f"{min(one.low for one in times)} ~ {max(one.high for one in times)}"
    return ""
