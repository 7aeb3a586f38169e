"""What a column is taken for, and what is said of it then."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from quality import Column, Finding
from quality.limits import Limits
from quality.profile import profile
from quality.profile.plan import plan_of
from quality.settings import Settings
from quality.sources import opened_at


def looked(cells: list[str], folder: Path) -> tuple[Column, dict[str, Finding]]:
    """Examine one column of values beside one of numbers."""
    path = folder / "upload"
    path.write_text("\n".join(["값,수", *(f"{cell},{at}" for at, cell in enumerate(cells))]) + "\n")
    with opened_at(path) as file:
        report = profile(file, "a.csv", Limits())
    (table,) = report.tables
    return table.columns[0], {one.code: one for one in report.findings}


SERIALS = [str(8_800_000_000_000_000_000 + at) for at in range(200)]
SIZES = [f"{at}.5" for at in range(200)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (SERIALS, "code"),
        ([*SIZES, "12345678901234567890"], "number"),
        (["1.00000000000000000000"] * 200, "integer"),
        ([*SIZES, "0" + "1" * 5], "code"),
        ([*(str(at) for at in range(200)), "9" * 400], "integer"),
    ],
    ids=["serial numbers", "one long number", "many zeros", "a leading zero", "an overflow"],
)
def test_long_digits_are_codes_only_where_they_are_the_rule(
    cells: list[str], kind: str, tmp_path: Path
) -> None:
    column, _ = looked(cells, tmp_path)

    assert column.kind == kind


@pytest.mark.parametrize("cells", [[*SIZES, "9" * 400], [*SERIALS, "inf", "1e999"]])
def test_infinite_values_are_told_whatever_the_column_is(cells: list[str], tmp_path: Path) -> None:
    _, findings = looked(cells, tmp_path)

    assert findings["NUM_NONFINITE"].count == len(cells) - 200


def test_the_length_of_numbers_that_were_never_texts_is_not_told_as_none(tmp_path: Path) -> None:
    numbers, _ = looked(SIZES, tmp_path)
    codes, _ = looked(SERIALS, tmp_path)

    assert (numbers.length_max, codes.length_max) == (None, 19)


def test_a_label_is_found_by_its_name_or_given() -> None:
    names = ("시각", "호기", "등급", "판정", "온도")
    cells = [
        [str(np.datetime64("2026-03-02T08:00:00") + at).replace("T", " ") for at in range(400)],
        [f"M{at % 4}" for at in range(400)],
        [f"G{at % 15:02d}" for at in range(400)],
        [("정상", "불량")[at % 2] for at in range(400)],
        SIZES + SIZES,
    ]
    parts = [[pa.array(one, pa.string()) for one in cells]]

    named = plan_of(names, ("",) * 5, parts)
    given = plan_of(names, ("",) * 5, parts, Settings(label="등급"))

    assert (named.labels, named.label_given, named.groups) == ((3,), False, (1,))
    assert (given.labels, given.label_given) == ((2,), True)
    assert plan_of(names, ("",) * 5, parts, Settings(label="없는 열")).labels == ()
