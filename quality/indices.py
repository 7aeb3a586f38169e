"""The quality indices of KAMP over a dataset's tables, each with numerator, denominator and rule. Pure.

Source:
    KAMP guidebook, appendix 4 (데이터 유효성 검증), as read in three public re-implementations, without their
    slips: empty cells are divided by cells, never by rows; every table counts, each once; rows with empty
    cells are rows; and what was not measured is not 100 %.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from quality.report import Index, Table

REFERRING: Final = "consistency_reference"
# 무결성 asks how many of these stand at 100 %; 일관성 has two parts, which must both.
INTEGRITY: Final = (("uniqueness",), ("validity",), ("consistency", REFERRING))

Counted = tuple[int, int]


class Measure(Struct, frozen=True, kw_only=True):
    """How one index is counted over a table, None where a table has nothing to count."""

    name: str
    ko: str
    en: str
    count: Callable[[Table], Counted | None]
    rule_ko: str
    rule_en: str
    why_ko: str = "표가 없어 재지 않았습니다."
    why_en: str = "There is no table to measure."


class Pointing(Struct, frozen=True, kw_only=True):
    """Cells that point to another table, and how many of them find their value there.

    Args:
        counted: over all columns that point elsewhere, None where that was not measured
        by_table: of each table, in their order; None where it points to no other
        why_ko, why_en: why it was not measured
    """

    counted: Counted | None = None
    by_table: tuple[Counted | None, ...] = ()
    why_ko: str = "표 사이를 견주지 않아 재지 않았습니다."
    why_en: str = "Tables were not compared with each other, so it was not measured."


NOT_COMPARED: Final = Pointing()


def indices(tables: Sequence[Table], pointing: Pointing = NOT_COMPARED) -> tuple[Index, ...]:
    """Return all indices of a dataset, those that were not measured with the reason.

    Args:
        pointing: what was found between the tables
    """
    found = [
        _referring(one, pointing) if one.name == REFERRING else _over(one, tables)
        for one in MEASURES
    ]
    return (*found, _integrity(tables, pointing))


def _referring(measure: Measure, pointing: Pointing) -> Index:
    known = pointing.counted is not None
    above, below = pointing.counted or (None, None)
    return Index(
        name=measure.name, ko=measure.ko, en=measure.en, numerator=above, denominator=below,
        rule_ko=measure.rule_ko if known else pointing.why_ko,
        rule_en=measure.rule_en if known else pointing.why_en,
    )  # fmt: skip


def _over(measure: Measure, tables: Iterable[Table]) -> Index:
    counted = [one for table in tables if (one := measure.count(table)) is not None]
    denominator = sum(below for _, below in counted)
    if not denominator:
        return Index(
            name=measure.name, ko=measure.ko, en=measure.en, numerator=None, denominator=None,
            rule_ko=measure.why_ko, rule_en=measure.why_en,
        )  # fmt: skip
    return Index(
        name=measure.name,
        ko=measure.ko,
        en=measure.en,
        numerator=sum(above for above, _ in counted),
        denominator=denominator,
        rule_ko=measure.rule_ko,
        rule_en=measure.rule_en,
    )


def _completeness(table: Table) -> Counted:
    cells = table.row_count * len(table.columns)
    return cells - sum(column.null_count for column in table.columns), cells


def _uniqueness(table: Table) -> Counted:
    return table.row_count - table.duplicate_count, table.row_count


def _without_ids(table: Table) -> Counted:
    return table.row_count - table.duplicate_without_ids_count, table.row_count


def _by_key(table: Table) -> Counted | None:
    if table.key is None:
        return None
    return table.row_count - table.key.duplicate_count, table.row_count


def _groups(table: Table) -> Counted:
    return table.distinct_groups - table.repeated_groups, table.distinct_groups


def _validity(table: Table) -> Counted | None:
    held = [column.kept for column in table.columns if column.kept is not None]
    checked = sum(one.checked_count for one in held)
    return (sum(one.passed_count for one in held), checked) if checked else None


def _format(table: Table) -> Counted:
    """Count the cells that have their column's kind, and all that are not empty."""
    typed = told = 0
    for column in table.columns:
        filled = table.row_count - column.null_count - column.blank_count
        told += filled
        if column.number is not None:
            typed += column.number.count
        elif column.time is not None:
            typed += column.time.parsed_count
        else:
            typed += filled
    return typed, told


def _reference(_: Table) -> Counted | None:
    """Return nothing: a table alone cannot say what stands in another."""
    return None


def _accuracy(table: Table) -> Counted | None:
    checked = sum(one.checked_count for one in table.relations)
    return (checked - sum(one.broken_count for one in table.relations), checked) if checked else None  # fmt: skip


MEASURES: Final = (
    Measure(
        name="completeness", ko="완전성", en="Completeness", count=_completeness,
        rule_ko="비어 있지 않은 칸 / 모든 칸", rule_en="cells that are not empty / all cells",
    ),
    Measure(
        name="uniqueness", ko="유일성", en="Uniqueness", count=_uniqueness,
        rule_ko="앞의 행과 다른 행 / 모든 행", rule_en="rows that repeat no earlier row / all rows",
    ),
    Measure(
        name="uniqueness_without_ids", ko="유일성(번호 열 제외)", en="Uniqueness (without numbering columns)", count=_without_ids,
        rule_ko="번호 열을 빼고 앞의 행과 다른 행 / 모든 행",
        rule_en="rows that repeat no earlier row when numbering columns are left out / all rows",
    ),
    Measure(
        name="uniqueness_by_key", ko="유일성(선언한 열)", en="Uniqueness (by declared columns)", count=_by_key,
        rule_ko="행을 구별한다고 선언한 열의 값이 앞의 행과 다른 행 / 그 열이 있는 표의 모든 행",
        rule_en="rows that repeat no earlier row in the columns declared to tell rows apart / all rows of tables that have them",
        why_ko="행을 구별하는 열이 선언되지 않아 재지 않았습니다.",
        why_en="No columns were declared to tell rows apart, so it was not measured.",
    ),
    Measure(
        name="uniqueness_groups", ko="유일성(값의 묶음)", en="Uniqueness (groups of values)", count=_groups,
        rule_ko="한 번만 나온 행 값의 수 / 서로 다른 행 값의 수 (KAMP 부록 4의 공개 구현과 견주기 위한 것)",
        rule_en="row values seen once / different row values (to compare with public implementations of KAMP's appendix 4)",
    ),
    Measure(
        name="validity", ko="유효성", en="Validity", count=_validity,
        rule_ko="선언한 자료형·범위·코드·형식을 모두 지킨 칸 / 무엇이든 선언한 열의 비어 있지 않은 칸",
        rule_en="cells that keep to the declared kind, range, codes and pattern / cells that are not empty in columns of which any was declared",
        why_ko="허용 범위·코드·형식이 선언되지 않아 재지 않았습니다.",
        why_en="No allowed range, codes or pattern was declared, so it was not measured.",
    ),
    Measure(
        name="consistency", ko="일관성(형식)", en="Consistency (form)", count=_format,
        rule_ko="열의 자료형에 맞는 칸 / 비어 있지 않은 칸",
        rule_en="cells of their column's type / cells that are not empty",
    ),
    Measure(
        name=REFERRING, ko="일관성(참조)", en="Consistency (references)", count=_reference,
        rule_ko="값이 가리키는 열에 있는 칸 / 값의 절반 이상이 다른 표의 열에 들어 있는 열의 칸",
        rule_en="cells whose value is in the column they point to / cells of columns that have half or more of their values in a column of another table",
    ),
    Measure(
        name="accuracy", ko="정확성", en="Accuracy", count=_accuracy,
        rule_ko="선언한 열 사이의 규칙을 지킨 행 / 두 값이 모두 있는 행 (규칙마다)",
        rule_en="rows that keep to the declared rule between two columns / rows with both values, for each rule",
        why_ko="열 사이의 규칙이 선언되지 않아 재지 않았습니다.",
        why_en="No rule between columns was declared, so it was not measured.",
    ),
)  # fmt: skip


_BY_NAME: Final = {one.name: one.count for one in MEASURES}


def _integrity(tables: Sequence[Table], pointing: Pointing) -> Index:
    """Return the mean over tables of how many of three indices stand at 100 %."""
    pointed = pointing.by_table or (None,) * len(tables)
    shares = [_whole(table, own) for table, own in zip(tables, pointed, strict=True)]
    if not shares:
        return Index(
            name="integrity", ko="무결성", en="Integrity", numerator=None, denominator=None,
            rule_ko="표가 없어 재지 않았습니다.", rule_en="There is no table to measure.",
        )  # fmt: skip
    # Over one denominator that fits every table, so that both stay whole numbers.
    common = math.lcm(*(below for _, below in shares))
    return Index(
        name="integrity",
        ko="무결성",
        en="Integrity",
        numerator=sum(above * common // below for above, below in shares),
        denominator=len(shares) * common,
        rule_ko="표마다 잰 지수(유일성·유효성·일관성) 가운데 100 %인 것의 비율, 모든 표의 평균",
        rule_en="of the measured indices (uniqueness, validity, consistency) of each table the share at 100 %, mean over tables",
    )


def _whole(table: Table, pointed: Counted | None) -> Counted:
    """Return how many of the three indices of a table stand at 100 %, and how many were measured."""
    came = {name: _BY_NAME[name](table) for names in INTEGRITY for name in names}
    came[REFERRING] = pointed
    whole = [
        all(above == below for above, below in counted)
        for names in INTEGRITY
        if (counted := [one for name in names if (one := came[name]) is not None])
    ]
    return sum(whole), len(whole)
