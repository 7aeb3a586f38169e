"""Which columns look like a label, and which are the labels of a table that was counted."""

import re
from typing import Final

from quality.checks.checking import Unmeasured
from quality.report import Column, Table

NAMES: Final = re.compile(
    r"(^|[^a-z])(label|target|class|tag|anomaly|defect|failure|pass.?or.?fail|pass.?fail|ok.?ng|judge?ment|result)([^a-z]|$)"
    r"|판정|불량|양품|합격|라벨|정상|이상|결과",
    re.IGNORECASE,
)
CLASSES_MAX: Final = 10
NO_LABEL: Final = Unmeasured("라벨로 보이는 열이 없습니다.", "No column looks like a label.")


def named_like_label(name: str) -> bool:
    """Whether a column is named like a label."""
    return NAMES.search(name) is not None


def label_columns(table: Table) -> list[Column]:
    """Return the label columns of a table, as its plan names them."""
    names = {one.column for one in table.labels}
    return [one for one in table.columns if one.name in names]
