"""Sketches are the same however a table is split, fair as samples, and bounded."""

import pickle
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from msgspec import to_builtins

from quality.profile.blocks import Block
from quality.profile.finishing import Columns
from quality.profile.partial import Partial
from quality.profile.parts.runs import Segments
from quality.profile.parts.units import Units, constant, powers
from quality.profile.parts.windows import KEPT, WIDTH, Windows
from quality.profile.plan import plan_of
from quality.profile.sketching import repeated, sketch_of
from quality.report import Table
from quality.sketches import (
    FILE_HASHES,
    ColumnSketch,
    Sample,
    Sketch,
    fitted,
    packed,
    shared,
    union,
    unpacked,
    within,
)
from tests.quality.test_parts import cuts, joined, machine_rows, of_range

SEEDS = range(20)


def windows_of(values: Any, pieces: list[tuple[int, int]], chance: random.Random) -> Windows:
    parts = []
    for low, high in pieces:
        part = Windows(values.shape[1])
        part.add(values[low:high])
        parts.append(pickle.loads(pickle.dumps(part)))
    whole: Windows = joined(chance, parts)
    return whole


def kept(windows: Windows) -> Any:
    return [
        (one.hashes.tolist(), one.counts.tolist(), one.firsts.tolist(), one.varied.tolist())
        for one in windows.kept
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_windows_are_the_same_however_the_rows_are_split(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.choice([5, 17, 40, 200, 3_000])
    values = np.asfortranarray(np.random.default_rng(seed).normal(20, 3, (rows, 3)).round(2))
    values[np.random.default_rng(seed + 1).integers(0, rows, rows // 20), 1] = np.nan
    values[rows // 2 :, 2] = values[: rows - rows // 2, 2]

    alone = windows_of(values, [(0, rows)], chance)
    split = windows_of(values, cuts(chance, rows) or [(0, rows)], chance)

    assert kept(split) == kept(alone)
    assert [one.bound for one in split.kept] == [one.bound for one in alone.kept]
    assert all(len(one.hashes) <= KEPT for one in alone.kept)


def test_windows_see_a_constant_added_and_nothing_else() -> None:
    chance = random.Random(1)
    values = np.random.default_rng(2).normal(450, 12, (20_000, 1)).round(2)
    whole = [(0, len(values))]
    mine = set(windows_of(values, whole, chance).kept[0].hashes.tolist())

    for constant_added in (0.1, -3.25, 1_000.0, 12_345.678):
        other = set(windows_of(values + constant_added, whole, chance).kept[0].hashes.tolist())
        assert len(mine & other) >= 0.97 * KEPT
    scaled = set(windows_of(values * 1.1, whole, chance).kept[0].hashes.tolist())
    assert not mine & scaled


def test_a_counter_and_a_coarse_sensor_leave_no_varied_window() -> None:
    rows = np.arange(5_000)
    values = np.asfortranarray(np.stack([rows * 1.0, rows // 7 % 5 * 0.25], axis=1))

    found = windows_of(values, [(0, len(values))], random.Random(3))

    assert not any(one.varied.any() for one in found.kept)


def test_too_few_rows_have_no_window() -> None:
    values = np.random.default_rng(4).normal(size=(WIDTH, 1))
    assert len(windows_of(values, [(0, WIDTH)], random.Random(4)).kept[0].hashes) == 0


def test_the_fingerprint_of_a_unit_of_one_value_is_known() -> None:
    weights = powers(50)
    value = np.uint64(0x1234567890ABCDEF)
    assert int((weights * value).sum(dtype=np.uint64)) == constant(int(value), 50)


@pytest.mark.parametrize("seed", range(6))
def test_a_sketch_is_the_same_however_blocks_are_spread(seed: int) -> None:
    columns = machine_rows(6_000)
    names = ("시각", "설비", "온도 [℃]", "번호", "판정", "압력", "회차", "품번")
    plan = plan_of(names, ("",) * len(names), [columns])
    size = len(columns[0]) // 12

    def block(number: int) -> Block:
        return Block(number, plan, [one.slice(number * size, size) for one in columns])

    def left(counted: Partial) -> Any:
        facts = Columns(counted)
        table = Table(
            name="a", encoding=None, delimiter=None, header_rows=1, row_count=counted.row_count,
            columns=facts.all(), duplicate_count=0, duplicate_without_ids_count=0, distinct_groups=0,
            repeated_groups=0, damaged_count=0,
        )  # fmt: skip
        units = counted.units
        return to_builtins([sketch_of(table, counted), repeated(table, counted, facts.name_of)]), [
            getattr(units, name).tolist() for name in Units.NAMES
        ]

    chance = random.Random(seed)
    parts = [
        pickle.loads(pickle.dumps(of_range(block, plan, low, high)))
        for low, high in cuts(chance, 12)
    ]
    assert left(joined(chance, parts)) == left(of_range(block, plan, 0, 12))


@pytest.mark.parametrize("seed", SEEDS)
def test_units_are_those_of_a_plain_loop(seed: int) -> None:
    """Days come back, machines take turns, and borders fall anywhere."""
    chance = random.Random(seed)
    rows = chance.randrange(1, 120)
    texts = [
        pa.array([str(np.round(one, 2)) for one in np.random.default_rng(seed).normal(size=rows)])
    ]
    plan = plan_of(("값",), ("number",), [texts])
    cells = np.random.default_rng(seed).integers(0, 2**63, rows).astype(np.uint64)
    days = np.array([chance.randrange(4) for _ in range(rows)])
    entity = np.array([chance.randrange(3) for _ in range(rows)], dtype=np.uint64)

    parts = []
    for low, high in cuts(chance, rows):
        part = Units(plan)
        part.positions, part.wanted = [0], True
        part.prints = np.empty((0, 1), dtype=np.uint64)
        part.first_cells = np.empty((0, 1), dtype=np.uint64)
        own = entity[low:high]
        stamps = days[low:high] * 86_400_000_000 + 5
        part.add([cells[low:high]], stamps, own, Segments.of(own))
        parts.append(part)
    whole = joined(chance, parts)

    truth: dict[tuple[int, int], list[int]] = {}
    for day, machine, cell in zip(days.tolist(), entity.tolist(), cells.tolist(), strict=True):
        truth.setdefault((day, machine), []).append(cell)
    found = {
        (day, machine): (count, print_)
        for day, machine, count, print_ in zip(
            whole.days.tolist(),
            whole.entities.tolist(),
            whole.rows.tolist(),
            whole.prints[:, 0].tolist(),
            strict=True,
        )
    }
    weights = [int(one) for one in powers(rows)]
    assert found == {
        key: (len(own), sum(map(int.__mul__, own, weights)) % 2**64) for key, own in truth.items()
    }


def sample(values: range, most: int = 256) -> Sample:
    """The sample of a set of numbers, each by a fixed hash."""
    hashes = sorted(one * 0x9E3779B97F4A7C15 % 2**64 for one in values)
    return Sample(packed(hashes[:most], "Q"), len(hashes) <= most)


def test_samples_of_sets_say_how_much_is_in_both() -> None:
    whole = shared(sample(range(100)), sample(range(60, 200)))
    assert (whole.both, whole.first, whole.second, whole.exact) == (40, 100, 140, True)

    part = shared(sample(range(10_000)), sample(range(5_000, 15_000)))
    assert not part.exact
    assert part.of_first == pytest.approx(0.5, abs=0.15)
    assert within(sample(range(50)), sample(range(200))) == (50, 50)
    together = union([sample(range(100)), sample(range(60, 200))])
    assert together == sample(range(200))


def test_numbers_come_back_from_their_text() -> None:
    numbers = [0, 1, 2**64 - 1]
    assert list(unpacked(packed(numbers, "Q"), "Q")) == numbers


def test_the_sketches_of_a_file_are_bounded() -> None:
    column = ColumnSketch(name="a", values=sample(range(3_000), 3_000), windows=sample(range(99)))
    large = [Sketch(table=str(at), rows=sample(range(400)), columns=(column,) * 3) for at in range(60)]  # fmt: skip

    made = fitted(large)

    assert len(made) == 60
    assert sum(one.hash_count for one in made) <= FILE_HASHES
    assert fitted(large[:2]) == tuple(large[:2])
    assert fitted(large, 1_000) == ()
