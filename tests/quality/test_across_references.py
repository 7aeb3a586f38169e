"""Between the tables of a dataset: rows in two splits, labels that files tell, references and their index."""

from pathlib import Path

import pytest

from quality import DatasetReport, FileReport
from tests.quality.test_across import between, codes, file_of, machine, states

pytestmark = pytest.mark.slow  # whole files, each read by two real children


def test_rows_of_two_splits_are_found_by_the_names_of_folders(tmp_path: Path) -> None:
    columns = machine(700)
    train = {name: values[:500] for name, values in columns.items()}
    test = {name: values[490:] for name, values in columns.items()}
    files = [file_of(train, tmp_path, "train/a.csv"), file_of(test, tmp_path, "test/a.csv")]

    report = between(files)

    finding = codes(report)["SPLIT_OVERLAP"]
    assert "train/a.csv" in finding.ko
    assert "ROWS_SHARED" not in codes(report)
    apart = {name: values[500:] for name, values in columns.items()}
    silent = between([files[0], file_of(apart, tmp_path, "test/a.csv")])
    assert (codes(silent), states(silent)["L5"]) == ({}, "clear")


def test_a_label_that_each_file_has_one_class_of_is_told(tmp_path: Path) -> None:
    def table(name: str, *classes: str) -> FileReport:
        labels = [classes[at % len(classes)] for at in range(200)]
        return file_of(machine(200) | {"판정": labels}, tmp_path, name)

    told = between([table("1월.csv", "정상"), table("2월.csv", "불량"), table("3월.csv", "정상")])
    finding = codes(told)["LABEL_BY_FILE"]
    mixed = between([table("1월.csv", "정상", "불량"), table("2월.csv", "불량")])
    same = between([table("1월.csv", "정상"), table("2월.csv", "정상")])

    assert (finding.column, finding.count) == ("판정", 3)
    assert finding.examples == ("1월.csv: 정상", "2월.csv: 불량")
    assert (states(told)["L3"], states(mixed)["L3"], states(same)["L3"]) == ("found", "clear", "clear")  # fmt: skip


def test_labels_that_stand_in_names_alone_are_told(tmp_path: Path) -> None:
    def tables(*names: str, **more: list[str]) -> DatasetReport:
        return between([file_of(machine(120) | more, tmp_path, name) for name in names])

    told = tables("normal/a.csv", "damaged/a.csv", "damaged/b.csv")
    labelled = tables("normal/a.csv", "damaged/a.csv", 판정=["정상", "불량"] * 60)
    korean = tables("정상_1.csv", "비정상_1.csv")

    assert (codes(told)["LABEL_IN_NAME"].count, codes(korean)["LABEL_IN_NAME"].count) == (3, 2)
    assert "LABEL_IN_NAME" not in codes(labelled)
    assert "LABEL_IN_NAME" not in codes(tables("machine_1.csv", "machine_2.csv", "abnormality.csv"))
    assert states(tables("정상.csv"))["L3"] == "unmeasured"


def index_of(report: DatasetReport, name: str) -> tuple[int | None, int | None]:
    found = next(one for one in report.indices if one.name == name)
    return found.numerator, found.denominator


def test_references_that_find_their_value_are_the_index_and_count_for_integrity(tmp_path: Path) -> None:  # fmt: skip
    items = file_of(
        {
            "품번": [f"K{at:04d}" for at in range(400)],
            "능력": [str(at * 37 % 101 / 7) for at in range(400)],
        },
        tmp_path,
        "items.csv",
    )
    months = [
        file_of(
            {
                "주문": [f"O-{(at + 300 * month) * 7919 % 99_991}" for at in range(300)],
                "품번": [f"K{at % most * 5:04d}" for at in range(300)],
            },
            tmp_path,
            f"{month}월.csv",
        )
        for month, most in ((1, 90), (2, 80))
    ]
    broken = sum(at % 90 * 5 >= 400 for at in range(300))

    report, whole, alone = between([items, *months]), between([items, months[1]]), between([items])

    assert index_of(report, "consistency_reference") == (600 - broken, 600)
    assert index_of(whole, "consistency_reference") == (300, 300)
    assert index_of(whole, "integrity") == (4, 4)
    # The two months point together, so that neither stands at 100 %.
    assert index_of(report, "integrity") == (4, 6)
    for one in (alone, between([items, file_of(machine(100), tmp_path, "b.csv")])):
        (reason,) = [each.rule_ko for each in one.indices if each.name == "consistency_reference"]
        assert index_of(one, "consistency_reference") == (None, None)
        assert reason.endswith("재지 않았습니다.")


def test_values_that_are_missing_from_the_table_they_refer_to_are_counted(tmp_path: Path) -> None:
    items = {
        "품번": [f"K{at:04d}" for at in range(400)],
        "능력": [str(at % 9) for at in range(400)],
    }
    orders = {
        "주문": [f"O-{at * 7919 % 99_991}" for at in range(300)],
        "item": [f"K{at * 13 % 450:04d}" for at in range(300)],
    }
    missing = sum(at * 13 % 450 >= 400 for at in range(300))

    report = between([file_of(orders, tmp_path, "orders.csv"), file_of(items, tmp_path, "items.csv")])  # fmt: skip

    finding = codes(report)["REFERENCE_BROKEN"]
    assert finding.count == missing
    assert f"({100 * (300 - missing) / 300:.2f} %)" in finding.ko
    whole = orders | {"item": [f"K{at * 13 % 400:04d}" for at in range(300)]}
    clear = between([file_of(whole, tmp_path, "orders.csv"), file_of(items, tmp_path, "items.csv")])
    assert (codes(clear), states(clear)["T8"]) == ({}, "clear")


def test_a_list_whose_items_are_all_ordered_is_what_orders_refer_to(tmp_path: Path) -> None:
    items = {"item": [f"K{at:03d}" for at in range(30)], "능력": [str(at % 7) for at in range(30)]}
    orders = {
        "번호": [str(at) for at in range(80)],
        "item": [f"K{at % 40:03d}" for at in range(80)],
    }

    report = between([file_of(items, tmp_path, "a.csv"), file_of(orders, tmp_path, "b.csv")])

    assert report.across is not None
    (join,) = report.across.joins
    assert (join.table, join.to_table, join.found_count, join.count) == ("b.csv", "a.csv", 60, 80)
    assert codes(report)["REFERENCE_BROKEN"].count == 20
