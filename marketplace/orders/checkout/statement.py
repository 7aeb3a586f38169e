"""The statement of an order (거래명세서) as a PDF: what was supplied by whom, and how it was paid."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from billing.gateways.facts import Method
from billing.money import Taxation
from marketplace.clock import seoul_date
from marketplace.documents.typesetting import pdf
from marketplace.errors import Language
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.payments.models import EvidenceKind, Payment
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of
from marketplace.orders.quotations.papers import Issuer

TEMPLATE: Final = Path(__file__).parent / "statement.typ"
METHODS: Final[dict[Language, dict[Method, str]]] = {
    "ko": {
        Method.card: "카드", Method.transfer: "실시간 계좌이체", Method.virtual_account: "가상계좌",
        Method.kakaopay: "카카오페이", Method.naverpay: "네이버페이", Method.tosspay: "토스페이",
    },
    "en": {
        Method.card: "Card", Method.transfer: "Account transfer", Method.virtual_account: "Virtual account",
        Method.kakaopay: "KakaoPay", Method.naverpay: "NaverPay", Method.tosspay: "Toss Pay",
    },
}  # fmt: skip
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "ko": {
        "heading": "거 래 명 세 서", "number": "주문 번호", "placed_on": "주문일", "paid_on": "결제일",
        "paid_by": "결제 방법", "evidence": "증빙", "unpaid": "결제 전", "to": "귀중", "sum": "합계 금액",
        "vat_included": "부가세 포함", "item": "품목", "version": "판", "supply": "공급가액", "vat": "부가세",
        "total": "합계", "refunded": "환불", "seller": "공급자", "representative": "대표자",
        "business_number": "사업자등록번호", "phone": "전화", "exempt": "면세", "all": "총계",
        "broker": "통신판매중개자", "terms": "이용 조건 SHA-256", "product": "상품 번호",
        "day": "{0.year}년 {0.month}월 {0.day}일", "card_slip": "카드 매출전표", "invoice": "전자세금계산서·전자계산서",
        "note_paper": "이 명세서는 거래 내용을 적은 것이며, 세금계산서나 카드 매출전표를 대신하지 않습니다.",
        "note_broker": "거래소는 통신판매중개자로서 거래의 당사자가 아니며, 상품과 거래의 책임은 위 공급자에게 있습니다.",
    },
    "en": {
        "heading": "Statement", "number": "Order", "placed_on": "Ordered", "paid_on": "Paid",
        "paid_by": "Paid by", "evidence": "Evidence", "unpaid": "not paid", "to": "", "sum": "Total",
        "vat_included": "VAT included", "item": "Item", "version": "Version", "supply": "Supply value", "vat": "VAT",
        "total": "Total", "refunded": "Refunded", "seller": "Supplier", "representative": "Representative",
        "business_number": "Business number", "phone": "Telephone", "exempt": "VAT-exempt", "all": "Sum",
        "broker": "Broker of the sale", "terms": "Licence SHA-256", "product": "Product",
        "day": "{0:%Y-%m-%d}", "card_slip": "Card slip", "invoice": "Electronic invoice",
        "note_paper": "This statement tells what was traded; it replaces neither an invoice nor a card slip.",
        "note_broker": "The exchange brokers the sale and is not a party to it; the suppliers above answer for products and sale.",
    },
}  # fmt: skip


def statement(
    order: Order,
    lines: Sequence[OrderLine],
    payment: Payment | None,
    issuer: Issuer,
    language: Language,
) -> bytes:
    """Return the statement as PDF/A-3b; blocks, so call it in a thread.

    Args:
        payment: which paid the order; None while it is not paid
    """
    words = _WORDS[language]
    day = words["day"]
    assert order.placed_at is not None, "a saved order has its time"
    facts = [
        (words["number"], number_of(order)),
        (words["placed_on"], day.format(seoul_date(order.placed_at))),
        (
            words["paid_on"],
            day.format(seoul_date(order.paid_at)) if order.paid_at else words["unpaid"],
        ),
    ]
    if payment is not None:
        slip = payment.evidence is EvidenceKind.card_slip
        facts += [
            (words["paid_by"], METHODS[language][payment.method]),
            (words["evidence"], words["card_slip" if slip else "invoice"]),
        ]
    refunded_won = sum(line.refunded.total_won for line in lines)
    data = {
        "language": language,
        "words": words,
        "facts": facts,
        "number": number_of(order),
        "buyer": order.organization_name,
        "buyer_number": format_business_number(order.organization_number),
        "sums": [_won(order.supply_won), _won(order.vat_won), _won(order.total_won)],
        "refunded": _won(refunded_won) if refunded_won else "",
        "sellers": [
            _seller(list(own), words, language)
            for _, own in groupby(lines, key=lambda one: one.seller_id)
        ],
        "issuer": [issuer.name, issuer.business_number, issuer.address, issuer.phone, issuer.email],
    }
    return pdf(TEMPLATE, data)


def _seller(
    lines: Sequence[OrderLine], words: dict[str, str], language: Language
) -> dict[str, Any]:
    first = lines[0]
    supply_won, vat_won = sum(one.supply_won for one in lines), sum(one.vat_won for one in lines)
    return {
        "name": first.seller_name,
        "number": format_business_number(first.seller_number),
        "representative": first.seller_representative,
        "address": first.seller_address,
        "phone": first.seller_phone,
        "exempt": words["exempt"] if first.taxation is Taxation.exempt else "",
        "lines": [_row(one, language) for one in lines],
        "sums": [_won(supply_won), _won(vat_won), _won(supply_won + vat_won)],
    }


def _row(line: OrderLine, language: Language) -> dict[str, str]:
    return {
        "title": (line.title_en if language == "en" else "") or line.title_ko,
        "product": str(line.product_number),
        "version": str(line.version_number),
        "terms": line.licence_sha256[:16],
        "supply": _won(line.supply_won),
        "vat": _won(line.vat_won),
        "total": _won(line.paid.total_won),
    }


def _won(amount_won: int) -> str:
    return f"₩{amount_won:,}"
