"""Tables of saved searches and of the products that came to fit them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.catalog.search.matching import Sort
from marketplace.columns import choice, stamped


class Frequency(StrEnum):
    """How soon a person is told of a new product."""

    at_once = "at_once"
    daily = "daily"
    weekly = "weekly"


class SavedSearch(SQLModel, table=True):
    """A search that a person keeps; only this person sees it.

    ``fingerprint`` is the hash of words, filters and order, so that nobody keeps the same one twice.
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("user_id", "fingerprint"),
        CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    name: str = Field(max_length=60)
    words: str = Field(max_length=200)
    filters: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    sort: Sort = Field(sa_type=choice(Sort, "sort"))
    fingerprint: bytes = Field(sa_type=LargeBinary)
    alert: bool
    frequency: Frequency = Field(sa_type=choice(Frequency, "frequency"))
    saved_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class SavedSearchMatch(SQLModel, table=True):
    """That a product came to fit a search; ``told_at`` is empty while it waits for the digest."""

    __tablename__ = "saved_search_match"
    __table_args__ = (
        Index(
            "ix_saved_search_match_waiting",
            "search_id",
            "found_at",
            postgresql_where=text("told_at is null"),
        ),
    )

    search_id: UUID = Field(
        primary_key=True, sa_column_args=[ForeignKey("saved_search.id", ondelete="CASCADE")]
    )
    product_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("product.id")])
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    found_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    told_at: datetime | None = None
