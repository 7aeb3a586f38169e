"""The plan of a table: what each column is, decided from a sample and then fixed for every block.

A fixed plan makes the answer the same however the blocks are spread over threads and machines.
"""

from typing import Final, Literal

from msgspec import Struct

PLAN_VERSION: Final = 2
# With one measured column equal values come by chance.
INPUTS_MIN: Final = 2

Kind = Literal["number", "time", "text"]


class Expected(Struct, frozen=True, kw_only=True):
    """What was declared of a column's cells and is counted in the pass.

    Args:
        kind: whether the kind itself was declared, so that cells that do not fit it break a rule
        numbers: of the codes those that are numbers, to be compared as such
        pattern: as RE2 takes it, for the whole cell
    """

    kind: bool = False
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    pattern: str | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of what is looked at."""
        asked = (
            ("kind", self.kind),
            ("range", self.low is not None or self.high is not None),
            ("codes", bool(self.codes)),
            ("pattern", self.pattern is not None),
        )
        return tuple(name for name, there in asked if there)


class Compared(Struct, frozen=True):
    """Two columns of one kind that must stand in a relation, by their positions."""

    left: int
    op: str
    right: int


class Unfit(Struct, frozen=True):
    """Something declared that cannot be used: of which column, what it was, and why, in Korean and English."""

    column: str
    what: str
    ko: str
    en: str


class ColumnPlan(Struct, frozen=True, kw_only=True):
    """What a column is.

    Args:
        clean: the sample holds nothing but plain numbers and empty cells
        code: numbers with leading zeros, or too long to be exact
        form: of stamps
        identifying: every row of the sample has its own value
        few: so few different texts that they are best read as codes
        key: nearly every row of the sample has its own value, and the name says that it numbers them
        whole: numbers without fractions
        jump: a step between neighbours beyond it is a spike, None where that cannot be told
        expected: what was declared of its cells, None where nothing was
    """

    position: int
    name: str
    declared: str
    kind: Kind
    clean: bool = False
    code: bool = False
    form: str | None = None
    unit: str | None = None
    identifying: bool = False
    few: bool = False
    whole: bool = False
    jump: float | None = None
    expected: Expected | None = None
    key: bool = False


class Plan(Struct, frozen=True, kw_only=True):
    """What a table is, for every block of it.

    Args:
        time: position of the column that orders the rows in time
        entity: position of the column that names machine, lot or unit, where one makes steps regular
        groups: columns by whose values the table is told apart: the entity, and others named like one
        labels: columns that a model is to learn; ``label_given`` where somebody said so
        states: columns of few texts beside these, whose values are kept with the sample of rows
        step_micro: the usual step of time within the entity [µs], None where steps are not even
        keys: positions of the columns that were declared to tell rows apart, none unless all are there
        relations: declared rules between columns
        unfit: what was declared and cannot be used
        pairs: positions of two columns that tell the rows of the sample apart, where no single one does
    """

    columns: tuple[ColumnPlan, ...]
    time: int | None = None
    entity: int | None = None
    groups: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()
    label_given: bool = False
    states: tuple[int, ...] = ()
    step_micro: int | None = None
    keys: tuple[int, ...] = ()
    relations: tuple[Compared, ...] = ()
    unfit: tuple[Unfit, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    version: int = PLAN_VERSION

    @property
    def keyed(self) -> tuple[int, ...]:
        """The columns whose values are kept with the sample of rows, as hashes."""
        return tuple(dict.fromkeys((*self.groups, *self.labels, *self.states)))

    @property
    def inputs(self) -> tuple[int, ...]:
        """The columns of numbers that a label could be told from; none where there are too few to tell rows apart."""
        found = [one.position for one in self.of("number") if one.position not in self.no_inputs]
        return tuple(found) if len(found) >= INPUTS_MIN else ()

    @property
    def no_inputs(self) -> set[int]:
        """The columns that number the rows, say when they were made, or are labels themselves."""
        told = {one.position for one in self.columns if one.identifying or one.kind == "time"}
        return told | set(self.labels)

    def of(self, kind: Kind) -> list[ColumnPlan]:
        """Return the columns of a kind, in order."""
        return [one for one in self.columns if one.kind == kind]
