"""What differs between two datasets, in words. Pure."""

from collections.abc import Sequence
from typing import Final

from quality.comparing import ColumnChange, Differences, StatisticChange
from quality.terminal.words import Tongue, aligned, figure, safe

STATISTICS_MOST: Final = 60

NAMES: Final = {
    "unit": ("단위", "unit"),
    "null_count": ("빈 칸", "empty cells"),
    "blank_count": ("공백만 있는 칸", "blank cells"),
    "placeholder_count": ("결측을 뜻하는 글자", "words for missing"),
    "distinct_count": ("서로 다른 값", "distinct values"),
    "digest": ("값의 지문", "fingerprint of the values"),
    "constant": ("값이 하나뿐", "one value only"),
    "length_max": ("가장 긴 글자 수", "longest text"),
    "number.count": ("숫자인 칸", "cells with numbers"),
    "number.low": ("최소", "lowest"),
    "number.high": ("최대", "highest"),
    "number.mean": ("평균", "mean"),
    "number.std": ("표준편차", "standard deviation"),
    "number.median": ("가운데값", "median"),
    "number.zero_count": ("0인 칸", "zeros"),
    "number.negative_count": ("음수인 칸", "negative numbers"),
    "number.nonfinite_count": ("무한대·비수치", "not finite"),
    "spaced_count": ("앞뒤에 공백이 있는 칸", "cells with spaces around"),
    "wrong_count": ("종류에 맞지 않는 칸", "cells of another kind"),
    "number.low_count": ("최솟값인 칸", "cells at the lowest"),
    "number.high_count": ("최댓값인 칸", "cells at the highest"),
    "number.outlier_count": ("벗어난 값", "outliers"),
    "number.spike_count": ("튀는 값", "spikes"),
    "time.parsed_count": ("일시인 칸", "cells with times"),
    "time.first": ("첫 행의 일시", "time of the first row"),
    "time.last": ("끝 행의 일시", "time of the last row"),
    "time.low": ("가장 이른 일시", "earliest"),
    "time.high": ("가장 늦은 일시", "latest"),
    "time.backward_count": ("거꾸로 간 일시", "steps backward"),
    "time.zero_count": ("멈춘 일시", "steps of zero"),
    "time.repeated_count": ("되풀이된 일시", "repeated times"),
    "time.interval_median_s": ("수집 주기 [s]", "median interval [s]"),
    "time.gap_count": ("빈 구간", "gaps"),
    "time.gap_longest_s": ("가장 긴 빈 구간 [s]", "longest gap [s]"),
}


def differences(
    found: Differences, statistics: Sequence[StatisticChange], say: Tongue, *, everything: bool
) -> list[str]:
    """Return the lines that are shown of a comparison.

    Args:
        everything: also what would be left out for its length
    """
    retyped = [one for one in found.columns_changed if one.retyped]
    numbers = [one for one in statistics if one.statistic != "kind"]
    lines = [
        *_named(say("없어진 표", "Tables removed"), [(safe(one),) for one in found.tables_removed]),
        *_named(say("새 표", "Tables added"), [(safe(one),) for one in found.tables_added]),
        *_named(say("없어진 열", "Columns removed"), _pairs(found.columns_removed)),
        *_named(say("새 열", "Columns added"), _pairs(found.columns_added)),
        *_named(say("종류가 바뀐 열", "Columns of another kind"), [_kind(one, say) for one in retyped]),
        *_named(say("달라진 통계", "Statistics that differ"), _statistics(numbers, say, everything=everything)),
    ]  # fmt: skip
    rows = say("행", "Rows")
    head = f"{rows}: {found.rows_before:,} → {found.rows_after:,}"
    if found.none and not statistics:
        return [head, say("두 자료의 표, 열, 종류, 통계가 같습니다.", "Tables, columns, kinds and statistics are the same.")]  # fmt: skip
    return [head, *lines]


def _named(head: str, rows: Sequence[Sequence[str]]) -> list[str]:
    return ["", f"{head} ({len(rows):,})", *aligned(rows)] if rows else []


def _pairs(columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(safe(table), safe(column)) for table, column in columns]


def _kind(one: ColumnChange, say: Tongue) -> tuple[str, str, str]:
    kinds = f"{say.kind(one.kind_before)} → {say.kind(one.kind_after)}"
    return safe(one.table), safe(one.column), kinds


def _statistics(
    changes: Sequence[StatisticChange], say: Tongue, *, everything: bool
) -> list[tuple[str, ...]]:
    shown = changes if everything else changes[:STATISTICS_MOST]
    rows: list[tuple[str, ...]] = [
        (safe(one.table), safe(one.column), say(*NAMES.get(one.statistic, (one.statistic,) * 2)),
         f"{_value(one.before)} → {_value(one.after)}")
        for one in shown
    ]  # fmt: skip
    if len(shown) < len(changes):
        left = f"{len(changes) - len(shown):,}"
        rows.append(("…", "", "", say(f"그 밖에 {left}가지 (--all)", f"{left} more (--all)")))
    return rows


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return figure(value)
    return safe(value) if isinstance(value, str) else "–"
