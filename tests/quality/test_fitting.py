"""Does it fit my line: a buyer's columns against a report; pure."""

from typing import Any

import pytest

from quality import Column, FileReport, Table, summarize
from quality.fitting import GROUP_MIN, Meaning, OwnColumn, OwnUnreadable, fit, of_list, of_rows
from quality.fitting.conversions import converted, scale_of
from quality.fitting.words import likeness, meant
from quality.report import Bin, DatasetReport, NumberFacts

ROWS = 1_000


def column(name: str, **more: Any) -> Column:
    facts: dict[str, Any] = {
        "position": 0, "name": name, "unit": None, "kind": "text", "null_count": 0, "blank_count": 0,
        "placeholder_count": 0, "distinct_count": 3, "distinct_exact": True, "constant": False,
        "top_values": (), "length_max": 5, "longest_run": None,
    }  # fmt: skip
    return Column(**facts | more)


def number(name: str, low: float, high: float, *, unit: str | None = None, counts: tuple[int, ...] = (ROWS // 4,) * 4) -> Column:  # fmt: skip
    step = (high - low) / len(counts)
    bins = tuple(Bin(low + at * step, low + (at + 1) * step, one) for at, one in enumerate(counts))
    facts = NumberFacts(
        count=sum(counts), low=low, high=high, mean=(low + high) / 2, std=1.0, zero_count=0, negative_count=0,
        nonfinite_count=0, quantiles=(low,) * 3 + ((low + high) / 2,) + (high,) * 3, histogram=bins, sampled=False,
    )  # fmt: skip
    return column(name, unit=unit, kind="number", number=facts)


def dataset(*columns: Column, rows: int = ROWS) -> DatasetReport:
    table = Table(
        name="line.csv", encoding="utf-8", delimiter=",", header_rows=1, row_count=rows, columns=columns,
        duplicate_count=0, duplicate_without_ids_count=0, distinct_groups=rows, repeated_groups=0, damaged_count=0,
    )  # fmt: skip
    return summarize([FileReport(name="line.csv", kind="csv", size_bytes=1, tables=(table,))])


def test_a_list_is_read_with_and_without_units_and_ranges() -> None:
    assert of_list("금형 온도 [℃] 180~220\nPressure (bar) 1,000 to 1,200\n\n설비번호\n전류 -5 ~ 5\n") == (
        OwnColumn(name="금형 온도", unit="℃", low=180.0, high=220.0),
        OwnColumn(name="Pressure", unit="bar", low=1_000.0, high=1_200.0),
        OwnColumn(name="설비번호"),
        OwnColumn(name="전류", low=-5.0, high=5.0),
    )  # fmt: skip


def test_rows_copied_out_of_a_spreadsheet_give_names_units_ranges_and_codes() -> None:
    pasted = "온도[K]\t판정\t메모\n" + "\n".join(
        f'{300 + at}\t{"OK" if at % 5 else "NG"}\t"글, {at}"' for at in range(60)
    )

    temperature, judged, note = of_rows(pasted)

    assert (temperature.name, temperature.unit) == ("온도", "K")
    assert (temperature.low, temperature.high) == (300.0, 359.0)
    assert judged.values == ("NG", "OK")
    assert note.values == (), "where every row has its own, nothing can be compared"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "첫 행"),
        ("온도", "첫 행"),
        ("a\n" + "1\n" * 1_001, "1,000행"),
        ("a\n" + "x" * 1_000_001, "1,000,000자"),
        (",".join(f"c{at}" for at in range(201)) + "\n" + ",".join("1" * 201), "200개"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(text: str, word: str) -> None:
    with pytest.raises(OwnUnreadable) as refused:
        of_rows(text)
    assert word in refused.value.ko


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(OwnUnreadable):
        of_list(" \n\n")


@pytest.mark.parametrize(
    ("own", "other", "least", "most"),
    [
        ("온도", "온도", 1.0, 1.0),
        ("Temp", "온도", 0.9, 0.9),
        ("금형온도", "mold_temperature", 0.9, 0.9),
        ("UpperMoldTemp", "upper_mold_temp", 1.0, 1.0),
        ("Rotational speed [rpm]", "rotational speed", 1.0, 1.0),
        ("온도1", "온도2", 0.0, 0.0),
        ("Curent", "current", 0.6, 0.8),
        ("압력", "온도", 0.0, 0.0),
        ("x", "y", 0.0, 0.0),
    ],
)
def test_names_are_compared_as_people_mean_them(
    own: str, other: str, least: float, most: float
) -> None:
    assert least <= likeness(own, other) <= most
    assert likeness(own, other) == likeness(other, own)


def test_compounds_are_cut_at_the_words_in_them() -> None:
    assert meant("하부금형온도3") == {"lower", "mold", "temperature", "3"}


@pytest.mark.parametrize(
    ("value", "own", "other", "same"),
    [(25.0, "℃", "K", 298.15), (212.0, "°F", "°C", 100.0), (1.0, "MPa", "bar", 10.0), (1.0, "inch", "mm", 25.4)],
)  # fmt: skip
def test_units_are_converted(value: float, own: str, other: str, same: float) -> None:
    mine, theirs = scale_of(own), scale_of(other)
    assert mine is not None
    assert theirs is not None
    assert converted(value, mine, theirs) == pytest.approx(same)
    assert converted(same, theirs, mine) == pytest.approx(value)


def test_a_dataset_that_covers_all_fits_wholly() -> None:
    report = dataset(
        number("mold_temperature", 100, 300, unit="°C"), number("pressure", 0, 10, unit="MPa")
    )

    found = fit(report, of_list("금형 온도 [℃] 150~250\n압력 [bar] 20~60"))

    assert [(one.own.name, one.column, one.unit, one.covered_share) for one in found.matches] == [
        ("금형 온도", "mold_temperature", "same", 1.0),
        ("압력", "pressure", "convertible", 1.0),
    ]
    assert found.matches[1].low == pytest.approx(0.0)
    assert found.matches[1].high == pytest.approx(100.0)
    assert found.matches[0].inside_share == pytest.approx(0.5)
    assert (found.score_pct, found.missing, found.others) == (90.0, (), ())


def test_what_is_missing_or_measures_something_else_counts_nothing() -> None:
    report = dataset(number("온도", 0, 100, unit="bar"), number("진동", 0, 5))

    found = fit(report, of_list("온도 [℃]\n토크 [Nm]\nvibration 0~10"))

    assert [one.column for one in found.matches] == ["진동"]
    assert [one.name for one in found.missing] == ["온도", "토크"]
    assert found.others == ("온도",)
    assert found.matches[0].covered_share == pytest.approx(0.5)
    assert found.score_pct == round(100 * 0.9 * 0.9 * 0.5 / 3, 1)


def test_the_sellers_meaning_stands_for_a_name_that_says_nothing() -> None:
    report = dataset(number("CH1", 0, 100))

    found = fit(report, of_list("냉각수 온도"), {"CH1": Meaning("냉각수 온도", "℃")})

    (match,) = found.matches
    assert (match.how, match.column_unit) == ("meaning", "℃")


def test_one_column_stands_for_one_only_and_the_best_pair_wins() -> None:
    report = dataset(number("온도", 0, 100), number("온도 설정", 0, 100))

    found = fit(report, of_list("온도 설정\n온도"))

    assert {one.own.name: one.column for one in found.matches} == {"온도": "온도", "온도 설정": "온도 설정"}  # fmt: skip


def test_of_few_rows_nothing_is_counted() -> None:
    few = dataset(number("온도", 0, 100, counts=(4, 4, 4, 4)), rows=16)
    (match,) = fit(few, of_list("온도 20~30")).matches
    assert (match.low, match.high, match.covered_share, match.inside_share) == (None,) * 4

    # One row far away must not be found by asking for its surroundings.
    lonely = dataset(number("온도", 0, 100, counts=(ROWS - GROUP_MIN, 1, 0, GROUP_MIN - 1)))
    (match,) = fit(lonely, of_list("온도 90~100")).matches
    assert match.inside_share == 0.0


def test_codes_are_compared_by_those_that_are_frequent() -> None:
    report = dataset(column("판정", top_values=(("OK", 900), ("NG", 90), ("재검", 10))))

    (match,) = fit(report, of_rows("판정\nOK\nNG\n재검\nX")).matches

    assert match.covered_share == pytest.approx(0.5)
