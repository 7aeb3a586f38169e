"""What crosses the wire about wanted data."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.catalog.products.models import DataKind
from marketplace.catalog.wanted.models import WantedState
from marketplace.members.accounts.schemas import PRINTABLE

WON_MOST = 1_000_000_000_000
TITLE_CHARS_MIN = 5
PURPOSE_CHARS_MIN = 10
Won = Annotated[int, Meta(ge=0, le=WON_MOST)]
Body = Annotated[str, Meta(min_length=2, max_length=2_000, pattern=r"\S[\s\S]*\S")]
# One line that may be empty.
LINE = f"^$|{PRINTABLE}"
Short = Annotated[str, Meta(max_length=60, pattern=LINE)]


class WantedIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is looked for, what for, what it may cost [won without VAT], and until which day.

    Without ``name_shown`` nobody but the operator learns which organization asks.
    """

    title: Annotated[str, Meta(min_length=TITLE_CHARS_MIN, max_length=100, pattern=PRINTABLE)]
    purpose: Annotated[str, Meta(min_length=PURPOSE_CHARS_MIN, max_length=2_000, pattern=r"\S")]
    industry_division: Annotated[str, Meta(min_length=2, max_length=2)]
    budget_from_won: Won
    budget_to_won: Won
    until_on: date
    process: Short = ""
    equipment: Short = ""
    data_kind: DataKind | None = None
    period: Annotated[str, Meta(max_length=100, pattern=LINE)] = ""
    name_shown: bool = False


class WantedClosingIn(Struct, forbid_unknown_fields=True):
    """Why a request ends."""

    outcome: Literal["found", "not_needed"]


class AnswerIn(Struct, forbid_unknown_fields=True):
    """What a seller answers, with a product of the own that is on sale where there is one."""

    body: Body
    product_id: UUID | None = None


class MessageIn(Struct, forbid_unknown_fields=True):
    """What the asker replies."""

    body: Body


class WantedOut(Struct, frozen=True, kw_only=True):
    """A request as everybody sees it; ``asker`` is empty where the asker stays unnamed."""

    id: UUID
    title: str
    purpose: str
    industry_division: str
    process: str
    equipment: str
    data_kind: DataKind | None
    period: str
    budget_from_won: int
    budget_to_won: int
    until_on: date
    state: WantedState
    asker: str
    answer_count: int
    asked_at: datetime
    closed_at: datetime | None
    hidden_reason: str | None


class WantedPage(Struct, frozen=True):
    """Requests, the newest first."""

    items: list[WantedOut]
    next_cursor: str | None


class WantedDeskLine(Struct, frozen=True):
    """A request as the operator sees it: with who asks, also where the name is not shown."""

    request: WantedOut
    organization_id: UUID
    organization: str


class WantedDesk(Struct, frozen=True):
    """Requests as the operator sees them, the newest first."""

    items: list[WantedDeskLine]
    next_cursor: str | None


class WantedList(Struct, frozen=True):
    """Requests of an organization, at most 100."""

    items: list[WantedOut]


class NamedProduct(Struct, frozen=True):
    """A product on sale that a seller named in answer."""

    id: UUID
    title_ko: str
    title_en: str
    seller: str
    price_won: int


class WantedDetail(Struct, frozen=True):
    """A request with the products that sellers named."""

    request: WantedOut
    products: list[NamedProduct]


class WantedMessageOut(Struct, frozen=True):
    """A message of a thread."""

    id: UUID
    by_asker: bool
    body: str
    product_id: UUID | None
    at: datetime


class WantedThreadOut(Struct, frozen=True):
    """A thread as its two sides and the operator see it."""

    id: UUID
    request_id: UUID
    seller_id: UUID
    seller: str
    messages: list[WantedMessageOut]


class WantedThreads(Struct, frozen=True):
    """The threads of a request that the caller takes part in, the oldest first."""

    items: list[WantedThreadOut]
