"""V3: columns that name persons or where they live."""

import re
from collections.abc import Sequence
from typing import Final

from quality.checks.checking import NO_TEXT, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Column, Finding, Table

PERSON, ADDRESS = "person", "address"
PERSON_NAMES: Final = re.compile(
    r"성\s*명|이\s*름|작업자|담당자|검사자|검사원|운전자|기사|대표자|사원|직원|근무자|등록자|작성자|승인자"
    r"|(^|[^a-z])(person|worker|operator|inspector|employee|staff|author|full.?name|user.?name)([^a-z]|$)",
    re.IGNORECASE,
)
ADDRESS_NAMES: Final = re.compile(
    r"주\s*소|거주지|소재지|배송지|(^|[^a-z])(address|street)([^a-z]|$)", re.IGNORECASE
)


def names_persons(column: Column, thresholds: Thresholds) -> bool:
    """Whether the header says persons and most values look like names."""
    share = dict(column.named).get(PERSON, 0.0)
    return PERSON_NAMES.search(column.name) is not None and share >= thresholds.named_share


def gives_addresses(column: Column, thresholds: Thresholds) -> bool:
    """Whether most values look like addresses; a header that says so makes half of them enough."""
    share = dict(column.named).get(ADDRESS, 0.0)
    wanted = thresholds.named_share / (2 if ADDRESS_NAMES.search(column.name) else 1)
    return share >= wanted


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns of names and addresses, by their header and the shape of their values."""
    texts = [one for one in table.columns if one.kind in ("text", "boolean")]
    if not texts:
        return NO_TEXT
    named = [one.name for one in texts if names_persons(one, thresholds)]
    living = [one.name for one in texts if gives_addresses(one, thresholds)]
    return [
        *(found("PII_NAME", column=name, count=table.row_count) for name in named),
        *(found("PII_ADDRESS", column=name, count=table.row_count) for name in living),
    ]


CHECK = Check(
    id="V3",
    ko="이름·주소 열",
    en="Names and addresses",
    dimension=Dimension.validity,
    codes=("PII_NAME", "PII_ADDRESS"),
    rule_ko="머리글이 사람을 뜻하고 값의 60 % 이상이 한글 성으로 시작하는 2~4자이거나, 값의 60 % 이상(머리글이 주소이면 30 %)이 시·도·구·군과 길·번지",
    rule_en="the header means a person and at least 60 % of the values are two to four syllables that begin with a Korean family name; or at least 60 % (30 % where the header says address) name city or district and street",
    source="개인정보 보호법 제2조 제1호",
    look=look,
    todo_ko="사람의 이름과 주소이면 열을 빼거나 가명 번호로 바꾸십시오. 설비나 제품의 이름이면 그대로 두십시오.",
    todo_en="Leave the column out or replace it by numbers where these are persons; keep it where they are machines or products.",
)
