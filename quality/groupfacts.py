"""The part of a report that tells a table apart: by machine, lot and class, and what is said of labels."""

from msgspec import Struct


class GroupFacts(Struct, frozen=True, kw_only=True):
    """One machine, lot or class: its rows, when they were made, what is empty, and its numbers.

    ``empty_count`` counts cells, ``flat_share`` is the share of cells of numbers that stand in stretches of at
    least ten equal ones [1], both None where not measured. ``means``, ``medians``, ``spreads`` (median absolute
    deviation as a standard deviation) and ``shifts`` (as ``NumberFacts.shift``) stand in the order of the columns
    of ``Groups`` and come from the ``sampled_count`` rows of the sample, six digits of them.
    """

    name: str
    row_count: int
    share: float
    first: str | None
    last: str | None
    empty_count: int
    gap_count: int | None = None
    flat_share: float | None = None
    sampled_count: int = 0
    means: tuple[float | None, ...] = ()
    medians: tuple[float | None, ...] = ()
    spreads: tuple[float | None, ...] = ()
    shifts: tuple[float | None, ...] = ()


class Groups(Struct, frozen=True, kw_only=True):
    """A table told apart by one column. ``role``: entity (steps of time are even within it), group or label.

    ``groups`` are at most 50, those with most rows; the others are counted together in ``rest``. ``run_count`` is how
    many stretches of rows with one value there are: with many more than values the rows of groups take turns.
    """

    column: str
    role: str
    columns: tuple[str, ...]
    group_count: int
    run_count: int
    groups: tuple[GroupFacts, ...]
    rest: GroupFacts | None = None
    sampled: bool = False


class Label(Struct, frozen=True, kw_only=True):
    """A column that a model is to learn, by its name or because somebody said so.

    ``missing_rows`` are the first rows without a label, ``run_count`` how many stretches of one class there are.
    """

    column: str
    class_count: int
    missing_count: int
    missing_rows: tuple[int, ...]
    run_count: int
    conflicts: "Conflicts | None" = None
    leaks: tuple["Leak", ...] = ()
    sampled: bool = False


class Conflicts(Struct, frozen=True, kw_only=True):
    """Rows whose inputs stand in another row with another label; ``rows`` are the first, from 0.

    Inputs are all columns but those that number the rows, say when they were made, or are labels.
    """

    row_count: int
    input_count: int
    rows: tuple[int, ...]
    exact: bool


class Leak(Struct, frozen=True, kw_only=True):
    """What alone tells the label. ``how``: auc (its order does), determined (each value has one class) or order.

    ``column`` is None where it is the order of the rows; ``score`` is the area under the curve or 1.
    """

    column: str | None
    how: str
    score: float


class Repeated(Struct, frozen=True, kw_only=True):
    """A column in which days, machines or lots, or stretches, are the same again.

    ``unit`` is ``day``, ``entity`` or ``window``: 17 rows whose steps are the same, so that a constant may
    have been added; of windows those of a fair sample are counted. ``examples`` are pairs that are alike.
    """

    column: str
    unit: str
    unit_count: int
    repeated_count: int
    group_count: int
    first_row: int
    examples: tuple[tuple[str, str], ...] = ()


class Key(Struct, frozen=True, kw_only=True):
    """Columns that tell rows apart in the sample, and how many rows of the table repeat an earlier one in them."""

    columns: tuple[str, ...]
    repeat_count: int
    exact: bool = True
