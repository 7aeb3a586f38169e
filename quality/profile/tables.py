"""One table, read to its end: the plan, the pass, its facts, its findings and its first rows."""

from typing import Final

from msgspec.structs import replace

from quality import checks
from quality.findings import refuse
from quality.limits import Limits
from quality.profile.feeding import Columns, feed
from quality.profile.finishing import Columns as ColumnFacts
from quality.profile.grouped import groups_of
from quality.profile.labelled import labels_of
from quality.profile.partial import Partial
from quality.profile.relating import bounds, correlations, missing_facts
from quality.profile.sketching import repeated, sketch_of
from quality.profile.stamping import series_facts
from quality.profile.telling import findings_of
from quality.profile.watching import Rules
from quality.reading import Reading
from quality.report import Finding, Preview, Table
from quality.sketches import Sketch

PREVIEW_ROWS: Final = 200
PREVIEW_CHARS: Final = 200
PREVIEW_COLUMNS: Final = 200


def count(
    reading: Reading, member: str | None, limits: Limits, rules: Rules | None = None
) -> tuple[Table, Preview, list[Finding], Sketch]:
    """Read a table to its end and count.

    Args:
        rules: are begun and fed with the same blocks

    Raises:
        Refused: no rows, too many, a cell beyond the limit, or other rows than the scan counted
    """
    plan, parts, blocks = feed(reading, limits)
    if plan is None:
        raise refuse("TABLE_NO_ROWS")
    counted = Partial(plan)
    if rules is not None:
        rules.begin(plan, reading.name, member)
    for block in blocks:
        counted.add(block)
        if rules is not None:
            rules.add(block)
        if counted.row_count > limits.rows_max:
            raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    damaged_count, damage = reading.damage()
    skipped = sum(one.count for one in damage if one.code == "CSV_COLUMNS")
    if reading.expected_count not in (None, counted.row_count + skipped):
        raise refuse("FILE_INVALID")  # the library and the scan of the bytes disagree
    table = _table(reading, counted, damaged_count)
    found, checked = checks.run(table, member)
    table = replace(table, checks=checked)
    told = [replace(one, member=member) for one in (*reading.findings, *damage)]
    findings = [*told, *findings_of(table, counted, member), *found]
    names = tuple(reading.columns[:PREVIEW_COLUMNS])
    preview = Preview(reading.name, names, _preview(parts))
    return table, preview, findings, sketch_of(table, counted)


def _table(reading: Reading, counted: Partial, damaged_count: int) -> Table:
    facts = ColumnFacts(counted)
    columns = facts.all()
    groups = counted.repeats.finish()
    without_ids = counted.repeats_without_ids.finish() if counted.ids else groups
    table = Table(
        name=reading.name,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        header_rows=reading.header_rows,
        row_count=counted.row_count,
        columns=columns,
        duplicate_count=groups.repeated_rows,
        duplicate_without_ids_count=without_ids.repeated_rows,
        distinct_groups=groups.values,
        repeated_groups=groups.repeated_values,
        damaged_count=damaged_count,
        sampled=not groups.exact,
        series=series_facts(counted, facts.name_of),
        missing=missing_facts(counted),
        correlations=correlations(counted),
        bounds=bounds(counted),
        groups=groups_of(facts),
        labels=labels_of(facts, columns),
    )
    return replace(table, repeated=repeated(table, counted, facts.name_of))


def _preview(parts: list[Columns]) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for part in parts:
        lists = [
            column.slice(0, PREVIEW_ROWS - len(rows)).to_pylist()
            for column in part[:PREVIEW_COLUMNS]
        ]
        rows += [tuple(cell[:PREVIEW_CHARS] for cell in row) for row in zip(*lists, strict=True)]
        if len(rows) >= PREVIEW_ROWS:
            break
    return tuple(rows)
