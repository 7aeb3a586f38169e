"""The shape of a report. Everything is plain data, so it can be stored, sent and compared.

Counts are rows or cells; shares are fractions [1] unless a name ends in ``_pct``.
"""

from enum import StrEnum

from msgspec import Struct

SCHEMA_VERSION = 1


class Severity(StrEnum):
    """How bad a finding is: it blocks the sale, it should be read, or it is good to know."""

    blocker = "blocker"
    warning = "warning"
    note = "note"


class Finding(Struct, frozen=True, kw_only=True):
    """Something found: a stable code, two sentences that say what, where and what to do.

    ``row`` counts lines of the file from 1 for texts and rows of data from 1 otherwise.
    """

    code: str
    severity: Severity
    ko: str
    en: str
    member: str | None = None
    row: int | None = None
    column: str | None = None
    count: int = 1
    examples: tuple[str, ...] = ()


class Bin(Struct, frozen=True):
    """One bar of a histogram: from ``low`` (included) to ``high``, the last bar with its end."""

    low: float
    high: float
    count: int


class NumberFacts(Struct, frozen=True, kw_only=True):
    """What the finite numbers of a column say; ``std`` has n-1 in its denominator.

    ``quantiles`` are the 0, 5, 25, 50, 75, 95 and 100 per cent points, of a random sample where
    ``sampled`` is true.
    """

    count: int
    low: float
    high: float
    mean: float
    std: float | None
    zero_count: int
    negative_count: int
    nonfinite_count: int
    quantiles: tuple[float, ...]
    histogram: tuple[Bin, ...]
    sampled: bool


class TimeFacts(Struct, frozen=True, kw_only=True):
    """What the stamps of a column say, steps in file order, gaps in sorted order.

    A gap is an interval above 1.5 times the median positive interval of the file's order.
    """

    form: str
    parsed_count: int
    first: str
    last: str
    low: str
    high: str
    backward_count: int
    zero_count: int
    repeated_count: int
    interval_median_s: float | None
    gap_count: int | None
    gap_longest_s: float | None


class Run(Struct, frozen=True):
    """The longest stretch of equal consecutive values; ``start_row`` counts from 0."""

    length: int
    value: str
    start_row: int


class Column(Struct, frozen=True, kw_only=True):
    """One column. ``kind``: integer, number, time, boolean, code, text, empty or nested."""

    position: int
    name: str
    unit: str | None
    kind: str
    null_count: int
    blank_count: int
    placeholder_count: int
    distinct_count: int
    distinct_exact: bool
    constant: bool
    top_values: tuple[tuple[str, int], ...]
    length_max: int | None
    longest_run: Run | None
    number: NumberFacts | None = None
    time: TimeFacts | None = None
    identifying: bool = False


class Index(Struct, frozen=True, kw_only=True):
    """A quality index with its fraction and the rule it was counted by; None = not measured."""

    name: str
    ko: str
    numerator: int | None
    denominator: int | None
    rule_ko: str
    rule_en: str

    @property
    def pct(self) -> float | None:
        """The index in per cent."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator


class Table(Struct, frozen=True, kw_only=True):
    """One table: a text file, a sheet, or a member of an archive."""

    name: str
    encoding: str | None
    delimiter: str | None
    header_rows: int
    row_count: int
    columns: tuple[Column, ...]
    duplicate_count: int
    duplicate_without_ids_count: int
    distinct_groups: int
    repeated_groups: int
    damaged_count: int
    sampled: bool = False


class Preview(Struct, frozen=True):
    """The first rows of a table as text, for its seller alone."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Member(Struct, frozen=True):
    """One member of an archive, named as shown (NFC); ``kind`` as for files, or ``other``."""

    name: str
    kind: str
    size_bytes: int


class FileReport(Struct, frozen=True, kw_only=True):
    """What one file holds and what is wrong with it."""

    name: str
    kind: str
    size_bytes: int
    tables: tuple[Table, ...] = ()
    members: tuple[Member, ...] = ()
    findings: tuple[Finding, ...] = ()
    previews: tuple[Preview, ...] = ()
    memory_bytes: int = 0
    schema_version: int = SCHEMA_VERSION

    @property
    def blocked(self) -> bool:
        """Whether something in it keeps the file from being sold."""
        return any(one.severity is Severity.blocker for one in self.findings)


class SchemaGroup(Struct, frozen=True, kw_only=True):
    """Tables with the same columns in the same order."""

    columns: tuple[str, ...]
    tables: tuple[str, ...]
    row_count: int


class DatasetReport(Struct, frozen=True, kw_only=True):
    """What a whole dataset holds: the files' reports without previews, and the indices over all.

    ``grade`` is A to D, or "-" while something blocks or nothing could be measured.
    """

    engine: str
    files: tuple[FileReport, ...]
    row_count: int
    table_count: int
    size_bytes: int
    schemas: tuple[SchemaGroup, ...]
    indices: tuple[Index, ...]
    total_pct: float | None
    grade: str
    grade_ko: str
    grade_en: str
    blocker_count: int
    warning_count: int
    schema_version: int = SCHEMA_VERSION
