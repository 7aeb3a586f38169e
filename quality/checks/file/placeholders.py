"""F6: words that stand for missing values."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find stand-ins for missing values; in a column of texts such a word can be a value."""
    listed = []
    for column in table.columns:
        if column.placeholder_count and column.kind != "text":
            spelled = [f"{word} ({count:,})" for word, count in column.placeholders[:5]]
            listed.append(
                found("PLACEHOLDER", column=column.name, count=column.placeholder_count, examples=spelled)
            )  # fmt: skip
        endless = column.endless_count
        if endless > sum(count for word, count in column.placeholders if word.lower() == "nan"):
            listed.append(found("NUM_NONFINITE", column=column.name, count=endless))
    return listed


CHECK = Check(
    id="F6",
    ko="대체 결측 표기",
    en="Words for missing values",
    dimension=Dimension.completeness,
    codes=("PLACEHOLDER", "NUM_NONFINITE"),
    rule_ko="글자 열이 아닌 열에 '-', '?', N/A, NaN, NULL, None, 결측, 없음 같은 표기나 무한대가 있음. 빈 칸으로 바꾸지 않고 셈",
    rule_en="a column other than of texts holds '-', '?', N/A, NaN, NULL, None and the like, or infinities; they are counted and not turned into empty cells",
    source="cmapss_FD001_hand_dirtied: NAN, None and 'N/A' in 47 cells of 15 columns",
    look=look,
    todo_ko="측정하지 못한 칸은 비우고, 뜻이 있는 표기이면 설명에 적으십시오.",
    todo_en="Leave cells without a measurement empty; where the word has a meaning, say so in the description.",
)
