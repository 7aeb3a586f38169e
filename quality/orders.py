"""What the parent asks of a child, and what crosses between them."""

from typing import Final

from msgspec import Struct

from quality.limits import Limits
from quality.report import FileReport
from quality.scans import Handed
from quality.settings import NOTHING_SAID, Settings

# What the child says with its exit code when memory ran out.
EXIT_MEMORY: Final = 77
# An order begins with its length in so many bytes.
HEAD_BYTES: Final = 8


class Bounds(Struct, frozen=True):
    """What one child may use.

    Args:
        memory_bytes: that it holds; the parent looks
        address_bytes: that it maps, whether it touches them or not; the kernel refuses more
        written_bytes: into each file that it was given to write
    """

    memory_bytes: int
    cpu_s: int
    wall_s: int
    answer_bytes: int
    address_bytes: int
    written_bytes: int = 0


class Working(Struct, frozen=True):
    """How a child counts.

    Args:
        threads, cells_in_flight: as of ``quality.engines.local.Threads``
        noted: the first further descriptor takes notes
        staged: the next one takes the tables as Parquet
    """

    threads: int = 1
    cells_in_flight: int = 4
    noted: bool = False
    staged: bool = False


class ExamineRequest(Struct, frozen=True):
    """Examine the file under its given name.

    Args:
        handed: by the child that looked first
        settings: what is said of the data
        working: how it is counted
    """

    name: str
    limits: Limits
    handed: Handed = Handed()
    settings: Settings = NOTHING_SAID
    working: Working = Working()


class Looked(Struct, frozen=True):
    """What the child that looks first says, and hands on to the next."""

    report: FileReport
    handed: Handed = Handed()


class Beside(Struct, frozen=True):
    """Another file that rules may refer to; its descriptor comes along, in the order of these."""

    name: str
    size_bytes: int


class SuiteRequest(Struct, frozen=True):
    """Run a suite on the tables of a file.

    Args:
        suite: in its stored form
        whole: profile the file in the same pass
        handed: by the child that looked first
        settings: what is said of the data
    """

    name: str
    limits: Limits
    suite: str
    whole: bool
    beside: tuple[Beside, ...] = ()
    handed: Handed = Handed()
    settings: Settings = NOTHING_SAID


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
    size_bytes: int
    bounds: Bounds
    request: dict[str, object]
