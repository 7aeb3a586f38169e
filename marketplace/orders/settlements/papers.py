"""The statement of a settlement (정산서) as a PDF."""

from pathlib import Path
from typing import Any, Final

from marketplace.clock import seoul_date
from marketplace.documents.typesetting import pdf
from marketplace.errors import Language
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.quotations.papers import Issuer
from marketplace.orders.settlements.models import CarryReason, FeeBase, SettlementState
from marketplace.orders.settlements.schemas import SettlementOut

TEMPLATE: Final = Path(__file__).parent / "statement.typ"
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "ko": {
        "heading": "정 산 서", "number": "정산 번호", "month": "정산 기간", "state": "상태", "paid_on": "지급일",
        "to": "귀중", "business_number": "사업자등록번호", "payout": "지급액", "order": "주문", "item": "상품",
        "buyer": "구매자", "accepted": "검수일", "amount": "금액(부가세 포함)", "gross": "판매 합계",
        "fee": "거래소 수수료", "fee_supply": "수수료 공급가액", "fee_vat": "수수료 부가세", "set_off": "환불 상계",
        "carried_in": "이월 들어옴", "carried_out": "다음 정산으로 이월", "debt": "남은 환불 채무",
        "supply": "공급가액 기준", "total": "부가세 포함 금액 기준", "until": "–", "none": "이 정산에 새로 든 판매가 없습니다.",
        "day": "{0.year}년 {0.month}월 {0.day}일",
        "note_fee": "수수료의 세금계산서는 거래소가 {written}자로 {due}까지 발행합니다.",
        "note_vat": "판매에 대한 부가가치세는 판매자가 신고하고 냅니다. 거래소는 부가세를 포함한 판매액을 정산합니다.",
    },
    "en": {
        "heading": "Settlement statement", "number": "Number", "month": "Period", "state": "State",
        "paid_on": "Paid on", "to": "", "business_number": "Business number", "payout": "Payout", "order": "Order",
        "item": "Product", "buyer": "Buyer", "accepted": "Accepted", "amount": "Amount with VAT",
        "gross": "Sales", "fee": "Fee of the exchange", "fee_supply": "Fee, supply value", "fee_vat": "VAT on the fee",
        "set_off": "Set off for refunds", "carried_in": "Carried in", "carried_out": "Carried into the next settlement",
        "debt": "Refunds still owed", "supply": "of the supply value", "total": "of the amount with VAT", "until": "–",
        "none": "No new sales belong to this settlement.", "day": "{0:%Y-%m-%d}",
        "note_fee": "The exchange issues the tax invoice for its fee, dated {written}, by {due}.",
        "note_vat": "The seller files and pays the VAT on the sales. The exchange settles the amounts with VAT.",
    },
}  # fmt: skip
_STATES: Final[dict[Language, dict[SettlementState, str]]] = {
    "ko": {
        SettlementState.drafted: "초안", SettlementState.approved_once: "첫 번째 승인",
        SettlementState.approved: "승인", SettlementState.paying: "지급 중",
        SettlementState.paid: "지급 완료", SettlementState.cancelled: "취소",
    },
    "en": {
        SettlementState.drafted: "Draft", SettlementState.approved_once: "Approved by one",
        SettlementState.approved: "Approved", SettlementState.paying: "Being paid",
        SettlementState.paid: "Paid", SettlementState.cancelled: "Cancelled",
    },
}  # fmt: skip
_CARRIED: Final[dict[Language, dict[CarryReason, str]]] = {
    "ko": {
        CarryReason.below_least: "최소 지급액보다 적음", CarryReason.no_account: "쓸 수 있는 계좌 없음",
        CarryReason.suspended: "이용 정지", CarryReason.debt: "환불로 돌려받을 금액이 더 많음",
    },
    "en": {
        CarryReason.below_least: "less than the least payout", CarryReason.no_account: "no account in use",
        CarryReason.suspended: "suspended", CarryReason.debt: "more is owed for refunds",
    },
}  # fmt: skip


def paper(settlement: SettlementOut, issuer: Issuer, language: Language) -> bytes:
    """Return the statement as PDF/A-3b; blocks, so call it in a thread."""
    words = _WORDS[language]
    day = words["day"]
    data = {
        "language": language,
        "words": words,
        "number": settlement.number,
        "period": f"{day.format(settlement.begins_on)} {words['until']} {day.format(settlement.ends_on)}",
        "state": _STATES[language][settlement.state],
        "paid_on": day.format(settlement.paid_on) if settlement.paid_on else "–",
        "seller": settlement.seller_name,
        "seller_number": format_business_number(settlement.seller_number),
        "payout": _won(settlement.paid_won),
        "lines": [
            [
                one.order_number, (language == "en" and one.title_en) or one.title_ko, one.buyer,
                seoul_date(one.accepted_at).isoformat(), _won(one.amount_won),
            ]
            for one in settlement.lines
        ],
        "sums": _sums(settlement, language),
        "notes": _notes(settlement, language),
        "issuer": [issuer.name, issuer.business_number, issuer.address, issuer.phone, issuer.email],
    }  # fmt: skip
    return pdf(TEMPLATE, data)


def _sums(settlement: SettlementOut, language: Language) -> list[list[str]]:
    words = _WORDS[language]
    base = words["supply"] if settlement.fee_base is FeeBase.supply else words["total"]
    rate = f"{settlement.fee_bps / 100:g} % {base}"
    reason = settlement.carry_reason
    why = f" ({_CARRIED[language][reason]})" if reason else ""
    rows: list[tuple[str, int, bool]] = [
        (words["gross"], settlement.gross_won, True),
        (f"{words['fee_supply']} ({rate})", -settlement.fee_supply_won, True),
        (words["fee_vat"], -settlement.fee_vat_won, True),
        (words["carried_in"], settlement.carried_in_won, bool(settlement.carried_in_won)),
        (words["set_off"], -settlement.set_off_won, bool(settlement.set_off_won)),
        (words["carried_out"] + why, -settlement.carried_out_won, bool(reason)),
    ]
    return [[name, _won(won)] for name, won, shown in rows if shown]


def _notes(settlement: SettlementOut, language: Language) -> list[str]:
    words = _WORDS[language]
    found: list[Any] = []
    if (invoice := settlement.fee_invoice) is not None:
        written, due = (
            words["day"].format(invoice.written_on),
            words["day"].format(invoice.issue_due_on),
        )
        found.append(words["note_fee"].format(written=written, due=due))
    if settlement.debt_left_won:
        found.append(f"{words['debt']}: {_won(settlement.debt_left_won)}")
    return [*found, words["note_vat"]]


def _won(amount_won: int) -> str:
    return f"−₩{-amount_won:,}" if amount_won < 0 else f"₩{amount_won:,}"
