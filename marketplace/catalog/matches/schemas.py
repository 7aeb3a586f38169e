"""What the operator reads of matches."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from marketplace.catalog.datasets.models import VersionState
from marketplace.catalog.products.models import ProductState


class MatchLine(Struct, frozen=True, kw_only=True):
    """A table of a version and the table of another product that it shares data with.

    Percentages are null where too little is shared to tell: of the different rows of this table, of the other's,
    and of the stretches of the column that shares most of them. ``exact`` false: a fair sample of rows was
    compared. ``earlier``: the other version was ready first.
    """

    table: str
    other_table: str
    other_product_id: UUID
    other_product_number: int
    other_title: str
    other_product_state: ProductState
    other_version_id: UUID
    other_version_number: int
    other_version_state: VersionState
    other_seller_id: UUID
    other_seller: str
    own: bool
    earlier: bool
    strong: bool
    same_bytes: bool
    share_pct: float
    row_pct: float | None
    other_row_pct: float | None
    exact: bool
    stretch_pct: float | None
    columns: list[str]
    found_at: datetime


class MatchesOut(Struct, frozen=True, kw_only=True):
    """What a version has in common with other products, the most first; never compared yet: ``compared_at`` is null."""

    version_id: UUID
    compared_at: datetime | None
    table_count: int | None
    least_pct: float | None
    strong_pct: float | None
    items: list[MatchLine]

    @property
    def strong_count(self) -> int:
        """How many are copies by the exchange's share."""
        return sum(one.strong for one in self.items)
