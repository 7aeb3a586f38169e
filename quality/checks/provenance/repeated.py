"""P3: days, machines, lots or stretches of a table that are the same again."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.groupfacts import Repeated
from quality.report import Finding, Table

WINDOWS_LEAST = 8
UNITS = {"day": ("날", "days"), "entity": ("설비·로트", "machines or lots")}


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns in which a day or lot, or a good part of the stretches, comes again."""
    if not any(column.number is not None for column in table.columns):
        return Unmeasured("숫자 열이 없습니다.", "There is no column of numbers.")
    listed = []
    units = [one for one in table.repeated if one.unit in UNITS]
    if units:
        listed.append(_units(units))
    for one in table.repeated:
        share = one.repeated_count / max(one.unit_count, 1)
        if one.unit == "window" and not units and one.unit_count >= WINDOWS_LEAST and share >= thresholds.repeated_share:  # fmt: skip
            listed.append(
                found(
                    "WINDOW_REPEATED", column=one.column, count=one.repeated_count,
                    pct=f"{100 * share:.0f}", row=one.first_row + 1,
                )
            )  # fmt: skip
    return listed


def _units(units: Sequence[Repeated]) -> Finding:
    most = max(units, key=lambda one: one.repeated_count)
    ko, en = UNITS[most.unit]
    return found(
        "UNITS_REPEATED", column=most.column, count=most.repeated_count, row=most.first_row + 1,
        whole=f"{most.unit_count:,}", unit=ko, unit_en=en, columns=len(units),
        examples=[" = ".join(pair) for pair in most.examples],
    )  # fmt: skip


CHECK = Check(
    id="P3",
    ko="복제 구간",
    en="Repeated stretches",
    dimension=Dimension.integrity,
    codes=("UNITS_REPEATED", "WINDOW_REPEATED"),
    rule_ko="값이 20가지 이상인 숫자 열에서 첫 행부터 끝 행까지 같은 날·설비·로트가 있거나, 뽑은 17행 구간의 5 % 이상이 되풀이됨",
    rule_en="in a column of 20 or more values, days, machines or lots are the same from first row to last, or 5 % of the sampled stretches of 17 rows come again",
    source="KAMP power data: 161 days whose 24-hour curves are those of other days",
    look=look,
    todo_ko="원본에서 다시 내보내고, 늘리거나 복사해 채운 데이터이면 설명에 적으십시오.",
    todo_en="Export the data again from their source; say in the description where they were augmented or copied.",
)
