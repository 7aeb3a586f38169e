"""Keeping the index in step with the market, in the transaction that changes the market."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import QualityReport
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.search.lexemes import FACETS, NAMES, TITLE, facet, places_of, price_band
from marketplace.catalog.search.models import ProductSearch, SearchTerm
from marketplace.catalog.search.tokens import (
    choseong,
    hangul,
    index_tokens,
    jamo,
    parts,
    runs,
)
from marketplace.jobs import enqueue
from marketplace.members.organizations.models import Organization

TERM_CHARS_MIN: Final = 2
PART_CHARS_MIN: Final = 3
TERM_CHARS_MAX: Final = 40
TERMS_MAX: Final = 500
MATCH: Final = "saved.match"
_NEXT: Final = text("select nextval('product_search_position')")


@dataclass(frozen=True)
class Described:
    """What a product is found by.

    Args:
        title: in both languages
        names: process, equipment, industry, seller, columns with meanings and units
        prose: summary and description
        vocabulary: texts whose words are worth proposing
        facets: values by the facet's name
    """

    title: str
    names: str
    prose: str
    vocabulary: str
    facets: dict[str, list[str]]


async def index_product(session: AsyncSession, product_id: UUID) -> None:
    """Let the search see a product as it stands now; one that is not on sale is taken out."""
    found = (
        await session.execute(
            select(Product, ProductContent, QualityReport, col(Organization.name))
            .join(ProductContent, col(ProductContent.product_id) == Product.id)
            .join(
                QualityReport,
                col(QualityReport.version_id) == col(ProductContent.dataset_version_id),
            )
            .join(Organization, col(Organization.id) == col(Product.organization_id))
            .where(
                col(Product.id) == product_id,
                col(Product.state) == ProductState.listed,
                col(ProductContent.state) == ContentState.approved,
            )
        )
    ).one_or_none()
    if found is None:
        await session.execute(
            delete(ProductSearch).where(col(ProductSearch.product_id) == product_id)
        )
        return
    product, content, report, seller = found
    described = describe(product, content, report, seller)
    terms = terms_of(described.vocabulary)
    await learn(session, terms)
    assert product.price_won is not None, "a listed product has its price"
    assert product.listed_at is not None, "and the time since when"
    known = await session.scalar(
        select(col(ProductSearch.position)).where(col(ProductSearch.product_id) == product.id)
    )
    placed = Placed(
        product.id,
        product.organization_id,
        known or await next_position(session),
        product.listed_at,
        product.price_won,
        report.grade,
    )
    await put(session, row_of(placed, described, terms))


async def announce(session: AsyncSession, product_id: UUID) -> None:
    """Let those who keep a search hear of a product that came onto the market."""
    await enqueue(session, MATCH, product_id=str(product_id), queueing_lock=f"match {product_id}")


def describe(
    product: Product, content: ProductContent, report: QualityReport, seller: str
) -> Described:
    """Return what a product is found by. Pure."""
    columns = " ".join(
        f"{entry['name']} {entry.get('meaning', '')} {entry.get('unit', '')}"
        for entry in content.column_dictionary
    )
    industry = industry_of(content)
    kinds = sorted({file["kind"] for file in report.report["files"]})
    vocabulary = [content.title_ko, content.title_en, content.process, content.equipment, columns]
    assert product.price_won is not None, "a listed product has its price"
    return Described(
        title=f"{content.title_ko} {content.title_en}",
        names=" ".join((*vocabulary[2:], industry, seller_words(seller), " ".join(kinds))),
        prose=" ".join(
            (content.summary_ko, content.summary_en, content.description_ko, content.description_en)
        ),
        vocabulary=" ".join((*vocabulary, seller)),
        facets={
            "industry": [content.industry_division or ""],
            "process": [content.process],
            "equipment": [content.equipment],
            "data_kind": [content.data_kind.value if content.data_kind else ""],
            "format": kinds,
            "price": [price_band(product.price_won)],
            "grade": [report.grade],
            "seller": [str(product.organization_id)],
        },
    )


def seller_words(seller: str) -> str:
    """Return a company's name as written and without its spaces: people type it either way."""
    return f"{seller} {seller.replace(' ', '')}"


def industry_of(content: ProductContent) -> str:
    """Return the words of an industry in both languages."""
    section = SECTIONS.get(content.industry_section or "")
    if section is None or content.industry_division is None:
        return ""
    return " ".join(section.divisions[content.industry_division])


def terms_of(text: str) -> list[str]:
    """Return the words of a text that the market should know, at most 500."""
    found: set[str] = set()
    for run in runs(text):
        if TERM_CHARS_MIN <= len(run) <= TERM_CHARS_MAX and not run.isdigit():
            found.add(run)
        if not hangul(run):
            found.update(
                part for part in parts(run) if len(part) >= PART_CHARS_MIN and part.isalpha()
            )
    return sorted(found)[:TERMS_MAX]


def lexemes_of(described: Described) -> set[str]:
    """Return the lexemes of what a product is found by, places apart."""
    title = index_tokens(described.title)
    names = title | index_tokens(described.names)
    anywhere = names | index_tokens(described.prose)
    facets = {facet(name, value) for name in FACETS for value in described.facets[name] if value}
    return anywhere | {NAMES + one for one in names} | {TITLE + one for one in title} | facets


async def learn(session: AsyncSession, terms: list[str]) -> None:
    """Make words known; their counts follow by the trigger of the index."""
    if terms:
        rows = [
            {"term": one, "product_count": 0, "jamo": jamo(one), "choseong": choseong(one)}
            for one in terms
        ]
        await session.execute(insert(SearchTerm).values(rows).on_conflict_do_nothing())


@dataclass(frozen=True)
class Placed:
    """Where a product stands on the market."""

    product_id: UUID
    organization_id: UUID
    position: int
    listed_at: datetime
    price_won: int
    grade: str


def row_of(placed: Placed, described: Described, terms: list[str]) -> dict[str, Any]:
    """Return the row of the index, its words as a list of lexemes. Pure."""
    facets = described.facets
    places = places_of(placed.product_id, placed.position, placed.price_won)
    return {
        "product_id": placed.product_id,
        "position": placed.position,
        "organization_id": placed.organization_id,
        "listed_at": placed.listed_at,
        "price_won": placed.price_won,
        "industry": facets["industry"][0],
        "process": facets["process"][0],
        "equipment": facets["equipment"][0],
        "data_kind": facets["data_kind"][0],
        "formats": facets["format"],
        "price_band": facets["price"][0],
        "grade": placed.grade,
        "terms": terms,
        "words": sorted(lexemes_of(described) | set(places)),
    }


async def next_position(session: AsyncSession) -> int:
    """Return the position of a product that comes onto the market now."""
    position: int = await session.scalar(_NEXT)
    return position


async def put(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a row of the index over the one that was there."""
    written = row | {"words": func.array_to_tsvector(cast(row["words"], ARRAY(Text)))}
    changed = {name: value for name, value in written.items() if name != "product_id"}
    await session.execute(
        insert(ProductSearch)
        .values(written)
        .on_conflict_do_update(index_elements=["product_id"], set_=changed)
    )
