"""All that is needed to read any part of a table alone: plain data, so that it can travel."""

from typing import Literal

from msgspec import Struct

from quality.scans import Grid


class Layout(Struct, frozen=True, kw_only=True):
    """How a table lies in its file.

    A cell is what is read alone: a text's stretch of the grid, or some groups of rows of Parquet.

    Args:
        columns: names of the columns
        grid: of a text
        groups: of Parquet, the first group of rows of each cell and the one after its last
        group_bytes: how long each of these is in the file
    """

    kind: Literal["csv", "jsonl", "parquet"]
    size_bytes: int
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    header_rows: int = 0
    line_end: bytes = b"\n"
    grid: Grid | None = None
    groups: tuple[tuple[int, int], ...] = ()
    group_bytes: tuple[int, ...] = ()

    @property
    def cell_count(self) -> int:
        """How many cells there are."""
        return len(self.group_bytes) if self.grid is None else len(self.grid.lines)

    def weight(self, number: int) -> int:
        """Return the bytes of a cell; those of all cells are at most those of the file."""
        if self.grid is None:
            return self.group_bytes[number]
        size, begin = self.grid.cell_bytes, number * self.grid.cell_bytes
        return max(min(begin + size, self.grid.size_bytes) - begin, 0)
