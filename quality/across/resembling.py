"""What two tables share of which only fingerprints are kept, so that a whole catalogue can be compared. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from quality.across.public import KnownColumn
from quality.report import FileReport, Table
from quality.sketches import Sample, Shared, Sketch, shared

# So many rows or stretches in common are no chance; of stretches so many for a copy from first row to last.
ROWS_LEAST: Final = 8
STRETCHES_LEAST: Final = 4
COPY_STRETCHES_LEAST: Final = 8
COLUMNS_SHOWN: Final = 10
# Hashes by which a table is found among many: a part of 3 % of the larger one shows in them still.
ROW_KEYS: Final = 256
STRETCH_KEYS: Final = 32
KEYS_MOST: Final = 4_096
_SIGN: Final = 1 << 63


class Fingerprint(Struct, frozen=True, kw_only=True):
    """What is kept of a table: the bytes that it came in, its rows and the stretches of its number columns.

    Values of columns are not among it. A file without tables has a fingerprint of its bytes alone.

    Args:
        sha256: of the member that is the table, else of its file
        rows_without_ids: rows without the columns that number them, where something is left of a row then
    """

    sha256: str
    rows: Sample = Sample()
    rows_without_ids: Sample | None = None
    columns: tuple[KnownColumn, ...] = ()

    def keys(self) -> tuple[int, ...]:
        """Return the hashes by which it is found, as signed numbers of 64 bits."""
        found = [int(self.sha256[:16], 16)] if self.sha256 else []
        found += self.rows.values[:ROW_KEYS]
        if self.rows_without_ids is not None:
            found += self.rows_without_ids.values[:ROW_KEYS]
        for column in self.columns:
            found += column.windows.values[:STRETCH_KEYS]
        once = tuple(dict.fromkeys(found))[:KEYS_MOST]
        return tuple(one - 2 * _SIGN if one >= _SIGN else one for one in once)


class Printed(Struct, frozen=True, kw_only=True):
    """A table, or a file without tables, by its name in the report, with its fingerprint."""

    name: str
    row_count: int
    fingerprint: Fingerprint


class Resemblance(Struct, frozen=True, kw_only=True):
    """What a table shares with another; shares are fractions [1], None where too little is shared to tell.

    Args:
        row_share, other_row_share: of the different rows of the one, and of the other
        exact: all rows were compared, not a sample of them
        stretch_share: of the stretches of the column that shares most of them, of the smaller of two columns
        copied: that column shares enough stretches for a copy
        columns: those that share stretches
    """

    same_bytes: bool
    row_share: float | None = None
    other_row_share: float | None = None
    exact: bool = False
    stretch_share: float | None = None
    copied: bool = False
    columns: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The largest share; all where the bytes are the same."""
        told = (self.row_share, self.other_row_share, self.stretch_share)
        return (
            1.0 if self.same_bytes else max((one for one in told if one is not None), default=0.0)
        )

    @property
    def mirrored(self) -> "Resemblance":
        """What the other table shares with this one."""
        return Resemblance(
            same_bytes=self.same_bytes, row_share=self.other_row_share, other_row_share=self.row_share,
            exact=self.exact, stretch_share=self.stretch_share, copied=self.copied, columns=self.columns,
        )  # fmt: skip

    def strong(self, least: float) -> bool:
        """Whether it is a copy: the same bytes, or so much of the rows or of a column's stretches."""
        rows = max(self.row_share or 0.0, self.other_row_share or 0.0)
        return (
            self.same_bytes
            or rows >= least
            or (self.copied and (self.stretch_share or 0.0) >= least)
        )


def printed(file: FileReport) -> list[Printed]:
    """Return the fingerprints of a file's tables, or of the file where it has none."""
    members = {one.name: one.sha256 for one in file.members if one.sha256}
    sketches = {one.table: one for one in file.sketches}
    found = [
        Printed(
            name=table.name,
            row_count=table.row_count,
            fingerprint=_of(table, sketches.get(table.name), members.get(table.name, file.sha256)),
        )
        for table in file.tables
    ]
    alone = Printed(name=file.name, row_count=0, fingerprint=Fingerprint(sha256=file.sha256))
    return found or [alone]


def _of(table: Table, sketch: Sketch | None, sha256: str) -> Fingerprint:
    if sketch is None:
        return Fingerprint(sha256=sha256)
    others = sum(not column.identifying for column in table.columns)
    return Fingerprint(
        sha256=sha256,
        rows=sketch.rows,
        rows_without_ids=sketch.rows_without_ids if others > 1 else None,
        columns=tuple(
            KnownColumn(one.name, one.windows) for one in sketch.columns if one.windows.hashes
        ),
    )


def resemblance(one: Fingerprint, other: Fingerprint, least_share: float) -> Resemblance | None:
    """Return what two tables share, None where it is less than ``least_share`` of both.

    Args:
        least_share: of the rows of either table, or of the stretches of a column [1]
    """
    rows = _rows(one, other)
    if rows is not None and max(rows.of_first, rows.of_second) < least_share:
        rows = None
    columns = [
        (share, name)
        for share, name in _columns(one.columns, other.columns)
        if share.both >= least_share * min(share.first, share.second)
    ]
    same_bytes = bool(one.sha256) and one.sha256 == other.sha256
    if not same_bytes and rows is None and not columns:
        return None
    best = max(columns, key=lambda seen: (_of_smaller(seen[0]), seen[0].both), default=None)
    return Resemblance(
        same_bytes=same_bytes,
        row_share=None if rows is None else rows.of_first,
        other_row_share=None if rows is None else rows.of_second,
        exact=rows is not None and rows.exact,
        stretch_share=None if best is None else _of_smaller(best[0]),
        copied=best is not None and best[0].both >= COPY_STRETCHES_LEAST,
        columns=tuple(name for _, name in columns[:COLUMNS_SHOWN]),
    )


def _of_smaller(seen: Shared) -> float:
    return max(seen.of_first, seen.of_second)


def _rows(one: Fingerprint, other: Fingerprint) -> Shared | None:
    seen = [shared(one.rows, other.rows)]
    if one.rows_without_ids is not None and other.rows_without_ids is not None:
        seen.append(shared(one.rows_without_ids, other.rows_without_ids))
    enough = [each for each in seen if each.both >= ROWS_LEAST]
    return max(enough, key=_of_smaller, default=None)


def _columns(
    mine: Sequence[KnownColumn], theirs: Sequence[KnownColumn]
) -> Iterable[tuple[Shared, str]]:
    """Yield for each column with stretches that another has, too, what it shares with the nearest."""
    holders: dict[int, list[int]] = {}
    for at, column in enumerate(theirs):
        for value in column.windows.values:
            holders.setdefault(value, []).append(at)
    for column in mine:
        counts = Counter(at for value in column.windows.values for at in holders.get(value, ()))
        near = [at for at, count in counts.items() if count >= STRETCHES_LEAST]
        seen = [shared(column.windows, theirs[at].windows) for at in near]
        enough = [each for each in seen if each.both >= STRETCHES_LEAST]
        if enough:
            yield max(enough, key=_of_smaller), column.name
