"""The quotation as a PDF that people print, stamp and pass on."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from billing.money import Taxation
from marketplace.documents.typesetting import pdf
from marketplace.errors import Language
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.quotations.models import Quotation, QuotationLine
from marketplace.settings import Settings

TEMPLATE: Final = Path(__file__).parent / "quotation.typ"
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "ko": {
        "heading": "견 적 서", "number": "견적 번호", "made_on": "견적일", "valid_until": "유효 기간",
        "until": "{day}까지", "to": "귀중", "sum": "합계 금액", "vat_included": "부가세 포함",
        "item": "품목", "version": "판", "supply": "공급가액", "vat": "부가세", "total": "합계",
        "seller": "공급자", "representative": "대표자", "business_number": "사업자등록번호",
        "phone": "전화", "exempt": "면세 (계산서)", "all": "총계", "broker": "통신판매중개자",
        "terms": "이용 조건 SHA-256", "product": "상품 번호", "day": "{0.year}년 {0.month}월 {0.day}일",
        "note_price": "가격은 견적일의 값입니다. 판매자가 값을 바꾸면 주문할 때의 값이 적용됩니다.",
        "note_paper": "증빙은 판매자별로 나뉩니다. 카드 결제는 카드 매출전표, 계좌이체는 판매자의 과세 유형에 따라 전자세금계산서나 전자계산서입니다.",
        "note_broker": "거래소는 통신판매중개자로서 거래의 당사자가 아니며, 상품과 거래의 책임은 위 공급자에게 있습니다.",
    },
    "en": {
        "heading": "Quotation", "number": "Number", "made_on": "Date", "valid_until": "Valid",
        "until": "until {day}", "to": "", "sum": "Total", "vat_included": "VAT included",
        "item": "Item", "version": "Version", "supply": "Supply value", "vat": "VAT", "total": "Total",
        "seller": "Supplier", "representative": "Representative", "business_number": "Business number",
        "phone": "Telephone", "exempt": "VAT-exempt", "all": "Sum", "broker": "Broker of the sale",
        "terms": "Licence SHA-256", "product": "Product", "day": "{0:%Y-%m-%d}",
        "note_price": "Prices are those of the date above. If a seller changes one, the price at the time of the order applies.",
        "note_paper": "Evidence is given for each seller: the card slip for a card, the electronic invoice of the seller's tax type for a transfer.",
        "note_broker": "The exchange brokers the sale and is not a party to it; the suppliers above answer for products and sale.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Issuer:
    """The exchange as it stands on papers."""

    name: str
    business_number: str
    address: str
    phone: str
    email: str


def issuer_of(settings: Settings) -> Issuer:
    """Return who gives papers out: the exchange of this installation."""
    return Issuer(
        settings.operator_name,
        settings.operator_business_number,
        settings.operator_address,
        settings.operator_phone,
        settings.operator_email,
    )


def number_of(quotation: Quotation) -> str:
    """Return the number that people read out: the year and the running number."""
    return f"Q{quotation.made_on.year}-{quotation.sequence:06d}"


def paper(
    quotation: Quotation, lines: Sequence[QuotationLine], issuer: Issuer, language: Language
) -> bytes:
    """Return the quotation as PDF/A-3b; blocks, so call it in a thread."""
    words = _WORDS[language]
    day = words["day"]
    total_won = quotation.supply_won + quotation.vat_won
    data = {
        "language": language,
        "words": words,
        "number": number_of(quotation),
        "made_on": day.format(quotation.made_on),
        "valid_until": words["until"].format(day=day.format(quotation.valid_until)),
        "buyer": quotation.organization_name,
        "buyer_number": format_business_number(quotation.organization_number),
        "sums": [_won(quotation.supply_won), _won(quotation.vat_won), _won(total_won)],
        "sellers": [
            _seller(list(own), words, language)
            for _, own in groupby(lines, key=lambda one: one.seller_id)
        ],
        "issuer": [issuer.name, issuer.business_number, issuer.address, issuer.phone, issuer.email],
    }
    return pdf(TEMPLATE, data)


def _seller(
    lines: Sequence[QuotationLine], words: dict[str, str], language: Language
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


def _row(line: QuotationLine, language: Language) -> dict[str, str]:
    title = (line.title_en if language == "en" else "") or line.title_ko
    return {
        "title": title,
        "product": str(line.product_number),
        "version": str(line.version_number),
        "terms": line.licence_sha256[:16],
        "supply": _won(line.supply_won),
        "vat": _won(line.vat_won),
        "total": _won(line.supply_won + line.vat_won),
    }


def _won(amount_won: int) -> str:
    return f"₩{amount_won:,}"
