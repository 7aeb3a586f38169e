"""What crosses the wire about saved searches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from marketplace.catalog.saved.models import Frequency
from marketplace.catalog.search.matching import Sort

Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
Values = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=20)]


class FiltersIn(Struct, forbid_unknown_fields=True):
    """Values by facet, as the search takes them."""

    industry: Values = []
    process: Values = []
    equipment: Values = []
    data_kind: Values = []
    format: Values = []
    price: Values = []
    grade: Values = []
    seller: Annotated[list[UUID], Meta(max_length=20)] = []


class SavedSearchIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A search to keep, under a name; without ``alert`` it is kept and tells nothing."""

    name: Name
    words: Annotated[str, Meta(max_length=200)] = ""
    filters: FiltersIn | None = None
    sort: Sort = Sort.relevance
    alert: bool = True
    frequency: Frequency = Frequency.daily


class SavedSearchPatch(Struct, forbid_unknown_fields=True):
    """What changes of a saved search; the search itself stays."""

    name: Name | UnsetType = UNSET
    alert: bool | UnsetType = UNSET
    frequency: Frequency | UnsetType = UNSET


class SavedSearchOut(Struct, frozen=True):
    """A saved search; ``address`` runs it on the market's page."""

    id: UUID
    name: str
    words: str
    filters: dict[str, list[str]]
    sort: Sort
    alert: bool
    frequency: Frequency
    saved_at: datetime
    address: str


class SavedSearches(Struct, frozen=True):
    """The person's saved searches, by name, and how many there may be."""

    items: list[SavedSearchOut]
    most: int
