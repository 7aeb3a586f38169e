"""L3: a column, or the order of the rows, that gives the label away."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.checks.label.names import NO_LABEL
from quality.findings import found
from quality.groupfacts import Label, Leak
from quality.report import Finding, Table

ONE_CLASS = Unmeasured("라벨이 한 가지뿐입니다.", "There is one class only.")


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find what alone tells one class from all others."""
    if not table.labels:
        return NO_LABEL
    if all(one.class_count < 2 for one in table.labels):
        return ONE_CLASS
    return [
        _said(label, leak)
        for label in table.labels
        for leak in label.leaks
        if leak.score >= thresholds.leak_auc
    ]


def _said(label: Label, leak: Leak) -> Finding:
    if leak.column is None:
        return found("LABEL_ORDER", column=label.column, count=label.run_count)
    determined = leak.how == "determined"
    whole, whole_en = (" (행의 표본에서)", " in the sample of rows") if label.sampled else ("", "")
    return found(
        "LABEL_LEAK", column=leak.column, label=label.column,
        score=("값마다 라벨이 하나" if determined else f"AUC {leak.score:.4f}") + whole,
        score_en=("each value goes with one class" if determined else f"AUC {leak.score:.4f}") + whole_en,
    )  # fmt: skip


CHECK = Check(
    id="L3",
    ko="라벨 누수",
    en="Leak of the label",
    dimension=Dimension.accuracy,
    codes=("LABEL_LEAK", "LABEL_ORDER"),
    rule_ko="열 하나의 크기 순서가 라벨을 가름(AUC 0.99 이상, 행 2만 개까지의 표본)하거나, 50가지 이하 값 하나하나에 라벨이 하나뿐이거나, 라벨이 행 순서대로 몰려 있음",
    rule_en="the order of one column's values tells the label (area under the curve from 0.99 on, a sample of up to 20,000 rows), each of at most 50 values goes with one class, or the classes stand one after the other",
    source="deepchecks identifier-label and feature-label correlation",
    look=look,
    todo_ko="라벨을 만든 뒤에 생기는 열이면 빼고, 학습에 쓰지 말라고 설명에 적으십시오.",
    todo_en="Leave out columns that come after the label, and say in the description that no model may use them.",
)
