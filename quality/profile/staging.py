"""The blocks of a table as typed Parquet, written while they are counted; the same bytes for the same blocks."""

import errno
import io
import json
import os
import re
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet
from typing_extensions import override

from quality.noting import STAGED, TOO_LARGE, Notes
from quality.profile.blocks import Block
from quality.profile.parts.steps import NONE
from quality.profile.planned import ColumnPlan, Plan

GROUP_ROWS: Final = 65_536
GROUP_BYTES: Final = 32 << 20
NAME_CHARS: Final = 60
# A whole number beyond it is not exact as a float.
WHOLE_MAX: Final = 2**53
ODD: Final = re.compile(r"\W+")
METADATA: Final = b"quality.columns"

INTEGER, NUMBER, TIME, TEXT = pa.int64(), pa.float64(), pa.timestamp("us"), pa.string()


class Staging:
    """Tables one behind the other in one open file; told of by notes."""

    def __init__(self, fd: int, notes: Notes) -> None:
        self.fd, self.notes = fd, notes
        self.begin = 0
        self.full = False

    def table(self, plan: Plan) -> "Staged":
        """Begin the next table."""
        return Staged(plan, self)

    def fill(self) -> None:
        """Give up: the tables take more than is allowed."""
        self.full = True
        self.notes.write(TOO_LARGE, 0)

    def ended(self, size_bytes: int) -> None:
        """Note that a table is whole."""
        self.begin += size_bytes
        self.notes.write(STAGED, size_bytes)


class Staged:
    """One table.

    A column that turns out to be another than planned is found at the end, and the table is written again:
    whole numbers with a fraction become numbers, stamps with zones become texts.
    """

    def __init__(self, plan: Plan, staging: Staging) -> None:
        self.plan, self._staging = plan, staging
        self.kinds = [_kind(one) for one in plan.columns]
        self.again: set[int] = set()
        self._open()

    def _open(self) -> None:
        names = safe_names([one.name for one in self.plan.columns])
        told = [
            {"column": safe, "name": one.name, "kind": str(kind)}
            for safe, one, kind in zip(names, self.plan.columns, self.kinds, strict=True)
        ]
        metadata = {METADATA: json.dumps(told, ensure_ascii=False).encode()}
        fields = [pa.field(name, kind) for name, kind in zip(names, self.kinds, strict=True)]
        self.schema = pa.schema(fields, metadata)
        self._waiting: list[pa.RecordBatch] = []
        self._sink = _Sink(self._staging.fd)
        self._writer: Any = None

    def take(self, block: Block) -> None:
        """Take the next block."""
        if self._staging.full:
            return
        self.again |= {at for at, kind in enumerate(self.kinds) if not _fits(block, at, kind)}
        if self.again:
            return
        arrays = [_array(block, at, kind) for at, kind in enumerate(self.kinds)]
        self._waiting.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
        rows = sum(one.num_rows for one in self._waiting)
        if rows >= GROUP_ROWS or sum(one.nbytes for one in self._waiting) >= GROUP_BYTES:
            self._guarded(self._write)

    def end(self, blocks: Iterable[Block]) -> None:
        """End the table.

        Args:
            blocks: gives all of them again where the table must be written again
        """
        if self.again and not self._staging.full:
            os.ftruncate(self._staging.fd, self._staging.begin)
            os.lseek(self._staging.fd, self._staging.begin, os.SEEK_SET)
            for at in self.again:
                self.kinds[at] = NUMBER if self.kinds[at] == INTEGER else TEXT
            self.again = set()
            # A writer that is let go writes its end.
            self._sink.muted = True
            self._open()
            for block in blocks:
                self.take(block)
        if not self._staging.full:
            self._guarded(self._close)
        if not self._staging.full:
            self._staging.ended(self._sink.tell())

    def _guarded(self, write: Any) -> None:
        try:
            write()
        except OSError:
            if self._sink.error not in (errno.EFBIG, errno.ENOSPC):
                raise
            self._sink.muted = True
            self._staging.fill()

    def _write(self) -> None:
        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                pa.PythonFile(self._sink, "w"), self.schema, compression="zstd", version="2.6"
            )
        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            self._waiting = []
            self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def _close(self) -> None:
        self._write()
        self._writer.close()


class _Sink(io.RawIOBase):
    """Writes to an open file that stays open, and remembers why it could not; nothing when it is muted."""

    def __init__(self, fd: int) -> None:
        self._fd, self._at = fd, 0
        self.error = 0
        self.muted = False

    @override
    def writable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def write(self, content: Any) -> int:
        left = memoryview(content).cast("B")
        size = len(left)
        if self.muted:
            return size
        try:
            while left:
                left = left[os.write(self._fd, left) :]
        except OSError as error:
            self.error = error.errno or 0
            raise
        self._at += size
        return size


def safe_names(names: list[str]) -> list[str]:
    """Return a name for each column that any tool takes: letters, digits and ``_``, no two alike but for case."""
    found: list[str] = []
    taken: set[str] = set()
    for at, name in enumerate(names, 1):
        plain = ODD.sub("_", name).strip("_")[:NAME_CHARS] or f"column_{at}"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        unique, number = plain, 2
        while unique.casefold() in taken:
            unique, number = f"{plain}_{number}", number + 1
        taken.add(unique.casefold())
        found.append(unique)
    return found


def _kind(plan: ColumnPlan) -> pa.DataType:
    if plan.kind == "number":
        return INTEGER if plan.whole and plan.declared != "number" else NUMBER
    if plan.kind == "time" and plan.form is not None and "%d" in plan.form:
        return TIME
    return TEXT


def _fits(block: Block, at: int, kind: pa.DataType) -> bool:
    """Whether the cells of a block are of a kind, odd ones left out."""
    if kind == INTEGER:
        values = block.values_of(at)
        with np.errstate(invalid="ignore"):
            whole = (values == np.rint(values)) & (np.abs(values) <= WHOLE_MAX)
        return bool((whole | np.isnan(values)).all())
    return kind != TIME or block.zones.get(at, set()) <= {""}


def _array(block: Block, at: int, kind: pa.DataType) -> pa.Array:
    if kind in (INTEGER, NUMBER):
        values = block.values_of(at)
        empty = np.isnan(values)
        if kind == NUMBER:
            return pa.array(values, mask=empty)
        return pa.array(np.where(empty, 0, values).astype(np.int64), mask=empty)
    if kind == TIME:
        stamps = block.stamps[at]
        return pa.array(stamps, mask=stamps == NONE).cast(TIME)
    cells = block.words[at].cells
    texts = pc.if_else(pc.equal(cells.values, ""), None, cells.values)
    return texts.take(pa.array(cells.places))
