"""Between the tables of a dataset: each check finds what is planted, is silent where nothing is, and knows real files."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from msgspec.structs import replace

from quality import (
    ACROSS_CHECKS,
    DatasetReport,
    FileReport,
    Finding,
    Limits,
    Settings,
    canonical,
    examine,
    summarize,
)
from quality.across.looking import look_across
from quality.across.public import Known, KnownColumn
from quality.checks import judged
from quality.examining import folders_of
from quality.gate import look
from quality.profile import profile
from quality.sources import opened_at
from tests.quality.test_checks import clean, told

pytestmark = pytest.mark.slow  # whole files, each read by two real children

ROWS: Final = 900
CHANCE: Final = np.random.default_rng(23)
Columns = Mapping[str, list[str]]


def signal(rows: int = ROWS) -> list[float]:
    level = 400 + np.cumsum(CHANCE.normal(0, 0.4, rows)) + CHANCE.normal(0, 1, rows)
    return [float(one) for one in level.round(3)]


def machine(rows: int = ROWS) -> dict[str, list[str]]:
    """A table of two sensors and where it was measured."""
    return {
        "온도 [℃]": [str(one) for one in signal(rows)],
        "압력": [str(one) for one in signal(rows)],
        "설비": [f"M{at % 3}" for at in range(rows)],
    }


def moved(values: list[str], constant: float) -> list[str]:
    return [str(round(float(one) + constant, 3)) for one in values]


def text_of(columns: Columns) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n"


def file_of(columns: Columns | str, folder: Path, name: str) -> FileReport:
    path = folder / "upload"
    path.write_text(columns if isinstance(columns, str) else text_of(columns))
    return seen(path, name)


def seen(path: Path, name: str) -> FileReport:
    """What two children would say; here they are one process, as many files are read."""
    limits = Limits()
    with opened_at(path) as file:
        first, whole = look(file, name, limits).report, profile(file, name, limits)
    return judged(
        replace(
            whole, members=first.members, sha256=first.sha256, path=folders_of(name), memory_bytes=0
        )
    )


def between(files: list[FileReport], *, augmented: bool | None = None) -> DatasetReport:
    return summarize(files, augmented=augmented)


def codes(report: DatasetReport) -> dict[str, Finding]:
    assert report.across is not None
    return {one.code: one for one in report.across.findings}


def states(report: DatasetReport) -> dict[str, str]:
    assert report.across is not None
    return {one.id: one.state for one in report.across.checks}


def test_tables_that_have_nothing_in_common_are_left_alone(tmp_path: Path) -> None:
    report = between([file_of(machine(), tmp_path, "a.csv"), file_of(machine(), tmp_path, "b.csv")])

    assert codes(report) == {}
    assert set(states(report)) == {check.id for check in ACROSS_CHECKS}
    unmeasured = {name for name, state in states(report).items() if state == "unmeasured"}
    assert unmeasured == {"T8", "P4", "L5"}
    assert report.across is not None
    assert all(one.reason_ko and one.reason_en for one in report.across.checks if one.state == "unmeasured")  # fmt: skip


def test_files_of_the_same_bytes_and_tables_of_the_same_cells_are_found(tmp_path: Path) -> None:
    columns = machine()
    text = text_of(columns)
    semicolons = text.replace(",", ";")
    files = [file_of(text, tmp_path, name) for name in ("a.csv", "b.csv")]

    same = codes(between(files))["FILE_IDENTICAL"]
    other = codes(between([files[0], file_of(semicolons, tmp_path, "c.csv")]))

    assert (same.count, same.examples) == (2, ("a.csv", "b.csv"))
    assert list(other) == ["TABLE_IDENTICAL"]


def test_members_of_an_archive_are_compared_too(tmp_path: Path) -> None:
    text = text_of(machine())
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1/a.csv", text)
        archive.writestr("2/a.csv", text)
        archive.writestr("2/b.csv", text_of(machine()))

    report = between([seen(path, "all.zip")])

    assert codes(report)["FILE_IDENTICAL"].examples == ("1/a.csv", "2/a.csv")
    assert "COPY_SHIFTED" not in codes(report)


def test_a_copy_with_a_constant_added_is_found_with_its_constants(tmp_path: Path) -> None:
    columns = machine()
    copy = {
        "온도 [℃]": moved(columns["온도 [℃]"], 12.5),
        "압력": moved(columns["압력"], -3.0),
        "설비": ["M9"] * ROWS,
    }

    report = between([file_of(columns, tmp_path, "a.csv"), file_of(copy, tmp_path, "b.csv")])

    finding = codes(report)["COPY_SHIFTED"]
    assert (finding.count, finding.examples) == (2, ("온도 [℃] (+12.5)", "압력 (-3)"))
    assert report.across is not None
    (found,) = report.across.copies
    assert (found.table, found.of_table, found.whole) == ("b.csv", "a.csv", True)
    assert report.warning_count >= 1


def test_a_stretch_that_comes_again_in_another_table_is_found(tmp_path: Path) -> None:
    one, other = machine(), machine()
    other["압력"][300:700] = moved(one["압력"][100:500], 7.0)

    report = between([file_of(one, tmp_path, "a.csv"), file_of(other, tmp_path, "b.csv")])

    finding = codes(report)["WINDOW_SHARED"]
    assert finding.column == "압력"
    assert "COPY_SHIFTED" not in codes(report)


def test_rows_of_overlapping_exports_are_found_with_their_share(tmp_path: Path) -> None:
    columns = machine(1_200)
    first = {name: values[:800] for name, values in columns.items()}
    second = {name: values[600:] for name, values in columns.items()}

    report = between([file_of(first, tmp_path, "a.csv"), file_of(second, tmp_path, "b.csv")])

    assert report.across is not None
    (overlap,) = report.across.overlaps
    assert overlap.second_share == pytest.approx(200 / 600, abs=0.08)
    assert "ROWS_SHARED" in codes(report)


def test_a_few_rows_are_counted_exactly(tmp_path: Path) -> None:
    columns = machine(100)
    first = {name: values[:60] for name, values in columns.items()}
    second = {name: values[50:] for name, values in columns.items()}

    report = between([file_of(first, tmp_path, "a.csv"), file_of(second, tmp_path, "b.csv")])

    assert report.across is not None
    (overlap,) = report.across.overlaps
    assert (overlap.shared_count, overlap.exact) == (10, True)


def stricter(files: list[FileReport], **thresholds: float) -> list[FileReport]:
    """Return files as if the last had been examined by other thresholds."""
    said = Settings(thresholds=dict(thresholds))
    return [*files[:-1], replace(files[-1], settings=said, settings_id=said.id)]


def test_thresholds_of_the_files_settings_decide_what_is_said(tmp_path: Path) -> None:
    columns = machine(1_200)
    shared = [
        file_of({name: values[:800] for name, values in columns.items()}, tmp_path, "a.csv"),
        file_of({name: values[600:] for name, values in columns.items()}, tmp_path, "b.csv"),
    ]
    shifted = {**columns, "온도 [℃]": moved(columns["온도 [℃]"], 3.0)}
    copied = [file_of(columns, tmp_path, "a.csv"), file_of(shifted, tmp_path, "b.csv")]
    orders = {
        "주문": [f"O{at * 7919 % 99991}" for at in range(200)],
        "품목": [f"K{at % 40}" for at in range(200)],
    }
    items = {
        "품목": [f"K{at}" for at in range(30)],
        "크기": [str(at % 7) for at in range(30)],
    }
    referring = [file_of(orders, tmp_path, "a.csv"), file_of(items, tmp_path, "b.csv")]

    for files, name, share, code in (
        (shared, "rows_shared_share", 0.5, "ROWS_SHARED"),
        (shared, "stretch_share", 0.9, "WINDOW_SHARED"),
        (referring, "reference_share", 0.9, "REFERENCE_BROKEN"),
    ):
        assert code in codes(between(files)), name
        assert code not in codes(between(stricter(files, **{name: share}))), name
    assert "COPY_SHIFTED" in codes(between(copied))
    part = codes(between(stricter(shared, copied_share=0.2)))
    assert "COPY_SHIFTED" in part, "so much of it is a copy now"
    first = stricter(stricter(shared, rows_shared_share=0.5)[::-1], rows_shared_share=0.01)
    assert "ROWS_SHARED" not in codes(between(first)), "the first file that sets it decides"


def test_columns_that_are_nearly_the_same_are_told(tmp_path: Path) -> None:
    one, other = machine(), machine()
    other = {
        "압력": other["압력"],
        "온도 [℃]": ["낮음"] * ROWS,
        "설비": other["설비"],
        "비고": ["x"] * ROWS,
    }

    report = between([file_of(one, tmp_path, "a.csv"), file_of(other, tmp_path, "b.csv")])

    assert report.across is not None
    (unlike,) = report.across.unlike
    assert (unlike.extra, unlike.reordered, unlike.missing) == (("비고",), True, ())
    assert unlike.kinds == (("온도 [℃]", "number", "text"),)
    assert "COLUMNS_DIFFER" in codes(report)


def test_public_data_are_known_by_their_fingerprints(tmp_path: Path) -> None:
    columns = machine()
    file = file_of(columns, tmp_path, "a.csv")
    (sketch,) = file.sketches
    known = Known(
        name="공개 데이터", source="어느 곳", licence="CC BY 4.0", sha256="00",
        rows=sketch.rows.first(128),
        columns=tuple(KnownColumn(one.name, one.windows.first(32)) for one in sketch.columns),
    )  # fmt: skip
    part = {name: values[:400] for name, values in columns.items()}
    shifted = {"x": moved(part["온도 [℃]"], 5.0), "y": [str(one) for one in signal(400)]}

    whole = look_across([file_of(part, tmp_path, "b.csv")], known=[known])
    steps = look_across([file_of(shifted, tmp_path, "c.csv")], known=[known])
    nothing = look_across([file_of(machine(), tmp_path, "d.csv")], known=[known])

    assert [one.code for one in whole.findings] == ["PUBLIC_COPY"]
    assert whole.public[0].row_share == pytest.approx(1.0, abs=0.05)
    assert steps.public[0].columns == ("x",)
    assert steps.public[0].row_share is None
    assert (nothing.findings, nothing.public) == ((), ())


def test_augmentation_is_compared_with_what_its_seller_says(tmp_path: Path) -> None:
    columns = machine()
    copy = columns | {"온도 [℃]": moved(columns["온도 [℃]"], 2.0)}
    files = [file_of(columns, tmp_path, "a.csv"), file_of(copy, tmp_path, "b.csv")]

    assert "AUGMENTATION_UNSAID" in codes(between(files, augmented=False))
    assert "AUGMENTATION_UNSAID" not in codes(between(files, augmented=True))
    assert states(between(files))["P4"] == "unmeasured"
    assert states(between(files[:1], augmented=False))["P4"] == "clear"
    said = between(files, augmented=True).across
    assert said is not None
    assert said.augmented is True


def days(count: int, repeats: Mapping[int, int]) -> dict[str, list[str]]:
    """Quarter hours of power; a repeated day has the curve of another."""
    curves = [signal(96) for _ in range(count)]
    start = np.datetime64("2026-03-02T00:00:00")
    stamps = [str(start + np.timedelta64(15 * at, "m")).replace("T", " ") for at in range(96 * count)]  # fmt: skip
    values = [str(one) for day in range(count) for one in curves[repeats.get(day, day)]]
    return {"시각": stamps, "전력": values}


def inside(columns: Columns, folder: Path) -> dict[str, Finding]:
    return told(file_of(columns, folder, "a.csv"))


def test_days_whose_curves_are_those_of_other_days_are_found(tmp_path: Path) -> None:
    found = inside(days(30, {7: 3, 20: 3, 25: 11}), tmp_path)["UNITS_REPEATED"]

    assert (found.count, found.column, found.row) == (3, "전력", 7 * 96 + 1)
    assert found.examples[0] == "2026-03-05 = 2026-03-09"
    assert "UNITS_REPEATED" not in inside(days(30, {}), tmp_path)


def test_a_stretch_that_comes_again_in_its_table_is_found(tmp_path: Path) -> None:
    columns = clean()
    columns["온도 [℃]"] = [*columns["온도 [℃]"][:1_000], *moved(columns["온도 [℃]"][:1_000], 0.5)]

    finding = inside(columns, tmp_path)["WINDOW_REPEATED"]

    assert finding.column == "온도 [℃]"


def test_sketches_stay_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text(text_of(machine()))
    file = examine(path, name="train/a.csv")
    report = between([file])

    assert file.sketches != ()
    assert report.files[0].sketches == ()
    assert b"sketches" not in canonical(report)
    assert b"sketches" not in canonical(file)
    assert file == replace(seen(path, "train/a.csv"), memory_bytes=file.memory_bytes)
    assert (file.name, file.path) == ("a.csv", "train/a.csv")


def test_reports_without_sketches_say_so(tmp_path: Path) -> None:
    files = [replace(file_of(machine(), tmp_path, name), sketches=()) for name in ("a.csv", "b.csv")]  # fmt: skip

    report = between(files)

    unmeasured = {name for name, state in states(report).items() if state == "unmeasured"}
    assert unmeasured >= {"T8", "P2", "P3", "T2", "P5"}
