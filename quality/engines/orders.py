"""What crosses between whoever spreads a table, those who count its parts, and who joins them."""

from typing import Final

from msgspec import Struct

from quality.limits import Limits
from quality.report import Finding
from quality.settings import NOTHING_SAID, Settings

# An answer to a job begins with what it is.
COUNTS, REFUSED, ENDED = b"C", b"R", b"E"
# Parts go to the child that joins them behind their length.
LENGTH_BYTES: Final = 8


class Planned(Struct, frozen=True, kw_only=True):
    """A table before it is counted.

    Args:
        table: JSON for the children alone; nobody else reads what a child says of a file
        refused: why there is none
    """

    cell_count: int = 0
    table: str = ""
    refused: Finding | None = None


class Job(Struct, frozen=True, kw_only=True):
    """Count some cells of a table by its plan. Plain data.

    Args:
        size_bytes: of the file
        low, high: the first cell and the one after the last
        share_bytes: about how much of the file that is
        table: as it was planned, JSON
    """

    size_bytes: int
    low: int
    high: int
    share_bytes: int
    table: str
    limits: Limits


class CountRequest(Struct, frozen=True, kw_only=True):
    """Count some cells.

    Args:
        fed: the file is a socket that gives the bytes that it is asked for
        noted: the next descriptor takes notes
    """

    table: str
    limits: Limits
    low: int
    high: int
    fed: bool = False
    noted: bool = False


class JoinRequest(Struct, frozen=True, kw_only=True):
    """Join the counts of all parts, which come one after the other, and say what they come to."""

    name: str
    kind: str
    size_bytes: int
    table: str
    limits: Limits
    settings: Settings = NOTHING_SAID
