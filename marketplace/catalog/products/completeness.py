"""What a registration request still needs of a product. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from marketplace.catalog.products.licence.contract import unanswered
from marketplace.catalog.products.models import (
    DataKind,
    Product,
    ProductContent,
    SamplePolicy,
)

# Field: what the seller reads where it is missing, in the order of the form.
NEEDED: Final[dict[str, tuple[str, str]]] = {
    "title_ko": ("상품명", "the title"),
    "summary_ko": ("한 줄 소개", "the summary"),
    "description_ko": ("설명", "the description"),
    "industry_division": ("업종", "the industry"),
    "process": ("공정", "the process"),
    "purpose": ("활용 목적", "the purpose"),
    "data_kind": ("데이터 형태", "the kind of data"),
    "collected_from": ("수집 시작일", "the first day of collection"),
    "collected_to": ("수집 종료일", "the last day of collection"),
    "collection_method": ("수집 방법", "the way of collection"),
    "interval_s": ("수집 주기", "the interval of collection"),
    "dataset_version_id": ("데이터셋", "the dataset"),
    "sample": ("공개할 표본 행", "the rows of the sample"),
    "price_won": ("판매 금액", "the price"),
    "licence": ("이용 조건 12가지", "the twelve questions of the licence"),
    "no_personal_data": ("개인정보 확인", "the declaration on personal data"),
    "no_trade_secrets": ("영업비밀 확인", "the declaration on trade secrets"),
    "right_to_sell": ("판매 권한 확인", "the declaration on the right to sell"),
    "provenance": ("데이터의 출처", "the provenance"),
    "augmented": ("가공·증강 여부", "whether the data are augmented"),
    "augmentation": ("가공·증강 방법", "how the data were augmented"),
}
_TEXTS: Final = (
    "title_ko", "summary_ko", "description_ko", "industry_division", "process", "purpose", "data_kind",
    "collected_from", "collected_to", "collection_method", "dataset_version_id",
)  # fmt: skip


def missing_of(product: Product, content: ProductContent) -> list[str]:
    """Return the names of what is missing, in the order of the form."""
    told: Mapping[str, Any] = content.declarations
    lacking = {name for name in _TEXTS if not getattr(content, name)}
    if product.price_won is None:
        lacking.add("price_won")
    if content.data_kind is DataKind.time_series and content.interval_s is None:
        lacking.add("interval_s")
    if content.sample_policy is SamplePolicy.rows and not _sampled(content):
        lacking.add("sample")
    if unanswered(content.licence):
        lacking.add("licence")
    lacking |= {
        name
        for name in ("no_personal_data", "no_trade_secrets", "right_to_sell", "provenance")
        if not told.get(name)
    }
    if told.get("augmented") is None:
        lacking.add("augmented")
    if told.get("augmented") and not told.get("augmentation"):
        lacking.add("augmentation")
    return [name for name in NEEDED if name in lacking]


def _sampled(content: ProductContent) -> bool:
    """Whether rows of the version that is to be sold were chosen."""
    chosen = (content.sample or {}).get("version_id")
    return chosen is not None and chosen == str(content.dataset_version_id)
