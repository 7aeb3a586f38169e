"""One block of a table by its plan: numbers in a matrix, texts by their different values, a hash a cell."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.checks.file.number_texts import COMMA, PLUS, SPACE
from quality.profile import times
from quality.profile.hashing import Floats, Hashes, of_numbers
from quality.profile.numbers import LEADING_ZERO, NONFINITE, PLAIN, parsed
from quality.profile.parts.steps import NONE, Stamps
from quality.profile.parts.words import PLACEHOLDERS, Coded, Flags, Words, matching
from quality.profile.planned import ColumnPlan, Plan

ISO: tuple[str, ...] = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
)  # fmt: skip
# Dates in them could be read with day and month the other way round while the day may be a month.
ORDERED_FORMS: tuple[str, ...] = ("%d/%m", "%m/%d")
MONTHS = 12


class Looked:
    """Cells of a column that were looked at as text, and which of them are numbers or stamps.

    Args:
        wrong: those that are not what the column holds
        odd: those of them that stand for no missing value and are no impossible date
        forms: numbers that are not written plainly
        zeros: codes that begin with a zero
    """

    def __init__(
        self,
        cells: Coded,
        plain: Flags,
        wrong: Flags,
        *,
        odd: Flags | None = None,
        forms: dict[str, Flags] | None = None,
        zeros: Flags | None = None,
    ) -> None:
        self.cells, self.plain, self.wrong = cells, plain, wrong
        self.odd, self.forms, self.zeros = odd, forms or {}, zeros

    def words(self, bound: np.uint64, *, numeric: bool, name: str = "") -> Words:
        """Return what stands in the cells; of plain numbers in a column of them no names are kept.

        Args:
            bound: of the names that are kept already
            name: of the column, where its words say what the cells are
        """
        words = Words(bound)
        words.add(self.cells, self.plain, numeric=numeric, name=name)
        words.note_wrong(self.cells, self.wrong)
        words.note_forms(self.cells, self.forms)
        if self.odd is not None:
            words.note_odd(self.cells, self.odd)
        if self.zeros is not None:
            words.note_zeros(self.cells, self.zeros)
        return words


class Block:
    """The rows of one block.

    Args:
        number: of the block in the table
        plan: of the table
        columns: Arrow columns in the plan's order: floats for clean numbers, else texts
    """

    def __init__(self, number: int, plan: Plan, columns: list[pa.Array]) -> None:
        self.number, self.plan = number, plan
        self.rows = len(columns[0]) if columns else 0
        numeric = plan.of("number")
        self.numbers: Floats = np.empty((self.rows, len(numeric)), order="F")
        self.hashes: list[Hashes] = []
        self.empty: dict[int, NDArray[np.bool_]] = {}
        self.words: dict[int, Looked] = {}
        self.stamps: dict[int, Stamps] = {}
        self.ambiguous_counts: dict[int, int] = {}
        self.nonfinite_counts: dict[int, int] = {}
        self.date_like_counts: dict[int, int] = {}
        self.zones: dict[int, set[str]] = {}
        self._row_sums: Hashes | None = None
        self._empty_counts: NDArray[np.int64] | None = None
        self._slots = {one.position: at for at, one in enumerate(numeric)}
        for one, column in zip(plan.columns, columns, strict=True):
            if pa.types.is_floating(column.type):
                self._floats(one, column)
            elif one.kind == "number":
                self._number_texts(one, Coded(column))
            elif one.kind == "time":
                self._times(one, Coded(column))
            else:
                self._texts(one, Coded(column))

    def _floats(self, plan: ColumnPlan, column: pa.Array) -> None:
        values = column.to_numpy(zero_copy_only=False)
        self.numbers[:, self._slots[plan.position]] = values
        self.hashes.append(of_numbers(values))
        if column.null_count:
            self.empty[plan.position] = np.isnan(values)

    def _number_texts(self, plan: ColumnPlan, cells: Coded) -> None:
        values, numeric, commas = parsed(cells.trimmed)
        finite = np.isfinite(values)
        self.numbers[:, self._slots[plan.position]] = np.where(finite, values, np.nan)[cells.places]
        hashes = np.where(finite, of_numbers(values), cells.value_hashes)
        self.hashes.append(hashes[cells.places])
        endless = numeric & ~finite
        if not numeric.all():
            endless |= matching(cells.trimmed, NONFINITE)
        self.nonfinite_counts[plan.position] = int(cells.counts[endless].sum())
        wrong = ~numeric & ~cells.empty & ~cells.blank
        forms = {
            COMMA: commas,
            SPACE: numeric & cells.spaced,
            PLUS: numeric & _begins(cells.trimmed, "+"),
        }
        odd = _odd(cells, wrong, f"{PLACEHOLDERS}|{NONFINITE}")
        self._keep(plan, Looked(cells, numeric, wrong, odd=odd, forms=forms))

    def _times(self, plan: ColumnPlan, cells: Coded) -> None:
        assert plan.form is not None, "a time column has a form"
        quick = iso_stamps(cells.trimmed) if plan.form in ISO else None
        micro = times.stamps(cells.trimmed, plan.form) if quick is None else quick
        self.stamps[plan.position] = micro[cells.places]
        self.hashes.append(cells.hashes())
        known = micro != NONE
        if quick is not None:
            # Read as they stand, so there are no zones among them and no other texts.
            self.date_like_counts[plan.position] = int(cells.counts[known].sum())
            self.zones[plan.position] = {""}
        else:
            self._zones(plan, cells)
            if plan.form.startswith(ORDERED_FORMS):
                unclear = known & (times.days_of_month(micro) <= MONTHS)
                self.ambiguous_counts[plan.position] = int(cells.counts[unclear].sum())
        wrong = ~known & ~cells.empty & ~cells.blank
        odd = _odd(cells, wrong, f"{PLACEHOLDERS}|{times.LIKE_DATE}")
        self._keep(plan, Looked(cells, known, wrong, odd=odd))

    def _zones(self, plan: ColumnPlan, cells: Coded) -> None:
        like = matching(cells.trimmed, times.LIKE_DATE)
        self.date_like_counts[plan.position] = int(cells.counts[like].sum())
        if plan.form is not None and (":" in plan.form or "H" in plan.form):
            zones = pc.struct_field(pc.extract_regex(cells.trimmed, times.ZONE), "zone")
            found = zones.filter(pa.array(like)).unique().to_pylist()
            self.zones[plan.position] = {zone or "" for zone in found}

    def _texts(self, plan: ColumnPlan, cells: Coded) -> None:
        self.hashes.append(cells.hashes())
        plain = matching(cells.trimmed, PLAIN)
        if plan.code:
            # What is no code but an overflow is told as in a column of numbers.
            endless = np.isinf(parsed(cells.trimmed)[0]) | matching(cells.trimmed, NONFINITE)
            self.nonfinite_counts[plan.position] = int(cells.counts[endless].sum())
        zeros = plain & matching(cells.trimmed, LEADING_ZERO) if plain.any() else None
        self._keep(plan, Looked(cells, plain, np.zeros(len(plain), dtype=bool), zeros=zeros))

    def _keep(self, plan: ColumnPlan, looked: Looked) -> None:
        self.words[plan.position] = looked
        if looked.cells.empty.any():
            self.empty[plan.position] = looked.cells.empty[looked.cells.places]

    def empty_counts(self) -> NDArray[np.int64] | None:
        """Return the number of empty cells of each row, None where no cell is empty."""
        if self._empty_counts is None and self.empty:
            self._empty_counts = np.zeros(self.rows, dtype=np.int64)
            for flags in self.empty.values():
                self._empty_counts += flags
        return self._empty_counts

    def filled(self, numbers: tuple[int, ...]) -> NDArray[np.bool_] | None:
        """Return in which rows some of these columns of numbers has a value, None where each row has one."""
        if not all(at in self.empty for at in numbers):
            return None
        slots = [self._slots[at] for at in numbers]
        return np.asarray(np.isfinite(self.numbers[:, slots]).any(axis=1))

    def slot(self, position: int) -> int:
        """Return where a column of numbers stands in the matrix."""
        return self._slots[position]

    def values_of(self, position: int) -> Floats:
        """Return the numbers of a column of numbers, nan where a cell is none."""
        column: Floats = self.numbers[:, self._slots[position]]
        return column

    def hash_rows(self, left_out: set[int]) -> Hashes:
        """Return a hash for each row over its cells, some columns left out.

        A sum of hashes times odd factors, so that equal values in different columns do not cancel out; the sum
        over all columns is made once, and what is left out is taken away from it again.
        """
        if self._row_sums is None:
            self._row_sums = np.zeros(self.rows, dtype=np.uint64)
            for at, hashes in enumerate(self.hashes):
                self._row_sums += hashes * factor(at)
        total = self._row_sums.copy() if left_out else self._row_sums
        for at in left_out:
            total -= self.hashes[at] * factor(at)
        return total ^ (total >> np.uint64(29))


def _odd(cells: Coded, wrong: Flags, told: str) -> Flags | None:
    """Return the wrong cells that are not told as something else."""
    return wrong & ~matching(cells.trimmed, told) if wrong.any() else None


def _begins(texts: pa.Array, sign: str) -> Flags:
    found = pc.starts_with(texts, sign)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def factor(position: int) -> np.uint64:
    """Return the odd factor of a column in the hash of its row."""
    return np.uint64((2 * position + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF | 1)


def pair_hashes(one: Hashes, other: Hashes) -> Hashes:
    """Return a hash for each row over two of its columns."""
    both: Hashes = one * factor(0) + other * factor(1)
    return both ^ (both >> np.uint64(29))


def iso_stamps(texts: pa.Array) -> Stamps | None:
    """Return stamps [µs], ``NONE`` for empty texts, where all are ISO 8601 without a zone, else None."""
    try:
        read = pc.cast(pc.if_else(pc.equal(texts, ""), None, texts), pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    micro = pc.fill_null(read.cast(pa.int64()), NONE)
    return np.asarray(micro.to_numpy(zero_copy_only=False), dtype=np.int64)
