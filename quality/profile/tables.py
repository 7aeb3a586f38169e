"""One table: its columns, its repeated rows, its damage and its first rows."""

from collections import Counter
from typing import Final

import numpy as np
import pyarrow as pa
from msgspec.structs import replace
from numpy.typing import NDArray

from quality.findings import found, refuse
from quality.limits import Limits
from quality.profile.columns import HASH_MIX, ColumnCount, Hashes
from quality.reading import Reading
from quality.report import Finding, Preview, Table

PREVIEW_ROWS: Final = 200
PREVIEW_CHARS: Final = 200
PREVIEW_COLUMNS: Final = 200
# Rows whose hashes are kept; beyond, repeated rows are counted in the first so many.
ROWS_HASHED: Final = 8_000_000
CONSTANTS_NAMED: Final = 20


def count(
    reading: Reading, member: str | None, limits: Limits
) -> tuple[Table, Preview, list[Finding]]:
    """Read a table to its end and count.

    Raises:
        Refused: no rows, too many, a cell beyond the limit, or other rows than the scan counted
    """
    columns = [
        ColumnCount(at, name, declared)
        for at, (name, declared) in enumerate(zip(reading.columns, reading.declared, strict=True))
    ]
    hashes, preview = _read(reading, columns, limits)
    row_count = columns[0].row_count
    damaged_count, damage = reading.damage()
    if row_count == 0:
        raise refuse("TABLE_NO_ROWS")
    skipped = sum(one.count for one in damage if one.code == "CSV_COLUMNS")
    if reading.expected_count not in (None, row_count + skipped):
        raise refuse("FILE_INVALID")  # the library and the scan of the bytes disagree
    ids = [column for column in columns if column.identifying()]
    table = _table(reading, columns, hashes, _without(hashes, ids), damaged_count)
    told = [replace(one, member=member) for one in (*reading.findings, *damage)]
    findings = [*told, *_name_findings(reading.columns, member)]
    findings += _repeats(table, ids, member)
    for column in columns:
        findings += column.findings(member)
    findings += _constants(table, member)
    names = tuple(reading.columns[:PREVIEW_COLUMNS])
    return table, Preview(reading.name, names, tuple(preview)), findings


def _read(
    reading: Reading, columns: list[ColumnCount], limits: Limits
) -> tuple[Hashes, list[tuple[str, ...]]]:
    """Give every block to the columns; return the rows' hashes and the first rows."""
    hashed: list[Hashes] = [np.empty(0, dtype=np.uint64)]
    preview: list[tuple[str, ...]] = []
    for batch in reading.blocks():
        if batch.num_rows == 0:
            continue
        rows = _add(batch, columns, limits)
        before = columns[0].row_count - batch.num_rows
        if before < ROWS_HASHED:
            hashed.append(rows)
        if len(preview) < PREVIEW_ROWS:
            preview += _rows(batch, PREVIEW_ROWS - len(preview))
        if columns[0].row_count > limits.rows_max:
            raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    return np.concatenate(hashed), preview


def _add(batch: pa.RecordBatch, columns: list[ColumnCount], limits: Limits) -> Hashes:
    rows = np.zeros(batch.num_rows, dtype=np.uint64)
    for column, texts in zip(columns, batch.columns, strict=True):
        with np.errstate(over="ignore"):
            rows += _mixed(column.add(texts), column.position)
        if column.length_max > limits.cell_bytes:
            row = column.row_count - batch.num_rows + 1
            raise refuse("CELL_TOO_LONG", row=row, most=f"{limits.cell_bytes:,}")
    return rows


def _mixed(hashes: Hashes, position: int) -> Hashes:
    """Make the same value count differently in another column."""
    turned = hashes ^ np.uint64((position + 1) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF)
    turned *= HASH_MIX
    return turned ^ (turned >> np.uint64(29))


def _without(hashes: Hashes, ids: list[ColumnCount]) -> Hashes:
    left = hashes.copy()
    for column in ids:
        assert column.hashes is not None, "an identifying column kept its hashes"
        own = np.concatenate(column.hashes)[: len(left)]
        with np.errstate(over="ignore"):
            left -= _mixed(own, column.position)
    return left


def _table(
    reading: Reading,
    columns: list[ColumnCount],
    hashes: Hashes,
    without_ids: Hashes,
    damaged_count: int,
) -> Table:
    groups: NDArray[np.int64] = np.unique(hashes, return_counts=True)[1]
    rows = columns[0].row_count
    return Table(
        name=reading.name,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        header_rows=reading.header_rows,
        row_count=rows,
        columns=tuple(column.finish() for column in columns),
        duplicate_count=len(hashes) - len(groups),
        duplicate_without_ids_count=len(without_ids) - len(np.unique(without_ids)),
        distinct_groups=len(groups),
        repeated_groups=int((groups > 1).sum()),
        damaged_count=damaged_count,
        sampled=len(hashes) < rows,
    )


def _rows(batch: pa.RecordBatch, most: int) -> list[tuple[str, ...]]:
    lists = [column.slice(0, most).to_pylist() for column in batch.columns[:PREVIEW_COLUMNS]]
    return [tuple(cell[:PREVIEW_CHARS] for cell in row) for row in zip(*lists, strict=True)]


def _name_findings(names: tuple[str, ...], member: str | None) -> list[Finding]:
    listed = []
    for at, name in enumerate(names):
        if not name.strip():
            listed.append(found("COL_BLANK", position=at + 1, member=member))
            break
    for name, times in Counter(name for name in names if name.strip()).items():
        if times > 1:
            listed.append(found("COL_DUPLICATE", column=name, count=times, member=member))
    return listed


def _repeats(table: Table, ids: list[ColumnCount], member: str | None) -> list[Finding]:
    listed = []
    rows = table.row_count
    if table.duplicate_count:
        pct = f"{100 * table.duplicate_count / rows:.1f}"
        listed.append(found("ROWS_REPEATED", count=table.duplicate_count, pct=pct, member=member))
    elif ids and table.duplicate_without_ids_count:
        count_ = table.duplicate_without_ids_count
        pct, name = f"{100 * count_ / rows:.1f}", ", ".join(column.name for column in ids)
        listed.append(
            found("ROWS_REPEATED_BUT_ID", count=count_, pct=pct, column=name, member=member)
        )
    return listed


def _constants(table: Table, member: str | None) -> list[Finding]:
    return [
        found("COL_CONSTANT", column=column.name, member=member)
        for column in table.columns
        if column.constant
    ][:CONSTANTS_NAMED]
