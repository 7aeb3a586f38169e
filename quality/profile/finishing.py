"""What was counted becomes the facts of a table and its columns. Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
from msgspec.structs import replace

from quality.claims import Place
from quality.profile.apart import shift
from quality.profile.hashing import Floats, numbers_of
from quality.profile.keepings import kept
from quality.profile.partial import Partial
from quality.profile.parts.runs import Runs, Span
from quality.profile.parts.values import Values
from quality.profile.planned import ColumnPlan
from quality.profile.stamping import time_facts
from quality.profile.wording import word_facts
from quality.report import Band, Bin, Column, Flat, NumberFacts, Run
from quality.units import ucum_of

QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BINS: Final = 20
BANDS: Final = 10
TOP_VALUES: Final = 10
SHAPES: Final = 10
VALUE_CHARS: Final = 200
WHOLE_SECOND: Final = re.compile(r"\.0{6,}$")
FENCE: Final = 1.5
MAD_SCALE: Final = 1.4826
STRETCHES: Final = 20
SPIKES_BY: Final = 3
# A column of so few values is set by hand where such a share of its rows stands in stretches of ten and more.
SETTINGS: Final = 50
SET_SHARE: Final = 0.9
FEW_SETTINGS: Final = 20
FEW_SET_SHARE: Final = 0.5
VARIANTS: Final = 20
SENTINEL_ROWS: Final = 5
SENTINEL_FACTOR: Final = 3
BOOLEANS: Final = {
    "true", "false", "True", "False", "TRUE", "FALSE", "Y", "N", "y", "n", "yes", "no",
}  # fmt: skip


def shown_number(value: float) -> str:
    """Return a number as people write it, without a needless point."""
    if value == np.rint(value) and abs(value) < 1e15:  # noqa: PLR2004
        return str(int(value))
    return repr(float(value))


class Columns:
    """Gives the facts of each column of a table that was counted to its end."""

    def __init__(self, counted: Partial) -> None:
        counted.runs.finish()
        counted.flat.finish()
        counted.quiet.finish()
        counted.spikes.finish()
        counted.sample.settle()
        for one in counted.words:
            one.names.settle()
        self.counted = counted
        self.folded = counted.moments.folded()
        self.slots = {one.position: at for at, one in enumerate(counted.plan.of("number"))}

    def all(self) -> tuple[Column, ...]:
        """Return the facts of all columns, in order."""
        return tuple(self.facts(one) for one in self.counted.plan.columns)

    def kind(self, plan: ColumnPlan) -> str:
        """Return what the column is."""
        words, rows = self.counted.words[plan.position], self.counted.row_count
        told = rows - words.null_count - words.blank_count
        if plan.declared == "nested" or told == 0:
            return "nested" if plan.declared == "nested" else "empty"
        if plan.kind == "number":
            whole = self.counted.moments.whole[self.slots[plan.position]]
            return "integer" if whole and plan.declared != "number" else "number"
        if plan.kind == "time":
            return "time"
        if plan.code:
            return "code"
        values = self.counted.values[plan.position]
        known = {words.names.texts.get(one) for one in values.hashes.tolist()} if values.distinct() <= len(BOOLEANS) else {None}  # fmt: skip
        return "boolean" if known <= BOOLEANS else "text"

    def identifying(self, plan: ColumnPlan) -> bool:
        """Whether every row has its own value, so that the column only numbers the rows."""
        repeats = self.counted.id_repeats.get(plan.position)
        if repeats is None or self.counted.words[plan.position].null_count:
            return False
        if self.kind(plan) not in ("integer", "code", "text"):
            return False
        return repeats.finish().repeated_rows == 0

    def name_of(self, position: int, value: int) -> str:
        """Return the text of a cell's hash."""
        name = self.counted.words[position].names.texts.get(value)
        name = self.counted.run_names[position].get(value) if name is None else name
        if name is not None:
            stamp = self.counted.plan.columns[position].kind == "time"
            return (WHOLE_SECOND.sub("", name) if stamp else name)[:VALUE_CHARS]
        if self.counted.plan.columns[position].kind == "number":
            return shown_number(float(numbers_of(np.array([value], dtype=np.uint64))[0]))
        return ""

    def facts(self, plan: ColumnPlan) -> Column:
        """Return the facts of one column."""
        at, counted = plan.position, self.counted
        words, values, kind = counted.words[at], counted.values[at], self.kind(plan)
        distinct, exact = values.distinct(), values.exact
        time = time_facts(plan, counted) if kind == "time" else None
        identifying = self.identifying(plan)
        if identifying:
            distinct, exact = counted.row_count, True
        elif time is not None and not exact and words.wrong.count == 0:
            distinct, exact = time.parsed_count - time.repeated_count, True
        top, top_exact = self._top(plan, values)
        runs = counted.runs.spans[at]
        number = self._number(plan) if kind in ("integer", "number") else None
        return Column(
            position=at,
            name=plan.name,
            unit=plan.unit,
            kind=kind,
            null_count=words.null_count,
            blank_count=words.blank_count,
            placeholder_count=words.placeholder_places.count,
            distinct_count=distinct,
            distinct_exact=exact,
            constant=distinct == 1 and words.null_count == 0,
            top_values=top,
            length_max=None if counted.unread[at] else words.bytes_max,
            longest_run=self._run(at, runs[0]) if runs else None,
            number=number,
            time=time,
            identifying=identifying,
            spaced_count=words.spaced.count,
            wrong_count=words.wrong.count,
            shapes=tuple(sorted(words.shapes.items(), key=lambda one: (-one[1], one[0]))[:SHAPES]),
            top_exact=top_exact,
            variants=variants(words.names.texts.values())
            if kind == "text" and values.counted
            else (),
            digest="".join(f"{one:016x}" for one in counted.digest_sums[:, at].tolist()),
            set_point=number is not None and set_by_hand(distinct, number.flat),
            ucum=ucum_of(plan.name, plan.unit),
            kept=kept(plan, counted),
            endless_count=int(counted.nonfinite_counts[at]) if kind != "text" else 0,
            **word_facts(
                plan, words, values, counted.row_count - words.null_count - words.blank_count
            ),
        )

    def _run(self, position: int, span: Span) -> Run:
        return Run(span.length, self.name_of(position, span.value), span.start)

    def entity_name(self, key: int) -> str | None:
        """Return the machine, lot or unit behind a hash, None where the plan knows none."""
        entity = self.counted.plan.entity
        return None if entity is None else self.name_of(entity, key)

    def _top(self, plan: ColumnPlan, values: Values) -> tuple[tuple[tuple[str, int], ...], bool]:
        values.settle()
        if not values.counted and plan.kind == "number":
            return self._sampled_top(self.slots[plan.position])
        if not values.counted:
            known = self.counted.words[plan.position].often
            return _first(known.items()), len(self.counted.moments.blocks) == 1
        hashes, counts = values.hashes, values.counts
        if len(counts) > TOP_VALUES:
            often = counts >= np.partition(counts, len(counts) - TOP_VALUES)[-TOP_VALUES]
            hashes, counts = hashes[often], counts[often]
        return _first(
            (self.name_of(plan.position, one), count)
            for one, count in zip(hashes.tolist(), counts.tolist(), strict=True)
        ), True

    def _sampled_top(self, slot: int) -> tuple[tuple[tuple[str, int], ...], bool]:
        sample = self.counted.sample.values[:, slot]
        found, counts = np.unique(sample[~np.isnan(sample)], return_counts=True)
        order = np.lexsort((found, -counts))[:TOP_VALUES]
        scale = self.folded.count[slot] / max(int(counts.sum()), 1)
        whole = self.counted.sample.whole
        top = tuple(
            (shown_number(found[at]), round(int(counts[at]) * scale))
            for at in order
            if whole or counts[at] > 1
        )
        return top, whole

    def _number(self, plan: ColumnPlan) -> NumberFacts | None:
        slot = self.slots[plan.position]
        counted, moments = self.counted, self.counted.moments
        count = int(self.folded.count[slot])
        if count == 0:
            return None
        every = counted.sample.values[:, slot]
        sample = np.sort(every[~np.isnan(every)])
        if not len(sample):
            sample = np.array([moments.low[slot], moments.high[slot]])
        points = [float(one) for one in np.quantile(sample, QUANTILES)]
        points[0], points[-1] = float(moments.low[slot]), float(moments.high[slot])
        squares, spikes = float(self.folded.squares[slot]), counted.spikes.places[slot]
        return NumberFacts(
            count=count,
            low=float(moments.low[slot]),
            high=float(moments.high[slot]),
            mean=_finite(float(self.folded.mean[slot])),
            std=_finite(float(np.sqrt(squares / (count - 1)))) if count > 1 else None,
            zero_count=int(moments.zero_count[slot]),
            negative_count=int(moments.negative_count[slot]),
            nonfinite_count=int(counted.nonfinite_counts[plan.position]),
            quantiles=tuple(points),
            histogram=_histogram(sample, points[0], points[-1], count),
            sampled=not counted.sample.whole,
            low_count=int(moments.low_count[slot]),
            high_count=int(moments.high_count[slot]),
            outlier_count=_outliers(sample, points[2], points[4], count),
            spike_count=spikes.count if plan.jump is not None else None,
            spikes=tuple(Place(row + 1, value) for row, value in spikes.first),
            sentinels=self._sentinels(slot, sample),
            flat=self._stretches(counted.flat, plan.position, slot),
            bands=self._bands(every),
            spikes_by=self._spikes_by(slot),
            quiet=self._quiet(slot),
            shift=shift(every),
        )

    def _spikes_by(self, slot: int) -> tuple[tuple[str, int], ...]:
        counts = [(key, count) for (key, at), count in self.counted.spikes.by_entity.items() if at == slot]  # fmt: skip
        if self.counted.plan.entity is None or not counts:
            return ()
        return _first((self.entity_name(key) or "", count) for key, count in counts)[:SPIKES_BY]

    def _quiet(self, slot: int) -> Flat | None:
        quiet = self.counted.quiet
        if not quiet.count[slot]:
            return None
        return Flat(
            run_count=int(quiet.count[slot]),
            row_share=float(quiet.rows[slot] / self.counted.row_count),
            stretches=tuple(
                Run(span.length, "", span.start, self.entity_name(span.entity))
                for span in quiet.spans[slot][:STRETCHES]
            ),
        )

    def _sentinels(self, slot: int, sample: Floats) -> tuple[tuple[str, int], ...]:
        """Return the extremes that stand for no value: repeated, and far from all others."""
        moments = self.counted.moments
        found = []
        for extreme, count in (
            (float(moments.low[slot]), int(moments.low_count[slot])),
            (float(moments.high[slot]), int(moments.high_count[slot])),
        ):
            rest = sample[sample != extreme]
            if count >= SENTINEL_ROWS and len(rest) >= SENTINEL_ROWS and far(extreme, rest):
                found.append((shown_number(extreme), count))
        return tuple(found)

    def _stretches(self, flat: Runs, position: int, slot: int) -> Flat | None:
        if not flat.run_count[slot]:
            return None
        return Flat(
            run_count=int(flat.run_count[slot]),
            row_share=float(flat.run_rows[slot] / self.counted.row_count),
            stretches=tuple(
                replace(self._run(position, span), entity=self.entity_name(span.entity))
                for span in flat.spans[slot][:STRETCHES]
            ),
        )

    def _bands(self, every: Floats) -> tuple[Band, ...]:
        rows, total = self.counted.sample.rows, self.counted.row_count
        edges = np.linspace(0, total, BANDS + 1).astype(np.int64)
        bands = []
        for low, high in pairwise(edges):
            first, last = np.searchsorted(rows, [low, high])
            part = every[first:last]
            part = part[~np.isnan(part)]
            if len(part) and high > low:
                bands.append(_band(int(low), part))
        return tuple(bands)


def set_by_hand(distinct: int, flat: Flat | None) -> bool:
    """Whether a column of so many values is a setting: few, and nearly all its rows stand in long stretches."""
    if flat is None or distinct < 2:
        return False
    share = flat.row_share
    return (distinct <= SETTINGS and share >= SET_SHARE) or (
        distinct < FEW_SETTINGS and share >= FEW_SET_SHARE
    )


def far(value: float, rest: Floats) -> bool:
    """Whether a value is further from all others than three times the width of their middle nine tenths."""
    low, high = np.quantile(rest, (0.05, 0.95))
    apart = min(abs(value - float(rest.min())), abs(value - float(rest.max())))
    outside = value < rest.min() or value > rest.max()
    return bool(outside and high > low and apart > SENTINEL_FACTOR * (high - low))


def variants(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return groups of texts that differ in spaces, signs or capitals alone."""
    groups: dict[str, set[str]] = {}
    for name in names:
        bare = "".join(one for one in name.casefold() if one.isalnum())
        if bare:
            groups.setdefault(bare, set()).add(name)
    found = sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)
    return tuple(found[:VARIANTS])


def _first(named: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(named, key=lambda one: (-one[1], one[0]))[:TOP_VALUES])


def _band(first_row: int, part: Floats) -> Band:
    median = float(np.median(part))
    return Band(
        first_row=first_row,
        count=len(part),
        low=float(part.min()),
        median=median,
        high=float(part.max()),
        spread=MAD_SCALE * float(np.median(np.abs(part - median))),
    )


def _outliers(sample: Floats, lower: float, upper: float, count: int) -> int | None:
    """Count values beyond the fences, scaled from the sample; None where the quartiles are one."""
    apart = upper - lower
    if not apart > 0 or not np.isfinite(apart):
        return None
    out = np.count_nonzero((sample < lower - FENCE * apart) | (sample > upper + FENCE * apart))
    return round(int(out) * count / len(sample))


def _histogram(sample: Floats, low: float, high: float, count: int) -> tuple[Bin, ...]:
    if not np.isfinite(high - low):
        return ()
    counts, edges = np.histogram(sample, bins=BINS if high > low else 1, range=(low, high))
    scale = count / len(sample)
    return tuple(
        Bin(float(begin), float(end), round(int(one) * scale))
        for begin, end, one in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float(np.sign(value) * np.finfo(np.float64).max)
