"""Rules about some rows of a table: a view of these alone, and a part that counts them with their own rows."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from typing_extensions import override

from quality.profile.hashing import Hashes
from quality.profile.parts.steps import Stamps
from quality.profile.parts.words import Coded
from quality.profile.planned import ColumnPlan
from quality.suites.arguments import stamp
from quality.suites.conditions import EMPTY, FILLED, Asked
from quality.suites.figures import judged
from quality.suites.parts import NotRun, Outcome, Part, all_of
from quality.suites.results import Unexpected
from quality.suites.suite import Expectation
from quality.suites.viewing import Flags, Floats, View, hashes_of, micro_of

COMPARED: Final = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


class Chosen(View):
    """Some rows of a block.

    Args:
        rows: their places in it, in order
    """

    def __init__(self, whole: View, rows: NDArray[np.int64]) -> None:
        super().__init__(whole.block)
        self.whole, self.places, self.rows = whole, rows, len(rows)
        self._looked: dict[int, Coded | None] = {}

    @override
    def numbers(self, at: int) -> Floats:
        return self.whole.numbers(at)[self.places]

    @override
    def stamps(self, at: int) -> Stamps:
        return self.whole.stamps(at)[self.places]

    @override
    def looked(self, at: int) -> Coded | None:
        if at not in self._looked:
            cells = self.whole.looked(at)
            chosen = None if cells is None else cells.values.take(pa.array(cells.places[self.places]))  # fmt: skip
            self._looked[at] = None if chosen is None else Coded(chosen)
        return self._looked[at]

    @override
    def filled(self, at: int) -> Flags:
        return self.whole.filled(at)[self.places]

    @override
    def hashes(self, at: int) -> Hashes:
        return self.whole.hashes(at)[self.places]

    @override
    def value(self, at: int, row: int) -> Any:
        return self.whole.value(at, int(self.places[row]))

    @override
    def written(self, at: int, row: int) -> Any:
        return self.whole.written(at, int(self.places[row]))


class Condition:
    """Says of the rows of a block whether a rule is about them, as pandas compares: a missing cell only differs.

    Raises:
        NotRun: a column is compared with what it cannot hold
    """

    def __init__(self, asked: Sequence[Asked], columns: dict[str, ColumnPlan]) -> None:
        self.tests = [_test(one, columns[one.column]) for one in asked]

    def __call__(self, view: View) -> Flags:
        return all_of([test(view) for test in self.tests])


def _test(asked: Asked, plan: ColumnPlan) -> Any:
    at, op = plan.position, asked.op
    if op in (FILLED, EMPTY):
        return lambda view: view.filled(at) if op == FILLED else ~view.filled(at)
    if plan.kind == "text":
        return _of_text(asked, plan)
    wanted = asked.value
    if plan.kind == "time" and isinstance(wanted, str) and stamp(wanted) is not None:
        end: float | int = micro_of(wanted)
    elif plan.kind == "number" and isinstance(wanted, float):
        end = wanted
    else:
        word = ("일시", "a time") if plan.kind == "time" else ("숫자", "a number")
        raise NotRun(
            f"row_condition의 '{plan.name}' 열은 {word[0]}와만 견줄 수 있습니다.",
            f"Column '{plan.name}' of the row_condition can be compared with {word[1]} alone.",
        )

    def test(view: View) -> Flags:
        values = view.numbers(at) if plan.kind == "number" else view.stamps(at)
        holds, there = COMPARED[op](values, end), view.filled(at)
        return np.asarray(holds | ~there if op == "!=" else holds & there, dtype=bool)

    return test


def _of_text(asked: Asked, plan: ColumnPlan) -> Any:
    if asked.op not in ("==", "!=") or not isinstance(asked.value, str):
        raise NotRun(
            f"row_condition의 '{plan.name}' 열은 글자입니다. 따옴표 안의 글자와 같은지(==) 다른지(!=)만 볼 수 있습니다.",
            f"Column '{plan.name}' of the row_condition holds text, which can be equal (==) or different (!=) to a text in quotes alone.",
        )
    hashes, at, same = hashes_of([asked.value], "text"), plan.position, asked.op == "=="

    def test(view: View) -> Flags:
        return np.asarray(np.isin(view.hashes(at), hashes) == same, dtype=bool)

    return test


class Rows:
    """How many rows there are."""

    def __init__(self, rule: Expectation) -> None:
        self.rule, self.count = rule, 0

    def add(self, view: View, _before: int) -> None:
        self.count += view.rows

    def merge(self, other: "Rows", _before: int) -> None:
        self.count += other.count

    def finish(self) -> Outcome:
        if "value" in self.rule.kwargs:
            return Outcome(success=self.count == self.rule.kwargs["value"], observed=self.count)
        return judged(self.count, self.rule.kwargs)


class _Kept(Struct, frozen=True):
    """Which rows of a block were chosen: the first of them by number, the block's first row, and a bit for each."""

    chosen: int
    row: int
    bits: NDArray[np.uint8]


class Within:
    """A part that counts chosen rows alone; what it shows has the rows of the table."""

    def __init__(self, part: Part, condition: Condition) -> None:
        self.part, self.condition = part, condition
        self.count = 0
        self.kept: list[_Kept] = []

    def add(self, view: View, before: int) -> None:
        flags = self.condition(view)
        rows = np.flatnonzero(flags)
        self.kept.append(_Kept(self.count, before, np.packbits(flags)))
        self.part.add(Chosen(view, rows), self.count)
        self.count += len(rows)

    def merge(self, other: "Within", before: int) -> None:
        self.part.merge(other.part, self.count)
        self.kept += [
            replace(one, chosen=one.chosen + self.count, row=one.row + before) for one in other.kept
        ]
        self.count += other.count

    def finish(self) -> Outcome:
        came = self.part.finish()
        return replace(came, places=tuple(self._placed(one) for one in came.places))

    def _placed(self, one: Unexpected) -> Unexpected:
        block = next(kept for kept in reversed(self.kept) if kept.chosen < one.row)
        rows = np.flatnonzero(np.unpackbits(block.bits))
        return Unexpected(block.row + int(rows[one.row - 1 - block.chosen]) + 1, one.value)
