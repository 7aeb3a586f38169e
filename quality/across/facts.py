"""What is told of several tables together. Tables go by their file and their own name; shares are fractions [1]."""

from msgspec import Struct


class Identical(Struct, frozen=True):
    """Files or tables that are the same: byte for byte, or in every cell (``bytes_too`` false)."""

    names: tuple[str, ...]
    bytes_too: bool


class Unlike(Struct, frozen=True, kw_only=True):
    """A table whose columns are nearly those of another, and what differs.

    ``kinds`` and ``units`` give a column, what it is in ``like``, and what it is here.
    """

    table: str
    like: str
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    reordered: bool = False
    kinds: tuple[tuple[str, str, str], ...] = ()
    units: tuple[tuple[str, str, str], ...] = ()


class Overlap(Struct, frozen=True, kw_only=True):
    """Rows that two tables share, as a share of the different rows of each.

    ``shared_count`` counts them where ``exact``, else those among the hashes compared. ``without_ids``:
    the columns that number the rows were left out.
    """

    first: str
    second: str
    shared_count: int
    first_share: float
    second_share: float
    exact: bool
    without_ids: bool


class Join(Struct, frozen=True, kw_only=True):
    """A column whose values stand in a column of another table: how many of its rows find theirs.

    ``rows`` false: values were counted instead, as their rows are not known; not ``exact``: a fair sample.
    """

    table: str
    column: str
    to_table: str
    to_column: str
    found_count: int
    count: int
    rows: bool
    exact: bool

    @property
    def pct(self) -> float:
        """The share that is found, in per cent."""
        return 100 * self.found_count / self.count if self.count else 0.0


class CopiedColumn(Struct, frozen=True, kw_only=True):
    """A column whose steps are those of another: ``constant`` is what was added, None where that is not known.

    ``share`` is the share of the stretches of the smaller of the two that the other has, too.
    """

    column: str
    of_column: str
    constant: float | None
    share: float


class Copy(Struct, frozen=True, kw_only=True):
    """A table with columns that step as columns of another do, all along (``whole``) or in stretches."""

    table: str
    of_table: str
    columns: tuple[CopiedColumn, ...]
    whole: bool


class PublicMatch(Struct, frozen=True, kw_only=True):
    """A table that shares rows or stretches of columns with data that are public.

    Shares are those of the table here: of its rows, and of the stretches of ``columns``; None where not compared.
    """

    table: str
    name: str
    source: str
    licence: str
    same_bytes: bool
    row_share: float | None
    stretch_share: float | None
    columns: tuple[str, ...] = ()
