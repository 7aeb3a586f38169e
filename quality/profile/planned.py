"""The plan of a table: what each column is, decided from a sample and then fixed for every block.

A fixed plan makes the answer the same however the blocks are spread over threads and machines.
"""

from typing import Final, Literal

from msgspec import Struct

PLAN_VERSION: Final = 1

Kind = Literal["number", "time", "text"]


class ColumnPlan(Struct, frozen=True, kw_only=True):
    """What a column is.

    Args:
        clean: the sample holds nothing but plain numbers and empty cells
        code: numbers with leading zeros, or too long to be exact
        form: of stamps
        identifying: every row of the sample has its own value
        few: so few different texts that they are best read as codes
        jump: a step between neighbours beyond it is a spike, None where that cannot be told
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
    jump: float | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What a table is, for every block of it.

    Args:
        time: position of the column that orders the rows in time
        entity: position of the column that names machine, lot or unit, where one makes steps regular
    """

    columns: tuple[ColumnPlan, ...]
    time: int | None = None
    entity: int | None = None
    version: int = PLAN_VERSION

    def of(self, kind: Kind) -> list[ColumnPlan]:
        """Return the columns of a kind, in order."""
        return [one for one in self.columns if one.kind == kind]
