"""Receipts of downloads as a PDF that either side files or hands on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from marketplace.documents.typesetting import pdf
from marketplace.errors import Language
from marketplace.members.registry.business_number import format_business_number
from marketplace.orders.delivery.receipts import in_seoul
from marketplace.orders.delivery.schemas import ReceiptOut

TEMPLATE: Final = Path(__file__).parent / "receipts.typ"
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "ko": {
        "heading": "데이터 수령 기록", "made_at": "작성 시각", "exchange": "거래소", "count": "건수",
        "number": "수령 번호", "at": "내려받은 때", "order": "주문", "buyer": "구매자", "seller": "판매자",
        "data": "데이터", "version": "판", "person": "내려받은 사람", "address": "접속 주소", "bytes": "바이트",
        "whole": "판 전체", "none": "내려받은 기록이 없습니다.", "business_number": "사업자등록번호",
        "note": "시각은 한국 표준시입니다. 기록은 링크를 내주거나 전송을 시작할 때 남고 고칠 수 없습니다. SHA-256은 파일의 값이며, 판 전체는 모든 파일의 이름과 값을 함께 해시한 것입니다.",
    },
    "en": {
        "heading": "Receipts of downloads", "made_at": "Made at", "exchange": "Exchange", "count": "Count",
        "number": "Receipt", "at": "Downloaded at", "order": "Order", "buyer": "Buyer", "seller": "Seller",
        "data": "Data", "version": "version", "person": "Person", "address": "Address", "bytes": "bytes",
        "whole": "whole version", "none": "Nothing was downloaded.", "business_number": "Business number",
        "note": "Times are Korean Standard Time. A receipt is written when a link is given out or a transfer begins, and is never changed. SHA-256 is that of the file; of a whole version, that of the names and hashes of all its files.",
    },
}  # fmt: skip


def paper(
    receipts: Sequence[ReceiptOut], *, exchange: str, made_at: datetime, language: Language
) -> bytes:
    """Return receipts as PDF/A-3b; blocks, so call it in a thread."""
    words = _WORDS[language]
    data = {
        "language": language,
        "words": words,
        "exchange": exchange,
        "made_at": in_seoul(made_at),
        "count": str(len(receipts)),
        "rows": [_row(one, words, language) for one in receipts],
    }
    return pdf(TEMPLATE, data)


def _row(one: ReceiptOut, words: dict[str, str], language: Language) -> dict[str, str]:
    title = (one.title_en if language == "en" else "") or one.title_ko
    return {
        "number": one.number,
        "at": in_seoul(one.downloaded_at),
        "order": one.order_number,
        "buyer": f"{one.buyer_name} ({format_business_number(one.buyer_number)})",
        "seller": f"{one.seller_name} ({format_business_number(one.seller_number)})",
        "data": f"{title} ({one.product_number}), {words['version']} {one.version_number}",
        "path": one.path or words["whole"],
        "person": one.person,
        "address": one.address,
        "bytes": f"{one.size_bytes:,}",
        "sha256": one.sha256,
    }
