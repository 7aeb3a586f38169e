"""The counts of a pass: the same however a table is split, and equal to what a plain loop counts."""

import pickle
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from msgspec import to_builtins
from numpy.typing import NDArray

from quality.profile import relating
from quality.profile.blocks import Block
from quality.profile.finishing import Columns
from quality.profile.grouped import groups_of
from quality.profile.hashing import NULL, numbers_of, of_numbers, of_texts
from quality.profile.keying import keys_of
from quality.profile.labelled import labels_of
from quality.profile.partial import Partial
from quality.profile.parts.days import Days
from quality.profile.parts.repeats import Repeats
from quality.profile.parts.runs import Runs, Segments
from quality.profile.parts.steps import NONE, Steps
from quality.profile.parts.values import KEPT, Values
from quality.profile.plan import plan_of
from quality.profile.stamping import coverage, series_facts
from quality.reading.cells import cells_of_stream, read_cell
from quality.scans import Grid

SEEDS = range(40)


def cuts(chance: random.Random, count: int) -> list[tuple[int, int]]:
    """Some borders of a table, empty stretches among them."""
    edges = sorted({0, count, *(chance.randrange(count + 1) for _ in range(chance.randrange(7)))})
    return list(pairwise(edges))


def joined(chance: random.Random, parts: list[Any]) -> Any:
    """Join neighbours in any grouping until one is left."""
    while len(parts) > 1:
        at = chance.randrange(len(parts) - 1)
        parts[at].merge(parts[at + 1])
        del parts[at + 1]
    return parts[0]


def test_numbers_come_back_from_their_hashes() -> None:
    values = np.random.default_rng(1).normal(size=1_000)

    assert (numbers_of(of_numbers(values)) == values).all()
    assert of_numbers(np.array([0.0]))[0] == of_numbers(np.array([-0.0]))[0]
    assert of_numbers(np.array([np.nan]))[0] == NULL


def test_the_hash_of_a_text_is_fixed_for_ever() -> None:
    """Published figures: whoever changes them changes every report."""
    texts = pa.array(["", "a", "abcdefgh", "abcdefghi", "온도", "a"])
    hashes = of_texts(texts)

    assert [f"{one:016x}" for one in hashes.tolist()] == [
        "6a09e667f3bcc909",
        "99ad8af2612b23a1",
        "7314ff263b1987bb",
        "bd6c0edb134a6bd1",
        "2ea977f49a59d0d9",
        "99ad8af2612b23a1",
    ]
    assert (of_texts(texts.slice(2, 3)) == hashes[2:5]).all()


def runs_of(
    values: Sequence[int], entities: Sequence[int], least: int, *, through: bool
) -> list[tuple[int, int, int, int]]:
    """The stretches by a plain loop: (-length, start, value, entity)."""
    found = []
    for entity in dict.fromkeys(entities):
        open_run: list[int] | None = None
        for row, (value, own) in enumerate(zip(values, entities, strict=True)):
            if own != entity:
                continue
            if value == NULL and through:
                if open_run:
                    open_run[1] += 1
            elif open_run and open_run[2] == value:
                open_run[1] += 1
            else:
                found += [(*open_run, entity)] if open_run else []
                open_run = None if value == NULL else [row, 1, value]
        found += [(*open_run, entity)] if open_run else []
    return sorted((-n, start, value, entity) for start, n, value, entity in found if n >= least)


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows, least = chance.randrange(1, 80), chance.choice([1, 2, 3])
    kinds = 1 if least == 1 else chance.choice([1, 2, 5])
    values = np.array([chance.choice([int(NULL), 1, 2, 1]) for _ in range(rows)], dtype=np.uint64)
    entities = np.array([chance.randrange(kinds) for _ in range(rows)], dtype=np.uint64)
    through, shown = least > 1 and chance.choice([True, False]), 1 if least == 1 else 20

    parts = []
    for low, high in cuts(chance, rows):
        part = Runs(1, least=least, through_nulls=through, shown=shown)
        part.add([values[low:high]], Segments.of(entities[low:high] if kinds > 1 else None))
        parts.append(part)
    whole = joined(chance, parts)
    whole.finish()

    own = entities.tolist() if kinds > 1 else [0] * rows
    truth = runs_of(values.tolist(), own, least, through=through)
    spans = [(one.minus_length, one.start, one.value, one.entity) for one in whole.spans[0]]
    assert spans == truth[:shown]
    assert whole.run_count[0] == len(truth)
    assert whole.run_rows[0] == -sum(one[0] for one in truth)


def steps_of(stamps: Iterable[int], entities: Iterable[int]) -> Counter[int]:
    last: dict[int, int] = {}
    found: Counter[int] = Counter()
    for stamp, entity in zip(stamps, entities, strict=True):
        if stamp == NONE:
            continue
        if entity in last:
            found[stamp - last[entity]] += 1
        last[entity] = stamp
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_of_time_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows, kinds = chance.randrange(1, 80), chance.choice([1, 3])
    stamps = np.array(
        [chance.choice([NONE, row, row, row - 3]) for row in range(rows)], dtype=np.int64
    )
    entities = np.array([chance.randrange(kinds) for _ in range(rows)], dtype=np.uint64)

    parts = []
    for low, high in cuts(chance, rows):
        part = Steps()
        part.add(stamps[low:high], Segments.of(entities[low:high] if kinds > 1 else None))
        parts.append(part)
    whole = joined(chance, parts)

    truth = steps_of(stamps.tolist(), entities.tolist() if kinds > 1 else [0] * rows)
    widths, counts = whole.intervals()
    forward = dict(zip(widths.tolist(), counts.tolist(), strict=True))
    assert forward == {step: n for step, n in truth.items() if step > 0}
    assert whole.zero_count == truth[0]
    assert whole.backward_count == sum(n for step, n in truth.items() if step < 0)
    assert whole.widest_back == min([0, *truth])
    wide = sorted((step for step in truth.elements() if step > 0), reverse=True)[:20]
    assert [-one.minus_micro for one in whole.widest] == wide


def test_values_are_exact_while_few_and_close_when_many() -> None:
    chance = np.random.default_rng(3)
    many = chance.normal(size=400_000)
    few = chance.integers(0, 3_000, 200_000).astype(float)
    for values, exact in ((many, False), (few, True)):
        parts = []
        for piece in np.array_split(values, 9):
            part = Values()
            for block in np.array_split(piece, 4):
                part.add_rows(of_numbers(block))
            parts.append(pickle.loads(pickle.dumps(part)))
        whole = joined(random.Random(1), parts)
        alone = Values()
        alone.add_rows(of_numbers(values))

        truth, counts = np.unique(values, return_counts=True)
        assert whole.distinct() == alone.distinct()
        assert whole.exact is exact
        assert abs(whole.distinct() - len(truth)) <= (0 if exact else 0.03 * len(truth))
        assert len(whole.hashes) <= KEPT
        if exact:
            found = dict(zip(numbers_of(whole.hashes).tolist(), whole.counts.tolist(), strict=True))
            assert found == dict(zip(truth.tolist(), counts.tolist(), strict=True))


def test_repeated_rows_are_exact_while_they_fit_and_fair_beyond() -> None:
    hashes = of_numbers(np.random.default_rng(5).integers(0, 60_000, 100_000).astype(float))
    truth = len(hashes) - len(np.unique(hashes))

    for most, allowed in ((1_000_000, 0.0), (20_000, 0.05)):
        parts = []
        for piece in np.array_split(hashes, 7):
            part = Repeats(most)
            part.add(piece)
            parts.append(part)
        groups = joined(random.Random(2), parts).finish()
        assert abs(groups.repeated_rows - truth) <= allowed * truth
        assert groups.exact is (allowed == 0.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_of_a_text_are_the_same_from_anywhere(seed: int) -> None:
    chance = random.Random(seed)
    lines = [b"a,b\n", b'"x\ny",1\n', b"\n", b'"q""\n",2\n', b"longer text,33\n", b"\r\n"]
    text = b"".join(chance.choice(lines) for _ in range(chance.randrange(60)))
    text += chance.choice([b"", b"end,1"])
    borders = range(max(1, -(-len(text) // 64)))
    grid = Grid(
        len(text),
        tuple(bool(text[: at * 64].count(b'"') & 1) for at in borders),
        tuple(text[: at * 64].count(b"\n") for at in borders),
        cell_bytes=64,
    )

    anywhere = [read_cell(lambda low, high: text[low:high], grid, at) for at in borders]
    streamed = list(cells_of_stream(BytesIO(text), cell_bytes=64))

    assert b"".join(one.content for one in anywhere) == text
    kept = [(one.number, one.content, one.first_line) for one in anywhere if one.content]
    assert kept == [(one.number, one.content, one.first_line) for one in streamed if one.content]
    before = 0
    for one in anywhere:
        assert not one.content or one.first_line == text[:before].count(b"\n") + 1
        before += len(one.content)


def machine_rows(rows: int) -> list[pa.Array]:
    """A table of three machines at one beat, with everything that is counted."""
    chance = np.random.default_rng(11)
    at = np.arange(rows)
    stamps = np.datetime64("2026-01-01T00:00:00") + (at // 3).astype("timedelta64[s]")
    level = np.round(chance.normal(50, 5, rows), 2)
    level[rows // 3 : rows // 2 : 3] = 7.5
    texts = [
        [str(one).replace("T", " ") for one in stamps],
        [f"설비-{one % 3}" for one in at],
        ["" if one % 31 == 0 else str(value) for one, value in enumerate(level)],
        [f"S{one:06d}" for one in at],
        ["정상" if one % 9 else "N/A" for one in at],
        [f"{value:,.1f}" for value in level * 1_000],
        ["고장" if one % 97 == 0 else f" {one % 7}" for one in at],
        [f"{one % 40:04d}" if one % 5 else "깨?짐" for one in at],
    ]
    return [pa.array(one, pa.string()) for one in texts]


def figures(counted: Partial) -> Any:
    known = Columns(counted)
    facts = known.all()
    return to_builtins(
        [
            facts,
            counted.repeats.finish(),
            counted.repeats_without_ids.finish(),
            series_facts(counted, known.name_of),
            relating.missing_facts(counted),
            relating.correlations(counted),
            groups_of(known),
            labels_of(known, facts),
            coverage(counted),
            keys_of(facts, counted),
            counted.repeats.first(20),
            counted.entity_steps.standing,
            [
                (words.zeros.first, words.formed.first, words.odd.first, words.broken.first)
                for words in counted.words
            ],
            [places.first for places in counted.empty_places],
        ]
    )


def of_range(make: Callable[[int], Block], plan: Any, low: int, high: int) -> Partial:
    part = Partial(plan)
    for number in range(low, high):
        part.add(make(number))
    return part


@pytest.mark.parametrize("seed", range(6))
def test_a_whole_profile_is_the_same_however_its_blocks_are_spread(seed: int) -> None:
    columns = machine_rows(6_000)
    names = ("시각", "설비", "온도 [℃]", "번호", "판정", "압력", "회차", "품번")
    plan = plan_of(names, ("",) * len(names), [columns])
    blocks = 12
    size = len(columns[0]) // blocks

    def block(number: int) -> Block:
        return Block(number, plan, [one.slice(number * size, size) for one in columns])

    assert (plan.time, plan.entity) == (0, 1)
    alone = figures(of_range(block, plan, 0, blocks))
    chance = random.Random(seed)
    parts = [
        pickle.loads(pickle.dumps(of_range(block, plan, low, high)))
        for low, high in cuts(chance, blocks)
    ]
    assert figures(joined(chance, parts)) == alone
    series = alone[3]
    assert (series["entity_column"], series["interval_median_s"]) == ("설비", 1.0)
    flat = alone[0][2]["number"]["flat"]
    first = {"length": 334, "value": "7.5", "start_row": 2_000, "entity": "설비-2"}
    assert flat["stretches"][0] == first
    assert [one["role"] for one in alone[6]] == ["entity", "label"]


def test_pairs_agree_with_numpy_where_cells_are_missing() -> None:
    chance = np.random.default_rng(13)
    values: NDArray[np.float64] = chance.normal(1e6, 3.0, (500, 4))
    values[:, 1] = values[:, 0] * 0.5 + chance.normal(size=500)
    values[chance.integers(0, 5, (500, 4)) == 0] = np.nan
    values[:, 3] = 7.0

    found = relating.pairwise(values)

    for one in range(3):
        for other in range(3):
            both = ~np.isnan(values[:, one]) & ~np.isnan(values[:, other])
            truth = np.corrcoef(values[both, one], values[both, other])[0, 1]
            assert found[one, other] == pytest.approx(truth, abs=1e-9)
    assert np.isnan(found[3]).all()


def test_codes_and_stamps_have_their_names_in_every_split() -> None:
    rows = 900
    codes = pa.array([f"0{400 + at // 300}" for at in range(rows)])
    stamps = pa.array([f"2026-01-01 00:{at // 60 % 60:02}:{at % 60 // 20 * 20:02}" for at in range(rows)])  # fmt: skip
    lots = pa.array([str(at % 3 + 1) for at in range(rows)])
    plan = plan_of(("코드", "시각", "로트"), ("", "", ""), [[codes, stamps, lots]])

    def block(number: int) -> Block:
        return Block(number, plan, [one.slice(number * 100, 100) for one in (codes, stamps, lots)])

    for low, high in ((0, 9), (0, 4)):
        whole = of_range(block, plan, low, high)
        if high < 9:
            whole.merge(of_range(block, plan, high, 9))
        code, stamp, _ = Columns(whole).all()
        assert code.top_values == (("0400", 300), ("0401", 300), ("0402", 300))
        assert code.longest_run is not None
        assert (code.longest_run.value, code.longest_run.length) == ("0400", 300)
        assert stamp.longest_run is not None
        assert (stamp.longest_run.value, stamp.longest_run.length) == ("2026-01-01 00:00:00", 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_of_days_and_of_repeats_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.randrange(1, 80)
    day = 86_400_000_000
    stamps = np.array(
        [chance.choice([NONE, chance.randrange(-3 * day, 400_000 * day)]) for _ in range(rows)]
    )
    hashes = np.array([chance.randrange(30) for _ in range(rows)], dtype=np.uint64)

    parts: list[Days] = []
    repeats: list[Repeats] = []
    for low, high in cuts(chance, rows):
        parts.append(Days())
        parts[-1].add(stamps[low:high])
        repeats.append(Repeats())
        repeats[-1].add(hashes[low:high])
    whole = joined(chance, parts)

    known = [one for one in stamps.tolist() if one != NONE]
    assert whole.days == Counter(one // day for one in known)
    assert whole.hours.tolist() == [sum(one % day // 3_600_000_000 == at for one in known) for at in range(24)]  # fmt: skip
    again = [row for row in range(rows) if hashes[row] in hashes[:row]]
    assert joined(chance, repeats).first(20) == again[:20]


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_within_each_machine_are_those_of_a_plain_loop_however_split(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.randrange(1, 80)
    stamps = np.array([chance.choice([NONE, row, row, row - 3]) for row in range(rows)])
    entities = np.array([chance.randrange(3) for _ in range(rows)], dtype=np.uint64)
    parts = []
    for low, high in cuts(chance, rows):
        part = Steps()
        part.add(stamps[low:high], Segments.of(entities[low:high]))
        parts.append(part)
    whole = joined(chance, parts)

    for entity in range(3):
        own = [row for row in range(rows) if entities[row] == entity and stamps[row] != NONE]
        steps = [(int(stamps[b] - stamps[a]), b) for a, b in pairwise(own)]
        ahead = [(step, -row) for step, row in steps if step > 0]
        if not own:
            assert entity not in whole.within
            continue
        within = whole.within[entity]
        assert (within.rows, within.forward) == (len(own), len(ahead))
        assert within.micro == sum(step for step, _ in ahead)
        assert (within.widest, -within.widest_row) == max(ahead, default=(0, 0))
        assert within.backward == sum(step < 0 for step, _ in steps)
        assert within.zero == sum(step == 0 for step, _ in steps)
