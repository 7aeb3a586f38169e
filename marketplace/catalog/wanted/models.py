"""Tables of wanted data: the request, the threads of sellers, their messages, the products they name."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketplace.catalog.products.models import DataKind
from marketplace.columns import choice, stamped


class WantedState(StrEnum):
    """Whether data are still looked for, and why not."""

    open = "open"
    found = "found"
    not_needed = "not_needed"
    expired = "expired"


class WantedRequest(SQLModel, table=True):
    """A request for data that are not on the market; public unless the operator has hidden it.

    ``asker_name`` is empty where the asker stays unnamed. ``answer_count`` is kept by a trigger, because
    the public may not read the threads that it counts. ``told_at``: sellers of the industry were told, or
    of a hidden one its asker.
    """

    __tablename__ = "wanted_request"
    __table_args__ = (
        Index("ix_wanted_request_asked_at", "asked_at", "id"),
        Index("ix_wanted_request_state_until_on", "state", "until_on"),
        Index("ix_wanted_request_organization_id", "organization_id"),
        CheckConstraint("industry_division ~ '^[0-9]{2}$'", name="industry_division"),
        CheckConstraint(
            "budget_from_won >= 0 and budget_from_won <= budget_to_won", name="budget_in_order"
        ),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed_has_time"),
        CheckConstraint("(hidden_at is null) = (hidden_reason is null)", name="hidden_has_reason"),
        CheckConstraint("answer_count >= 0", name="answer_count"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    asked_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    asker_name: str = Field(max_length=200)
    title: str = Field(max_length=100)
    purpose: str = Field(max_length=2000)
    industry_division: str = Field(max_length=2)
    process: str = Field(max_length=60)
    equipment: str = Field(max_length=60)
    data_kind: DataKind | None = Field(default=None, sa_type=choice(DataKind, "data_kind"))
    period: str = Field(max_length=100)
    budget_from_won: int = Field(sa_type=BigInteger)
    budget_to_won: int = Field(sa_type=BigInteger)
    until_on: date
    state: WantedState = Field(
        default=WantedState.open, sa_type=choice(WantedState, "state"), nullable=False
    )
    answer_count: int = Field(default=0)
    asked_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    told_at: datetime | None = None
    reminded_at: datetime | None = None
    closed_at: datetime | None = None
    hidden_reason: str | None = Field(default=None, max_length=1000)
    hidden_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    hidden_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """The key of the order in lists."""
        assert self.asked_at is not None, "a stored row has its time"
        return self.asked_at


class WantedThread(SQLModel, table=True):
    """What one seller and the asker of a request write to each other; the operator reads it too.

    ``organization_id`` is the seller, ``seller_name`` its name when it first answered.
    """

    __tablename__ = "wanted_thread"
    __table_args__ = (
        UniqueConstraint("request_id", "organization_id"),
        CheckConstraint("organization_id <> asker_organization_id", name="two_sides"),
        Index("ix_wanted_thread_organization_id", "organization_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(sa_column_args=[ForeignKey("wanted_request.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    asker_organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_name: str = Field(max_length=200)
    begun_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class WantedMessage(SQLModel, table=True):
    """One message of a thread; ``told_at``: the other side was told."""

    __tablename__ = "wanted_message"
    __table_args__ = (Index("ix_wanted_message_thread_id_at", "thread_id", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    thread_id: UUID = Field(sa_column_args=[ForeignKey("wanted_thread.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    asker_organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    by_asker: bool
    author_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    body: str = Field(max_length=2000)
    product_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("product.id")])
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    told_at: datetime | None = None


class WantedProduct(SQLModel, table=True):
    """That a seller names a product on sale in answer to a request; everybody sees it."""

    __tablename__ = "wanted_product"

    request_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("wanted_request.id")])
    product_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    named_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
