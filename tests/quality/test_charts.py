"""Charts say what the report says: the same numbers, drawn inside of their box, whatever the data are."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality import Column, Index, Series, Table
from quality.html import figure_of
from quality.html.charts import (
    correlation_map,
    drift_blocks,
    flatlines,
    frequent_values,
    histogram,
    image_sheet,
    index_bars,
    missing_matrix,
    overlaid,
    overlap,
    time_order,
    time_strip,
)
from quality.html.texts import exact, figure, shown, written
from quality.images.facts import Annotations, ImageSet, ImageSize, Spread
from quality.report import Bin, Correlations, Flat, Missing, Run
from quality.terminal.words import Tongue
from quality.timefacts import Gap, TimeFacts
from tests.quality.drawn import told
from tests.quality.reporting import HOSTILE, SHOWN, a_column, a_number, a_table, bands

KO, EN = Tongue(english=False), Tongue(english=True)
# A busy machine is no fault of a chart.
PATIENT = settings(deadline=None, max_examples=50)
EXTREMES = (0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 1e308, -1e308, 1.7976931348623157e308)
numbers = st.one_of(st.sampled_from(EXTREMES), st.floats(allow_nan=False, allow_infinity=False))
counts = st.integers(min_value=0, max_value=10**9)


def bins(edges: list[float], heights: list[int]) -> tuple[Bin, ...]:
    ordered = sorted(edges)
    return tuple(
        Bin(low, high, count) for low, high, count in zip(ordered[:-1], ordered[1:], heights, strict=True)
    )  # fmt: skip


@st.composite
def histograms(draw: st.DrawFn) -> Column:
    heights = draw(st.lists(counts, min_size=1, max_size=20))
    edges = draw(st.lists(numbers, min_size=len(heights) + 1, max_size=len(heights) + 1))
    quantiles = tuple(sorted(draw(st.lists(numbers, min_size=7, max_size=7))))
    number = a_number(
        histogram=bins(edges, heights), quantiles=quantiles, low=min(edges), high=max(edges),
        count=sum(heights), mean=draw(numbers), std=draw(st.one_of(st.none(), numbers)),
    )  # fmt: skip
    return a_column(number=number)


@PATIENT
@given(histograms())
def test_a_histogram_shows_the_bars_of_the_report(column: Column) -> None:
    chart = told(histogram(column, KO))

    assert column.number is not None
    assert chart.cells == tuple((one.low, one.high, one.count) for one in column.number.histogram)


@PATIENT
@given(histograms(), histograms())
def test_two_histograms_overlap_between_nothing_and_all(before: Column, after: Column) -> None:
    chart, common = overlaid(before, after, EN), overlap(before, after)

    assert (chart is None) == (common is None)
    if chart is not None and common is not None:
        told(chart)
        assert 0 <= round(common, 9) <= 1
        for at in (2, 3):
            assert sum(float(row[at] or 0) for row in chart.cells) == pytest.approx(100)


def test_a_column_overlaps_with_itself_whole_and_with_one_far_away_not_at_all() -> None:
    column = a_column()
    away = a_column(number=a_number(histogram=(Bin(100.0, 102.0, 7), Bin(102.0, 104.0, 3))))

    assert overlap(column, column) == pytest.approx(1)
    assert overlap(column, away) == pytest.approx(0)
    assert overlap(column, a_column(number=None)) is None


def test_without_bars_there_is_no_histogram() -> None:
    assert histogram(a_column(number=None), KO) is None
    assert histogram(a_column(number=a_number(histogram=())), KO) is None
    one_value = a_number(histogram=(Bin(3.0, 3.0, 10),), low=3.0, high=3.0, quantiles=(3.0,) * 7)
    assert told(histogram(a_column(number=one_value), KO)).cells == ((3.0, 3.0, 10),)


def test_frequent_values_are_shown_of_categories_and_name_what_is_left() -> None:
    values = tuple((f"C{at}", 20 - at) for at in range(10))
    column = a_column(kind="code", number=None, top_values=values, distinct_count=15)

    chart = told(frequent_values(column, 200, EN))

    assert chart.cells == values
    assert "5 more values" in chart.left_out
    assert frequent_values(a_column(kind="text", number=None, top_values=values), 200, EN) is None


@PATIENT
@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=60))
def test_a_time_strip_shows_rows_repeats_and_what_is_empty(
    stretches: list[tuple[int, int]],
) -> None:
    pairs = tuple((max(pair), min(pair)) for pair in stretches)
    time = a_time(stretches=pairs)
    chart = told(time_strip(a_column(number=None, kind="time", time=time), KO))

    assert [row[1:] for row in chart.cells] == list(pairs)
    assert ("gap" in str(chart.shapes)) == any(count == 0 for count, _ in pairs)
    assert any(look == "f2" for look, _ in chart.legend) == any(again for _, again in pairs)


def a_time(**given: Any) -> TimeFacts:
    known: dict[str, Any] = {
        "form": "%Y-%m-%d %H:%M:%S", "parsed_count": 10, "first": "2026-01-01 00:00:00",
        "last": "2026-01-03 00:00:00", "low": "2026-01-01 00:00:00", "high": "2026-01-03 00:00:00",
        "backward_count": 0, "zero_count": 0, "repeated_count": 0, "interval_median_s": 1.0,
        "gap_count": 0, "gap_longest_s": None,
    }  # fmt: skip
    return TimeFacts(**{**known, **given})


def test_stretches_of_time_begin_where_the_clock_says() -> None:
    dated = a_column(time=a_time(stretches=((1, 0), (2, 1))), number=None)
    clock = a_time(form="%H:%M:%S", low="08:00:00", high="10:00:00", stretches=((1, 0), (2, 1)))
    beyond = a_time(low="12026-01-01 00:00:00", stretches=((1, 0), (2, 1)))

    begins = [
        [row[0] for row in told(time_strip(a_column(time=one, number=None), KO)).cells]
        for one in (dated.time, clock, beyond)
    ]

    assert begins == [
        ["2026-01-01 00:00:00", "2026-01-02 00:00:00"],
        ["08:00:00", "09:00:00"],
        ["1", "2"],
    ]
    assert time_strip(a_column(time=a_time(), number=None), KO) is None


def a_series(**given: Any) -> Series:
    known: dict[str, Any] = {
        "time_column": "t", "entity_column": "설비", "entity_count": 2, "backward_count": 0,
        "backward_widest_s": 0.0, "backward_rows": (), "zero_count": 0, "rows_per_stamp": None,
    }  # fmt: skip
    return Series(**{**known, **given})


@PATIENT
@given(st.lists(st.tuples(st.floats(1e-6, 1e12), st.integers(0, 10**8)), max_size=20), st.lists(st.integers(0, 10**8), max_size=20))  # fmt: skip
def test_gaps_and_steps_back_stand_at_their_rows(
    wide: list[tuple[float, int]], back: list[int]
) -> None:
    gaps = tuple(Gap(seconds, row, "A") for seconds, row in wide)
    series = a_series(gaps=gaps, backward_rows=tuple(back), backward_count=len(back), periodic=True)
    chart = time_order(a_table(series=series, row_count=10**8), KO)

    assert (chart is None) == (not wide and not back)
    if chart is not None:
        assert told(chart).cells == (
            *(("공백", row + 1, seconds, "A") for seconds, row in wide),
            *(("거꾸로", row + 1, None, None) for row in back),
        )


def test_long_steps_of_events_are_not_called_gaps() -> None:
    series = a_series(gaps=(Gap(7_200.0, 4, None),), gap_count=1)

    chart = told(time_order(a_table(series=series), KO))

    assert "긴 간격 1개, 가장 긴 것은 2.0시간" in chart.description
    assert "공백으로 판정하지 않았습니다" in chart.description
    assert time_order(a_table(series=a_series()), KO) is None


def flat_table(*runs: tuple[int, int]) -> Table:
    stretches = tuple(Run(length, "1449", start) for length, start in runs)
    flat = Flat(run_count=len(runs), row_share=0.5, stretches=stretches)
    return a_table(a_column(number=a_number(flat=flat)), row_count=1_000)


@PATIENT
@given(st.lists(st.tuples(st.integers(10, 2_000), st.integers(0, 2_000)), min_size=1, max_size=20))
def test_flat_stretches_stand_where_the_report_has_them(runs: list[tuple[int, int]]) -> None:
    chart = told(flatlines(flat_table(*runs), KO))

    assert chart.cells == tuple(("온도", start + 1, length, "1449") for length, start in runs[:5])


def test_columns_of_two_values_have_no_flat_stretches() -> None:
    table = flat_table((10, 0))
    two = a_table(a_column(number=table.columns[0].number, distinct_count=2))

    assert flatlines(two, KO) is None
    assert flatlines(a_table(), KO) is None


@PATIENT
@given(st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=1, max_size=40))
def test_the_missing_matrix_counts_as_the_report(rows: list[list[int]]) -> None:
    missing = Missing(
        columns=("a", "b", "c"), first_rows=tuple(range(0, 10 * len(rows), 10)),
        counts=tuple(tuple(row) for row in rows), together=(), full_row_count=0,
    )  # fmt: skip
    chart = told(missing_matrix(a_table(missing=missing, row_count=10 * len(rows)), EN))

    totals = {name: sum(row[at] for row in rows) for at, name in enumerate("abc")}
    assert {one.label: one.value for one in chart.lines} == {name: f"{count:,}" for name, count in totals.items()}  # fmt: skip
    for at, name in enumerate(chart.head[1:], start=1):
        assert sum(int(row[at] or 0) for row in chart.cells) == totals[name]


def test_without_empty_cells_there_is_no_matrix_and_the_last_level_means_all() -> None:
    assert missing_matrix(a_table(), KO) is None
    missing = Missing(
        columns=("a",), first_rows=(0, 5), counts=((5,), (1,)), together=(), full_row_count=4
    )
    (line,) = told(missing_matrix(a_table(missing=missing), KO)).lines
    assert re.findall(r'class="(q\d)"', str(line.shapes)) == ["q2", "q6"]


def correlated(values: list[list[float | None]]) -> Table:
    names = tuple(f"c{at}" for at in range(len(values)))
    found = Correlations(columns=names, values=tuple(map(tuple, values)), sampled=False)
    return a_table(correlations=found)


@PATIENT
@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_the_map_lists_the_strongest_pairs_as_they_were_measured(size: int, chance: Any) -> None:
    values: list[list[float | None]] = [[1.0] * size for _ in range(size)]
    for one in range(size):
        for other in range(one):
            r = chance.choice((None, chance.uniform(-1, 1), 1.0, -1.0, 0.0))
            values[one][other] = values[other][one] = r
    chart = correlation_map(correlated(values), KO)

    known = [values[one][other] for one in range(size) for other in range(one)]
    strongest = sorted((abs(one) for one in known if one is not None), reverse=True)[:30]
    assert (chart is None) == (not strongest)
    if chart is not None:
        assert [abs(float(row[2] or 0)) for row in told(chart).cells] == strongest
        for first, second, r in chart.cells:
            assert values[int(str(second)[1:])][int(str(first)[1:])] == r


def test_one_column_has_no_map() -> None:
    assert correlation_map(a_table(), KO) is None
    assert correlation_map(correlated([[1.0, None], [None, 1.0]]), KO) is None


@PATIENT
@given(st.lists(numbers, min_size=2, max_size=10), numbers)
def test_drift_blocks_tell_the_medians_of_the_report(medians: list[float], spread: float) -> None:
    column = a_column(number=a_number(bands=bands(*medians, spread=abs(spread))))
    chart = drift_blocks(a_table(column, row_count=1_000), KO)

    if chart is not None:
        assert told(chart).cells == (("온도", *medians),)


def test_a_level_that_moves_is_named_and_steady_or_short_ones_are_not_drawn() -> None:
    moved = a_column("압력", number=a_number(bands=bands(10, 10, 10, 10, 16)))
    steady = a_column(number=a_number(bands=bands(1, 1, 1, spread=0.0)))

    chart = told(drift_blocks(a_table(moved, steady, row_count=500), EN))

    assert "'압력' moves most: +6.0 from row 401 on" in chart.description
    assert drift_blocks(a_table(steady, row_count=500), EN) is None
    assert drift_blocks(a_table(moved, row_count=10), EN) is None


def test_index_bars_say_fraction_and_rule_and_what_was_not_measured() -> None:
    measured = Index(name="completeness", ko="완전성", numerator=5, denominator=6, rule_ko="찬 칸", rule_en="full cells")  # fmt: skip
    other = Index(name="validity", ko="유효성", numerator=None, denominator=None, rule_ko="없음", rule_en="none")  # fmt: skip

    chart = told(index_bars((measured, other), EN))

    assert chart.cells == (("completeness", 5, 6, 500 / 6), ("validity", None, None, None))
    assert [(one.value, one.note, one.state) for one in chart.lines] == [
        ("83.33 %", "5 / 6 · full cells", ""),
        ("not measured", "none", "not"),
    ]


def test_an_image_sheet_shows_sizes_spreads_and_classes() -> None:
    images = ImageSet(
        image_count=3, decoded_count=3, formats=(("PNG", 3),), modes=(("L", 3),),
        sizes=(ImageSize(640, 480, 2), ImageSize(1, 4_000, 1)),
        brightness=Spread(low=0.0, median=0.0, high=0.0),
        sharpness=Spread(low=0.0, median=1e308, high=1.7e308),
        annotations=(
            Annotations(
                form="voc", file_count=1, box_count=0, classes=((HOSTILE, 0),), annotated_count=0,
                missing_count=3, orphan_count=0, broken_count=0, outside_count=0, unknown_count=None,
            ),
        ),
    )  # fmt: skip

    sizes, spreads, classes = (told(one) for one in image_sheet(images, KO))

    assert sizes.cells == ((640, 480, 2), (1, 4_000, 1))
    assert [row[1:] for row in spreads.cells] == [(0.0, 0.0, 0.0), (0.0, 1e308, 1.7e308)]
    assert classes.cells == ((HOSTILE, 0),)
    assert image_sheet(ImageSet(image_count=0), KO) == []


@pytest.mark.parametrize("say", [KO, EN], ids=["ko", "en"])
def test_names_from_a_file_are_text_and_turn_nothing(say: Tongue) -> None:
    column = a_column(HOSTILE, number=a_number(bands=bands(1, 1, 1, 9), flat=Flat(run_count=1, row_share=0.1, stretches=(Run(12, HOSTILE, 0),))))  # fmt: skip
    missing = Missing(columns=(HOSTILE,), first_rows=(0,), counts=((3,),), together=(), full_row_count=7)  # fmt: skip
    names = Correlations(columns=(HOSTILE, "b"), values=((1.0, 0.5), (0.5, 1.0)), sampled=False)
    table = a_table(column, row_count=400, missing=missing, correlations=names)
    charts = [histogram(column, say), flatlines(table, say), missing_matrix(table, say), correlation_map(table, say), drift_blocks(table, say)]  # fmt: skip

    for chart in charts:
        text = str(figure_of(told(chart), 1, say))
        assert SHOWN in text
        assert not any(sign in text for sign in "\u202e\u2066\u0000")


def test_numbers_are_short_to_read_and_exact_to_take() -> None:
    assert [written(one) for one in (None, 0, 12_345, 1_441.0912, -0.5, 1e308, "a")] == [
        "–", "0", "12,345", "1,441.09", "−0.5", "1e+308", "a",
    ]  # fmt: skip
    assert [exact(one) for one in (1_441.0912, 0.5, 3, None, 1e308)] == ["1441.0912", None, None, None, None]  # fmt: skip
    assert figure(-3.0) == "−3"
    assert shown("온도\n[℃]\t\u200d") == "온도↵[℃] \u200d"
