"""Values that may stand only once: a hash for each row, kept until the end."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.profile.hashing import NULL, Hashes
from quality.suites.parts import NotRun, Outcome, holds
from quality.suites.results import Unexpected
from quality.suites.viewing import SHOWN, Flags, View, hidden, shown_value

# Rows whose hashes a rule may keep.
ROWS_MAX: Final = 60_000_000
# Cells kept beside the hashes, for what is shown of the first places; beyond, rows are shown without them.
CELLS_BYTES_MAX: Final = 128 << 20


class Keys:
    """Rows whose value stands in another row, too.

    Args:
        read: says of each row whether it counts, and gives the hash of its value
        columns: names and positions of the columns that the value is made of
    """

    def __init__(
        self,
        read: Callable[[View], tuple[Flags, Hashes]],
        mostly: float,
        *,
        columns: dict[str, int],
    ) -> None:
        self.read, self.mostly, self.columns = read, mostly, columns
        self.row_count = self.counted = 0
        self.blocks: list[tuple[int, Hashes]] = []
        self.cells: list[tuple[int, dict[str, Kept]]] = []
        self.cells_bytes = 0

    def add(self, view: View, before: int) -> None:
        counted, hashes = self.read(view)
        self.row_count += view.rows
        if self.row_count > ROWS_MAX:
            raise NotRun(
                f"행이 {ROWS_MAX:,}개보다 많아 겹치는 값을 셀 수 없습니다.",
                f"With more than {ROWS_MAX:,} rows repeated values cannot be counted.",
            )
        self.counted += int(np.count_nonzero(counted))
        self.blocks.append((before, np.where(counted, hashes, NULL)))
        if self.cells_bytes <= CELLS_BYTES_MAX:
            kept = {name: Kept(view, at) for name, at in self.columns.items()}
            self.cells_bytes += sum(one.size_bytes for one in kept.values())
            self.cells.append((before, kept))

    def merge(self, other: "Keys", before: int) -> None:
        self.row_count += other.row_count
        self.counted += other.counted
        self.blocks += [(start + before, hashes) for start, hashes in other.blocks]
        self.cells += [(start + before, kept) for start, kept in other.cells]

    def finish(self) -> Outcome:
        hashes = np.concatenate([np.empty(0, dtype=np.uint64), *(one for _, one in self.blocks)])
        repeated = _repeated(hashes)
        count, rows = 0, []
        if len(repeated):
            flags = np.isin(hashes, repeated)
            count, rows = int(np.count_nonzero(flags)), np.flatnonzero(flags)[:SHOWN].tolist()
        return Outcome(
            success=holds(self.counted, count, self.mostly),
            element_count=self.row_count,
            missing_count=self.row_count - self.counted,
            unexpected_count=count,
            places=tuple(Unexpected(row + 1, self._shown(row)) for row in rows),
        )

    def _shown(self, row: int) -> Any:
        for start, kept in reversed(self.cells):
            if start <= row:
                values = {name: one.value(row - start) for name, one in kept.items()}
                return values if len(values) > 1 else next(iter(values.values()))
        return None


class Kept:
    """The cells of a column in one block, in as few bytes as they take."""

    def __init__(self, view: View, at: int) -> None:
        self.kind = view.kind(at)
        if self.kind == "text":
            coded = view.coded(at)
            self.texts: pa.Array = coded.values
            self.cells: NDArray[Any] = coded.places
            self.size_bytes = int(self.texts.nbytes + self.cells.nbytes)
        else:
            values = view.numbers(at) if self.kind == "number" else view.stamps(at)
            self.texts, self.cells = None, values.copy()
            self.size_bytes = int(self.cells.nbytes)

    def value(self, row: int) -> Any:
        """Return what stands in a row of the block."""
        if row >= len(self.cells):
            return None
        if self.texts is not None:
            return hidden(self.texts[int(self.cells[row])].as_py()) or None
        return shown_value(self.cells[row], self.kind)


def _repeated(hashes: Hashes) -> Hashes:
    """Return the values that stand in more than one row."""
    ordered = np.sort(hashes)
    found: Hashes = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    kept: Hashes = found[found != NULL]
    return kept
