"""The list of registered products (등록상품 현황) as CSV and XLSX (E8). Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from marketplace.catalog.market.queries import Offer
from marketplace.catalog.products.industries import SECTIONS
from marketplace.clock import seoul_date
from marketplace.spreadsheets import csv_of, xlsx_of

COLUMNS: Final = (
    "상품 번호", "상품명", "판매자", "업종", "공정", "설비", "데이터 형태", "형식", "행", "크기(바이트)",
    "품질 등급", "판매 금액(공급가액, 원)", "게시일",
)  # fmt: skip
SHEET: Final = "등록상품 현황"


def cells_of(offers: Sequence[Offer]) -> Iterator[tuple[str | int, ...]]:
    """Yield a row for each product; texts that a spreadsheet would take for a formula are marked."""
    for offer in offers:
        product, content = offer.product, offer.content
        section = SECTIONS.get(content.industry_section or "")
        division = section.divisions[content.industry_division or ""][0] if section else ""
        texts = (
            content.title_ko, offer.seller.name, division, content.process, content.equipment,
            content.data_kind.value if content.data_kind else "", ", ".join(offer.formats),
        )  # fmt: skip
        assert product.number is not None, "a saved row has its number"
        assert product.price_won is not None, "a listed product has its price"
        assert product.listed_at is not None, "and its time"
        yield (
            product.number, *texts, offer.row_count, offer.size_bytes,
            offer.grade, product.price_won, seoul_date(product.listed_at).isoformat(),
        )  # fmt: skip


def as_csv(offers: Sequence[Offer]) -> bytes:
    """Return the list in UTF-8 with a byte order mark, which spreadsheets need for Hangul."""
    return csv_of([COLUMNS, *cells_of(offers)])


def as_xlsx(offers: Sequence[Offer]) -> bytes:
    """Return the list as a workbook of one sheet; blocks, so call it in a thread."""
    return xlsx_of(SHEET, [COLUMNS, *cells_of(offers)])
