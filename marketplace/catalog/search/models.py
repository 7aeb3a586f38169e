"""Tables of the search: one narrow row for each product on sale, the words they use, counts of facets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field, SQLModel


class ProductSearch(SQLModel, table=True):
    """A product on sale as the search sees it.

    ``position`` grows with each product that comes onto the market, so that the newest stand highest.
    ``terms`` are the words it adds to the vocabulary.
    """

    __tablename__ = "product_search"
    __table_args__ = (Index("ix_product_search_words", "words", postgresql_using="gin"),)

    product_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("product.id")])
    position: int = Field(unique=True, sa_type=BigInteger)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    listed_at: datetime
    price_won: int = Field(sa_type=BigInteger)
    industry: str = Field(max_length=2)
    process: str = Field(max_length=60)
    equipment: str = Field(max_length=60)
    data_kind: str = Field(max_length=20)
    formats: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    price_band: str = Field(max_length=1)
    grade: str = Field(max_length=1)
    terms: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    words: Any = Field(sa_type=TSVECTOR, nullable=False)


class SearchTerm(SQLModel, table=True):
    """A word of the market: how many products use it, its letters, the first letters of its syllables."""

    __tablename__ = "search_term"
    __table_args__ = (
        Index(
            "ix_search_term_jamo",
            "jamo",
            postgresql_using="gin",
            postgresql_ops={"jamo": "gin_trgm_ops"},
        ),
        Index("ix_search_term_jamo_start", "jamo", postgresql_ops={"jamo": "text_pattern_ops"}),
        Index(
            "ix_search_term_choseong", "choseong", postgresql_ops={"choseong": "text_pattern_ops"}
        ),
    )

    term: str = Field(primary_key=True, max_length=60)
    product_count: int
    jamo: str = Field(max_length=200)
    choseong: str = Field(max_length=60)


class FacetCount(SQLModel, table=True):
    """How many products on sale have a value of a facet; the page without a query reads these."""

    __tablename__ = "facet_count"

    name: str = Field(primary_key=True, max_length=20)
    value: str = Field(primary_key=True, max_length=60)
    product_count: int
