"""All that is counted of a table, over some of its blocks; two neighbours can be joined."""

from typing import Final

import numpy as np

from quality.profile.blocks import Block, pair_hashes
from quality.profile.hashing import NULL
from quality.profile.parts.conflicts import Conflicts
from quality.profile.parts.days import Days
from quality.profile.parts.groups import Groups
from quality.profile.parts.keeping import Keeping, Relating
from quality.profile.parts.missing import Missing
from quality.profile.parts.moments import Moments
from quality.profile.parts.places import SHOWN, Places
from quality.profile.parts.quiet import Quiet
from quality.profile.parts.repeats import Repeats
from quality.profile.parts.runs import Runs, Segments
from quality.profile.parts.sample import Sample
from quality.profile.parts.spikes import Spikes
from quality.profile.parts.steps import NONE, Stamps, Steps
from quality.profile.parts.units import Units
from quality.profile.parts.values import Values
from quality.profile.parts.windows import Windows
from quality.profile.parts.words import Words
from quality.profile.planned import Plan

STAMPS_KEPT: Final = 8_000_000
IDS_KEPT: Final = 4_000_000
FLAT_ROWS: Final = 10
# A step of time wider than so many usual ones is a gap.
GAP_FACTOR: Final = 1.5


class Partial:
    """Counts over consecutive blocks of a table.

    Args:
        plan: the same for every block of the table
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        columns = len(plan.columns)
        numbers = len(plan.of("number"))
        self.row_count = 0
        self.moments, self.sample = Moments(numbers), Sample(numbers, len(plan.keyed))
        self.values, self.words = (
            [Values() for _ in plan.columns],
            [Words() for _ in plan.columns],
        )
        self.ambiguous_counts, self.nonfinite_counts, self.date_like_counts = (
            np.zeros(columns, dtype=np.int64) for _ in range(3)
        )
        # Columns of which some cells were read as numbers without a look at their texts.
        self.unread = np.zeros(columns, dtype=bool)
        self.zones: list[set[str]] = [set() for _ in plan.columns]
        self.digest_sums = np.zeros((2, columns), dtype=np.uint64)
        self.missing = Missing(columns)
        self.runs = Runs(columns, least=1, through_nulls=False, shown=1)
        self.run_names: list[dict[int, str]] = [{} for _ in plan.columns]
        self.flat = Runs(numbers, least=FLAT_ROWS, through_nulls=True)
        self.spikes, self.quiet = Spikes(plan), Quiet.of(plan)
        self.groups = {at: Groups() for at in (*plan.groups, *plan.labels)}
        self.conflicts = {at: Conflicts() for at in plan.labels} if plan.inputs else {}
        self.unlabelled = {at: Places() for at in plan.labels}
        self.windows, self.units = Windows(numbers), Units(plan)
        self.ids = [one.position for one in plan.columns if one.identifying]
        self._begin_rows(plan)

    def _begin_rows(self, plan: Plan) -> None:
        self.repeats, self.repeats_without_ids = Repeats(), Repeats()
        kept = [one.position for one in plan.columns if one.identifying or one.key]
        self.id_repeats = {at: Repeats(IDS_KEPT) for at in kept}
        self.pair_repeats = {pair: Repeats(IDS_KEPT) for pair in plan.pairs}
        self.empty_places, self.days = [Places() for _ in plan.columns], Days()
        gap_micro = None if plan.step_micro is None else round(GAP_FACTOR * plan.step_micro)
        self.steps = {one.position: Steps() for one in plan.of("time")}
        self.entity_steps = Steps(gap_micro)
        self.keeping, self.relating = Keeping(plan), Relating(plan)
        self.key_repeats = Repeats()
        self.stamps: dict[int, list[Stamps]] = {one.position: [] for one in plan.of("time")}
        self._by_stamp: dict[int, tuple[Stamps, Stamps]] = {}

    def add(self, block: Block) -> None:
        """Take the next block."""
        before = self.row_count
        self.row_count += block.rows
        self.moments.add(block.number, block.numbers)
        keys = [block.hashes[at] for at in self.plan.keyed]
        self.sample.add(block.number, block.numbers, keys)
        self.missing.add(block.rows, block.empty)
        rows = np.arange(before, self.row_count, dtype=np.uint64)
        for at, hashes in enumerate(block.hashes):
            self.digest_sums[:, at] += np.array([hashes.sum(), hashes @ rows])
            self.values[at].add_rows(hashes)
            self._add_words(at, block, before)
        self.keeping.add(block, before)
        self.relating.add(block, before)
        for at, flags in block.empty.items():
            # How many there are is counted elsewhere.
            if len(self.empty_places[at].first) < SHOWN:
                empty = np.flatnonzero(flags)[:SHOWN] + before
                self.empty_places[at].add(0, empty, [""] * len(empty))
        self._add_repeats(block)
        self._add_groups(block, before)
        self._add_order(block)

    def _add_words(self, at: int, block: Block, before: int) -> None:
        looked = block.words.get(at)
        if looked is None:
            self.unread[at] = True
            flags = block.empty.get(at)
            self.words[at].null_count += 0 if flags is None else int(flags.sum())
            return
        plan, words = self.plan.columns[at], self.words[at]
        numeric = plan.kind == "number"
        said = looked.words(words.names.bound, numeric=numeric, name=plan.name)
        words.merge(said, before)
        self.ambiguous_counts[at] += block.ambiguous_counts.get(at, 0)
        self.nonfinite_counts[at] += block.nonfinite_counts.get(at, 0)
        self.date_like_counts[at] += block.date_like_counts.get(at, 0)
        self.zones[at] |= block.zones.get(at, set())

    def _add_repeats(self, block: Block) -> None:
        self.repeats.add(block.hash_rows(set()))
        if self.ids:
            self.repeats_without_ids.add(block.hash_rows(set(self.ids)))
        for at, repeats in self.id_repeats.items():
            repeats.add(block.hashes[at])
        for (one, other), repeats in self.pair_repeats.items():
            repeats.add(pair_hashes(block.hashes[one], block.hashes[other]))
        if self.plan.keys:
            others = set(range(len(self.plan.columns))) - set(self.plan.keys)
            self.key_repeats.add(block.hash_rows(others))

    def _add_groups(self, block: Block, before: int) -> None:
        stamps = block.stamps[self.plan.time] if self.plan.time is not None else None
        for at, groups in self.groups.items():
            groups.add(block, at, stamps)
        for at, places in self.unlabelled.items():
            rows = np.flatnonzero(block.hashes[at] == NULL)
            places.take(len(rows), [(int(row) + before, "") for row in rows[:SHOWN]])
        if self.conflicts:
            inputs = block.hash_rows(self.plan.no_inputs)
            told = block.filled(self.plan.inputs)
            for at, conflicts in self.conflicts.items():
                conflicts.add(inputs, block.hashes[at] if told is None else np.where(told, block.hashes[at], NULL))  # fmt: skip

    def _add_order(self, block: Block) -> None:
        whole = Segments.of(None)
        self.runs.add(block.hashes, whole)
        self._name_runs(block)
        entity = block.hashes[self.plan.entity] if self.plan.entity is not None else None
        segments = whole if entity is None else Segments.of(entity)
        numbers = [block.hashes[one.position] for one in self.plan.of("number")]
        self.flat.add(numbers, segments)
        self.spikes.add(block.numbers, segments)
        self.quiet.add(block.numbers, segments)
        self.windows.add(block.numbers)
        stamped = block.stamps[self.plan.time] if self.plan.time is not None else None
        self.units.add(block.hashes, stamped, entity, segments)
        for at, stamps in block.stamps.items():
            self.steps[at].add(stamps, whole)
            self._keep(at, [stamps[stamps != NONE]])
        if self.plan.time is not None:
            self.days.add(block.stamps[self.plan.time])
        if entity is not None and self.plan.time is not None:
            self.entity_steps.add(block.stamps[self.plan.time], segments)

    def _name_runs(self, block: Block) -> None:
        """Keep the texts of the stretches that are long or may still grow."""
        for at, looked in block.words.items():
            names, known = self.run_names[at], self.runs.living(at)
            for one in known - names.keys():
                found = np.flatnonzero(looked.cells.value_hashes == np.uint64(one))
                if len(found):
                    names[one] = looked.cells.values[int(found[0])].as_py()
            self.run_names[at] = {one: names[one] for one in known & names.keys()}

    def by_stamp(self, at: int) -> tuple[Stamps, Stamps]:
        """Return the different stamps of a time column, sorted, and how often each stands there."""
        if at not in self._by_stamp:
            # They are nearly in order, which a stable sort uses.
            ordered = np.sort(np.concatenate(self.stamps[at]), kind="stable")
            starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.empty(0, dtype=np.int64)  # fmt: skip
            self._by_stamp[at] = ordered[starts], np.diff(np.append(starts, len(ordered)))
        return self._by_stamp[at]

    def merge(self, other: "Partial") -> None:
        """Take the blocks after these."""
        before = self.row_count
        self.row_count += other.row_count
        self.digest_sums += other.digest_sums
        self.digest_sums[1] += np.uint64(before) * other.digest_sums[0]
        for name in ("moments", "sample", "missing", "runs", "flat", "spikes", "quiet", "repeats", "repeats_without_ids", "key_repeats", "entity_steps", "days", "windows", "units"):  # fmt: skip
            getattr(self, name).merge(getattr(other, name))
        for name in ("id_repeats", "pair_repeats", "groups", "conflicts"):
            mine = getattr(self, name)
            for at, more in getattr(other, name).items():
                mine[at].merge(more)
        for seen, also in zip(self.values, other.values, strict=True):
            seen.merge(also)
        self._merge_texts(other, before)
        self._merge_times(other)
        for name in ("ambiguous_counts", "nonfinite_counts", "date_like_counts", "unread"):
            getattr(self, name)[:] += getattr(other, name)

    def _merge_texts(self, other: "Partial", before: int) -> None:
        for one, more in zip(self.words, other.words, strict=True):
            one.merge(more, before)
        for at, names in enumerate(other.run_names):
            both, living = self.run_names[at] | names, self.runs.living(at)
            self.run_names[at] = {one: both[one] for one in living & both.keys()}
        for at, places in other.unlabelled.items():
            self.unlabelled[at].merge(places, before)
        self.keeping.merge(other.keeping, before)
        self.relating.merge(other.relating, before)
        for empty, more_empty in zip(self.empty_places, other.empty_places, strict=True):
            empty.merge(more_empty, before)
        for at, zones in enumerate(other.zones):
            self.zones[at] |= zones

    def _merge_times(self, other: "Partial") -> None:
        for at, steps in other.steps.items():
            self.steps[at].merge(steps)
            self._keep(at, other.stamps[at])

    def _keep(self, at: int, blocks: list[Stamps]) -> None:
        """Keep stamps of whole blocks, in order, until they are enough."""
        count = sum(map(len, self.stamps[at]))
        for stamps in blocks:
            if count >= STAMPS_KEPT:
                break
            self.stamps[at].append(stamps)
            count += len(stamps)
