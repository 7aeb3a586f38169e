"""The shape of a report. Everything is plain data, so it can be stored, sent and compared.

Counts are rows or cells; shares are fractions [1] unless a name ends in ``_pct``.
"""

from enum import StrEnum

from msgspec import Struct

from quality.across.facts import Copy, Identical, Join, Overlap, PublicMatch, Unlike
from quality.claims import Kept, KeyFacts, Level, Place, Related, Weight
from quality.groupfacts import Groups, Key, Label, Repeated
from quality.images.facts import ImageSet
from quality.settings import Settings
from quality.sketches import Sketch
from quality.suites.results import SuiteResult
from quality.timefacts import Coverage, Series, TimeFacts

SCHEMA_VERSION = 1


class Severity(StrEnum):
    """How bad a finding is: it blocks the sale, it should be read, or it is good to know."""

    blocker = "blocker"
    warning = "warning"
    note = "note"


class Finding(Struct, frozen=True, kw_only=True):
    """Something found: a stable code, two sentences that say what, where and what to do.

    ``row`` counts lines of the file from 1 for texts and rows of data from 1 otherwise; ``check`` is the
    id of the check that gave it, ``places`` are the first 20.
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
    check: str = ""
    places: tuple[Place, ...] = ()


class Bin(Struct, frozen=True):
    """One bar of a histogram: from ``low`` (included) to ``high``, the last bar with its end."""

    low: float
    high: float
    count: int


class Flat(Struct, frozen=True, kw_only=True):
    """Stretches of at least ten equal values, within one machine or lot where the plan knows them.

    ``stretches`` are the longest; ``row_share`` is the share of rows within any of them [1].
    """

    run_count: int
    row_share: float
    stretches: tuple["Run", ...]


class Band(Struct, frozen=True, kw_only=True):
    """A tenth of the table in file order: from ``first_row``, what the sampled values there look like."""

    first_row: int
    count: int
    low: float
    median: float
    high: float
    spread: float


class NumberFacts(Struct, frozen=True, kw_only=True):
    """What the finite numbers of a column say; ``std`` has n-1 in its denominator.

    ``outlier_count`` counts values beyond 1.5 times the distance of the quartiles from them (Tukey 1977),
    ``spike_count`` those that leap away from their neighbours and come back, None where not measured;
    ``sentinels`` are extremes that come again and again, far from everything else.

    ``spikes_by`` names the machines with most spikes. ``quiet`` are stretches of at least 64 rows that move without
    their usual scatter; ``shift`` is how far the first and the last third are apart in the sample of rows (the
    greatest difference of their shares below a value, Kolmogorov and Smirnov).

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
    low_count: int = 0
    high_count: int = 0
    outlier_count: int | None = None
    spike_count: int | None = None
    spikes: tuple[Place, ...] = ()
    sentinels: tuple[tuple[str, int], ...] = ()
    flat: "Flat | None" = None
    bands: tuple["Band", ...] = ()
    spikes_by: tuple[tuple[str, int], ...] = ()
    quiet: "Flat | None" = None
    shift: float | None = None


class Run(Struct, frozen=True):
    """A stretch of consecutive values; ``start_row`` counts from 0, ``value`` is empty where they differ."""

    length: int
    value: str
    start_row: int
    entity: str | None = None


class Missing(Struct, frozen=True, kw_only=True):
    """Where cells are empty: by bands of rows and columns that have any, and which are empty together."""

    columns: tuple[str, ...]
    first_rows: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]
    together: tuple[tuple[tuple[str, ...], int], ...]
    full_row_count: int


class Correlations(Struct, frozen=True, kw_only=True):
    """Pearson's r of each pair of number columns over rows with both, None where one does not vary."""

    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    sampled: bool


class Column(Struct, frozen=True, kw_only=True):
    """One column. ``kind``: integer, number, time, boolean, code, text, empty or nested.

    ``variants`` are values that differ in spaces, signs or capitals alone; columns with one ``digest`` are equal.
    ``length_max`` is None where the texts of a column of numbers were never looked at. A ``set_point`` is a column
    of numbers with few values, each of which stands for long: set by hand rather than measured.
    ``unit`` is as it was written, ``ucum`` its code in UCUM where that is certain. ``kept`` is None where
    nothing was declared.
    ``placeholders`` are words for missing values, ``number_forms`` how numbers are written where not plainly,
    ``plain_count`` plain numbers among texts, ``odd_count`` other cells among numbers or times, ``endless_count``
    infinities and no numbers, ``private`` the code of what cells look like, how many do and the first row,
    ``named`` the share of cells that look like names and addresses of persons [1].
    """

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
    spaced_count: int = 0
    wrong_count: int = 0
    shapes: tuple[tuple[str, int], ...] = ()
    top_exact: bool = True
    variants: tuple[tuple[str, ...], ...] = ()
    digest: str = ""
    set_point: bool = False
    ucum: str | None = None
    kept: Kept | None = None
    placeholders: tuple[tuple[str, int], ...] = ()
    number_forms: tuple[tuple[str, int], ...] = ()
    plain_count: int = 0
    odd_count: int = 0
    endless_count: int = 0
    leading_zero_count: int = 0
    formula_count: int = 0
    broken_text_count: int = 0
    private: tuple[tuple[str, int, int], ...] = ()
    named: tuple[tuple[str, float], ...] = ()


class Index(Struct, frozen=True, kw_only=True):
    """A quality index with its fraction and the rule it was counted by; None = not measured."""

    name: str
    ko: str
    numerator: int | None
    denominator: int | None
    rule_ko: str
    rule_en: str
    en: str = ""

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
    series: Series | None = None
    missing: Missing | None = None
    correlations: Correlations | None = None
    bounds: tuple["Bounds", ...] = ()
    checks: tuple["Checked", ...] = ()
    groups: tuple[Groups, ...] = ()
    labels: tuple[Label, ...] = ()
    key: KeyFacts | None = None
    relations: tuple[Related, ...] = ()
    repeated: tuple[Repeated, ...] = ()
    keys: tuple[Key, ...] = ()
    coverage: Coverage | None = None


class Bounds(Struct, frozen=True, kw_only=True):
    """A column with its own limits beside it in the table, and how many rows lie outside of them."""

    column: str
    low_column: str | None
    high_column: str | None
    outside_count: int
    row_count: int


class Checked(Struct, frozen=True, kw_only=True):
    """What came of one check: ``found``, ``clear`` or ``unmeasured`` with the reason."""

    id: str
    state: str
    count: int = 0
    reason_ko: str = ""
    reason_en: str = ""


class Preview(Struct, frozen=True):
    """The first rows of a table as text, for its seller alone."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Member(Struct, frozen=True):
    """One member of an archive, named as shown (NFC); ``kind`` as for files, or ``other``; tables are hashed."""

    name: str
    kind: str
    size_bytes: int
    sha256: str = ""


class FileReport(Struct, frozen=True, kw_only=True):
    """What one file holds and what is wrong with it.

    ``path`` is its name with its folders where it has any. ``sketches`` compare its tables with others and
    stay with its owner.
    ``settings`` are those it was examined by, None where nothing was said; a dataset names them once and
    each file has their ``settings_id``.
    ``checks`` are those of the whole file; ``as_of`` is the date by which its age was measured, "" for none.
    """

    name: str
    kind: str
    size_bytes: int
    tables: tuple[Table, ...] = ()
    members: tuple[Member, ...] = ()
    findings: tuple[Finding, ...] = ()
    previews: tuple[Preview, ...] = ()
    images: ImageSet | None = None
    memory_bytes: int = 0
    path: str = ""
    sha256: str = ""
    sketches: tuple[Sketch, ...] = ()
    schema_version: int = SCHEMA_VERSION
    settings: Settings | None = None
    settings_id: str = ""
    checks: tuple[Checked, ...] = ()
    as_of: str = ""
    suites: tuple[SuiteResult, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether something in it keeps the file from being sold."""
        return any(one.severity is Severity.blocker for one in self.findings)


class SchemaGroup(Struct, frozen=True, kw_only=True):
    """Tables with the same columns in the same order."""

    columns: tuple[str, ...]
    tables: tuple[str, ...]
    row_count: int


class Across(Struct, frozen=True, kw_only=True):
    """What the tables of a dataset have to do with each other and with public data.

    ``checks`` say what each check of the dataset came to; ``findings`` name tables instead of a member;
    ``augmented`` is what the seller said, None where nothing was said.
    """

    augmented: bool | None = None

    identical: tuple[Identical, ...] = ()
    unlike: tuple[Unlike, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    joins: tuple[Join, ...] = ()
    copies: tuple[Copy, ...] = ()
    public: tuple[PublicMatch, ...] = ()
    checks: tuple[Checked, ...] = ()
    findings: tuple[Finding, ...] = ()


class DatasetReport(Struct, frozen=True, kw_only=True):
    """What a whole dataset holds: the files' reports without previews and sketches, and the indices over all.

    ``grade`` is A to D, or "-" while something blocks or nothing could be measured; ``level`` is another scale,
    of declared rules alone. ``total_pct`` is never to be shown without ``blocker_count``; ``preset`` and
    ``weights`` say how it came about. ``rules`` names the codes, sentences, weights, grades and settings it was
    made by; reports older than this field have none. ``settings`` are all by which files were examined.
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
    rules: str = ""
    across: Across | None = None
    schema_version: int = SCHEMA_VERSION
    preset: str = ""
    weights: tuple[Weight, ...] = ()
    level: Level | None = None
    settings: tuple[Settings, ...] = ()

    @property
    def between(self) -> tuple[Finding, ...]:
        """What was found between the files, none for reports older than that."""
        return self.across.findings if self.across is not None else ()

    @property
    def tables(self) -> list[Table]:
        """All tables, in the order of the files."""
        return [table for file in self.files for table in file.tables]
