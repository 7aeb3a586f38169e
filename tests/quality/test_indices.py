"""Every index by tables counted by hand, the slips of published code, and what total and grades make of them."""

from typing import Any

import pytest
from msgspec import convert, to_builtins

from quality import FileReport, Table, summarize
from quality.claims import Kept, KeyFacts, Related
from quality.findings import found
from quality.grading import LETTERS, WORDS
from quality.indices import indices
from quality.presets import PRESETS
from quality.report import Column, DatasetReport, NumberFacts


def numbers(count: int) -> NumberFacts:
    return NumberFacts(
        count=count, low=0.0, high=1.0, mean=0.5, std=None, zero_count=0, negative_count=0,
        nonfinite_count=0, quantiles=(), histogram=(), sampled=False,
    )  # fmt: skip


def column(name: str = "온도", **facts: Any) -> Column:
    plain: dict[str, Any] = {
        "position": 0, "name": name, "unit": None, "kind": "text", "null_count": 0, "blank_count": 0,
        "placeholder_count": 0, "distinct_count": 1, "distinct_exact": True, "constant": False,
        "top_values": (), "length_max": None, "longest_run": None,
    }  # fmt: skip
    return Column(**plain | facts)


def table(name: str = "a.csv", rows: int = 10, *columns: Column, **facts: Any) -> Table:
    plain: dict[str, Any] = {
        "name": name, "encoding": None, "delimiter": None, "header_rows": 1, "row_count": rows,
        "columns": columns or (column(),), "duplicate_count": 0, "duplicate_without_ids_count": 0,
        "distinct_groups": rows, "repeated_groups": 0, "damaged_count": 0,
    }  # fmt: skip
    return Table(**plain | facts)


def counted(*tables: Table) -> dict[str, tuple[int | None, int | None]]:
    return {one.name: (one.numerator, one.denominator) for one in indices(tables)}


def report_of(*tables: Table, blocked: bool = False, preset: str | None = None) -> DatasetReport:
    findings = (found("FILE_EMPTY"),) if blocked else ()
    file = FileReport(name="a", kind="csv", size_bytes=1, tables=tables, findings=findings)
    return summarize([file], preset=preset)


UNMEASURED = (None, None)


def test_completeness_counts_cells_over_all_tables() -> None:
    """Empty cells over rows would be below zero here: 12 empty cells in 10 rows."""
    one = table("a", 10, column(null_count=10), column("b", null_count=2), column("c"))
    two = table("b", 5, column())

    assert counted(one, two)["completeness"] == (30 - 12 + 5, 30 + 5)


def test_uniqueness_is_said_with_and_without_the_column_that_only_numbers_rows() -> None:
    """The die-casting file: 100 % with its id, while 2,918 of 7,535 rows repeat an earlier one without it."""
    found = counted(table("a", 7_535, duplicate_without_ids_count=2_918))

    assert found["uniqueness"] == (7_535, 7_535)
    assert found["uniqueness_without_ids"] == (4_617, 7_535)
    assert found["uniqueness_by_key"] == UNMEASURED


def test_uniqueness_by_key_counts_the_tables_that_have_the_key() -> None:
    key = KeyFacts(columns=("로트",), duplicate_count=3, distinct_groups=7, repeated_groups=2)

    assert counted(table("a", 10, key=key), table("b", 4))["uniqueness_by_key"] == (7, 10)


def test_uniqueness_by_groups_is_the_one_of_public_code_with_rows_of_empty_cells_in_it() -> None:
    """Ten rows: one value three times, one twice, five once. Public code drops rows with empty cells first."""
    one = table("a", 10, duplicate_count=3, distinct_groups=7, repeated_groups=2)

    assert counted(one)["uniqueness_groups"] == (5, 7)
    assert counted(one)["uniqueness"] == (7, 10)


def test_validity_is_not_measured_unless_something_was_declared() -> None:
    kept = Kept(checked_count=9, passed_count=7, rules=("range",))

    assert counted(table("a", 10, column()))["validity"] == UNMEASURED
    assert counted(table("a", 10, column(kept=kept), column("b")))["validity"] == (7, 9)
    empty = Kept(checked_count=0, passed_count=0, rules=("range",))
    assert counted(table("a", 10, column(null_count=10, kept=empty)))["validity"] == UNMEASURED


def test_consistency_of_form_is_a_share_of_cells_and_never_above_one() -> None:
    """Public code gives 200 % with one column of text, by the order of its operators."""
    mixed = (column(number=numbers(8), null_count=1), column("b", kind="text"))

    assert counted(table("a", 10, *mixed))["consistency"] == (8 + 10, 9 + 10)
    assert counted(table("a", 10, *mixed))["consistency_reference"] == UNMEASURED


def test_accuracy_comes_from_declared_rules_alone() -> None:
    rule = Related(rule="a <= b", column="a", checked_count=8, broken_count=2)

    assert counted(table())["accuracy"] == UNMEASURED
    assert counted(table("a", 10, relations=(rule, rule)))["accuracy"] == (12, 16)


@pytest.mark.parametrize(
    ("of", "share"),
    [
        ([table()], (2, 2)),  # uniqueness and form; validity was not measured
        ([table(duplicate_count=1)], (1, 2)),
        ([table("a", 10, column(kept=Kept(checked_count=2, passed_count=2, rules=("kind",))))], (3, 3)),
        # As the guidebook's example: one table at 66.67, one at 100, 83.33 together.
        (
            [
                table("a", 10, column(kept=Kept(checked_count=2, passed_count=2, rules=("kind",))), duplicate_count=1),
                table("b", 10, column(kept=Kept(checked_count=2, passed_count=2, rules=("kind",)))),
            ],
            (5, 6),
        ),
        # Two thirds and one half: seven twelfths.
        (
            [
                table("a", 10, column(kept=Kept(checked_count=2, passed_count=1, rules=("kind",)))),
                table("b", 10, duplicate_count=1),
            ],
            (7, 12),
        ),
    ],
)  # fmt: skip
def test_integrity_is_the_mean_of_each_tables_share_of_whole_indices(
    of: list[Table], share: tuple[int, int]
) -> None:
    assert counted(*of)["integrity"] == share


def test_nothing_is_measured_without_a_table_and_every_index_says_by_which_rule() -> None:
    assert set(counted().values()) == {UNMEASURED}
    for one in (*indices([]), *indices([table()])):
        assert one.rule_ko
        assert one.rule_en


def totalled(preset: str, *tables: Table) -> tuple[float | None, dict[str, float]]:
    report = report_of(*tables, preset=preset)
    return report.total_pct, {one.name: one.share for one in report.weights if one.share}


def test_a_total_is_weighed_by_its_preset_over_what_was_measured() -> None:
    one = table("a", 10, column(null_count=5), column("b"), duplicate_without_ids_count=4)
    # 완전성 75, 유일성 100, 무결성 100; neither 유효성 nor 정확성 was measured, so 0.6, 0.1, 0.1 of 0.8 are left.
    total, shares = totalled("kamp-appendix-4", one)
    assert total == pytest.approx((0.6 * 75 + 10 + 10) / 0.8)
    assert shares == pytest.approx({"completeness": 0.75, "uniqueness": 0.125, "integrity": 0.125})
    # 완전성 75, 유일성 without ids 60, 형식 100, 무결성 100.
    assert totalled("equal", one)[0] == pytest.approx((75 + 60 + 100 + 100) / 4)
    assert totalled("dqi", one)[0] == pytest.approx((75 + 100) / 2)


def test_the_kamp_weights_add_up_to_one_and_name_their_source() -> None:
    assert sum(weight for _, weight in PRESETS["kamp-appendix-4"].weights) == pytest.approx(1)
    names = {one.name for one in indices([])}
    for preset in PRESETS.values():
        assert {name for name, _ in preset.weights} <= names
        assert preset.source_ko
        assert preset.source_en


def test_a_high_total_gives_no_grade_while_something_blocks() -> None:
    good, blocked = report_of(table()), report_of(table(), blocked=True)

    assert (good.grade, good.total_pct) == ("A", 100.0)
    assert (blocked.grade, blocked.total_pct, blocked.blocker_count) == ("-", 100.0, 1)


def judged(passed: int, checked: int, *, blocked: bool = False) -> tuple[str, float | None]:
    kept = Kept(checked_count=checked, passed_count=passed, rules=("range",))
    level = report_of(table("a", checked, column(kept=kept)), blocked=blocked).level
    assert level is not None
    return level.name, level.pct


@pytest.mark.parametrize(
    ("passed", "name"),
    [
        (10_000, "platinum"), (9_997, "platinum"), (9_996, "gold"), (9_950, "gold"), (9_949, "silver"),
        (9_900, "silver"), (9_899, "-"),
    ],
)  # fmt: skip
def test_the_words_of_certification_are_given_for_declared_rules_that_hold(
    passed: int, name: str
) -> None:
    assert judged(passed, 10_000) == (name, passed / 100)


def test_no_word_is_given_while_something_blocks_or_where_nothing_was_declared() -> None:
    assert judged(10_000, 10_000, blocked=True) == ("-", 100.0)
    level = report_of(table()).level
    assert level is not None
    assert (level.name, level.pct) == ("-", None)


def test_every_grade_says_when_it_is_given_and_which_thresholds_are_ours() -> None:
    assert [one.name for one in LETTERS] == ["A", "B", "C", "D"]
    assert [(one.name, one.ours) for one in WORDS] == [
        ("platinum", False), ("gold", True), ("silver", True),
    ]  # fmt: skip
    for one in (*LETTERS, *WORDS):
        assert one.rule_ko
        assert one.rule_en


def test_reports_of_before_are_still_read() -> None:
    said = to_builtins(report_of(table()))
    for name in ("preset", "weights", "level", "settings"):
        del said[name]
    del said["files"][0]["settings_id"], said["files"][0]["tables"][0]["relations"], said["indices"][0]["en"]  # fmt: skip

    old = convert(said, DatasetReport)

    assert (old.preset, old.weights, old.level, old.total_pct) == ("", (), None, 100.0)
