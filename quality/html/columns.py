"""What a page tells of one column: its facts in short words, its findings, its small drawing. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from quality.html.charts import spark
from quality.html.charts.shapes import Shapes
from quality.html.texts import figure, shortened
from quality.report import Column, Finding, NumberFacts, Severity, Table
from quality.terminal.words import Tongue, share
from quality.timefacts import TimeFacts

RUN_MIN: Final = 10
VALUES_MOST: Final = 3
SHAPES_MOST: Final = 3
VALUE_CHARS: Final = 40
_MEDIAN: Final = 3


class ColumnLine(Struct, frozen=True, kw_only=True):
    """One column as a line of a table."""

    column: Column
    kind: str
    null_share: str
    low: str
    median: str
    mean: str
    std: str
    high: str
    facts: tuple[str, ...]
    findings: tuple[Finding, ...]
    spark: Shapes

    @property
    def flagged(self) -> bool:
        """Whether something in it blocks or warns."""
        return bool(self.findings)


def column_lines(table: Table, findings: Iterable[Finding], say: Tongue) -> list[ColumnLine]:
    """Return the lines of all columns of a table, in its order."""
    noted: dict[str, list[Finding]] = {}
    for one in findings:
        if one.column is not None and one.severity is not Severity.note:
            noted.setdefault(one.column, []).append(one)
    return [_line(column, table, noted.get(column.name, ()), say) for column in table.columns]


def _line(column: Column, table: Table, noted: Sequence[Finding], say: Tongue) -> ColumnLine:
    number, time = column.number, column.time
    median = number.quantiles[_MEDIAN] if number and len(number.quantiles) > _MEDIAN else None
    low, high = (figure(number.low), figure(number.high)) if number else ("–", "–")
    if time is not None:
        low, high = time.low, time.high
    return ColumnLine(
        column=column,
        kind=say.kind(column.kind),
        null_share=share(column.null_count, table.row_count) if column.null_count else "",
        low=low,
        median=figure(median),
        mean=figure(number.mean if number else None),
        std=figure(number.std if number else None),
        high=high,
        facts=tuple(_facts(column, table.row_count, say)),
        findings=tuple(noted),
        spark=spark(column, flagged=bool(noted)),
    )


def _facts(column: Column, rows: int, say: Tongue) -> Iterator[str]:
    if column.identifying:
        yield say("행마다 다른 값(번호)", "numbers the rows")
    if column.constant:
        yield say("값이 하나뿐", "one value only")
    if column.kind in ("code", "boolean") and not column.identifying:
        for value, count in column.top_values[:VALUES_MOST]:
            yield f"{shortened(value, VALUE_CHARS)} {share(count, rows)}"
    yield from _counts(column, say)
    if column.number is not None:
        yield from _of_numbers(column.number, say)
    if column.time is not None:
        yield from _of_times(column.time, say)
    run = column.longest_run
    if run is not None and run.length >= RUN_MIN and not column.constant:
        value = shortened(run.value, VALUE_CHARS)
        yield say(
            f"가장 긴 연속 {run.length:,}행({run.start_row + 1:,}행부터, 값 {value})",
            f"longest run {run.length:,} rows (from row {run.start_row + 1:,}, value {value})",
        )


def _counts(column: Column, say: Tongue) -> Iterator[str]:
    named = (
        (column.blank_count, say("공백뿐인 칸", "blank cells")),
        (column.placeholder_count, say("결측을 뜻하는 글자", "words for missing")),
        (column.spaced_count, say("앞뒤에 공백", "with spaces around")),
        (column.wrong_count, say("종류에 맞지 않음", "of another kind")),
    )
    yield from (f"{word} {count:,}" for count, word in named if count)
    if column.kind in ("text", "code") and column.shapes and not column.identifying:
        shapes = ", ".join(shortened(one, VALUE_CHARS) for one, _ in column.shapes[:SHAPES_MOST])
        yield say(f"꼴 {shapes}", f"shapes {shapes}")
    if column.variants:
        some = " · ".join(shortened(one, VALUE_CHARS) for one in column.variants[0])
        yield say(f"표기만 다른 값 {some}", f"spelt in several ways {some}")


def _of_numbers(number: NumberFacts, say: Tongue) -> Iterator[str]:
    named = (
        (number.zero_count, say("0인 칸", "zeros")),
        (number.negative_count, say("음수", "negative")),
        (number.nonfinite_count, say("무한대·비수치", "not finite")),
        (number.outlier_count, say("상자 밖의 값", "outliers")),
        (number.spike_count, say("튀는 값", "spikes")),
    )
    yield from (f"{word} {count:,}" for count, word in named if count)
    for value, count in number.sentinels:
        yield say(f"홀로 먼 값 {value} {count:,}칸", f"far value {value}, {count:,} cells")


def _of_times(time: TimeFacts, say: Tongue) -> Iterator[str]:
    if time.interval_median_s is not None:
        yield say(
            f"간격의 가운데값 {figure(time.interval_median_s)}초",
            f"median step {figure(time.interval_median_s)} s",
        )
    named = (
        (time.backward_count, say("거꾸로 간 곳", "steps back")),
        (time.repeated_count, say("되풀이된 시각", "repeated times")),
    )
    yield from (f"{word} {count:,}" for count, word in named if count)
