"""V4: columns that may tell a trade secret."""

import re
from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

_END: Final = r"([^a-z]|$)"
_BEGIN: Final = r"(^|[^a-z])"
KINDS: Final = (
    ("거래처 이름", "the name of a customer or supplier",
     re.compile(rf"거래처|고객|납품처|발주처|협력사|공급사|공급처|매입처|매출처|업체|선주|{_BEGIN}(customer|client|supplier|vendor|buyer|ship.?owner){_END}", re.IGNORECASE)),
    ("주문·도면·호선 번호", "the number of an order, drawing or hull",
     re.compile(rf"(주문|수주|발주|오더|견적|도면|도번|계약)\s*(번호|no|$)|호선|선번|{_BEGIN}(order|po|drawing|dwg|hull|contract|quotation)[ _.-]?(no|num|number|id){_END}", re.IGNORECASE)),
    ("단가·금액", "a price or an amount of money",
     re.compile(rf"단\s*가|원\s*가|금\s*액|판매가|매출액|견적가|임\s*률|{_BEGIN}(unit.?)?(price|cost)s?{_END}|{_BEGIN}amount.?(won|krw|usd){_END}", re.IGNORECASE)),
    ("작업자", "a worker",
     re.compile(rf"작업자|담당자|검사자|검사원|운전자|사번|{_BEGIN}(worker|operator|inspector|employee){_END}", re.IGNORECASE)),
)  # fmt: skip
VALUES_MIN: Final = 2


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns whose header says what a competitor would like to know; empty and constant ones tell little."""
    listed = []
    for column in table.columns:
        if column.distinct_count < VALUES_MIN:
            continue
        kind = next(((ko, en) for ko, en, names in KINDS if names.search(column.name)), None)
        if kind is not None:
            listed.append(
                found("TRADE_SECRET", column=column.name, count=table.row_count, what=kind[0], what_en=kind[1])
            )  # fmt: skip
    return listed


def telling(name: str) -> bool:
    """Whether a column of this name may tell a secret, so that its values are not shown as evidence."""
    return any(names.search(name) for _, _, names in KINDS)


CHECK = Check(
    id="V4",
    ko="영업비밀 징후",
    en="Signs of trade secrets",
    dimension=Dimension.validity,
    codes=("TRADE_SECRET",),
    rule_ko="머리글이 거래처, 주문·도면·호선 번호, 단가·금액, 작업자를 뜻하고 값이 둘 이상인 열",
    rule_en="columns of two or more values whose header means a customer or supplier, the number of an order, drawing or hull, a price, or a worker",
    source="machining_orders: the order book of a machining shop, whose customers, projects and prices were taken out before it could be kept",
    look=look,
    todo_ko="공개해도 되는지 거래처와의 계약을 확인하고, 안 되면 열을 빼거나 번호로 바꾸십시오.",
    todo_en="See the contracts with those who are named; leave the column out or replace it by numbers where it may not be published.",
)
