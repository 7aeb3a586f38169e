"""What the parent asks of a child, and what crosses between them."""

from typing import Final

from msgspec import Struct

from quality.limits import Limits

# What the child says with its exit code when memory ran out.
EXIT_MEMORY: Final = 77


class Bounds(Struct, frozen=True):
    """What one child may use."""

    memory_bytes: int
    cpu_s: int
    wall_s: int
    answer_bytes: int


class ExamineRequest(Struct, frozen=True):
    """Examine the file under its given name."""

    name: str
    limits: Limits


class RowsRequest(Struct, frozen=True):
    """Read some rows of a table as text."""

    name: str
    table: str
    first_row: int
    row_count: int
    limits: Limits


class Rows(Struct, frozen=True):
    """Rows of a table with the names of its columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Order(Struct, frozen=True):
    """What the parent wants."""

    task: str
    path: str
    bounds: Bounds
    request: dict[str, object]
