"""The numbers of one column, counted block by block and merged exactly.

Source:
    Mean and variance are merged after T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and
    a pairwise algorithm for computing sample variances", COMPSTAT 1982, eq. 2.1.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.report import Bin, NumberFacts

PLAIN: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
WITH_COMMAS: Final = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
NONFINITE: Final = r"^[+-]?(?i:inf|infinity|nan)$"
LEADING_ZERO: Final = r"^[+-]?0[0-9]+$"
INTEGER: Final = r"^[+-]?[0-9]+(\.0+)?$"
QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BINS: Final = 20
SAMPLE_ROWS: Final = 100_000

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def matching(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Return which texts match a pattern, shape (n,)."""
    found = pc.match_substring_regex(texts, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def parsed(trimmed: pa.Array) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the numbers of texts without outer spaces.

    Returns:
        values shape (n,), nan where there is none; which are numbers; which had commas
    """
    plain = matching(trimmed, PLAIN)
    commas = np.zeros(len(trimmed), dtype=bool) if plain.all() else matching(trimmed, WITH_COMMAS)
    numeric = plain | commas
    values = np.full(len(trimmed), np.nan)
    if numeric.any():
        texts = trimmed.filter(pa.array(numeric))
        if commas.any():
            texts = pc.replace_substring(texts, ",", "")
        # Arrow's reader knows no leading plus.
        texts = pc.replace_substring_regex(texts, r"^\+", "")
        values[numeric] = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    return values, numeric, commas


class NumberCount:
    """Counts the numbers of one column."""

    def __init__(self, seed: int) -> None:
        self.count = self.zero_count = self.negative_count = self.nonfinite_count = 0
        self.low, self.high = np.inf, -np.inf
        self._mean = self._squares = 0.0
        self._random = np.random.default_rng(seed)
        self._tags = np.empty(0)
        self._sample = np.empty(0)
        self.sampled = False

    def add(self, values: Floats, counts: Counts) -> None:
        """Take distinct values of a block and how often each stands there."""
        finite = np.isfinite(values)
        self.nonfinite_count += int(counts[~finite].sum())
        values, counts = values[finite], counts[finite]
        total = int(counts.sum())
        if total == 0:
            return
        self.low = min(self.low, float(values.min()))
        self.high = max(self.high, float(values.max()))
        self.zero_count += int(counts[values == 0].sum())
        self.negative_count += int(counts[values < 0].sum())
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float((values * counts).sum() / total)
            squares = float((((values - mean) ** 2) * counts).sum())
            step = mean - self._mean
            whole = self.count + total
            self._mean += step * total / whole
            self._squares += squares + step * step * self.count * total / whole
        self.count = whole
        self._keep(np.repeat(values, counts))

    def _keep(self, values: Floats) -> None:
        """Keep a uniform sample: the rows with the smallest random tags; all while they fit."""
        tags = self._random.random(len(values))
        tags, sample = np.concatenate([self._tags, tags]), np.concatenate([self._sample, values])
        if len(tags) > SAMPLE_ROWS:
            kept = np.argpartition(tags, SAMPLE_ROWS)[:SAMPLE_ROWS]
            tags, sample, self.sampled = tags[kept], sample[kept], True
        self._tags, self._sample = tags, sample

    def finish(self) -> NumberFacts | None:
        """Return what was counted; None without a finite number."""
        if self.count == 0:
            return None
        std = float(np.sqrt(self._squares / (self.count - 1))) if self.count > 1 else None
        return NumberFacts(
            count=self.count,
            low=self.low,
            high=self.high,
            mean=_finite(self._mean),
            std=None if std is None else _finite(std),
            zero_count=self.zero_count,
            negative_count=self.negative_count,
            nonfinite_count=self.nonfinite_count,
            quantiles=tuple(float(q) for q in np.quantile(self._sample, QUANTILES)),
            histogram=self._histogram(),
            sampled=self.sampled,
        )

    def _histogram(self) -> tuple[Bin, ...]:
        if not np.isfinite(self.high - self.low):
            return ()
        counts, edges = np.histogram(self._sample, bins=BINS if self.high > self.low else 1)
        scale = self.count / len(self._sample)
        return tuple(
            Bin(float(low), float(high), round(int(count) * scale))
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        )


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float(np.sign(value) * np.finfo(np.float64).max)
