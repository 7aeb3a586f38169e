"""N2: values cut off at the end of the measuring range."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns with many values exactly at an extreme; zero at the lower end is a natural one."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    listed = []
    for column in numbers:
        facts = column.number
        assert facts is not None, "chosen above"
        if column.distinct_count < thresholds.varied_values:
            continue
        for count, value, ko, en in (
            (facts.low_count if facts.low != 0 else 0, facts.low, "최솟값", "least value"),
            (facts.high_count, facts.high, "최댓값", "greatest value"),
        ):
            least = max(
                thresholds.clipped_rows,
                thresholds.clipped_share * facts.count,
                thresholds.clipped_factor * facts.count / column.distinct_count,
            )
            if count > least:
                pct = f"{100 * count / facts.count:.1f}"
                listed.append(
                    found(
                        "SENSOR_CLIPPED", column=column.name, count=count, pct=pct,
                        value=f"{value:g}", end=ko, end_en=en,
                    )
                )  # fmt: skip
    return listed


CHECK = Check(
    id="N2",
    ko="포화·절단",
    en="Clipped values",
    dimension=Dimension.accuracy,
    codes=("SENSOR_CLIPPED",),
    rule_ko="값이 20가지 이상인 열에서 10개와 1 %를 넘고 보통 값보다 5배 많은 칸이 최댓값이나 최솟값(0 제외)과 정확히 같음",
    rule_en="more than 10 and 1 % of a column of 20 or more values, and five times as many as a value usually has, stand exactly at its greatest or least value, zero left out",
    source="kamp_casting_process: 81,157 of 90,099 values of a thermocouple at 1449",
    look=look,
    todo_ko="측정 범위를 넘어 잘린 값인지 확인하고, 그렇다면 설명에 적으십시오.",
    todo_en="See whether they were cut off at the end of the measuring range, and say so in the description.",
)
