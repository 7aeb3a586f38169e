"""S4: stamps that come twice."""

from collections.abc import Sequence

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find stamps that repeat, within a machine or lot where the table has them."""
    series = table.series
    if series is None:
        return NO_TIME
    if series.rows_per_stamp is not None and series.entity_column is None:
        return Unmeasured(
            "시각마다 같은 수의 행이 있어 해상도 손실로 봅니다(S6).",
            "The same number of rows stands at each stamp, which is told as lost resolution (S6).",
        )
    if series.entity_column is None and not series.periodic:
        return Unmeasured(
            "사건 단위라 같은 시각이 여럿일 수 있습니다.",
            "Each row is an event, and several may share a stamp.",
        )
    if series.entity_column is not None:
        count, by = series.zero_count, f"'{series.entity_column}'별로 "
        by_en = f", within each '{series.entity_column}'"
    else:
        own = next((one for one in table.columns if one.name == series.time_column), None)
        count = own.time.repeated_count if own is not None and own.time is not None else 0
        by = by_en = ""
    if not count:
        return []
    return [found("TIME_REPEATED", column=series.time_column, count=count, by=by, by_en=by_en)]


CHECK = Check(
    id="S4",
    ko="중복 시각",
    en="Repeated stamps",
    dimension=Dimension.uniqueness,
    codes=("TIME_REPEATED",),
    rule_ko="앞에 나온 시각이 다시 나옴. 설비·로트 열이 있으면 그 안에서 바로 앞과 같은 시각만 셈",
    rule_en="a stamp comes again; within a machine or lot only those equal to the one before count",
    source="nab_machine_temperature: 12 repeated stamps after one step back",
    look=look,
    todo_ko="두 번 저장된 행을 지우고, 여러 설비의 기록이면 설비 열을 더하십시오.",
    todo_en="Delete rows that were saved twice; where they are of several machines, add a column for the machine.",
)
