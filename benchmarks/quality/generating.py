"""A table of machine data as CSV, seeded, with planted faults that are counted while it is written.

Twenty machines at one beat of a second, their rows interleaved: stamp, machine, lot, serial number, product,
process, memo, 25 sensors with 3 % empty cells, a count and a label. Planted: repeated rows, stamps out of
order, stops of all machines, half hours in which a sensor stands still, spikes. What a stamp out of order does
to its neighbours is counted here from the stamps themselves: the steps back, and the wide steps behind them.
"""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

MACHINES: Final = 20
SENSORS: Final = 25
CHUNK_ROWS: Final = 500_000
STOP_EVERY_S: Final = 7_200
STOP_MS: Final = 90_000
STILL_S: Final = 1_800
STILL_EIGHTH: Final = 3
STILL_SENSOR: Final = 20
EMPTY: Final = 0.03
SPIKES: Final = 1e-5
REPEATED: Final = 1e-4
EARLY: Final = 2e-4
DEFECTS: Final = 0.02
NO_MEMO: Final = 0.9
STILL: Final = 123.45
# Shorter stretches are not told; wider steps are gaps.
STILL_ROWS: Final = 10
GAP_MS: Final = 1_500
PRODUCTS: Final = ("브레이크 패드", "기어박스 하우징", "전동기 축", "알루미늄 휠", "서보 커버")
STEPS: Final = ("사출", "프레스", "용접", "도장", "가공", "검사")
MEMOS: Final = ("금형 교체 뒤 재가동", "온도 편차 확인", '비고 "긴급" 로트', "교대, 이상 없음")


def generate(path: Path, rows: int, *, seed: int = 29) -> Counter[str]:
    """Write the table; return how many faults of each kind were planted."""
    planted: Counter[str] = Counter()
    still: Counter[int] = Counter()
    last = np.full(MACHINES, -1)
    with path.open("wb") as target:
        writer = None
        for first in range(0, rows, CHUNK_ROWS):
            table = _chunk(first, min(CHUNK_ROWS, rows - first), seed, planted, last)
            still.update(_still(np.arange(first, min(first + CHUNK_ROWS, rows))))
            writer = writer or csv.CSVWriter(
                target, table.schema, write_options=csv.WriteOptions(quoting_style="needed")
            )
            writer.write_table(table)
            planted["rows"] += table.num_rows
        if writer is not None:
            writer.close()
    planted["still"] = sum(count >= STILL_ROWS for count in still.values())
    return planted


def _chunk(
    first: int, count: int, seed: int, planted: Counter[str], last: NDArray[np.int64]
) -> Any:
    chance = np.random.default_rng([seed, first])
    row = np.arange(first, first + count)
    machine, second = row % MACHINES, row // MACHINES
    columns = {
        "ts": _stamps(second, chance, planted, last),
        "machine": _named(machine, [f"EQ-{at + 1:02d}" for at in range(MACHINES)]),
        "lot": _lots(second, machine),
        "serial": pa.array(np.char.add("SN", np.char.zfill(row.astype("U10"), 10))),
        "product": _named((second // 300 * 7 + machine) % len(PRODUCTS), PRODUCTS),
        "process": _named(machine % len(STEPS), STEPS),
        "memo": _memos(count, chance),
    }
    for at in range(SENSORS):
        values = _sensor(at, second, machine, chance)
        leaps = np.flatnonzero((chance.random(count) < SPIKES) & (values != STILL))
        values[leaps] += 500.0
        planted["spikes"] += len(leaps)
        columns[f"s{at + 1:02d}"] = pa.array(values, mask=chance.random(count) < EMPTY)
    columns["pieces"] = pa.array(chance.poisson(40, count), pa.int32())
    columns["판정"] = _named((chance.random(count) < DEFECTS).astype(int), ("정상", "불량"))
    table = pa.table(columns)
    again = np.flatnonzero(chance.random(count) < REPEATED)
    planted["repeated"] += len(again)
    return table.take(pa.array(np.sort(np.concatenate([np.arange(count), again]))))


def _stamps(
    second: NDArray[np.int64],
    chance: np.random.Generator,
    planted: Counter[str],
    last: NDArray[np.int64],
) -> Any:
    """Return the stamps and count their steps; ``last`` has the last stamp of each machine, -1 before its first."""
    stamp = 1_767_225_600_000 + second * 1_000 + second // STOP_EVERY_S * STOP_MS
    early = np.flatnonzero(chance.random(len(second)) < EARLY)
    stamp[early] -= 5_000
    for machine in range(min(MACHINES, len(stamp))):
        own = stamp[machine::MACHINES]
        steps = np.diff(own, prepend=own[:1] if last[machine] < 0 else last[machine])
        planted["backward"] += int(np.count_nonzero(steps < 0))
        planted["gaps"] += int(np.count_nonzero(steps > GAP_MS))
        last[machine] = own[-1]
    return pa.array(stamp, pa.timestamp("ms"))


def _still(row: NDArray[np.int64]) -> dict[int, int]:
    """Return the stretches in which a machine's sensor stands still, with the rows of each."""
    stretch, machine = row // MACHINES // STILL_S, row % MACHINES
    chosen = stretch % 8 == STILL_EIGHTH
    found, counts = np.unique((stretch * MACHINES + machine)[chosen], return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _lots(second: NDArray[np.int64], machine: NDArray[np.int64]) -> Any:
    different, places = np.unique(second // 300 * MACHINES + machine, return_inverse=True)
    return _named(places, [f"LOT-{at // MACHINES:06d}-{at % MACHINES:02d}" for at in different])


def _named(places: NDArray[np.int64], names: Any) -> Any:
    codes = pa.array(places, pa.int32())
    return pa.DictionaryArray.from_arrays(codes, list(names)).cast(pa.string())


def _memos(count: int, chance: np.random.Generator) -> Any:
    codes = pa.array(
        chance.integers(0, len(MEMOS), count).astype(np.int32),
        mask=chance.random(count) < NO_MEMO,
    )
    return pa.DictionaryArray.from_arrays(codes, list(MEMOS)).cast(pa.string())


def _sensor(
    at: int, second: NDArray[np.int64], machine: NDArray[np.int64], chance: np.random.Generator
) -> NDArray[np.float64]:
    noise = chance.standard_normal(len(second))
    if at % 5 == 3:  # skewed
        return np.asarray(np.round(np.exp(1.5 + 0.4 * noise), 3), dtype=np.float64)
    if at % 5 == 2:  # a gauge of whole numbers
        return np.asarray(np.round(50 + 10 * noise), dtype=np.float64)
    values: NDArray[np.float64] = np.round(
        20 + 10 * at + 5 * np.sin(second / 600 + machine) + noise, 2
    )
    if at == STILL_SENSOR:
        values[second // STILL_S % 8 == STILL_EIGHTH] = STILL
    return values
