"""Numbers as people write them."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PLAIN: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
WITH_COMMAS: Final = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
NONFINITE: Final = r"^[+-]?(?i:inf|infinity|nan)$"
LEADING_ZERO: Final = r"^[+-]?0[0-9]+$"
INTEGER: Final = r"^[+-]?[0-9]+(\.0+)?$"

Floats = NDArray[np.float64]


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
