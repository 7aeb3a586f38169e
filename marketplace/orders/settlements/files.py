"""Sales, payouts, the trial balance and the brokered sales as tables that leave. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from billing.ledger.queries import AccountTotals
from marketplace.clock import seoul_date
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.settlements.brokered import BrokeredRow
from marketplace.orders.settlements.paying import Transfer
from marketplace.orders.settlements.schemas import FileKind, SaleOut, SaleState
from marketplace.spreadsheets import XLSX, csv_of, xlsx_of

CSV: Final = "text/csv; charset=utf-8"
SALES: Final = (
    "주문 번호", "결제일", "구매자", "상품 번호", "상품명", "판", "공급가액(원)", "부가세(원)", "환불액(원)",
    "남은 금액(원)", "상태", "검수일",
)  # fmt: skip
STATES: Final = {
    SaleState.held: "보관 중",
    SaleState.accepted: "정산 대기",
    SaleState.settled: "정산됨",
    SaleState.refunded: "환불·취소",
}
TRANSFERS: Final = (
    "은행코드", "은행", "계좌번호", "예금주", "이체금액(원)", "받는 통장 표시", "내 통장 표시", "판매자",
)  # fmt: skip
BOOKS: Final = ("계정", "계정명", "구분", "차변(원)", "대변(원)", "잔액(원)")
SIDES: Final = {"asset": "자산", "liability": "부채", "income": "수익", "expense": "비용"}
BROKERED: Final = (
    "과세기간 분기", "거래 월", "사업자등록번호", "상호", "대표자", "사업장 소재지", "거래 건수",
    "공급가액(원)", "부가가치세(원)", "합계(원)", "신용카드 등(원)", "그 밖의 결제(원)", "환불액(원)",
)  # fmt: skip


def table_of(kind: FileKind, sheet: str, rows: Iterable[Iterable[object]]) -> tuple[bytes, str]:
    """Return a table and its media type; blocks, so call it in a thread."""
    if kind is FileKind.csv:
        return csv_of(rows), CSV
    return xlsx_of(sheet, rows), XLSX


def sales_rows(sales: Sequence[SaleOut]) -> Iterator[Sequence[object]]:
    """Yield the heading and a row for each sold line."""
    yield SALES
    for one in sales:
        yield (
            one.order_number, seoul_date(one.paid_at).isoformat(), one.buyer, one.product_number,
            one.title_ko, one.version_number, one.supply_won, one.vat_won, one.refunded_won,
            one.left_won, STATES[one.state],
            seoul_date(one.accepted_at).isoformat() if one.accepted_at else "",
        )  # fmt: skip


def transfer_rows(transfers: Sequence[Transfer]) -> Iterator[Sequence[object]]:
    """Yield the heading and a row for each transfer; codes and numbers are texts with their zeros."""
    yield TRANSFERS
    for one in transfers:
        yield (
            one.bank_code, one.bank, one.number, one.holder, one.amount_won, one.reference,
            one.reference, one.seller,
        )  # fmt: skip


def books_rows(accounts: Sequence[AccountTotals]) -> Iterator[Sequence[object]]:
    """Yield the heading, a row for each account, and the sums."""
    yield BOOKS
    for one in accounts:
        yield (
            one.code, one.name_ko, SIDES[one.side.value], one.debit_won, one.credit_won,
            one.balance_won,
        )  # fmt: skip
    debit_won, credit_won = (
        sum(one.debit_won for one in accounts), sum(one.credit_won for one in accounts)
    )  # fmt: skip
    yield "합계", "", "", debit_won, credit_won, debit_won - credit_won


def brokered_rows(quarter: str, rows: Sequence[BrokeredRow]) -> Iterator[Sequence[object]]:
    """Yield the heading and a row for each seller and month."""
    yield BROKERED
    for one in rows:
        total_won = one.supply_won + one.vat_won
        yield (
            quarter, one.month, format_business_number(one.number), one.name, one.representative,
            one.address, one.count, one.supply_won, one.vat_won, total_won, one.card_won,
            total_won - one.card_won, one.refunded_won,
        )  # fmt: skip
