"""One column: what its cells are, counted over blocks of text."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.findings import found
from quality.profile import numbers, privacy, times
from quality.profile.numbers import NumberCount, matching
from quality.profile.times import TimeCount
from quality.profile.units import unit_of
from quality.report import Column, Finding, Run

DISTINCT_MAX: Final = 50_000
TOP_VALUES: Final = 10
# So many first rows decide in which form a column's stamps stand.
FORM_ROWS: Final = 2_000
KIND_SHARE: Final = 0.95
SPARSE_SHARE: Final = 0.30
VALUE_CHARS: Final = 200
PLACEHOLDERS: Final = r"^(?i:n/?a|'n/a'|nan|null|none|nil|-+|\?+|#n/a|missing|결측|없음)$"
FORMULA: Final = r"^[=+@-]\s*[A-Za-z(]|^[\t\r]|^=|^@"
HASH_MIX: Final = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


class Block:
    """The distinct texts of a column in one block, how often each stands there, and where."""

    def __init__(self, texts: pa.Array) -> None:
        encoded = texts.dictionary_encode()
        self.texts = texts
        self.values: pa.Array = encoded.dictionary
        self.places: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False)
        self.counts = np.bincount(self.places, minlength=len(self.values)).astype(np.int64)
        self.trimmed = pc.utf8_trim_whitespace(self.values)

    def first_row(self, chosen: NDArray[np.bool_]) -> int:
        """Return the first row of the block that holds one of the chosen values."""
        return int(np.flatnonzero(chosen[self.places])[0])


class ColumnCount:
    """Counts one column."""

    def __init__(self, position: int, name: str, declared: str) -> None:
        self.position, self.name, self.declared = position, name, declared
        self.row_count = self.null_count = self.blank_count = self.placeholder_count = 0
        self.length_max = 0
        self.numeric_count = self.integer_count = self.leading_zero_count = self.comma_count = 0
        self.numbers = NumberCount(seed=position)
        self.time: TimeCount | None = None
        self.values: Counter[str] = Counter()
        self.exact = True
        self.hashes: list[Hashes] | None = []
        self._placeholders: Counter[str] = Counter()
        self._formula_count = self._date_like_count = 0
        self._zones: set[str] = set()
        self._formulas: list[str] = []
        self._private: dict[str, tuple[int, int, list[str]]] = {}
        self._smallest: Hashes = np.empty(0, dtype=np.uint64)
        self._run: tuple[int, str, int] = (0, "", 0)
        self._open_run: tuple[int, str, int] = (0, "", 0)

    def add(self, texts: pa.Array) -> Hashes:
        """Take the cells of a block and return a number for each row that stands for its value."""
        block = Block(texts)
        empty = np.asarray(pc.equal(block.values, "").to_numpy(zero_copy_only=False), dtype=bool)
        blank = np.asarray(pc.equal(block.trimmed, "").to_numpy(zero_copy_only=False), dtype=bool)
        self.null_count += int(block.counts[empty].sum())
        self.blank_count += int(block.counts[blank & ~empty].sum())
        self.length_max = max(
            self.length_max, int(pc.max(pc.utf8_length(block.values)).as_py() or 0)
        )
        numeric = self._add_numbers(block)
        self._add_words(block, numeric | blank)
        self._add_times(block)
        self._add_run(texts)
        hashes = self._add_values(block)
        self.row_count += len(texts)
        return hashes

    def _add_numbers(self, block: Block) -> NDArray[np.bool_]:
        values, numeric, commas = numbers.parsed(block.trimmed)
        nonfinite = np.zeros(len(values), dtype=bool)
        if not numeric.all():
            nonfinite = matching(block.trimmed, numbers.NONFINITE)
            values[nonfinite] = np.nan
        counted = numeric | nonfinite
        self.numbers.add(values[counted], block.counts[counted])
        count = int(block.counts[numeric].sum())
        self.numeric_count += count
        if count:
            whole = numeric & matching(block.trimmed, numbers.INTEGER)
            self.integer_count += int(block.counts[whole].sum())
            zeros = numeric & matching(block.trimmed, numbers.LEADING_ZERO)
            self.leading_zero_count += int(block.counts[zeros].sum())
            self.comma_count += int(block.counts[commas].sum())
        return numeric

    def _add_words(self, block: Block, known: NDArray[np.bool_]) -> None:
        """Look at what is neither a number nor empty."""
        if known.all():
            return
        for pattern, act in (
            (PLACEHOLDERS, self._note_placeholders),
            (FORMULA, self._note_formulas),
        ):
            hit = matching(block.trimmed, pattern) & ~known
            if hit.any():
                act(block, hit)
        for code, pattern in privacy.PATTERNS:
            hit = matching(block.values, pattern) & ~known
            if hit.any():
                self._note_private(code, block, hit)

    def _note_placeholders(self, block: Block, hit: NDArray[np.bool_]) -> None:
        self.placeholder_count += int(block.counts[hit].sum())
        for at in np.flatnonzero(hit):
            self._placeholders[block.trimmed[at].as_py()] += int(block.counts[at])

    def _note_formulas(self, block: Block, hit: NDArray[np.bool_]) -> None:
        self._formula_count += int(block.counts[hit].sum())
        self._formulas += [block.values[at].as_py() for at in np.flatnonzero(hit)[:3]]

    def _note_private(self, code: str, block: Block, hit: NDArray[np.bool_]) -> None:
        count, row, examples = self._private.get(
            code, (0, self.row_count + block.first_row(hit) + 1, [])
        )
        examples += [
            privacy.masked(block.values[at].as_py().strip()) for at in np.flatnonzero(hit)[:3]
        ]
        self._private[code] = (count + int(block.counts[hit].sum()), row, examples[:3])

    def _add_times(self, block: Block) -> None:
        if self.row_count == 0:
            first = pc.utf8_trim_whitespace(block.texts.slice(0, FORM_ROWS))
            form = times.find_form(first.filter(pc.not_equal(first, "")))
            self.time = TimeCount(form) if form else None
        if self.time is None:
            return
        micro = times.stamps(block.trimmed, self.time.form)
        like = matching(block.trimmed, times.LIKE_DATE)
        self._date_like_count += int(block.counts[like].sum())
        zones = pc.struct_field(pc.extract_regex(block.trimmed, times.ZONE), "zone")
        if ":" in self.time.form or "H" in self.time.form:
            self._zones |= {
                zone or "" for zone in zones.filter(pa.array(like)).unique().to_pylist()
            }
        self.time.add(micro[block.places])

    def _add_run(self, texts: pa.Array) -> None:
        """Find the longest stretch of equal cells, also over the border of two blocks."""
        runs = pc.run_end_encode(texts)
        ends = runs.run_ends.to_numpy(zero_copy_only=False).astype(np.int64)
        lengths = np.diff(ends, prepend=0)
        values = runs.values
        open_length, open_value, open_start = self._open_run
        first = values[0].as_py()
        if open_length and first == open_value:
            lengths = lengths.copy()
            lengths[0] += open_length
            starts_before = open_start
        else:
            starts_before = self.row_count
        best = int(
            np.argmax(
                np.where(
                    np.asarray(pc.equal(values, "").to_numpy(zero_copy_only=False), dtype=bool),
                    0,
                    lengths,
                )
            )
        )
        start = starts_before if best == 0 else self.row_count + int(ends[best - 1])
        value = values[best].as_py()
        if value and lengths[best] > self._run[0]:
            self._run = (int(lengths[best]), value, start)
        last = len(lengths) - 1
        last_start = starts_before if last == 0 else self.row_count + int(ends[last - 1])
        self._open_run = (int(lengths[last]), values[last].as_py(), last_start)

    def _add_values(self, block: Block) -> Hashes:
        listed = block.values.to_pylist()
        # Python's hash of text is the same in every child: its seed is fixed there.
        stand_in = np.fromiter(
            (hash(one) & 0xFFFFFFFFFFFFFFFF for one in listed), np.uint64, len(listed)
        )
        if self.exact:
            self.values.update(dict(zip(listed, block.counts.tolist(), strict=True)))
            if len(self.values) > DISTINCT_MAX:
                self.exact = False
                self.values = Counter(dict(self.values.most_common(DISTINCT_MAX // 5)))
        else:
            for value, count in zip(listed, block.counts.tolist(), strict=True):
                if value in self.values:
                    self.values[value] += count
        smallest = np.unique(np.concatenate([self._smallest, stand_in * HASH_MIX]))
        self._smallest = smallest[:SKETCH_SIZE]
        rows = stand_in[block.places]
        if self.hashes is not None:
            unique_here = len(listed) == len(block.places)
            self.hashes = [*self.hashes, rows] if unique_here else None
        return rows

    def distinct(self) -> int:
        """Return how many values other than the empty one there are; an estimate beyond 50,000.

        Source:
            Z. Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM 2002:
            (k - 1) divided by the k-th smallest hash as a share of all hashes.
        """
        if self.exact:
            return len(self.values) - ("" in self.values)
        share = float(self._smallest[-1]) / 2**64
        return round((len(self._smallest) - 1) / share)

    def kind(self) -> str:
        """Return what the column is: the first of these that fits."""
        told = self.row_count - self.null_count - self.blank_count
        filled = told - self.placeholder_count
        most = max(KIND_SHARE * filled, 1)
        numeric = self.numeric_count >= most
        fits = (
            ("nested", self.declared == "nested"),
            ("empty", told == 0),
            ("number", self.declared == "number"),
            ("time", self.time is not None and self.time.parsed_count >= most),
            ("code", numeric and self.leading_zero_count > 0),
            ("integer", numeric and self.integer_count == self.numeric_count),
            ("number", numeric),
            ("boolean", filled > 0 and set(self.values) <= BOOLEANS),
        )
        return next((kind for kind, fit in fits if fit), "text")

    def identifying(self) -> bool:
        """Whether every row has its own value, so that the column only numbers the rows."""
        if self.hashes is None or self.null_count or self.row_count < IDENTIFYING_ROWS_MIN:
            return False
        if self.kind() not in ("integer", "code", "text"):
            return False
        return len(np.unique(np.concatenate(self.hashes))) == self.row_count

    def finish(self) -> Column:
        """Return what was counted."""
        kind = self.kind()
        length, value, start = self._run
        distinct = self.distinct()
        return Column(
            position=self.position,
            name=self.name,
            unit=unit_of(self.name),
            kind=kind,
            null_count=self.null_count,
            blank_count=self.blank_count,
            placeholder_count=self.placeholder_count,
            distinct_count=distinct,
            distinct_exact=self.exact,
            constant=distinct == 1 and self.null_count == 0,
            top_values=tuple((v[:VALUE_CHARS], n) for v, n in self._top()),
            length_max=self.length_max,
            longest_run=Run(length, value[:VALUE_CHARS], start) if length else None,
            number=self.numbers.finish() if kind in ("integer", "number") else None,
            time=self.time.finish() if self.time is not None and kind == "time" else None,
            identifying=self.identifying(),
        )

    def _top(self) -> list[tuple[str, int]]:
        ordered = sorted(self.values.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(value, count) for value, count in ordered if value][:TOP_VALUES]

    def findings(self, member: str | None) -> list[Finding]:
        """Return what is worth saying about the column."""
        said = partial(found, member=member, column=self.name)
        kind, rows = self.kind(), max(self.row_count, 1)
        listed = [
            said(code, row=row, count=count, examples=examples)
            for code, (count, row, examples) in self._private.items()
        ]
        if kind in ("integer", "number") and self.numbers.nonfinite_count:
            listed.append(said("NUM_NONFINITE", count=self.numbers.nonfinite_count))
        if self.comma_count and kind in ("integer", "number"):
            listed.append(said("NUM_AS_TEXT", count=self.comma_count))
        if self.placeholder_count and kind != "text":
            words = [word for word, _ in self._placeholders.most_common(5)]
            listed.append(said("PLACEHOLDER", count=self.placeholder_count, examples=words))
        if self._formula_count:
            listed.append(said("CELL_FORMULA", count=self._formula_count, examples=self._formulas))
        share = (self.null_count + self.blank_count) / rows
        if share > SPARSE_SHARE:
            listed.append(said("COL_SPARSE", count=self.null_count, pct=f"{100 * share:.1f}"))
        if self.name != self.name.strip():
            listed.append(said("NAME_SPACES"))
        return [*listed, *self._time_findings(said)]

    def _time_findings(self, said: Callable[..., Finding]) -> list[Finding]:
        facts = self.time.finish() if self.time is not None else None
        if facts is None:
            return []
        listed = []
        impossible = self._date_like_count - facts.parsed_count
        if impossible > 0:
            listed.append(said("DATE_IMPOSSIBLE", count=impossible))
        if len(self._zones) > 1:
            listed.append(said("TIME_ZONES_MIXED", count=len(self._zones)))
        if facts.backward_count:
            listed.append(said("TIME_BACKWARD", count=facts.backward_count))
        if facts.gap_count:
            longest = f"{facts.gap_longest_s:,.0f}"
            listed.append(said("TIME_GAPS", count=facts.gap_count, longest=longest))
        return listed


SKETCH_SIZE: Final = 4_096
IDENTIFYING_ROWS_MIN: Final = 20
BOOLEANS: Final = {
    "",
    "true",
    "false",
    "True",
    "False",
    "TRUE",
    "FALSE",
    "Y",
    "N",
    "y",
    "n",
    "yes",
    "no",
}
