"""Tables compared by their fingerprints alone: copies are found, chance is not, and the keys find what is alike."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from quality import FileReport
from quality.across.resembling import Fingerprint, Resemblance, printed, resemblance
from quality.sketches import Sample, packed
from tests.quality.test_across import file_of, machine, moved, signal

pytestmark = pytest.mark.slow  # whole files, read by the pass


def print_of(report: FileReport) -> Fingerprint:
    (only,) = printed(report)
    return only.fingerprint


def seen(one: Fingerprint, other: Fingerprint, least: float = 0.1) -> Resemblance:
    found = resemblance(one, other, least)
    assert found is not None
    assert set(one.keys()) & set(other.keys()), "the index finds it"
    assert resemblance(other, one, least) == found.mirrored
    return found


def test_the_same_file_and_the_same_rows_in_another_order_of_bytes(tmp_path: Path) -> None:
    columns = machine()
    one = print_of(file_of(columns, tmp_path, "a.csv"))
    same = print_of(file_of(columns, tmp_path, "b.csv"))
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(columns)
    rows.writerows(zip(*columns.values(), strict=True))
    again = print_of(file_of(text.getvalue(), tmp_path, "c.csv"))

    assert seen(one, same).same_bytes
    other = seen(one, again)
    assert (other.same_bytes, other.row_share, other.share, other.strong(0.9)) == (
        False,
        1,
        1,
        True,
    )


def test_a_part_is_told_from_both_sides(tmp_path: Path) -> None:
    columns = machine(2_000)
    part = {name: values[:500] for name, values in columns.items()}
    whole, cut = (
        print_of(file_of(columns, tmp_path, "a.csv")),
        print_of(file_of(part, tmp_path, "b.csv")),
    )

    found = seen(cut, whole)

    assert found.row_share == pytest.approx(1)
    assert found.other_row_share == pytest.approx(0.25, abs=0.08)
    assert found.strong(0.9), "all of the smaller one is in the other"


def test_a_copy_with_a_constant_added_shows_by_its_steps(tmp_path: Path) -> None:
    columns = machine()
    shifted = {**columns, "온도 [℃]": moved(columns["온도 [℃]"], 7.5)}
    shifted["압력"] = [str(one) for one in signal()]
    one, other = (
        print_of(file_of(columns, tmp_path, "a.csv")),
        print_of(file_of(shifted, tmp_path, "b.csv")),
    )

    found = seen(one, other)

    assert found.row_share is None
    assert found.columns == ("온도 [℃]",)
    assert found.stretch_share == pytest.approx(1, abs=0.05)
    assert found.strong(0.9)


def test_other_data_with_the_same_columns_are_not_alike(tmp_path: Path) -> None:
    one = print_of(file_of(machine(), tmp_path, "a.csv"))
    other = print_of(file_of(machine(), tmp_path, "b.csv"))

    assert resemblance(one, other, 0.1) is None
    assert not set(one.keys()) & set(other.keys())


def test_few_rows_in_common_are_chance(tmp_path: Path) -> None:
    rows = {"판정": ["정상", "불량"] * 50, "조": ["주", "야"] * 50}
    one = print_of(file_of(rows, tmp_path, "a.csv"))
    more = {"판정": [*rows["판정"], "정상"], "조": [*rows["조"], "야"]}

    assert resemblance(one, print_of(file_of(more, tmp_path, "b.csv")), 0.1) is None


def test_a_small_share_is_left_out_and_a_file_without_tables_has_its_bytes(tmp_path: Path) -> None:
    columns = machine(2_000)
    mixed = {name: values[:100] + machine(1_900)[name] for name, values in columns.items()}
    one, other = (
        print_of(file_of(columns, tmp_path, "a.csv")),
        print_of(file_of(mixed, tmp_path, "b.csv")),
    )
    alone = FileReport(name="a.zip", kind="zip", size_bytes=1, sha256="f" * 64)

    assert resemblance(one, other, 0.3) is None
    (only,) = printed(alone)
    assert (only.name, only.row_count, only.fingerprint.keys()) == ("a.zip", 0, (-1,))
    assert seen(only.fingerprint, only.fingerprint).same_bytes


def test_keys_are_few_and_signed() -> None:
    values = [int(one) for one in np.random.default_rng(1).integers(0, 2**63, 600, dtype=np.int64)]
    many = Sample(packed(sorted([*values, 2**64 - 1]), "Q"))

    keys = Fingerprint(sha256="", rows=many).keys()

    assert len(keys) == 256
    assert set(keys) <= set(values)
    assert Fingerprint(sha256="", rows=Sample(packed([2**64 - 1], "Q"))).keys() == (-1,)
