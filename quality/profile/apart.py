"""How far two samples of numbers are apart. Pure."""

from typing import Final

import numpy as np

from quality.profile.hashing import Floats

THIRD_MIN: Final = 30
# So many values of each third are enough: the distance is then known within 0.05.
THIRD_MAX: Final = 2_000


def shift(values: Floats) -> float | None:
    """Return how far the first and the last third of values are apart, None of too few.

    The greatest difference between the shares of both below a value, 0 to 1.

    Source:
        N. Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of
        Mathematical Statistics 19(2), 1948: the statistic of two samples.
    """
    known = values[~np.isnan(values)]
    third = len(known) // 3
    if third < THIRD_MIN:
        return None
    step = -(-third // THIRD_MAX)
    first, last = np.sort(known[:third:step]), np.sort(known[-third::step])
    every = np.concatenate([first, last])
    below = np.searchsorted(first, every, side="right") / len(first)
    apart = np.abs(below - np.searchsorted(last, every, side="right") / len(last))
    return round(float(apart.max()), 6)
