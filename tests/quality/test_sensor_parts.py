"""Spikes, quiet stretches, groups and contradicting labels: the same however a table is split."""

import pickle
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from quality.profile.apart import shift
from quality.profile.blocks import Block
from quality.profile.hashing import NULL, of_numbers
from quality.profile.parts.conflicts import Conflicts
from quality.profile.parts.groups import Groups
from quality.profile.parts.quiet import WINDOW, Quiet
from quality.profile.parts.runs import Segments
from quality.profile.parts.spikes import Spikes
from quality.profile.planned import ColumnPlan, Plan
from tests.quality.test_parts import cuts, joined

SEEDS = range(40)
JUMP = 10.0
NEAR, FAR = 0.05, 0.7


def plan_of_one(jump: float | None = JUMP) -> Plan:
    column = ColumnPlan(position=0, name="온도", declared="", kind="number", jump=jump)
    return Plan(columns=(column,))


def spikes_of(values: list[float], entities: list[int]) -> list[tuple[int, int]]:
    """The rows and machines of spikes by a plain loop."""
    found = []
    for entity in dict.fromkeys(entities):
        rows = [row for row, own in enumerate(entities) if own == entity]
        own = [values[row] for row in rows]
        side = [
            0 if not abs(after - before) > JUMP else (1 if after > before else -1)
            for before, after in pairwise(own)
        ]
        back = [
            one != 0
            and (
                side[at + 1 : at + 2] == [-one]
                or (side[at + 1 : at + 2] == [0] and side[at + 2 : at + 3] == [-one])
            )
            for at, one in enumerate(side)
        ]
        begins = [one and not (at and back[at - 1]) for at, one in enumerate(back)]
        found += [(rows[at + 1], entity) for at, one in enumerate(begins) if one]
    return sorted(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_spikes_are_those_of_a_plain_loop_across_every_border(seed: int) -> None:
    chance = random.Random(seed)
    rows, kinds = chance.randrange(1, 60), chance.choice([1, 2, 5])
    values = [chance.choice([0.0, 0.0, 1.0, 50.0, -50.0, float("nan")]) for _ in range(rows)]
    entities = [chance.randrange(kinds) for _ in range(rows)]
    column = np.array(values)[:, None]
    keys = np.array(entities, dtype=np.uint64)

    parts = []
    for low, high in cuts(chance, rows):
        part = Spikes(plan_of_one())
        for first, last in [(low, (low + high) // 2), ((low + high) // 2, high)]:
            block = keys[first:last] if kinds > 1 and last > first else None
            part.add(column[first:last], Segments.of(block))
        parts.append(pickle.loads(pickle.dumps(part)))
    whole = joined(chance, parts)
    whole.finish()

    truth = spikes_of(values, entities if kinds > 1 else [0] * rows)
    (places,) = whole.places
    assert places.count == len(truth)
    assert [row for row, _ in places.first] == [row for row, _ in truth][:20]
    assert sum(whole.by_entity.values()) == len(truth)


def noisy(rows: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(50, 2, rows)


def quiet_of(values: NDArray[np.float64], keys: NDArray[np.uint64] | None, size: int) -> list[Any]:
    parts = []
    for low in range(0, len(values), size):
        part = Quiet.of(plan_of_one(12 * 1.4826 * 2))
        own = None if keys is None else keys[low : low + size]
        part.add(values[low : low + size, None], Segments.of(own))
        parts.append(part)
    return parts


@pytest.mark.parametrize("size", [200, 256, 1_000])
def test_a_quiet_stretch_is_one_across_the_borders_of_blocks(size: int) -> None:
    values = noisy(3_000, 1)
    values[640:1_280] = np.linspace(48, 52, 640)  # moves evenly, without noise

    whole = joined(random.Random(size), quiet_of(values, None, size))
    whole.finish()

    ((span,),) = whole.spans
    assert whole.count[0] == 1
    assert abs(span.start - 640) < WINDOW
    assert 640 - 2 * WINDOW < span.length <= 640


@pytest.mark.parametrize("seed", SEEDS)
def test_quiet_stretches_are_the_same_in_any_grouping(seed: int) -> None:
    chance = random.Random(seed)
    values = noisy(2_400, seed)
    for _ in range(4):
        first = chance.randrange(2_200)
        values[first : first + chance.randrange(40, 700)] = 50.0
    values += np.arange(2_400) * 1e-6  # moves, so it is not stuck
    values[np.random.default_rng(seed).integers(0, 40, 2_400) == 0] = np.nan
    keys = np.array([chance.randrange(3) for _ in range(2_400)], dtype=np.uint64)

    def figures(parts: list[Quiet], order: random.Random) -> Any:
        one = joined(order, parts)
        one.finish()
        return one.count.tolist(), one.rows.tolist(), one.spans

    straight = Quiet.of(plan_of_one(12 * 1.4826 * 2))
    for part in quiet_of(values, keys, 300):
        straight.merge(part)
    straight.finish()
    expected = straight.count.tolist(), straight.rows.tolist(), straight.spans
    assert figures(quiet_of(values, keys, 300), chance) == expected
    assert straight.count[0] > 0


def test_noise_alone_is_never_quiet() -> None:
    values = noisy(200_000, 5)
    values[::30] = np.nan

    whole = joined(random.Random(1), quiet_of(values, None, 50_000))
    whole.finish()

    assert whole.count[0] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_contradicting_rows_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.randrange(1, 200)
    inputs = [chance.randrange(30) for _ in range(rows)]
    labels = [chance.choice([1.0, 1.0, 2.0, float("nan")]) for _ in range(rows)]
    hashes, told = of_numbers(np.array(inputs, dtype=float)), of_numbers(np.array(labels))

    parts = []
    for low, high in cuts(chance, rows):
        part = Conflicts()
        part.add(hashes[low:high], told[low:high])
        parts.append(pickle.loads(pickle.dumps(part)))
    found = joined(chance, parts).finish()

    known = [(one, label) for one, label in zip(inputs, labels, strict=True) if label > 0]
    torn = {one for one, label in known if any(o == one and la != label for o, la in known)}
    truth = [
        row for row, (one, label) in enumerate(zip(inputs, labels, strict=True))
        if one in torn and label > 0
    ]  # fmt: skip
    assert (found.row_count, found.input_count, found.exact) == (len(truth), len(torn), True)
    assert list(found.rows) == truth[:20]


def test_contradicting_rows_are_fair_beyond_the_bound() -> None:
    chance = np.random.default_rng(7)
    inputs = of_numbers(chance.integers(0, 40_000, 100_000).astype(float))
    labels = of_numbers(chance.integers(0, 2, 100_000).astype(float))

    def count(most: int) -> Any:
        part = Conflicts(most)
        for low in range(0, 100_000, 9_000):
            part.add(inputs[low : low + 9_000], labels[low : low + 9_000])
        return part.finish()

    truth, fair = count(1_000_000), count(20_000)
    assert truth.exact
    assert not fair.exact
    assert fair.row_count == pytest.approx(truth.row_count, rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.randrange(1, 120)
    machines = [chance.choice(["", "M1", "M2", "M3"]) for _ in range(rows)]
    values = [chance.choice(["", "1.5"]) for _ in range(rows)]
    columns = (
        ColumnPlan(position=0, name="설비", declared="", kind="text"),
        ColumnPlan(position=1, name="온도", declared="", kind="number"),
    )
    plan = Plan(columns=columns, groups=(0,))

    parts = []
    for low, high in cuts(chance, rows):
        part = Groups()
        if high > low:
            arrays = [pa.array(one[low:high], pa.string()) for one in (machines, values)]
            stamps = np.arange(low, high, dtype=np.int64)
            part.add(Block(0, plan, arrays), 0, stamps)
        parts.append(part)
    whole = joined(chance, parts)

    names = sorted({one for one in machines if one})
    assert len(whole.keys) == len(names)
    truth = {}
    for name in names:
        own = [row for row, one in enumerate(machines) if one == name]
        truth[len(own), sum(not values[row] for row in own), own[0], own[-1]] = name
    found = zip(whole.rows.tolist(), whole.empties.tolist(), whole.first.tolist(), whole.last.tolist(), strict=True)  # fmt: skip
    assert set(found) == set(truth)
    assert NULL not in whole.keys


def test_the_first_and_the_last_third_are_held_against_each_other() -> None:
    still, moved = noisy(9_000, 3), noisy(9_000, 3) + np.arange(9_000) / 1_000

    near, far = shift(still), shift(moved)

    assert near is not None
    assert far is not None
    assert near < NEAR
    assert far > FAR
    assert shift(still[:80]) is None
