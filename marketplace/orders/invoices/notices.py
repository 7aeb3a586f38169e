"""What buyers, sellers and the operator are told of invoices; what concerns money cannot be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

ISSUED: Final = NoticeKind(
    "invoice.issued",
    "{paper_ko}가 발행되었습니다: 주문 {number}",
    "The {paper_en} of order {number} has been issued",
    "{supplier} → {buyer}\n승인번호: {issue_id}\n작성일자: {written_on}\n공급가액 {supply_won}원, 세액 {vat_won}원, 합계 {total_won}원\n"
    "국세청에는 {transmit_due_on}까지 전송됩니다.",
    "{supplier} → {buyer}\nApproval number: {issue_id}\nDate: {written_on}\nSupply value ₩{supply_won}, tax ₩{vat_won}, "
    "total ₩{total_won}\nIt is sent to the tax office by {transmit_due_on}.",
    mutable=False,
)
CANCELLED: Final = NoticeKind(
    "invoice.cancelled",
    "{paper_ko}의 발행이 취소되었습니다: 주문 {number}",
    "The {paper_en} of order {number} has been cancelled",
    "{supplier} → {buyer}\n승인번호: {issue_id}\n합계 {total_won}원\n국세청에 전송하기 전에 취소했으므로 신고에 쓰지 마십시오.",
    "{supplier} → {buyer}\nApproval number: {issue_id}\nTotal ₩{total_won}\nIt was cancelled before it was sent to the tax "
    "office; do not declare it.",
    mutable=False,
)
FAILED: Final = NoticeKind(
    "invoice.failed",
    "세금계산서를 발행하지 못했습니다: {key}",
    "A tax invoice failed: {key}",
    "{supplier} → {buyer}, 합계 {total_won}원\n이유: {failure_ko}\n발급 기한은 {issue_due_on}입니다. 세금계산서 화면에서 원인을 고친 뒤 다시 보내십시오.",
    "{supplier} → {buyer}, total ₩{total_won}\nWhy: {failure_en}\nIt is due on {issue_due_on}. Mend the cause and send it again "
    "from the page of tax invoices.",
    mutable=False,
)
DUE: Final = NoticeKind(
    "invoice.due",
    "기한이 다가온 세금계산서가 {count}건 있습니다",
    "{count} tax invoice(s) are due",
    "가장 이른 기한은 {due_on}입니다. 넘기면 가산세가 있습니다. 세금계산서 화면에서 확인하십시오.",
    "The earliest is due on {due_on}. A late one costs a penalty. Look at the page of tax invoices.",
    mutable=False,
)
