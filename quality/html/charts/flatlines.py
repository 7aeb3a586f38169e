"""Flatlines: where in the file a column stands still. Pure."""

from typing import Final

from quality.html.charts.drawing import Chart, Row, stretch_of
from quality.html.charts.shapes import boxes
from quality.report import Column, Flat, Table
from quality.terminal.words import Tongue

COLUMNS_MOST: Final = 12
STRETCHES_MOST: Final = 5
# A shorter stretch is nothing to look at in a column that is set by hand or never changes.
VALUES_MIN: Final = 3


def flatlines(table: Table, say: Tongue) -> Chart | None:
    """Draw the longest stretches of equal values, from the first row to the last; None without any."""
    found = [
        (column, flat)
        for column in table.columns
        if (flat := _flat(column)) is not None and flat.stretches
    ]
    if not found:
        return None
    found.sort(key=lambda one: (-one[1].stretches[0].length, one[0].position))
    shown = found[:COLUMNS_MOST]
    (column, flat), left = shown[0], len(found) - len(shown)
    run = flat.stretches[0]
    told = say(
        f"같은 값이 10행 넘게 이어지는 열 {len(found):,}개. 가장 긴 것은 '{column.name}'의 {run.length:,}행({run.start_row + 1:,}행부터, 값 {run.value})입니다.",
        f"{len(found):,} columns keep one value for ten rows or more. The longest is '{column.name}', {run.length:,} rows from row {run.start_row + 1:,}, value {run.value}.",
    )
    return Chart(
        kind="flatlines",
        title=say("멈춘 구간", "Flat stretches"),
        description=told,
        lines=tuple(_line(column, flat, table.row_count, say) for column, flat in shown),
        x_words=(say("1행", "row 1"), say(f"{table.row_count:,}행", f"row {table.row_count:,}")),
        legend=(("f2", say("같은 값이 이어짐", "one value")),),
        head=(
            say("열", "column"), say("첫 행", "first row"), say("행 수", "rows"), say("값", "value"),
        ),
        cells=tuple(
            (column.name, one.start_row + 1, one.length, one.value)
            for column, flat in shown
            for one in flat.stretches[:STRETCHES_MOST]
        ),
        left_out=say(
            f"열마다 가장 긴 {STRETCHES_MOST}구간까지 적었습니다."
            + (f" 더 짧은 {left:,}열은 JSON의 number.flat에 있습니다." if left > 0 else ""),
            f"At most the {STRETCHES_MOST} longest stretches of a column are listed."
            + (f" {left:,} columns with shorter ones are in the JSON under number.flat." if left > 0 else ""),
        ),
    )  # fmt: skip


def _flat(column: Column) -> Flat | None:
    if column.number is None or column.distinct_count < VALUES_MIN:
        return None
    return column.number.flat


def _line(column: Column, flat: Flat, rows: int, say: Tongue) -> Row:
    drawn = []
    for one in flat.stretches:
        begin, wide = stretch_of(one.start_row, one.length, rows)
        drawn.append((begin, 0.0, wide, 16.0))
    return Row(
        label=column.name,
        code=True,
        shapes=boxes("f2", drawn),
        value=say(f"{flat.stretches[0].length:,}행", f"{flat.stretches[0].length:,} rows"),
        note=say(
            f"{flat.run_count:,}구간, 모두 합쳐 {100 * flat.row_share:.1f} %",
            f"{flat.run_count:,} stretches, {100 * flat.row_share:.1f} % together",
        ),
    )
