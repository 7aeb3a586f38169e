"""N8: a column in which some machine, stretch or file is written in another unit."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


class Level(NamedTuple):
    """Where the values of a group lie."""

    name: str
    values: int
    median: float
    spread: float


class Change(NamedTuple):
    """From one unit to another: values times a factor, then an offset; ``words`` say it, ``hint`` where it is from."""

    factor: float
    offset: float
    words: str
    hint: str

    @property
    def back(self) -> "Change":
        """The way back."""
        words = f"(− 32) ÷ {self.factor:g}" if self.offset else f"÷ {self.factor:g}"
        return Change(1 / self.factor, -self.offset / self.factor, words, self.hint)


FORWARD: Final = (
    Change(10.0, 0.0, "× 10", "cm ↔ mm, bar ↔ MPa"),
    Change(1_000.0, 0.0, "× 1,000", "m ↔ mm, kg ↔ g, kPa ↔ MPa"),
    Change(6.895, 0.0, "× 6.895", "psi ↔ kPa"),
    Change(9.807, 0.0, "× 9.807", "kgf ↔ N"),
    Change(1.8, 32.0, "× 1.8 + 32", "℃ ↔ ℉"),
)
CHANGES: Final = (*FORWARD, *(one.back for one in FORWARD))
# How much more or less two levels in one unit may scatter.
SPREAD_RATIO: Final = 2.0
NAMED_MAX: Final = 5
WARM: Final = ("temp", "온도", "℃", "degc", "[c]", "(c)", "_c")


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Compare the levels of machines, lots and tenths of the file for each column."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    listed = []
    for column in numbers:
        if column.set_point or column.identifying:
            continue
        for levels in _levels(table, column.name):
            odd = mismatch(column.name, levels, thresholds)
            if odd is not None:
                listed.append(odd)
                break
    return listed


def across(tables: Sequence[Table], thresholds: Thresholds | None = None) -> list[Finding]:
    """Compare the levels of a column in all tables of a file that have the same columns."""
    alike: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        alike.setdefault(tuple(column.name.strip() for column in table.columns), []).append(table)
    listed = []
    for group in alike.values():
        for at, column in enumerate(group[0].columns if len(group) > 1 else ()):
            levels = [
                Level(table.name, facts.count, facts.quantiles[3], _scatter(facts.quantiles))
                for table in group
                if (facts := table.columns[at].number) is not None
                and not table.columns[at].identifying
            ]
            odd = mismatch(column.name, levels, thresholds or Thresholds())
            listed += [odd] if odd is not None else []
    return listed


def _scatter(quantiles: tuple[float, ...]) -> float:
    # Of normal noise the quartiles are 1.349 standard deviations apart.
    return (quantiles[4] - quantiles[2]) / 1.349


def _levels(table: Table, column: str) -> Iterator[list[Level]]:
    """Yield the levels of a column by machine and lot, then by tenths of the file."""
    for groups in table.groups:
        if groups.role != "label" and column in groups.columns:
            at = groups.columns.index(column)
            yield [
                Level(f"{groups.column} {one.name}", one.sampled_count, median, spread)
                for one in groups.groups
                if (median := one.medians[at]) is not None
                and (spread := one.spreads[at]) is not None
            ]
    facts = next(one.number for one in table.columns if one.name == column)
    bands = facts.bands if facts is not None else ()
    edges = [one.first_row for one in bands[1:]] + [table.row_count]
    yield [
        Level(f"{one.first_row + 1:,}–{end:,}행", one.count, one.median, one.spread)
        for one, end in zip(bands, edges, strict=False)
    ]


def mismatch(column: str, levels: Sequence[Level], thresholds: Thresholds) -> Finding | None:
    """Return a finding where some levels are those of the others in another unit."""
    known = [one for one in levels if one.values >= thresholds.unit_rows and one.spread > 0]
    if len(known) < 2:
        return None
    usual = max(known, key=lambda one: sum(_near(one, other) for other in known))
    warm = any(word in column.casefold() for word in WARM)
    best: tuple[float, Change, list[Level]] | None = None
    for change in CHANGES:
        odd = [one for one in known if _converted(usual, one, change, thresholds.unit_tolerance)]
        # In another unit or in the same: what lies elsewhere has other reasons.
        if (warm or not change.offset) and odd and all(one in odd or _near(usual, one) for one in known):  # fmt: skip
            off = abs(odd[0].median / (usual.median * change.factor + change.offset) - 1)
            if best is None or off < best[0]:
                best = off, change, odd
    return None if best is None else _said(column, usual, best[1], best[2])


def _near(one: Level, other: Level) -> bool:
    return abs(one.median - other.median) <= one.spread + other.spread


def _converted(usual: Level, one: Level, way: Change, tolerance: float) -> bool:
    """Whether a level lies where the usual one would in the other unit, and scatters as that would."""
    place, spread = usual.median * way.factor + way.offset, usual.spread * way.factor
    if _near(usual, one) or usual.median <= 0 or one.median <= 0:
        return False
    near = abs(one.median - place) <= min(tolerance * abs(place), max(spread, one.spread))
    return near and 1 / SPREAD_RATIO <= one.spread / spread <= SPREAD_RATIO


def _said(column: str, usual: Level, change: Change, odd: list[Level]) -> Finding:
    names = ", ".join(one.name for one in odd[:NAMED_MAX])
    if len(odd) > NAMED_MAX:
        names += f" … (+{len(odd) - NAMED_MAX})"
    return found(
        "SENSOR_UNIT", column=column, count=len(odd), where=names, factor=change.words,
        value=f"{odd[0].median:g}", other=f"{usual.median:g}", hint=change.hint,
    )  # fmt: skip


CHECK = Check(
    id="N8",
    ko="단위 불일치",
    en="Mixed units",
    dimension=Dimension.consistency,
    codes=("SENSOR_UNIT",),
    rule_ko="설비·로트·파일 순서 열 등분·압축 안의 표 가운데 일부의 가운데값이 나머지의 10, 1,000, 6.895, 9.807배이거나 1.8배 더하기 32(10 % 이내)이고, 흩어진 정도도 그만큼 다르며, 그 밖의 값은 겹침",
    rule_en="the median of some machines, lots, tenths of the file or tables of an archive is 10, 1,000, 6.895 or 9.807 times that of all others, or 1.8 times and 32 more (within 10 %), and its spread with it",
    source="units of Korean shop floors: kgf and N, psi and kPa, degrees Fahrenheit of imported controllers",
    look=look,
    todo_ko="한 가지 단위로 바꾸고 열 이름에 단위를 적으십시오.",
    todo_en="Convert to one unit, and write it into the column's name.",
)
