"""What one pass over the bytes of a text found; plain data that crosses from the first child to the second."""

from typing import Final

from msgspec import Struct

from quality.report import Finding

CELL_BYTES: Final = 16 << 20
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp949", "mixed")


class Grid(Struct, frozen=True):
    """What the scan knows at the beginning of each cell.

    Args:
        size_bytes: of the whole text
        quoted: whether a cell begins inside quotes
        lines: line ends before it
        lines_in_quotes: whether any line ends inside quotes
        cell_bytes: how long a cell is
        quoting: whether quotes can hold line ends; without, each line is a record
    """

    size_bytes: int
    quoted: tuple[bool, ...]
    lines: tuple[int, ...]
    lines_in_quotes: bool = True
    cell_bytes: int = CELL_BYTES
    quoting: bool = True


class TextFacts(Struct, frozen=True, kw_only=True):
    """What the scan of a text found.

    Args:
        encoding: Python's name; ``mixed`` is read line by line
        line_count: physical lines
        record_count: records by the rules of CSV, without empty lines
        damaged_count: lines with damage
        line_end: the byte that ends a line
        grid: where each cell of the text begins, as its bytes stand in the file
    """

    encoding: str
    line_count: int
    record_count: int
    damaged_count: int
    findings: tuple[Finding, ...]
    line_end: bytes = b"\n"
    grid: Grid = Grid(0, (False,), (0,))

    def fits(self, size_bytes: int, block_bytes: int = CELL_BYTES) -> bool:
        """Whether it can be what a scan of a text of this size found.

        The scan ran in a child that had hostile bytes before it; what fits and is wrong all the same shows when
        the records are counted.
        """
        grid, cells = self.grid, self.grid.size_bytes // block_bytes + 1
        return (
            self.encoding in ENCODINGS
            and self.line_end in (b"\n", b"\r")
            and grid.cell_bytes == block_bytes
            and (grid.size_bytes == size_bytes or self.encoding == "utf-16")
            and len(grid.quoted) == len(grid.lines) == cells
            and all(0 <= line <= self.line_count for line in grid.lines)
        )


class Handed(Struct, frozen=True, kw_only=True):
    """What the first child found and the second need not find again.

    Args:
        scan: of a file that is one text
        unpacked_bytes: what was counted in an archive, all members together
    """

    scan: TextFacts | None = None
    unpacked_bytes: int | None = None
