"""The product's page for programs: schema.org in JSON-LD, as search engines for datasets read it. Pure.

Source:
    schema.org 29 ``Dataset``, ``DataDownload``, ``Offer``; Google's guide for dataset search asks for a
    description of 50 to 5,000 characters.
"""

from typing import Any, Final

from marketplace.catalog.market.columns import ColumnGroup
from marketplace.catalog.market.queries import Listing

VARIABLES_MOST: Final = 200
_MEDIA: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "jsonl": "application/jsonl",
    "mat": "application/x-matlab-data",
    "zip": "application/zip",
    "gz": "application/gzip",
}


def json_ld(listing: Listing, groups: list[ColumnGroup], url: str) -> dict[str, Any]:
    """Return the description of a product on sale.

    Args:
        url: address of its page
    """
    content, seller = listing.content, listing.seller
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": url,
        "url": url,
        "identifier": [f"product/{listing.product.number}", f"sha256:{listing.version.sha256}"],
        "name": content.title_ko,
        "description": f"{content.summary_ko}\n\n{content.description_ko}"[:5_000],
        "inLanguage": "ko",
        "version": str(listing.version.number),
        "isAccessibleForFree": False,
        "license": f"{url}#licence",
        "creator": {"@type": "Organization", "name": seller.name, "url": _beside(url, seller.id)},
        "keywords": [word for word in (content.process, content.equipment) if word],
        "variableMeasured": _variables(groups),
        "distribution": [_file(file.path, file.size_bytes) for file in listing.files],
        "offers": {
            "@type": "Offer",
            "price": str(listing.product.price_won),
            "priceCurrency": "KRW",
            "priceSpecification": {
                "@type": "PriceSpecification",
                "price": str(listing.product.price_won),
                "priceCurrency": "KRW",
                "valueAddedTaxIncluded": False,
            },
            "seller": {"@type": "Organization", "name": seller.name},
        },
    }
    if content.title_en:
        described["alternateName"] = content.title_en
    if content.credit:
        described["creditText"] = content.credit
    if content.collected_from and content.collected_to:
        described["temporalCoverage"] = f"{content.collected_from}/{content.collected_to}"
    if listing.product.listed_at is not None:
        described["datePublished"] = listing.product.listed_at.date().isoformat()
    return described


def _beside(url: str, seller_id: object) -> str:
    return f"{url.rsplit('/products/', 1)[0]}/sellers/{seller_id}"


def _variables(groups: list[ColumnGroup]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for column in [column for group in groups for column in group.columns][:VARIABLES_MOST]:
        one: dict[str, Any] = {"@type": "PropertyValue", "name": column.name}
        if column.meaning:
            one["description"] = column.meaning
        if column.unit:
            one["unitText"] = column.unit
        if column.low is not None and column.high is not None:
            one |= {"minValue": column.low, "maxValue": column.high}
        made.append(one)
    return made


def _file(path: str, size_bytes: int) -> dict[str, Any]:
    ending = path.rsplit(".", 1)[-1].lower()
    return {
        "@type": "DataDownload",
        "name": path,
        "encodingFormat": _MEDIA.get(ending, "application/octet-stream"),
        "contentSize": f"{size_bytes} B",
    }
