"""A block of a table as rules see it: a column's values, which are there, their hashes, and what a cell shows."""

import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.profile import privacy
from quality.profile.blocks import Block
from quality.profile.finishing import shown_number
from quality.profile.hashing import NULL, Hashes, mixed, of_numbers, of_texts
from quality.profile.numbers import matching
from quality.profile.parts.steps import NONE, Stamps
from quality.profile.parts.words import Coded
from quality.profile.planned import Plan
from quality.suites.arguments import stamp

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
SHOWN: Final = 20
VALUE_CHARS: Final = 200
WHOLE_BELOW: Final = 1e15
EPOCH: Final = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - stamps of files have no zone
MICRO: Final = datetime.timedelta(microseconds=1)


def micro_of(text: str) -> int:
    """Return a time in ISO 8601 in microseconds."""
    said = stamp(text)
    assert said is not None, "arguments were read before"
    return (said - EPOCH) // MICRO


class View:
    """One block, each column looked at once however many rules are about it.

    A cell is missing where it is empty, and in a column of numbers or times where it is none.
    """

    def __init__(self, block: Block) -> None:
        self.block, self.plan, self.rows = block, block.plan, block.rows
        self._slots = slots(block.plan)
        self._filled: dict[int, Flags] = {}
        self._hashes: dict[int, Hashes] = {}
        self._texts: dict[int, tuple[pa.Array, NDArray[np.int64], Flags]] = {}

    def kind(self, at: int) -> str:
        """Return what a column is: number, time or text."""
        return self.plan.columns[at].kind

    def numbers(self, at: int) -> Floats:
        """Return the numbers of a column, or its times in microseconds, shape (n,)."""
        if self.kind(at) == "number":
            return self.block.numbers[:, self._slots[at]]
        return self.stamps(at).astype(np.float64)

    def stamps(self, at: int) -> Stamps:
        """Return the times of a column [µs], shape (n,)."""
        return self.block.stamps[at]

    def coded(self, at: int) -> Coded:
        """Return the texts of a column as they stand in the file."""
        cells = self.looked(at)
        assert cells is not None, "columns of text are looked at in every block"
        return cells

    def looked(self, at: int) -> Coded | None:
        """Return the texts of a column, None where it was read as clean numbers."""
        looked = self.block.words.get(at)
        return None if looked is None else looked.cells

    def filled(self, at: int) -> Flags:
        """Return which cells of a column hold a value, shape (n,)."""
        if at not in self._filled:
            if self.kind(at) == "number":
                self._filled[at] = ~np.isnan(self.numbers(at))
            elif self.kind(at) == "time":
                self._filled[at] = self.stamps(at) != NONE
            else:
                cells = self.coded(at)
                self._filled[at] = ~cells.empty[cells.places]
        return self._filled[at]

    def hashes(self, at: int) -> Hashes:
        """Return a hash for each value of a column, ``NULL`` where there is none."""
        if at not in self._hashes:
            if self.kind(at) == "text":
                self._hashes[at] = self.block.hashes[at]
            elif self.kind(at) == "time":
                self._hashes[at] = np.where(
                    self.filled(at), mixed(self.stamps(at).view(np.uint64)), NULL
                )
            elif self.block.words.get(at) is not None:
                self._hashes[at] = of_numbers(self.numbers(at))
            else:
                self._hashes[at] = self.block.hashes[at]
        return self._hashes[at]

    def texts(self, at: int) -> tuple[pa.Array, NDArray[np.int64], Flags]:
        """Return the different texts of a column, for each row the place of its text, and which are there.

        Numbers are written without a needless point: 3, not 3.0.
        """
        if at not in self._texts:
            if self.kind(at) == "text":
                cells = self.coded(at)
                found = cells.values, cells.places.astype(np.int64), ~cells.empty
            else:
                found = self._written(at)
            self._texts[at] = found
        return self._texts[at]

    def _written(self, at: int) -> tuple[pa.Array, NDArray[np.int64], Flags]:
        filled = self.filled(at)
        values = self.numbers(at) if self.kind(at) == "number" else self.stamps(at)
        known, places = np.unique(values[filled], return_inverse=True)
        write = shown_number if self.kind(at) == "number" else shown_time
        texts = pa.array([*(write(one) for one in known.tolist()), ""], pa.string())
        whole = np.full(self.rows, len(known), dtype=np.int64)
        whole[filled] = places
        flags = np.ones(len(known) + 1, dtype=bool)
        flags[-1] = False
        return texts, whole, flags

    def value(self, at: int, row: int) -> Any:
        """Return what stands in a cell: a number, a text, or None."""
        if not self.filled(at)[row]:
            return None
        if self.kind(at) != "text":
            values = self.numbers(at) if self.kind(at) == "number" else self.stamps(at)
            return shown_value(values[row], self.kind(at))
        cells = self.coded(at)
        return hidden(cells.values[int(cells.places[row])].as_py())

    def written(self, at: int, row: int) -> Any:
        """Return what stands in a cell, also where it is no value of its column; None where it is empty."""
        cells = self.looked(at)
        if cells is None or self.filled(at)[row]:
            return self.value(at, row)
        return hidden(cells.values[int(cells.places[row])].as_py()) or None


def slots(plan: Plan) -> dict[int, int]:
    """Return for each column of numbers its place in the matrix of a block."""
    return {one.position: at for at, one in enumerate(plan.of("number"))}


def shown_value(value: Any, kind: str) -> Any:
    """Return a number or a time of a block as it is shown, None where there is none."""
    if kind == "time":
        return None if value == NONE else shown_time(int(value))
    number = float(value)
    if np.isnan(number):
        return None
    return int(number) if number.is_integer() and abs(number) < WHOLE_BELOW else number


def shown_time(micro: int) -> str:
    """Return a time [µs] in ISO 8601."""
    return (EPOCH + micro * MICRO).isoformat(sep=" ")


def hidden(text: str) -> str:
    """Return a text as it may be shown: cut, and masked where it looks like personal data."""
    if matching(pa.array([text], pa.string()), privacy.ANY)[0]:
        return privacy.masked(text)
    return text[:VALUE_CHARS]


def hashes_of(values: list[Any], kind: str) -> Hashes:
    """Return the hashes that values of a rule have in a column of a kind; values of another kind have none."""
    if kind == "text":
        texts = [one for one in values if isinstance(one, str) and one]
        return (
            np.unique(of_texts(pa.array(texts, pa.string())))
            if texts
            else np.empty(0, dtype=np.uint64)
        )
    if kind == "time":
        told = [micro_of(one) for one in values if isinstance(one, str) and stamp(one) is not None]
        return np.unique(mixed(np.array(told, dtype=np.int64).view(np.uint64)))
    numbers = [float(one) for one in values if isinstance(one, int | float)]
    return np.unique(of_numbers(np.array(numbers, dtype=np.float64)))
