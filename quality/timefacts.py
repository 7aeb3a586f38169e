"""What stamps say: of a column, of the steps within each machine, of the days with rows; part of a report."""

from msgspec import Struct


class TimeFacts(Struct, frozen=True, kw_only=True):
    """What the stamps of a column say, steps in file order, gaps in sorted order.

    ``stretches`` cut the time from ``low`` to ``high`` into equal parts: in each how many stamps, and how many
    of them stand there again. There are none where not every stamp was kept.

    A gap is an interval above 1.5 times the median positive interval of the file's order. Cells that look
    like a date and are none count as ``impossible_count``, those that could be read with day and month the
    other way round as ``ambiguous_count``.
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
    impossible_count: int = 0
    ambiguous_count: int = 0
    zone_count: int = 0
    stretches: tuple[tuple[int, int], ...] = ()


class Entity(Struct, frozen=True, kw_only=True):
    """The steps of time within one machine or lot: the mean step forward and the widest one [s]."""

    name: str
    row_count: int
    first: str
    last: str
    interval_mean_s: float | None
    widest_s: float
    widest_row: int | None
    backward_count: int
    zero_count: int


class Gap(Struct, frozen=True):
    """A wide step of time: how wide [s], the row behind it from 0, and in which machine or lot."""

    seconds: float
    row: int
    entity: str | None


class Series(Struct, frozen=True, kw_only=True):
    """How even the steps of time are, within each machine or lot where the plan names them.

    A series is periodic when at least 80 % of the steps forward are within a tenth of their median; gaps
    are steps above 1.5 medians, and missing points those that would have stood in them. ``gaps`` are the
    widest: seconds, the row that follows from 0, and the machine or lot.
    """

    time_column: str
    entity_column: str | None
    entity_count: int
    interval_median_s: float | None = None
    interval_mode_s: float | None = None
    mode_share: float | None = None
    jitter_s: float | None = None
    even_share: float | None = None
    periodic: bool = False
    gap_count: int | None = None
    missing_point_count: int | None = None
    gaps: tuple[Gap, ...] = ()
    backward_count: int
    backward_widest_s: float
    backward_rows: tuple[int, ...]
    zero_count: int
    rows_per_stamp: int | None
    entities: tuple[Entity, ...] = ()


class Coverage(Struct, frozen=True, kw_only=True):
    """Rows by day and by hour of the day, by the column that orders the rows in time.

    ``days`` are the first 400 days that have rows; ``empty_days`` the first 100 between the first day and
    the last that have none; ``hours`` are 24 counts.
    """

    column: str
    day_count: int
    span_days: int
    days: tuple[tuple[str, int], ...]
    empty_days: tuple[str, ...]
    empty_day_count: int
    hours: tuple[int, ...]
