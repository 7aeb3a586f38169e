"""How exact the figures of a profile are, against the same figures counted from all values.

    python -m benchmarks.quality --exact [--rows 5000000]

Moments with long floats over all rows, the rank of each quantile in the sorted column, different values by
sorting; planted faults as the generator counted them.
"""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from benchmarks.quality.children import PROFILE, in_turn, run, told
from benchmarks.quality.generating import STILL_SENSOR
from benchmarks.quality.tables import table
from quality.report import Column, FileReport, NumberFacts

MOMENTS_GOAL: Final = 1e-9
RANK_GOAL: Final = 0.005
DISTINCT_GOAL: Final = 0.03
EXACT_TO: Final = 4_096
SHARES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def measure(rows: int, folder: Path | None) -> None:
    """Count again and print."""
    with table(rows, folder) as (path, planted):
        said = in_turn({"profile": partial(run, PROFILE, path)}, 1)["profile"][0].said
        (found,) = msgspec.json.decode(said, type=FileReport).tables
        faults(said, planted)
        numbers = {one.name: one for one in found.columns if one.number is not None}
        worst = dict.fromkeys(("moments", "rank", "few", "many"), 0.0)
        for name, column in _columns(path, list(numbers), pa.float64()):
            values = np.sort(column.drop_null().to_numpy())
            facts = numbers[name].number
            assert facts is not None, "chosen by it"
            _take(worst, "moments", _moments(values, facts))
            _take(worst, "rank", _rank(values, facts))
            _take(worst, *_distinct(1 + int(np.count_nonzero(np.diff(values))), numbers[name]))
        texts = {one.name: one for one in found.columns if one.number is None}
        for name, column in _columns(path, list(texts), pa.string()):
            _take(worst, *_distinct(len(pc.unique(column).drop_null()), texts[name]))
    print(f"{len(numbers)} columns of numbers, {len(texts)} others; the worst of each figure:")
    told(f"mean and deviation, relative: {worst['moments']:.1e}", worst["moments"], MOMENTS_GOAL)
    told(f"rank of a quantile: {worst['rank']:.4f}", worst["rank"], RANK_GOAL)
    told(f"different values to {EXACT_TO:,}: {worst['few']:.4f}", worst["few"], 0.0)
    told(f"different values above: {worst['many']:.4f}", worst["many"], DISTINCT_GOAL)


def faults(said: bytes, planted: Counter[str]) -> None:
    """Print how many planted faults a report says."""
    (found,) = msgspec.json.decode(said, type=FileReport).tables
    series = found.series
    assert series is not None, "the table has stamps"
    sensor = next(one for one in found.columns if one.name == f"s{STILL_SENSOR + 1:02d}").number
    flat = sensor.flat if sensor is not None else None
    counts = {
        "rows": found.row_count,
        "repeated": found.duplicate_count,
        "backward": series.backward_count,
        "gaps": series.gap_count,
        "still": flat.run_count if flat is not None else 0,
    }
    if found.sampled:
        print("repeated rows are those of a sample of values, since there are more than 8,000,000")
    for name, count in counts.items():
        differs = "" if count == planted[name] else " DIFFERS"
        print(f"{name:<14} {count:,} found, {planted[name]:,} planted{differs}")


def _columns(path: Path, names: list[str], kind: Any) -> list[tuple[str, Any]]:
    """Read some columns whole."""
    options = csv.ConvertOptions(
        include_columns=names,
        column_types=dict.fromkeys(names, kind),
        strings_can_be_null=True,
        null_values=[""],
    )
    whole = csv.read_csv(path, convert_options=options)
    return [(name, whole[name].combine_chunks()) for name in names]


def _take(worst: dict[str, float], name: str, error: float) -> None:
    worst[name] = max(worst[name], error)


def _moments(values: NDArray[np.float64], facts: NumberFacts) -> float:
    exact = values.astype(np.longdouble)
    mean = exact.mean()
    std = np.sqrt(((exact - mean) ** 2).sum() / (len(exact) - 1))
    assert facts.std is not None, "every column has many rows"
    return float(max(abs(facts.mean / mean - 1), abs(facts.std / std - 1)))


def _rank(values: NDArray[np.float64], facts: NumberFacts) -> float:
    low = np.searchsorted(values, facts.quantiles, side="left") / len(values)
    high = np.searchsorted(values, facts.quantiles, side="right") / len(values)
    shares = np.array(SHARES)
    return float(np.maximum(np.maximum(low - shares, shares - high), 0.0).max())


def _distinct(exact: int, column: Column) -> tuple[str, float]:
    error = abs(column.distinct_count / max(exact, 1) - 1)
    return ("few" if exact <= EXACT_TO else "many"), error
