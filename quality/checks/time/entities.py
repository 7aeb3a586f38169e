"""S7: machines or lots whose time runs otherwise than the others'."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

ROWS_MIN: Final = 20
NAMED: Final = 3


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find the machines or lots with another beat than most; gaps and steps back are told by S3 and S5."""
    series = table.series
    if series is None:
        return NO_TIME
    if series.entity_column is None:
        return Unmeasured(
            "간격을 고르게 하는 설비·로트 열이 없습니다.",
            "No column of machines or lots makes the steps even.",
        )
    beats = {
        one.name: one.interval_mean_s
        for one in series.entities
        if one.row_count >= ROWS_MIN and one.interval_mean_s
    }
    if len(beats) < 2:
        return Unmeasured("행이 적은 설비·로트뿐입니다.", "There are too few rows in each machine or lot.")  # fmt: skip
    usual = median(beats.values())
    most, least = usual * thresholds.apart_factor, usual / thresholds.apart_factor
    apart = [name for name, beat in beats.items() if not least <= beat <= most]
    if not apart:
        return []
    shown = [f"{name} ({beats[name]:.3g} s)" for name in apart[:NAMED]]
    return [
        found("ENTITY_UNEVEN", column=series.entity_column, count=len(apart), usual=f"{usual:.3g}", examples=shown)
    ]  # fmt: skip


CHECK = Check(
    id="S7",
    ko="설비·로트별 시간",
    en="Time by machine or lot",
    dimension=Dimension.consistency,
    codes=("ENTITY_UNEVEN",),
    rule_ko="간격, 공백, 중복, 역행을 설비·로트별로 잼. 20행 이상인 설비·로트의 평균 간격(가장 긴 것 제외)이 가운데값과 1.5배 넘게 다름",
    rule_en="steps, gaps, repeats and steps back are measured within each machine or lot; its mean step without the widest differs from the median of all by a factor of more than 1.5, with 20 rows or more",
    source="kamp_plating: 21 gaps of the whole file are changes of the lot",
    look=look,
    todo_ko="설비마다 수집 주기가 다르면 설명에 적으십시오.",
    todo_en="Say in the description which machines are read at another interval.",
)
