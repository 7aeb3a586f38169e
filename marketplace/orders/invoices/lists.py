"""Lists of invoices by period as a workbook: of purchases, of sales, of the whole exchange."""

from collections.abc import Iterator, Sequence
from typing import Final

from billing.papers.documents import Document
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.invoices.models import PaperState
from marketplace.orders.invoices.printing import REASONS
from marketplace.orders.invoices.schemas import InvoiceOut
from marketplace.spreadsheets import xlsx_of

COLUMNS: Final = (
    "작성일자", "발급일자", "승인번호", "종류", "수정사유", "공급자 등록번호", "공급자", "공급받는자 등록번호",
    "공급받는자", "품목", "공급가액(원)", "세액(원)", "합계(원)", "상태", "관리번호", "주문 번호",
    "전송 기한",
)  # fmt: skip
SHEET: Final = "세금계산서 목록"
_KINDS: Final = {
    Document.tax_invoice: "세금계산서",
    Document.amended_tax_invoice: "수정세금계산서",
    Document.exempt_invoice: "계산서",
    Document.amended_exempt_invoice: "수정계산서",
}
_STATES: Final = {
    PaperState.drawn_up: "발급 중",
    PaperState.issued: "발급",
    PaperState.sending: "전송 중",
    PaperState.sent: "전송",
    PaperState.failed: "실패",
    PaperState.cancelled: "발급 취소",
    PaperState.void: "무효",
}
# What is no paper does not count in the sums.
_COUNTED: Final = frozenset({PaperState.issued, PaperState.sending, PaperState.sent})


def cells_of(papers: Sequence[InvoiceOut]) -> Iterator[tuple[str | int, ...]]:
    """Yield a row for each paper, and the sums of those that stand; texts are no formulas. Pure."""
    for one in papers:
        yield (
            one.written_on.isoformat(), one.issued_on.isoformat() if one.issued_on else "",
            one.issue_id or "", _KINDS[one.document], REASONS[one.reason] if one.reason else "",
            format_business_number(one.supplier_number), one.supplier_name,
            format_business_number(one.buyer_number), one.buyer_name,
            one.title, one.supply_won, one.vat_won, one.total_won, _STATES[one.state],
            one.key, one.order_number,
            one.transmit_due_on.isoformat() if one.transmit_due_on else "",
        )  # fmt: skip
    counted = [one for one in papers if one.state in _COUNTED]
    sums = (
        sum(one.supply_won for one in counted),
        sum(one.vat_won for one in counted),
        sum(one.total_won for one in counted),
    )
    yield ("합계", *[""] * 9, *sums, *[""] * 4)


def as_xlsx(papers: Sequence[InvoiceOut]) -> bytes:
    """Return the list as a workbook of one sheet; blocks, so call it in a thread."""
    return xlsx_of(SHEET, [COLUMNS, *cells_of(papers)])
