"""One table, read to its end: the plan, the pass, its facts, its findings and its first rows."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality import checks
from quality.findings import refuse
from quality.limits import Limits
from quality.profile import keepings
from quality.profile.blocks import Block
from quality.profile.evidence import evidence_of
from quality.profile.feeding import again, feed
from quality.profile.feeding import count as counted_of
from quality.profile.finishing import Columns as ColumnFacts
from quality.profile.grouped import groups_of
from quality.profile.keying import keys_of
from quality.profile.labelled import labels_of
from quality.profile.partial import Partial
from quality.profile.pieces import Columns, Counted, Take, Work
from quality.profile.relating import bounds, correlations, missing_facts
from quality.profile.sketching import repeated, sketch_of
from quality.profile.stamping import coverage, series_facts
from quality.profile.wording import veiled
from quality.reading import Reading
from quality.reading.damage import findings_of as odd_findings
from quality.report import Finding, Preview, Table
from quality.settings import NOTHING_SAID, Settings
from quality.sketches import Sketch
from quality.thresholds import applied

PREVIEW_ROWS: Final = 200
PREVIEW_CHARS: Final = 200
PREVIEW_COLUMNS: Final = 200


class Outline(Struct, frozen=True, kw_only=True):
    """What a reading says of its table before it is counted: plain data, so that it can travel."""

    name: str
    width: int
    encoding: str | None
    delimiter: str | None
    header_rows: int
    findings: tuple[Finding, ...]
    damaged_count: int
    expected_count: int | None


def outline_of(reading: Reading) -> Outline:
    """Return what a reading says of its table."""
    return Outline(
        name=reading.name,
        width=len(reading.columns),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        header_rows=reading.header_rows,
        findings=reading.findings,
        damaged_count=reading.damaged_count,
        expected_count=reading.expected_count,
    )


def count(
    reading: Reading,
    member: str | None,
    limits: Limits,
    work: Work,
    settings: Settings = NOTHING_SAID,
) -> tuple[Table, Preview, list[Finding], Sketch]:
    """Read a table to its end and count.

    Args:
        rules: are begun and fed with the same blocks

    Raises:
        Refused: no rows, too many, a cell beyond the limit, or other rows than the scan counted
    """
    fed = feed(reading, limits, settings)
    if fed is None:
        raise refuse("TABLE_NO_ROWS")
    staged = None if work.staging is None else work.staging.table(fed.plan)
    takes: list[Take] = [] if staged is None else [staged.take]
    if work.rules is not None:
        work.rules.begin(fed.plan, reading.name, member)
        takes.append(work.rules.add)
    counted = counted_of(fed, limits, work, _each(takes) if takes else None)
    if staged is not None:
        staged.end(again(fed, limits))
    table, findings, sketch = told(outline_of(reading), counted, member, limits, settings)
    return table, preview_of(reading, fed.parts), findings, sketch


def _each(takes: list[Take]) -> Take:
    """Return what hands a block to each."""

    def take(block: Block) -> None:
        for one in takes:
            one(block)

    return take


def told(
    outline: Outline,
    counted: Counted,
    member: str | None,
    limits: Limits,
    settings: Settings = NOTHING_SAID,
) -> tuple[Table, list[Finding], Sketch]:
    """Return the facts, the findings and the sketch of a table that was counted to its end.

    Raises:
        Refused: other rows than the scan counted
    """
    partial, odd = counted.partial, counted.odd
    rows = partial.row_count + odd.ragged_count
    if outline.expected_count not in (None, rows):
        raise refuse("FILE_INVALID")  # the library and the scan of the bytes disagree
    damaged = outline.damaged_count + odd.ragged_count + odd.damaged_count
    table = _table(outline, partial, damaged)
    evidence = evidence_of(table, partial)
    found, checked = checks.run(table, member, applied(settings.thresholds), evidence)
    table = replace(table, checks=checked, columns=tuple(map(veiled, table.columns)))
    damage = odd_findings(odd, outline.width, outline.expected_count, limits)
    declared = keepings.findings_of_plan(partial.plan, member)
    declared += keepings.key_findings(table.key, table.row_count, member)
    said = [checks.within(one, member) for one in (*outline.findings, *damage, *declared)]
    return table, [*said, *found], sketch_of(table, partial)


def _table(outline: Outline, counted: Partial, damaged_count: int) -> Table:
    facts = ColumnFacts(counted)
    columns = facts.all()
    groups = counted.repeats.finish()
    without_ids = counted.repeats_without_ids.finish() if counted.ids else groups
    table = Table(
        name=outline.name,
        encoding=outline.encoding,
        delimiter=outline.delimiter,
        header_rows=outline.header_rows,
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
        key=keepings.key_facts(counted),
        relations=keepings.relations(counted),
        keys=keys_of(columns, counted),
        coverage=coverage(counted),
    )
    return replace(table, repeated=repeated(table, counted, facts.name_of))


def preview_of(reading: Reading, parts: list[Columns]) -> Preview:
    """Return a table's first rows, cut to what is shown."""
    names = tuple(reading.columns[:PREVIEW_COLUMNS])
    return Preview(reading.name, names, _preview(parts))


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
